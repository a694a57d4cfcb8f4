import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launch, Officer, phone } from './drive';
import { FakeHub } from './fake-hub';
import { shots } from './shots';

let browser: Browser;
let hub: FakeHub;
let context: BrowserContext;
let officer: Officer;
const errors: string[] = [];

/** A JPEG that no decoder needs to like: its bytes are what is compared. Three chunks and a bit. */
const jpeg = (() => {
  const file = join(mkdtempSync(join(tmpdir(), 'field-')), 'door.jpg');
  const one = Buffer.from(
    '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z',
    'base64',
  );
  const bytes = Buffer.concat([one, randomBytes(800_000)]);
  writeFileSync(file, bytes);
  return { file, sha256: createHash('sha256').update(bytes).digest('hex'), bytes };
})();

beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser?.close());

beforeEach(async () => {
  hub = new FakeHub();
  context = await phone(browser, await hub.listen());
  const page = await context.newPage();
  errors.length = 0;
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource|ERR_INTERNET/.test(message.text()))
      errors.push(message.text());
  });
  officer = new Officer(page, hub, shots(process.env.SHOTS));
});
afterEach(async () => {
  await context.close();
  await hub.close();
  expect(errors).toEqual([]);
});

const KINDS = [
  'shift.sign_on',
  'assignment.delivered',
  'assignment.seen',
  'assignment.accept',
  'rams.acknowledge',
  'location.confirm',
  'assignment.en_route',
  'assignment.arrive',
  'assignment.park',
  'checklist.answer',
  'dra.record',
  'checklist.answer',
  'checklist.answer',
  'checklist.answer',
  'checklist.answer',
  'inspection.record',
  'inspection.record',
  'forced_entry.record',
  'premises.secure',
  'report.submit',
];

async function everythingArrivedOnce() {
  await expect.poll(() => officer.count(), { timeout: 40_000 }).toBe(0);
  expect(hub.taken.map((c) => c.kind)).toEqual(KINDS);
  const ids = hub.taken.map((c) => c.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
  const picture = hub.media.get(jpeg.sha256);
  expect(picture?.done).toBe(true);
  expect(picture?.bytes.equals(jpeg.bytes)).toBe(true);
}

test('an officer does a whole call-out with signal and each command arrives once, in order', async () => {
  await officer.enrol();
  expect(officer.page.url()).not.toContain('ABCD');
  await officer.signOn();
  await officer.offer();
  await officer.accept();
  await officer.work(jpeg.file);
  await everythingArrivedOnce();
  await officer.screen('20-sent');
  expect(hub.of('rams.acknowledge')[0]!.body).toMatchObject({ version: 4 });
  expect(hub.of('checklist.answer')[2]!.body).toMatchObject({
    item: 'door-picture',
    value: null,
    pictures: [jpeg.sha256],
  });
  expect(hub.of('premises.secure')[0]!.body).toMatchObject({ status: 'secure', alarm: 'set', reset_by: 'officer' });
  const signature = (hub.of('report.submit')[0]!.body as { signature: { strokes: unknown[] } }).signature;
  expect(signature.strokes.length).toBe(1);
  expect(hub.deliveries.length).toBe(hub.taken.length);
  for (const command of hub.taken) expect(command.age_ms).toBeGreaterThanOrEqual(0);
}, 180_000);

test('everything after the acceptance works without signal, survives a reload, and arrives once', async () => {
  await officer.enrol();
  await officer.signOn();
  await officer.page.evaluate(() => navigator.serviceWorker.ready);
  await officer.offer();
  await officer.accept();
  await context.setOffline(true);
  await expect.poll(() => officer.link()).toBe('offline');
  await officer.goThere();
  await officer.beforeAssessment();
  await officer.assess();
  await officer.checklist(jpeg.file);
  await officer.heading('Look round outside');
  expect(await officer.id('not-sent-count').textContent()).toMatch(/^No signal · \d+ saved$/);
  const before = await officer.count();
  await officer.page.reload();
  await officer.heading('Look round outside');
  expect(await officer.count()).toBe(before);
  expect(await officer.id('step-6').getAttribute('data-state')).toBe('done');
  await officer.screen('21-offline');
  await officer.inspect(jpeg.file);
  await officer.forcedEntry();
  await officer.secure();
  await officer.report();
  await officer.heading('Report finished');
  await officer.screen('22-offline-finished');
  expect(hub.of('rams.acknowledge')).toEqual([]);
  await context.setOffline(false);
  await everythingArrivedOnce();
  await officer.heading('Report sent');
}, 180_000);
