import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { axe, bench, overflow, small, type Bench } from './bench';
import { launch } from './drive';
import { service } from './fixtures';

let browser: Browser;
let b: Bench;
const folder = process.env.SHOTS;

beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser?.close());
beforeEach(async () => {
  b = await bench(browser, { dark: false });
});
afterEach(() => b.end());

const shot = async (name: string) => folder && b.page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
async function follow() {
  await b.page.goto('/t/secret-token');
  await b.page.getByTestId('show').click();
  await b.page.getByTestId('stage').waitFor();
}

test('nothing is shown and no view counted before a person presses; then it follows live', async () => {
  await b.page.goto('/t/secret-token');
  await b.page.getByRole('button', { name: 'Follow this call-out' }).waitFor();
  await b.page.getByText('Responsive Security Patrol', { exact: false }).first().waitFor();
  await shot('60-track-card');
  expect(b.hub.views).toBe(0);
  expect(await b.page.getByText('CO-26-01846').count()).toBe(0);
  await b.page.getByTestId('show').click();
  await b.page.getByRole('heading', { name: 'An officer is at your site' }).waitFor();
  await expect.poll(() => b.hub.views).toBe(1);
  expect(await b.page.getByTestId('stage').getAttribute('data-stage')).toBe('at_site');
  expect(await b.page.getByTestId('tick-meter').getAttribute('data-done')).toBe('false');
  await b.page.getByText(/The officer is \d+ m/).waitFor();
  await shot('61-track');
  const ticks = b.hub.track.ticks.map((t) => ({ ...t, done: true, answer: t.answer || '4711 m³' }));
  b.hub.changeTrack({
    ticks,
    ticks_done: 3,
    stage: 'left',
    headline: 'The officer has left',
    officer_position: null,
    outcome: 'Secure, alarm set',
  });
  await b.page.getByRole('heading', { name: 'The officer has left' }).waitFor();
  expect(await b.page.getByTestId('tick-meter').getAttribute('data-done')).toBe('true');
  expect(await b.page.getByText(/The officer is/).count()).toBe(0);
  await shot('62-track-left');
  await b.page.reload();
  await b.page.getByTestId('stage').waitFor();
  expect(b.hub.views).toBe(1);
});

test('pictures open larger and close with Escape', async () => {
  await follow();
  await b.page.getByTestId('picture-2').click();
  await b.page.getByRole('dialog').waitFor();
  await shot('63-track-picture');
  await b.page.getByRole('button', { name: 'Later' }).click();
  await b.page.getByRole('dialog', { name: 'Picture of the door 3' }).waitFor();
  await b.page.keyboard.press('Escape');
  await expect.poll(() => b.page.getByRole('dialog').count()).toBe(0);
});

for (const [code, words] of [
  ['link_unknown', 'This link is not known'],
  ['link_expired', 'This link has ended'],
  ['link_revoked', 'This link was taken back'],
] as const) {
  test(`${code} says what to do`, async () => {
    b.hub.trackEnded = code;
    await b.page.goto('/t/secret-token');
    await b.page.getByRole('heading', { name: words }).waitFor();
    await shot(`64-track-${code}`);
    expect(await axe(b.page)).toEqual([]);
  });
}

test('a link taken back while the page is open takes the pictures away', async () => {
  await follow();
  b.hub.trackEnded = 'link_revoked';
  await b.context.setOffline(true);
  await b.context.setOffline(false);
  await b.page.getByRole('heading', { name: 'This link was taken back' }).waitFor();
  expect(await b.page.getByTestId('picture-1').count()).toBe(0);
});

test('without a connection the age is shown, and it goes on by itself', async () => {
  await follow();
  await b.context.setOffline(true);
  await b.page.getByText(/No connection/).waitFor();
  await shot('65-track-offline');
  b.hub.track = { ...b.hub.track, headline: 'The officer is securing your site', stage: 'securing' };
  await b.context.setOffline(false);
  await b.page.getByRole('heading', { name: 'The officer is securing your site' }).waitFor();
});

test('the page tells search engines and other sites nothing', async () => {
  await b.page.goto('/t/secret-token');
  expect(await b.page.locator('meta[name=robots]').getAttribute('content')).toContain('noindex');
  expect(await b.page.locator('meta[name=referrer]').getAttribute('content')).toBe('no-referrer');
});

for (const dark of [true, false]) {
  test(`axe finds nothing serious, nothing sticks out, ${dark ? 'dark' : 'light'}`, async () => {
    await b.page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    b.hub.track = { ...b.hub.track, service: { ...service, demonstration: true } };
    await follow();
    expect(await axe(b.page)).toEqual([]);
    expect(await small(b.page)).toEqual([]);
    if (dark) await shot('66-track-dark');
    await b.page.setViewportSize({ width: 320, height: 568 });
    expect(await overflow(b.page)).toEqual([]);
    await b.page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
    expect(await overflow(b.page)).toEqual([]);
    await b.page.evaluate(() => (document.documentElement.style.fontSize = ''));
    await b.page.setViewportSize({ width: 390, height: 844 });
    await b.page.getByTestId('picture-1').click();
    expect(await axe(b.page)).toEqual([]);
  });
}

test('it is rated once when the officer has left, by key as by finger', async () => {
  b.hub.track = { ...b.hub.track, stage: 'left', headline: 'The officer has left your site', may_rate: true };
  await follow();
  await b.page.getByRole('button', { name: 'Send rating' }).click();
  await b.page.getByText('Choose one of the five first.').waitFor();
  expect(b.hub.ratings).toEqual([]);
  await b.page.getByRole('radio', { name: 'Very good' }).focus();
  await b.page.keyboard.press('ArrowDown');
  expect(await b.page.getByRole('radio', { name: 'Good', exact: true }).isChecked()).toBe(true);
  await b.page.getByLabel('Anything to add?').fill('قف 👍 "quick"');
  await shot('67-track-rating');
  expect(await axe(b.page)).toEqual([]);
  expect(await small(b.page)).toEqual([]);
  await b.page.getByRole('button', { name: 'Send rating' }).click();
  await b.page.getByTestId('rated').waitFor();
  expect(b.hub.ratings).toEqual([{ score: 4, comment: 'قف 👍 "quick"' }]);
  await shot('68-track-rated');
});

test('a rating that is refused or cannot be sent says so and stays written', async () => {
  b.hub.track = { ...b.hub.track, stage: 'closed', headline: 'This call-out is closed', may_rate: true };
  b.hub.refuseRating = 'CO-26-01846 has its rating.';
  await follow();
  await b.page.getByRole('radio', { name: 'Poor', exact: true }).check();
  await b.page.getByLabel('Anything to add?').fill('Late');
  await b.page.getByRole('button', { name: 'Send rating' }).click();
  await b.page.getByText('CO-26-01846 has its rating.').waitFor();
  expect(await b.page.getByLabel('Anything to add?').inputValue()).toBe('Late');
});

test('a picture that is opened large is told to the service, one that is only there is not', async () => {
  await follow();
  expect(b.hub.looks).toEqual([]);
  await b.page.getByTestId('picture-2').click();
  await b.page.getByRole('button', { name: 'Later' }).click();
  await expect.poll(() => b.hub.looks).toEqual(['b'.repeat(64), 'c'.repeat(64)]);
});

test('a test says that nobody is on the way', async () => {
  b.hub.track = { ...b.hub.track, test: true };
  await follow();
  await b.page.getByText('Nobody is on the way').waitFor();
});
