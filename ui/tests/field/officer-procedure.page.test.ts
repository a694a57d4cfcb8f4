/** The shorter procedures on the phone: questions that branch, steps left out for a reason. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { axe, bench, onCallout as arrange, overflow, small, type Bench } from './bench';
import { launch } from './drive';
import { callout, noise } from './fixtures';
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

const there = { stage: 'arrived', rams_signed: true, location_confirmed: true, parked: true, assessment: 'proceed' };

async function fine() {
  expect([...(await axe(b.page)), ...(await small(b.page)), ...(await overflow(b.page))]).toEqual([]);
}

test('a noise complaint: what is heard decides what is asked, and the last answer leaves the site', async () => {
  await arrange(b, noise(there));
  await b.officer.heading('Listen before knocking');
  await b.officer.screen('70-ask');
  await b.officer.id('ask-record').click();
  await b.page.getByText('Choose one.').waitFor();
  await b.officer.id('choice-loud').click();
  await b.officer.id('ask-record').click();
  await b.page.getByText('Write a line about it.').waitFor();
  await b.page.getByLabel(/In your words/).fill('Bass from number 14, 🔊 since ten — “techno”');
  await fine();
  await b.officer.screen('71-ask-filled');
  await b.officer.id('ask-record').click();
  await b.officer.heading('Speak to the household');
  await b.officer.id('choice-agreed').click();
  await b.officer.id('ask-record').click();
  await b.officer.heading('Outcome');
  await b.officer.id('choice-stopped').click();
  await b.officer.screen('72-outcome');
  await b.officer.id('ask-record').click();
  await b.officer.heading('Finish the report');
  expect(await b.page.getByText('Cause of the alarm').count()).toBe(0);
  await expect
    .poll(() => b.hub.of('step.answer').map((c) => c.body))
    .toMatchObject([
      { step: 'heard', choices: ['loud'], note: 'Bass from number 14, 🔊 since ten — “techno”' },
      { step: 'spoken', choices: ['agreed'] },
      { step: 'outcome', choices: ['stopped'] },
    ]);
});

test('an answer is changed until the site is left, and says what it opens', async () => {
  await arrange(b, noise(there));
  await b.officer.id('choice-nothing').click();
  await b.officer.id('ask-record').click();
  await b.officer.heading('Outcome');
  await b.officer.button('Menu').click();
  await b.page.getByRole('button', { name: /Listen before knocking/ }).click();
  await b.page.getByText('Recorded:').waitFor();
  await b.page.getByRole('button', { name: 'Answer again' }).click();
  await b.officer.id('choice-moderate').click();
  await b.page.getByLabel(/In your words/).fill('Through the wall');
  await b.officer.id('ask-record').click();
  await b.officer.heading('Speak to the household');
});

test('a step is left out only with a reason, which shows beside it', async () => {
  await arrange(b, { ...callout(there), items: [] });
  await b.officer.heading('Look round outside');
  await b.officer.id('step-skip').click();
  await b.officer.id('step-skip-confirm').click();
  await b.page.getByText('Write why. Your supervisor reads it.').waitFor();
  await b.page.getByLabel(/Why is it left out/).fill('Keyholder walked it with me');
  await fine();
  await b.officer.screen('73-skip');
  await b.officer.id('step-skip-confirm').click();
  await b.officer.heading('Did somebody get in?');
  await expect
    .poll(() => b.hub.of('step.skip')[0]?.body)
    .toEqual({
      step: 'inspection',
      reason: 'Keyholder walked it with me',
    });
  await b.officer.button('Menu').click();
  await b.page.getByText('Left out · left out: Keyholder walked it with me').waitFor();
});

test('nothing is left out where the procedure does not let it go', async () => {
  await arrange(b, { ...callout({ ...there, assessment: null }), items: [] });
  await b.officer.heading('Is it safe to go on?');
  expect(await b.officer.id('step-skip').count()).toBe(0);
});
