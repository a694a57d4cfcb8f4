/** What a phone can be heard with, and what it says when it cannot. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bench, type Bench } from './bench';
import { launch } from './drive';
import { officerState, offer } from './fixtures';
import { shots } from './shots';

let browser: Browser;
let b: Bench;

interface Heard {
  audio: AudioContext[];
  tones: number;
  shaken: number;
}

beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser?.close());
beforeEach(async () => {
  b = await bench(browser, {}, shots(process.env.SHOTS));
  // The browser's own sound, counted.
  await b.context.addInitScript(() => {
    const here = window as unknown as Heard;
    here.audio = [];
    here.tones = 0;
    here.shaken = 0;
    const Real = AudioContext;
    window.AudioContext = class extends Real {
      constructor() {
        super();
        here.audio.push(this);
      }
      override createOscillator() {
        if (this.state === 'running') here.tones++;
        return super.createOscillator();
      }
    };
    const vibrate = navigator.vibrate.bind(navigator);
    navigator.vibrate = ((pattern: VibratePattern) => {
      if (pattern !== 0) here.shaken++;
      return vibrate(pattern);
    }) as typeof navigator.vibrate;
  });
});
afterEach(() => b.end());

const heard = (what: 'tones' | 'shaken') => b.page.evaluate((what) => (window as unknown as Heard)[what], what);
const mute = () => b.officer.id('mute');

/** On shift, on a page that nobody has touched. */
async function untouched() {
  b.hub.state = officerState({ call_sign: 'RSP-3', on_shift_since: new Date().toISOString() });
  await b.page.goto('/officer#code=ABCD-EFGH');
  await b.officer.heading('Waiting for a call-out');
}

test('a phone that cannot sound says so, and a touch mends it', async () => {
  await untouched();
  await mute().waitFor();
  await b.officer.screen('63-mute');
  expect((await b.officer.id('sound-on').boundingBox())!.height).toBeGreaterThanOrEqual(44);
  await b.officer.id('sound-on').click();
  await expect.poll(() => mute().count()).toBe(0);
  // What was turned on is heard.
  expect(await heard('tones')).toBeGreaterThanOrEqual(2);
  await b.page.getByText('An offer sounds here at once').waitFor();
  await b.page.reload();
  await mute().waitFor();
  await b.page.getByText(/An offer shows here at once/).waitFor();
  await b.officer.id('sound-on').click();
  await expect.poll(() => mute().count()).toBe(0);
});

test('a phone that cannot sound says so over an offer too, and rings once it is touched', async () => {
  await untouched();
  b.hub.change({ offer: offer(new Date(Date.now() + 60_000).toISOString()) });
  await b.officer.id('offer-accept').waitFor();
  await mute().waitFor();
  await b.officer.screen('64-mute-offer');
  expect(await heard('tones')).toBe(0);
  await b.officer.id('sound-on').click();
  await expect.poll(() => mute().count()).toBe(0);
  const before = await heard('tones');
  await expect.poll(() => heard('tones'), { timeout: 10_000 }).toBeGreaterThan(before);
});

test('a telephone call that takes the sound is said, with a shake, and any touch mends it', async () => {
  await untouched();
  await b.officer.id('sound-on').click();
  await expect.poll(() => mute().count()).toBe(0);
  const before = await heard('shaken');
  await b.page.evaluate(() => (window as unknown as Heard).audio.at(-1)!.suspend());
  await mute().waitFor();
  expect(await heard('shaken')).toBe(before + 1);
  await b.page.getByRole('heading', { level: 1 }).tap();
  await expect.poll(() => mute().count()).toBe(0);
});

test('signing on is touch enough: nothing is said to a phone that can ring', async () => {
  await b.officer.enrol();
  await b.officer.signOn();
  expect(await mute().count()).toBe(0);
});
