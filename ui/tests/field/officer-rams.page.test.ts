/** RAMS an officer signed before: confirmed again while nothing changed, read to the end when something did. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { axe, bench, onCallout, type Bench } from './bench';
import { launch } from './drive';
import { callout } from './fixtures';
import { shots } from './shots';

let browser: Browser;
let b: Bench;
beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser?.close());
afterEach(() => b.end());

const FIRST = 'Do not go in alone. Wait for a second officer if the door is open.';

async function before(version: number, holds: boolean) {
  b = await bench(browser, {}, shots(process.env.SHOTS));
  const controls = Array.from({ length: 30 }, (_, i) => `Look at point ${i + 1} before you touch it`);
  const rams = { ...callout().rams!, controls, signed: { version, at: '2026-11-02T21:40:00Z', holds } };
  await onCallout(b, { rams });
}

test('what has not changed since it was signed is said so, with its first paragraph, and confirmed with one tap', async () => {
  await before(4, true);
  await b.page.getByText('You signed version 4 on Mon 2 Nov. Nothing has changed.').waitFor();
  await b.page.getByText(FIRST).waitFor();
  expect(await axe(b.page)).toEqual([]);
  await b.officer.screen('33-rams-same');
  await b.officer.button(/Nothing has changed: confirm/).click();
  await expect.poll(() => b.hub.of('rams.acknowledge').length).toBe(1);
  expect(b.hub.of('rams.acknowledge')[0]!.body).toMatchObject({ version: 4 });
});

test('a new version says what was signed before and is read to its end before it can be signed', async () => {
  await before(3, false);
  await b.page.getByText('Changed since you signed version 3').waitFor();
  const on = b.officer.id('rams-read-on');
  await on.waitFor();
  expect(await b.officer.id('rams-sign').count()).toBe(0);
  expect(await axe(b.page)).toEqual([]);
  await b.officer.screen('34-rams-changed');
  while (await on.isVisible()) {
    await on.focus();
    const from = await b.page.evaluate(() => scrollY);
    await b.page.keyboard.press('Enter');
    await b.page.waitForFunction(
      (from) => scrollY > from || !document.querySelector('[data-testid=rams-read-on]'),
      from,
    );
  }
  await b.page.getByText('Read and understood').waitFor();
  await b.officer.screen('35-rams-read');
  await b.officer.id('rams-sign').click();
  await expect.poll(() => b.hub.of('rams.acknowledge').length).toBe(1);
});

test('the same version after more than 30 days is read again', async () => {
  await before(4, false);
  await b.page.getByText(/more than 30 days ago\. Read it again/).waitFor();
  await b.page.getByText('Read and understood').waitFor();
});
