/** Back-up, and an officer who withdrew: what the phone asks of each. */
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

const there = { stage: 'arrived', rams_signed: true, location_confirmed: true, parked: true };

test('back-up works beside the lead, is not asked how it was left, and says that it leaves', async () => {
  await arrange(b, { ...there, assessment: 'proceed', backs_up: 'RSP-1' });
  await b.officer.heading('Back-up for RSP-1');
  await b.officer.screen('60-back-up');
  await b.officer.id('leave').click();
  await b.page.getByText('Tell RSP-1 first.').waitFor();
  await b.officer.id('leave-confirm').click();
  await expect.poll(() => b.hub.of('assignment.leave').length).toBe(1);
});

test('back-up assesses the risk for itself before anything else', async () => {
  await arrange(b, { ...there, backs_up: 'RSP-1', items: [] });
  await b.officer.heading('Is it safe to go on?');
});

test('an officer nearby who needs help is on the screen at once, and stays one line once it is understood', async () => {
  const alert = {
    callout: 'c9',
    number: 'CO-26-00009',
    level: 3,
    since: new Date().toISOString(),
    who: 'RSP-4',
    place: 'Tenants’ hall',
    address: '1 Hall Road',
    hazards: ['Dog on site'],
    lat: 51.55,
    lon: -0.15,
  };
  b.hub.state = { ...b.hub.state, call_sign: 'RSP-3', on_shift_since: new Date().toISOString(), alert };
  await b.page.goto('/officer#code=ABCD-EFGH');
  await b.page.getByRole('heading', { name: 'Emergency nearby' }).waitFor();
  await b.page.getByText('Tell control before you go').waitFor();
  await b.officer.screen('61-nearby');
  expect(await axe(b.page)).toEqual([]);
  await b.officer.id('nearby-understood').click();
  await b.page.getByText('RSP-4 needs help at Tenants’ hall.').waitFor();
  b.hub.change({ alert: { ...alert, since: new Date(Date.now() + 60_000).toISOString() } });
  await b.page.getByRole('heading', { name: 'Emergency nearby' }).waitFor();
  b.hub.change({ alert: null });
  await b.officer.id('nearby').waitFor({ state: 'detached' });
});

test('whoever withdrew says that all is well, and control stops asking', async () => {
  await arrange(b, { ...there, stage: 'aborted', assessment: 'withdraw' });
  await b.officer.heading('You withdrew');
  await b.page.getByText('Control asks after you until you say so').waitFor();
  await b.officer.id('safe').click();
  await b.page.getByText('Control knows that you are safe.').waitFor();
  await expect.poll(() => b.hub.of('check_call.answer')[0]?.body).toMatchObject({ ok: true });
});
