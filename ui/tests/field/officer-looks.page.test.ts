import type { Browser } from 'playwright-core';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axe, bench, overflow, small } from './bench';
import { launch, type OnScreen, type PhoneOptions } from './drive';
import { service } from './fixtures';

let browser: Browser;
const FILE = '/tmp/field-one.png';

beforeAll(async () => {
  // A picture that decodes, so that screens with pictures show one.
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkWPj/PwAE/wJ/1fV9fQAAAABJRU5ErkJggg==';
  writeFileSync(FILE, Buffer.from(png, 'base64'));
  browser = await launch();
}, 60_000);
afterAll(() => browser?.close());

/** Every screen of a whole call-out, each looked at by `look`. */
async function walk(options: PhoneOptions, look: (name: string, found: (what: string[]) => void) => OnScreen) {
  const problems: string[] = [];
  const onScreen: OnScreen = async (name, page) => {
    await look(name, (what) => problems.push(...what.map((w) => `${name}: ${w}`)))(name, page);
  };
  const b = await bench(browser, options, onScreen);
  b.hub.state.service = { ...service, demonstration: true };
  await b.officer.enrol();
  await b.officer.signOn();
  await b.officer.offer(300);
  await b.officer.id('offer-decline').click();
  await b.officer.screen('05-decline');
  await b.officer.button('Close').click();
  await b.officer.accept();
  await b.officer.button('Menu').click();
  await b.officer.screen('30-menu');
  await b.page.getByRole('button', { name: /Ask for help/ }).click();
  await b.officer.heading('Ask for help');
  await b.officer.screen('31-help');
  await b.officer.button('Menu').click();
  await b.page.getByRole('button', { name: 'People to call' }).click();
  await b.officer.heading('Keep people informed');
  await b.page.getByLabel('Message', { exact: true }).fill('Gate is open, going on.');
  await b.officer.id('message-send').click();
  await b.officer.screen('32-inform');
  await b.officer.button('Menu').click();
  await b.page.getByRole('button', { name: /Call-out accepted/ }).click();
  await b.officer.screen('33-brief');
  await b.officer.button('Go on').click();
  await b.officer.work(FILE);
  await b.officer.screen('20-sent');
  await b.end();
  return problems;
}

for (const dark of [true, false]) {
  test(`axe finds nothing serious on any screen, ${dark ? 'dark' : 'light'}`, async () => {
    const folder = process.env.SHOTS;
    const problems = await walk({ dark }, (name, found) => async (_, page) => {
      found(await axe(page));
      found(await small(page));
      if (folder) await page.screenshot({ path: `${folder}/${dark ? 'dark' : 'light'}-${name}.png`, fullPage: true });
    });
    expect(problems).toEqual([]);
  }, 240_000);
}

test('nothing sticks out at 320 pixels, nor with letters twice the size', async () => {
  const problems = await walk({ width: 320, height: 568 }, (name, found) => async (_, page) => {
    found(await overflow(page));
    const folder = process.env.SHOTS;
    if (folder) await page.screenshot({ path: `${folder}/small-${name}.png` });
    await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
    found((await overflow(page)).map((w) => `200 %: ${w}`));
    if (folder) await page.screenshot({ path: `${folder}/large-${name}.png` });
    await page.evaluate(() => (document.documentElement.style.fontSize = ''));
  });
  expect(problems).toEqual([]);
}, 240_000);
