/** The signed RAMS and the pictures of what good looks like: on the phone before the signal is gone. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { axe, bench, onCallout, type Bench } from './bench';
import { launch } from './drive';
import { callout, item } from './fixtures';
import { shots } from './shots';

let browser: Browser;
let b: Bench;
beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser?.close());
afterEach(() => b.end());

const PDF = 'd'.repeat(64);
const GOOD = 'e'.repeat(64);
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

async function given(more: Parameters<typeof callout>[0] = {}) {
  b = await bench(browser, {}, shots(process.env.SHOTS));
  b.hub.documents.set(PDF, { type: 'application/pdf', bytes: Buffer.from('%PDF-1.7 signed') });
  b.hub.documents.set(GOOD, { type: 'image/png', bytes: PIXEL });
  const rams = { ...callout().rams!, pdf: PDF, pdf_name: 'signed.pdf' };
  await onCallout(b, { rams, items: [item('door', { help_picture: GOOD })], ...more });
  await b.page.evaluate(() => navigator.serviceWorker.ready);
}

const asked = () => b.page.evaluate((sha) => fetch(`/officer/documents/${sha}`).then((r) => r.text()), PDF);

test('the signed document is kept when the call-out is there, and read without signal', async () => {
  await given();
  await b.officer.id('rams-pdf').getByText('✓ on the phone').waitFor();
  expect(await axe(b.page)).toEqual([]);
  await b.officer.screen('32-rams-pdf');
  expect(await b.officer.id('rams-pdf').getAttribute('href')).toBe(`/officer/documents/${PDF}`);
  await b.page.reload();
  await b.officer.id('rams-pdf').getByText('✓ on the phone').waitFor();
  await b.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await b.context.setOffline(true);
  expect(await asked()).toBe('%PDF-1.7 signed');
  await b.context.setOffline(false);
});

test('the document is asked of the hub once, however many states arrive', async () => {
  await given();
  await b.officer.id('rams-pdf').getByText('✓ on the phone').waitFor();
  for (const text of ['one', 'two', 'three']) {
    b.hub.change({ callout: { ...b.hub.state.callout!, text } });
  }
  await b.page.reload();
  await b.officer.id('rams-pdf').getByText('✓ on the phone').waitFor();
  expect(b.hub.documentsGiven.filter((p) => p.endsWith(PDF)).length).toBe(1);
});

test('a document that the hub has not is no fault of the phone: the words are there to sign', async () => {
  await given({ rams: { ...callout().rams!, pdf: 'f'.repeat(64), pdf_name: '' } });
  await b.officer.id('rams-pdf').getByText('PDF', { exact: true }).waitFor();
  await b.officer.id('rams-sign').click();
  await b.officer.heading('Is this the place?');
});

test('what good looks like is shown at the item', async () => {
  await given({ stage: 'arrived', rams_signed: true, location_confirmed: true, parked: true, assessment: 'proceed' });
  await b.officer.heading('Site checklist');
  await b.page.getByText('What good looks like').click();
  const picture = b.page.getByRole('img', { name: /What good looks like/ });
  await picture.waitFor();
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(1);
});

test('the documents leave the phone with its officer', async () => {
  await given();
  await b.officer.id('rams-pdf').getByText('✓ on the phone').waitFor();
  expect(await b.page.evaluate(() => caches.has('documents'))).toBe(true);
  b.hub.change({ callout: null, call_sign: null, on_shift_since: null });
  await b.officer.heading(/Sign on/);
  await b.officer.button('Forget this phone').click();
  await b.officer.button('Yes, forget this phone').click();
  await expect.poll(() => b.page.evaluate(() => caches.has('documents'))).toBe(false);
});
