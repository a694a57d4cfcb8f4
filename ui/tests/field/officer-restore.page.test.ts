/** A hub that was restored from a backup: its log is shorter than what the phone has seen. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bench, onCallout, type Bench } from './bench';
import { launch } from './drive';
import { callout, messageView } from './fixtures';

let browser: Browser;
let b: Bench;

beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser?.close());
beforeEach(async () => {
  b = await bench(browser);
});
afterEach(() => b.end());

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkWPj/PwAE/wJ/1fV9fQAAAABJRU5ErkJggg==',
  'base64',
);
const setBack = () => b.page.getByRole('heading', { name: "Control's system was set back" });

test('a phone follows a hub that was restored from a backup', async () => {
  await onCallout(b);
  const backup = structuredClone(b.hub.state);
  for (const text of ['One', 'Two', 'Three']) {
    b.hub.change({
      callout: callout({ messages: [messageView({ text })] }),
    });
  }
  await b.officer.id('rams-sign').click();
  await b.officer.heading('Is this the place?');
  await expect.poll(() => b.officer.count()).toBe(0);
  b.hub.restore(backup);
  // What the hub has lost has not happened: the phone shows what it knows now, and says so.
  await setBack().waitFor();
  await b.officer.button('Understood').click();
  await b.officer.button('Menu').click();
  await b.page
    .getByRole('dialog')
    .getByRole('button', { name: /RAMS read and signed/ })
    .click();
  await b.officer.id('rams-sign').click();
  await b.officer.heading('Is this the place?');
  await expect.poll(() => b.hub.of('rams.acknowledge').length).toBe(1);
  await b.officer.id('location-confirm').click();
  await b.officer.heading('Set off');
  await expect.poll(() => b.officer.count()).toBe(0);
  expect(b.hub.state.callout).toMatchObject({ rams_signed: true, location_confirmed: true });
  expect(await setBack().count()).toBe(0);
}, 60_000);

test('what the phone has still to send, and pictures the hub has lost, reach the restored hub', async () => {
  await onCallout(b, {
    stage: 'arrived',
    rams_signed: true,
    location_confirmed: true,
    parked: true,
    assessment: 'proceed',
  });
  const backup = structuredClone(b.hub.state);
  const arrived = () => [...b.hub.media.values()].filter((m) => m.done).length;
  await b.officer.answer('door-closed', 'no');
  const door = b.officer.id('checklist-door-closed').locator('input[type=file]');
  await door.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: PNG });
  await expect.poll(arrived).toBe(1);
  await expect.poll(() => b.officer.count()).toBe(0);
  await b.context.setOffline(true);
  await b.officer.answer('panel', 'Fault');
  await expect.poll(() => b.officer.count()).toBe(1);
  b.hub.restore(backup);
  await b.context.setOffline(false);
  await setBack().waitFor();
  await expect.poll(arrived, { timeout: 10_000 }).toBe(1);
  await expect.poll(() => b.officer.count(), { timeout: 10_000 }).toBe(0);
  expect(b.hub.of('checklist.answer').map((c) => (c.body as { item: string }).item)).toEqual(['panel']);
}, 60_000);
