/** Offers that come while something else is on the screen: they ring, they show, and only then they are seen. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bench, onCallout, type Bench } from './bench';
import { launch } from './drive';
import { CALLOUT, offer } from './fixtures';
import { shots } from './shots';

let browser: Browser;
let b: Bench;

beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser?.close());
beforeEach(async () => {
  b = await bench(browser, {}, shots(process.env.SHOTS));
  await b.context.addInitScript(() => {
    const real = AudioContext.prototype.createOscillator;
    const here = window as unknown as { tones: number };
    here.tones = 0;
    AudioContext.prototype.createOscillator = function () {
      here.tones++;
      return real.call(this);
    };
  });
});
afterEach(() => b.end());

const OTHER = '0198a000-0000-7000-8000-0000000000c1';
const soon = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const other = (seconds: number) => ({
  ...offer(soon(seconds)),
  callout: OTHER,
  assignment: '0198a000-0000-7000-8000-0000000000a6',
  number: 'CO-26-01847',
  title: 'Fire alarm, library',
  place: 'Library',
});
const tones = () => b.page.evaluate(() => (window as unknown as { tones: number }).tones);
const seen = () => b.hub.of('assignment.seen').map((c) => c.target);

/** Two more rounds of the bell: time enough to have told control. */
async function ringsOn() {
  const before = await tones();
  await expect.poll(tones, { timeout: 10_000 }).toBeGreaterThanOrEqual(before + 4);
}

/** Accepts without signal, and lets the offer run out. */
async function lapsed() {
  await b.officer.enrol();
  await b.officer.signOn();
  await b.officer.offer(8);
  await expect.poll(seen).toEqual([CALLOUT]);
  await b.context.setOffline(true);
  await b.officer.id('offer-accept').click();
  await b.officer.heading(/the offer has ended/);
}

test('a new offer rings and shows over an acceptance that has lapsed', async () => {
  await lapsed();
  const before = await tones();
  await b.context.setOffline(false);
  b.hub.change({ offer: other(60) });
  await b.officer.heading(/Fire alarm, library/);
  await expect.poll(tones, { timeout: 10_000 }).toBeGreaterThan(before);
  await expect.poll(seen).toEqual([CALLOUT, OTHER]);
  await b.page.getByText(/CO-26-01846.*not confirmed/).waitFor();
  await b.officer.screen('61-offer-after-lapsed');
  await b.officer.id('offer-accept').click();
  await b.officer.id('rams-sign').waitFor();
  expect(b.hub.of('assignment.accept').map((c) => c.target)).toEqual([OTHER]);
}, 60_000);

test('an offer behind the menu is delivered and rings, and is seen when the menu is closed', async () => {
  await onCallout(b);
  await b.officer.button('Menu').click();
  b.hub.change({ offer: other(60) });
  await expect.poll(() => b.hub.of('assignment.delivered').map((c) => c.target)).toEqual([OTHER]);
  await ringsOn();
  expect(seen()).toEqual([]);
  await b.officer.button('Close').click();
  await expect.poll(seen).toEqual([OTHER]);
  // However far down the officer reads, the answer stays in reach.
  await b.page.evaluate(() => scrollTo(0, 10_000));
  await b.officer.screen('62-other-offer');
  expect((await b.officer.id('offer-accept').boundingBox())!.y).toBeGreaterThanOrEqual(0);
}, 60_000);

test('an offer on a page that nobody looks at is not seen', async () => {
  await b.officer.enrol();
  await b.officer.signOn();
  const look = (state: DocumentVisibilityState) =>
    b.page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  await look('hidden');
  await b.officer.offer();
  await expect.poll(() => b.hub.of('assignment.delivered').length).toBe(1);
  await ringsOn();
  expect(seen()).toEqual([]);
  await look('visible');
  await expect.poll(seen).toEqual([CALLOUT]);
}, 60_000);
