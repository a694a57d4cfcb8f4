/** Each type of checklist item on the phone: answered, refused with a sentence, kept without signal. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ItemView } from '../../lib/generated/ItemView';
import { axe, bench, onCallout, type Bench } from './bench';
import { launch } from './drive';
import { item } from './fixtures';
import { shots } from './shots';

let browser: Browser;
let b: Bench;
beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser?.close());
afterEach(() => b.end());

const ITEMS: ItemView[] = [
  item('head', { type: 'heading', text: 'In the plant room', section: 'inside', place: 'Basement' }),
  item('found', {
    type: 'multi_choice',
    text: 'What was found?',
    options: ['Nothing', 'Lights on', 'Water'],
    choose_min: 1,
    choose_max: 2,
    section: 'inside',
  }),
  item('where', {
    type: 'text',
    text: 'Where is the water?',
    show_if_item: 'found',
    show_if_value: 'Water',
    section: 'inside',
  }),
  item('tag', { type: 'scan', text: 'Tag at the door', tags: ['WH-7'], section: 'inside', help: 'The round one.' }),
  item('gas', {
    type: 'meter',
    text: 'Gas meter',
    assets: ['G-1', 'G-2'],
    unit: 'm³',
    min: 0,
    max: 99,
    section: 'inside',
    evidence_pictures: 0,
    evidence_note: true,
    evidence_when: 'out_of_range',
  }),
  item('pump', {
    type: 'asset',
    text: 'How is the pump?',
    assets: ['Pump 1', 'Pump 2'],
    options: ['Running', 'Leaking'],
    section: 'inside',
  }),
  item('clock', { type: 'time', text: 'Time on the panel', section: 'inside' }),
  item('sign', {
    type: 'signature',
    text: 'Keyholder signs',
    role: 'Keyholder',
    pictures_min: 1,
    section: 'inside',
    mandatory: false,
  }),
];

async function checklist(more: { dark?: boolean; init?: string } = {}) {
  b = await bench(browser, { dark: more.dark ?? true }, shots(process.env.SHOTS, more.dark === false ? '-light' : ''));
  if (more.init) await b.page.addInitScript(more.init);
  await onCallout(b, {
    stage: 'arrived',
    rams_signed: true,
    location_confirmed: true,
    parked: true,
    assessment: 'proceed',
    items: structuredClone(ITEMS),
  });
  await b.officer.heading('Site checklist');
}

const last = () => b.hub.taken.at(-1)?.body as Record<string, unknown>;
const card = (id: string) => b.officer.id(`checklist-${id}`);
const save = (id: string) => card(id).getByRole('button', { name: 'Save', exact: true }).click();
const answered = (id: string) => b.page.waitForSelector(`[data-testid="checklist-${id}"][data-answered="true"]`);
const sent = (n: number) => expect.poll(() => b.hub.taken.length).toBe(n);

test('several are chosen and saved once, and the question that hangs on one of them appears', async () => {
  await checklist();
  expect(await card('where').count()).toBe(0);
  await card('found').getByRole('button', { name: 'Water' }).click();
  await card('found').getByRole('button', { name: 'Lights on' }).click();
  await card('found').getByRole('button', { name: 'Nothing' }).click();
  await save('found');
  await card('found').getByText('Choose 2 at most.').waitFor();
  await card('found').getByRole('button', { name: 'Nothing' }).click();
  await save('found');
  await card('where').waitFor();
  await sent(1);
  expect(last()).toMatchObject({ item: 'found', value: 'Lights on; Water' });
  expect(await card('head').getByRole('heading', { name: 'In the plant room' }).count()).toBe(1);
  expect(await card('head').innerText()).toContain('Basement');
});

test('a tag is typed, and one of another place is told apart at once', async () => {
  await checklist();
  await card('tag').getByLabel('What the tag says').fill('WH-8');
  await save('tag');
  await card('tag').getByText('“WH-8” is not the tag of this place').waitFor();
  await card('tag').getByLabel('What the tag says').fill('wh-7');
  await card('tag').getByLabel('What the tag says').press('Enter');
  await answered('tag');
  await sent(1);
  expect(last()).toMatchObject({ item: 'tag', value: 'wh-7', scanned: false });
});

// The camera and the reader of the phone; the stream is a canvas's.
const CAMERA = `
  window.BarcodeDetector = class { async detect() { return [{ rawValue: 'WH-7' }]; } };
  Object.defineProperty(navigator, 'mediaDevices', { value: { getUserMedia: async () => {
    const canvas = document.createElement('canvas'); canvas.getContext('2d').fillRect(0, 0, 9, 9);
    const stream = canvas.captureStream(5); window.streams = [...(window.streams ?? []), stream]; return stream;
  } } });`;

test('a tag is read with the camera, which is let go afterwards', async () => {
  await checklist({ init: CAMERA });
  await card('tag')
    .getByRole('button', { name: /Read it with the camera/ })
    .click();
  await answered('tag');
  await sent(1);
  expect(last()).toMatchObject({ item: 'tag', value: 'WH-7', scanned: true });
  const live = () =>
    b.page.evaluate(
      () =>
        ((window as unknown as { streams: MediaStream[] }).streams ?? [])
          .flatMap((s) => s.getTracks())
          .filter((t) => t.readyState === 'live').length,
    );
  await expect.poll(live).toBe(0);
});

test('a camera that is not allowed says so, and the field is still there', async () => {
  const refused = CAMERA.replace('async () => {', "async () => { throw new Error('denied');");
  await checklist({ init: refused });
  await card('tag')
    .getByRole('button', { name: /Read it with the camera/ })
    .click();
  await card('tag').getByText('The camera cannot be used.').waitFor();
  expect(await card('tag').getByLabel('What the tag says').isVisible()).toBe(true);
});

test('a meter is named first, and a reading out of range is taken with a note', async () => {
  await checklist();
  await card('gas').locator('input').first().fill('120,5');
  await card('gas').getByText('Expected is 0 to 99 m³').waitFor();
  await save('gas');
  await card('gas').getByText('Choose which one it is first.').waitFor();
  await card('gas').getByRole('button', { name: 'G-2' }).click();
  await save('gas');
  await card('gas').getByText('Say more in the note.').waitFor();
  await card('gas').getByLabel('Say more').fill('The needle sticks');
  await save('gas');
  await answered('gas');
  await sent(1);
  expect(last()).toMatchObject({ item: 'gas', value: '120.5', asset: 'G-2', note: 'The needle sticks' });
});

test('a part of the place and a time are answered', async () => {
  await checklist();
  await card('pump').getByRole('button', { name: 'Leaking' }).click();
  await card('pump').getByText('Choose which one it is first.').waitFor();
  await card('pump').getByRole('button', { name: 'Pump 2' }).click();
  await card('pump').getByRole('button', { name: 'Running' }).click();
  await answered('pump');
  await card('clock').locator('input').fill('21:45');
  await save('clock');
  await answered('clock');
  await sent(2);
  expect(b.hub.taken.map((c) => c.body)).toMatchObject([
    { item: 'pump', value: 'Running', asset: 'Pump 2' },
    { item: 'clock', value: '21:45' },
  ]);
});

test('somebody signs with a finger without signal, and name and picture arrive later', async () => {
  await checklist();
  await b.context.setOffline(true);
  await card('sign').getByRole('button', { name: 'Save the signature' }).click();
  await card('sign').getByText('Write the name of who signs.').waitFor();
  await card('sign').getByLabel('Name of who signs (keyholder)').fill('Ann Keys');
  const box = (await card('sign').getByTestId('signature').boundingBox())!;
  await b.page.mouse.move(box.x + 30, box.y + 50);
  await b.page.mouse.down();
  await b.page.mouse.move(box.x + 120, box.y + 20, { steps: 8 });
  await b.page.mouse.up();
  await card('sign').getByRole('button', { name: 'Save the signature' }).click();
  await answered('sign');
  await card('sign')
    .getByRole('img', { name: /of the signature/ })
    .waitFor();
  await b.officer.screen('30-signature');
  expect(b.hub.taken.length).toBe(0);
  await b.context.setOffline(false);
  await sent(1);
  expect(last()).toMatchObject({ item: 'sign', value: 'Ann Keys' });
  const [sha256] = last()['pictures'] as string[];
  await expect.poll(() => b.hub.media.get(sha256!)?.done ?? false).toBe(true);
  expect(b.hub.media.get(sha256!)?.bytes.subarray(1, 4).toString()).toBe('PNG');
});

test('who cannot draw signs with the keyboard alone', async () => {
  await checklist();
  await card('sign').getByLabel('Name of who signs (keyholder)').focus();
  await b.page.keyboard.type('Ann Keys');
  await b.page.keyboard.press('Enter');
  await answered('sign');
  await sent(1);
  expect(last()).toMatchObject({ item: 'sign', value: 'Ann Keys' });
  expect((last()['pictures'] as string[]).length).toBe(1);
});

test.each([true, false])('no serious accessibility fault with every type of item, dark %s', async (dark) => {
  await checklist({ dark, init: CAMERA });
  await card('found').getByRole('button', { name: 'Water' }).click();
  await save('found');
  await card('where').waitFor();
  expect(await axe(b.page)).toEqual([]);
  await b.page.setViewportSize({ width: 390, height: 2900 });
  await b.officer.screen('31-every-item');
});
