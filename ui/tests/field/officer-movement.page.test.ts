/** What the phone asks because of where it is, and after a stand-down. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { axe, bench, onCallout as arrange, type Bench } from './bench';
import { launch } from './drive';
import { shots } from './shots';

let browser: Browser;
let b: Bench;

beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser?.close());
beforeEach(async () => {
  b = await bench(browser, {}, shots(process.env.SHOTS));
});
afterEach(() => b.end());

const since = () => new Date(Date.now() - 300_000).toISOString();
const ready = { rams_signed: true, location_confirmed: true };
const there = { ...ready, stage: 'arrived', parked: true, assessment: 'proceed' };

test('whoever set off without a word says so with one press', async () => {
  await arrange(b, { ...ready, seems_en_route: true });
  await b.page.getByText('You seem to be on the way.').waitFor();
  await b.officer.screen('62-seems-on-the-way');
  await b.officer.id('seems-en-route').click();
  await expect.poll(() => b.hub.of('assignment.en_route').length).toBe(1);
  await b.officer.id('seems-en-route').waitFor({ state: 'detached' });
});

test('what must be done before setting off is not passed over', async () => {
  await arrange(b, { seems_en_route: true });
  await b.page.getByRole('button', { name: 'See what is missing' }).waitFor();
  expect(await b.officer.id('seems-en-route').count()).toBe(0);
});

test('standing still is asked about, and one press answers', async () => {
  await arrange(b, { ...ready, stage: 'en_route', not_moving_since: since() });
  await b.page.getByText('You have not moved since').waitFor();
  expect(await axe(b.page)).toEqual([]);
  await b.officer.id('not-moving').click();
  await expect.poll(() => b.hub.of('check_call.answer')[0]?.body).toMatchObject({ ok: true });
  await b.officer.id('not-moving').waitFor({ state: 'detached' });
});

test('whoever seems to have left says that it is not so, or how it was left', async () => {
  await arrange(b, { ...there, seems_left_since: since() });
  await b.page.getByText('Have you left the site?').waitFor();
  await b.page.getByRole('button', { name: 'Record how it was left' }).waitFor();
  await b.officer.screen('63-seems-to-have-left');
  await b.officer.id('still-there').click();
  await expect.poll(() => b.hub.of('check_call.answer')[0]?.body).toMatchObject({ ok: true });
});

test('whoever had arrived may say what was found when it is stood down, and need not', async () => {
  await arrange(b, { ...there, stage: 'stood_down', stood_down: 'The caretaker is there', was_there: true });
  await b.page.getByLabel('What you saw and did').fill('The door was open 🚪, now locked.');
  await b.officer.screen('64-stood-down');
  await b.officer.id('stand-down-acknowledge').click();
  await expect
    .poll(() => b.hub.of('report.submit')[0]?.body)
    .toMatchObject({ narrative: 'The door was open 🚪, now locked.' });
  await expect.poll(() => b.hub.of('stand_down.acknowledge').length).toBe(1);
});

test('whoever was on the way only acknowledges a stand-down', async () => {
  await arrange(b, { ...ready, stage: 'stood_down', stood_down: 'False alarm' });
  expect(await b.page.getByLabel('What you saw and did').count()).toBe(0);
  await b.officer.id('stand-down-acknowledge').click();
  await expect.poll(() => b.hub.of('stand_down.acknowledge').length).toBe(1);
  expect(b.hub.of('report.submit').length).toBe(0);
});
