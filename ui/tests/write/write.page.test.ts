/** The page on which a customer writes a checklist: kept as it is written, sent, returned, approved. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { axe, overflow, small } from '../field/bench';
import { launch } from '../field/drive';
import { FakeHub, items } from './fake-hub';

const folder = process.env['SHOTS'];
let browser: Browser;
let hub: FakeHub;
let base: string;
let context: BrowserContext;
let page: Page;
let errors: string[];

beforeAll(async () => {
  if (process.env['PAGES_BUILT'] !== '1') {
    const cwd = fileURLToPath(new URL('../../', import.meta.url));
    execFileSync('npx', ['vite', 'build', '--mode', 'write', '--logLevel', 'warn'], { cwd, stdio: 'inherit' });
  }
  browser = await launch();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  hub = new FakeHub();
  base = await hub.listen();
  await visit();
});
afterEach(async () => {
  await context.close();
  await hub.close();
  expect(errors).toEqual([]);
});

async function visit({ width = 1280, height = 900, dark = false } = {}) {
  await context?.close();
  errors = [];
  context = await browser.newContext({
    baseURL: base,
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(20_000);
  page = await context.newPage();
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) errors.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== base) errors.push(`outside request: ${request.url()}`);
  });
}
async function open() {
  await page.goto('/w/secret-token');
  await page.getByRole('heading', { name: 'Write the checklist “Community office”' }).waitFor();
}
async function shot(name: string) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}
/** Adds a question with the keyboard. */
async function add(text: string) {
  await page.getByRole('button', { name: 'Add an item' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type(text);
}
const send = () => page.getByRole('button', { name: /^Send/ }).click();
/** As when somebody comes back to the tab. */
const look = () => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));

test('a customer changes the list with the keyboard, tries it on the phone, sends it, and reads that it waits', async () => {
  await open();
  await page.getByText('Please add the plant room.').waitFor();
  await page.getByText('Community office, Oak House').waitFor();
  await page.getByText('Version 2 is in force.').waitFor();
  await add('Is the plant room dry? 💧');
  const phone = page.getByRole('region', { name: 'Preview of the list' });
  await phone.getByRole('heading', { name: 'Is the plant room dry? 💧' }).waitFor();
  await page.getByText('Not sent yet. It is kept on this device.').waitFor();
  await page.getByLabel('Words to the service').fill('It floods when it rains.');
  await shot('70-write');
  await page.getByRole('button', { name: 'Send to the service' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText(/Sent .*\d\d:\d\d\. The service reads it and tells you here\./).waitFor();
  expect(hub.posted).toHaveLength(1);
  expect(hub.posted[0]).toMatchObject({
    title: 'Community office',
    from_version: 2,
    said: 'It floods when it rains.',
    items: [{ id: 'bell' }, { id: 'door', picture_if: 'no' }, { id: 'q3', text: 'Is the plant room dry? 💧' }],
  });
  await page.getByText('The service has what you wrote.').waitFor();
  await shot('71-write-sent');
  await page.reload();
  await page.getByRole('button', { name: /^Is the plant room dry/ }).waitFor();
  await page.getByText('The service has what you wrote.').waitFor();
});

test('a closed tab loses nothing, and the same words are sent once when the answer was lost', async () => {
  await open();
  await add('Is the roof dry?');
  await page.getByLabel('Words to the service').fill('مرحبا');
  await page.close();
  page = await context.newPage();
  await open();
  await page.getByRole('button', { name: /^Is the roof dry/ }).waitFor();
  expect(await page.getByLabel('Words to the service').inputValue()).toBe('مرحبا');
  hub.cut = true;
  await send();
  await page.getByRole('alert').getByText('Not sent: no connection. What you wrote is kept on this device.').waitFor();
  hub.cut = false;
  await send();
  await page.getByText('The service has what you wrote.').waitFor();
  expect(new Set(hub.posted.map((p) => p.id)).size, 'one id for the same words').toBe(1);
});

test('without a connection it says so, keeps what is written, and goes on', async () => {
  await open();
  await context.setOffline(true);
  await add('Is the gate locked?');
  await send();
  await page
    .getByRole('alert')
    .getByText(/Not sent: no connection/)
    .waitFor();
  await page.getByText('No connection. What you write is kept on this device.').waitFor();
  await shot('72-write-offline');
  await context.setOffline(false);
  await page.getByText('Not sent yet. It is kept on this device.').waitFor();
  await send();
  await page.getByText('The service has what you wrote.').waitFor();
});

test('what cannot be asked is said at the item and not sent', async () => {
  await open();
  await page.getByRole('button', { name: /^Is the door shut/ }).click();
  await page.getByLabel('Type').selectOption('choice');
  await send();
  await page.getByRole('alert').getByText('1 item has to be put right first.').waitFor();
  expect(await page.getByTestId('item-door').innerText()).toContain('Give two options or more, one a line.');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('open-door');
  await page.getByLabel('Options').fill('Shut\nAjar');
  hub.refuse = '“Is the door shut?” has no choice to make.';
  await send();
  await page.getByRole('alert').getByText('has no choice to make').waitFor();
  expect(hub.posted).toEqual([]);
  await page.getByLabel('Title').fill(' ');
  await send();
  await page.getByRole('alert').getByText('Give the list a title.').waitFor();
});

test('what is returned says why, and is sent again', async () => {
  await open();
  await add('Is the plant room dry?');
  await send();
  await page.getByText('The service has what you wrote.').waitFor();
  hub.settle({ state: 'returned', comment: 'Which plant room: the one by the stairs?' });
  await look();
  await page.getByText('Which plant room: the one by the stairs?').waitFor();
  await shot('73-write-returned');
  expect(await axe(page)).toEqual([]);
  await page.getByLabel('What is asked').fill('Is the plant room by the stairs dry?');
  await page.getByRole('button', { name: 'Send it again' }).click();
  await page.getByText('The service has what you wrote.').waitFor();
  expect(hub.posted[1]!.items[2]!.text).toBe('Is the plant room by the stairs dry?');
});

test('what is approved is shown as it was approved', async () => {
  await open();
  await add('Is the plant room dry?');
  await send();
  await page.getByText('The service has what you wrote.').waitFor();
  const plant = { id: 'q3', text: 'Is the plant room dry and locked?', type: 'yes_no', section: 'outside' };
  hub.state = { ...hub.state, version: 3, items: [...items(), plant] };
  hub.settle({ state: 'approved', version: 3 });
  await look();
  await page.getByText(/Approved .* as version 3\./).waitFor();
  await page.getByRole('button', { name: /^Is the plant room dry and locked/ }).waitFor();
  await shot('74-write-approved');
});

test('a version that was approved meanwhile is told, and what was written is kept until its writer lets go', async () => {
  await open();
  await add('Mine?');
  hub.state = { ...hub.state, version: 3, items: [...items(), { id: 'q9', text: 'Theirs?', type: 'yes_no' }] };
  await look();
  await page.getByTestId('overtaken').getByText('Version 3 was approved meanwhile.').waitFor();
  await page.getByRole('button', { name: /^Mine\?/ }).waitFor();
  expect(await axe(page)).toEqual([]);
  await page.getByRole('button', { name: 'Go on with mine' }).click();
  await page.getByTestId('overtaken').waitFor({ state: 'detached' });
  await send();
  await page.getByText('The service has what you wrote.').waitFor();
  expect(hub.posted[0]).toMatchObject({ from_version: 3, items: [{}, {}, { text: 'Mine?' }] });
  await add('More?');
  hub.state = { ...hub.state, version: 4 };
  await look();
  await page.getByRole('button', { name: 'Begin again from version 4' }).click();
  await page.getByRole('button', { name: /^Theirs\?/ }).waitFor();
  expect(await page.getByRole('button', { name: /^More\?/ }).count()).toBe(0);
});

test('a picture of what good looks like is made small, sent, shown on the phone, and one that is none is refused', async () => {
  await open();
  await page.getByRole('button', { name: /^Is the door shut/ }).click();
  const input = page.getByTestId('item-door').locator('input[type=file]');
  await input.setInputFiles({ name: 'good.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') });
  await page.getByText('This file is no picture that can be shown. Choose another.').waitFor();
  // Noise, which a PNG cannot make small. It is chosen in the page: megabytes are not carried there and back.
  const size = await input.evaluate(async (chooser: HTMLInputElement) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [1800, 1200];
    const context = canvas.getContext('2d')!;
    const noise = context.createImageData(1800, 1200);
    for (let i = 0; i < noise.data.length; i++) noise.data[i] = i % 4 === 3 ? 255 : Math.random() * 255;
    context.putImageData(noise, 0, 0);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
    const chosen = new DataTransfer();
    chosen.items.add(new File([blob!], 'door.png', { type: 'image/png' }));
    chooser.files = chosen.files;
    chooser.dispatchEvent(new Event('change', { bubbles: true }));
    return blob!.size;
  });
  expect(size).toBeGreaterThan(5 * 1024 * 1024);
  await page.getByRole('button', { name: 'Take the picture away' }).waitFor();
  const [[sha256, kept]] = [...hub.pictures] as [[string, Buffer]];
  expect(kept.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  expect(kept.length).toBeLessThan(5 * 1024 * 1024);
  const frame = page.getByRole('region', { name: 'Preview of the list' });
  await frame.getByText('What good looks like', { exact: true }).click();
  await frame.locator(`img[src$="/pictures/${sha256}"]`).waitFor();
  await send();
  await page.getByText('The service has what you wrote.').waitFor();
  expect(hub.posted[0]!.items[1]).toMatchObject({ help_picture: sha256 });
});

for (const [code, words] of [
  ['link_unknown', 'This link is not known'],
  ['link_expired', 'This link has ended'],
  ['link_revoked', 'This link was taken back'],
] as const) {
  test(`${code} says what to do`, async () => {
    hub.ended = code;
    await page.goto('/w/secret-token');
    await page.getByRole('heading', { name: words }).waitFor();
    expect(await axe(page)).toEqual([]);
  });
}

test('a link that ends while somebody writes keeps what was written', async () => {
  await open();
  await add('Is the roof dry?');
  hub.ended = 'link_revoked';
  await look();
  await page.getByRole('heading', { name: 'This link was taken back' }).waitFor();
  await page.getByText('What you wrote and did not send is kept on this device.').waitFor();
  hub.ended = null;
  await open();
  await page.getByRole('button', { name: /^Is the roof dry/ }).waitFor();
});

test('the page tells search engines and other sites nothing', async () => {
  await open();
  expect(await page.locator('meta[name=robots]').getAttribute('content')).toContain('noindex');
  expect(await page.locator('meta[name=referrer]').getAttribute('content')).toBe('no-referrer');
});

for (const dark of [true, false]) {
  test(`axe finds nothing serious, nothing sticks out, ${dark ? 'dark' : 'light'}`, async () => {
    await visit({ width: 390, height: 844, dark });
    await open();
    await page.getByRole('button', { name: /^Is the door shut/ }).click();
    await page.getByLabel('What is asked').fill('x'.repeat(10_000));
    await page.getByLabel('What is asked').fill('Is the front door shut, and are both bolts across? 🚪');
    expect(await axe(page)).toEqual([]);
    expect(await overflow(page)).toEqual([]);
    // A box is pressed by its label.
    expect((await small(page)).filter((found) => found.trim() !== '18')).toEqual([]);
    const labels = await page
      .locator('label.check')
      .evaluateAll((all) => all.map((e) => e.getBoundingClientRect().height));
    expect(Math.min(...labels)).toBeGreaterThanOrEqual(44);
    await shot(`75-write-phone-${dark ? 'dark' : 'light'}`);
    await page.setViewportSize({ width: 320, height: 568 });
    expect(await overflow(page)).toEqual([]);
    await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
    expect(await overflow(page)).toEqual([]);
    await visit({ dark });
    await open();
    await page.getByRole('button', { name: /^Is the door shut/ }).click();
    expect(await axe(page)).toEqual([]);
    await shot(`76-write-desk-${dark ? 'dark' : 'light'}`);
  });
}
