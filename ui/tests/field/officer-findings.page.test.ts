/** What was found and where: every side, several of a kind, a pin on the plan, what the police will ask. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { axe, bench, onCallout, type Bench } from './bench';
import { launch } from './drive';
import type { callout } from './fixtures';
import { shots } from './shots';

let browser: Browser;
let b: Bench;
beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser?.close());
afterEach(() => b.end());

const GROUND = 'a'.repeat(64);
const ABOVE = 'b'.repeat(64);
const DRAWING = Buffer.from(
  `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><rect x="40" y="40" width="320" height="220" fill="#dde" stroke="#234" stroke-width="6"/></svg>`,
);
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkWPj/PwAE/wJ/1fV9fQAAAABJRU5ErkJggg==',
  'base64',
);
const there: Partial<ReturnType<typeof callout>> = {
  stage: 'arrived',
  rams_signed: true,
  location_confirmed: true,
  parked: true,
  assessment: 'proceed',
  items: [],
};
const plans = [
  { sha256: GROUND, name: 'Ground floor', floor: 0 },
  { sha256: ABOVE, name: 'From above', floor: null },
];

async function given(more: Parameters<typeof callout>[0] = {}) {
  b = await bench(browser, {}, shots(process.env.SHOTS));
  for (const plan of [GROUND, ABOVE]) b.hub.documents.set(plan, { type: 'image/svg+xml', bytes: DRAWING });
  await onCallout(b, { ...there, plans, ...more });
}
const card = (name: string) => b.officer.id(`finding-${name}`);
const shown = (name: string) => b.page.getByRole('button', { name: new RegExp(`^${name}: press where it is`) });

test('every side is walked, and one thing may be found at several places', async () => {
  await given();
  await b.officer.heading('Look round outside');
  for (const finding of await b.page.locator('[data-testid^="finding-outside-"]').all())
    await finding.locator('[data-value="ok"]').click();
  const rear = card('outside-walked-rear');
  await rear.locator('[data-value="not_checked"]').click();
  await b.officer.id('inspection-record').click();
  await b.page.getByText('Rear: say why it was not checked.').waitFor();
  await rear.getByPlaceholder('Why not?').fill('Gate is chained');

  const windows = card('outside-windows');
  await windows.locator('[data-value="issue"]').click();
  await windows.getByPlaceholder('What is it?').fill('Pane cracked');
  await windows.locator('[data-value="high"]').click();
  await windows.locator('[data-value="left"]').click();
  await windows.getByRole('button', { name: /^Another one/ }).click();
  await windows.getByLabel('Windows, 2: what is it').fill('Left on the latch');
  await b.officer.screen('60-findings');
  expect(await axe(b.page)).toEqual([]);
  await windows.getByRole('button', { name: /^Another one/ }).click();
  await windows.getByRole('button', { name: /^Take away.*Windows, 3$/ }).click();
  await b.officer.id('inspection-record').click();
  await expect.poll(() => b.hub.of('inspection.record').length).toBe(1);
  const body = b.hub.of('inspection.record')[0]!.body as unknown as { findings: Record<string, unknown>[] };
  const of = (what: string) => body.findings.filter((f) => f['what'] === what);
  expect(of('walked').map((f) => [(f['place'] as { side: string }).side, f['result']])).toEqual([
    ['front', 'ok'],
    ['left', 'ok'],
    ['rear', 'not_checked'],
    ['right', 'ok'],
  ]);
  expect(of('windows')).toMatchObject([
    { result: 'issue', severity: 'high', note: 'Pane cracked', place: { side: 'left', floor: null, pin: null } },
    { result: 'issue', severity: null, note: 'Left on the latch', place: null },
  ]);
  expect(of('doors')).toMatchObject([{ result: 'ok', severity: null, place: null }]);
});

test('a pin is set on the plan by a press or by keys, also without signal', async () => {
  await given({ inspected_outside: true, floors: [0, 1] });
  await b.officer.heading('Look round inside');
  await b.page.evaluate(() => navigator.serviceWorker.ready);
  await b.page.waitForFunction(
    async (plan) => (await (await caches.open('documents')).match(`/officer/documents/${plan}`)) !== undefined,
    GROUND,
  );
  await b.context.setOffline(true);
  const rooms = card('inside-rooms');
  await rooms.locator('[data-value="issue"]').click();
  await rooms.getByPlaceholder('What is it?').fill('Drawers on the floor');
  await rooms.locator('[data-value="0"]').click();
  await rooms.getByRole('button', { name: /^Show it on the plan/ }).click();
  const plan = shown('Ground floor');
  const picture = plan.locator('img');
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(400);
  const box = (await plan.boundingBox())!;
  await plan.click({ position: { x: box.width * 0.25, y: box.height * 0.5 } });
  await b.officer.screen('61-plan');
  expect(await axe(b.page)).toEqual([]);
  await plan.press('ArrowRight');
  await plan.press('ArrowUp');
  await b.officer.id('plan-done').click();
  await rooms.getByRole('button', { name: /^✓ On the plan/ }).waitFor();
  await b.page.getByLabel(/The other \d+ were not checked/).fill('Police went in alone');
  await b.context.setOffline(false);
  await b.officer.id('inspection-record').click();
  await expect.poll(() => b.hub.of('inspection.record').length).toBe(1);
  const body = b.hub.of('inspection.record')[0]!.body as unknown as {
    findings: { what: string; place: { floor: number; pin: { plan: string; x: number; y: number } } }[];
  };
  const found = body.findings.find((f) => f.what === 'rooms')!;
  expect(found.place.floor).toBe(0);
  expect(found.place.pin.plan).toBe(GROUND);
  expect(found.place.pin.x).toBeCloseTo(0.27, 1);
  expect(found.place.pin.y).toBeCloseTo(0.48, 1);
  const floors = body.findings.filter((f) => f.what === 'walked').map((f) => f.place.floor);
  expect(floors).toEqual([0, 1]);
});

test('what the police will ask is asked when somebody got in', async () => {
  await given({ inspected_outside: true, inspected_inside: true });
  await b.officer.heading('Did somebody get in?');
  for (const o of ['window', 'roof', 'wall', 'shutter', 'lock'])
    await b.officer.id(`opening-${o}`).locator('[data-value="intact"]').click();
  const door = b.officer.id('opening-door');
  await door.locator('[data-value="forced"]').click();
  await door.locator('input[type=file]').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: PNG });
  await door.locator('[data-value="levered"]').click();
  await door.locator('[data-value="rear"]').click();
  await b.page.locator('[data-value="entry"]').click();
  await b.page.getByRole('group', { name: 'Were the police told?' }).locator('[data-value="yes"]').click();
  await b.page.getByRole('group', { name: 'Could somebody walk in now?' }).locator('[data-value="yes"]').click();
  await b.page.getByLabel(/^Anybody seen/).fill('Two, to the canal');
  await b.page.getByLabel('to', { exact: true }).fill('21:40');
  await b.officer.id('forced-record').click();
  await b.page.getByText('Say from when to look at the cameras.').waitFor();
  await b.page.getByLabel('Cameras from').fill('21:50');
  await b.officer.id('forced-record').click();
  await b.page.getByText('The time for the cameras ends before it begins.').waitFor();
  await b.page.getByLabel('Cameras from').fill('21:30');
  await b.officer.screen('62-police');
  expect(await axe(b.page)).toEqual([]);
  await b.officer.id('forced-record').click();
  await expect.poll(() => b.hub.of('forced_entry.record').length).toBe(1);
  const body = b.hub.of('forced_entry.record')[0]!.body as unknown as Record<string, unknown>;
  expect(body).toMatchObject({ seen: 'Two, to the canal', still_insecure: true, missing: '' });
  const cameras = body['cameras'] as { from: string; to: string };
  expect(Date.parse(cameras.to) - Date.parse(cameras.from)).toBe(600_000);
  expect((body['openings'] as { what: string }[]).find((o) => o.what === 'door')).toMatchObject({
    methods: ['levered'],
    place: { side: 'rear' },
  });
});

test('no code leaves the phone, and who took the place over is on record', async () => {
  const done = { inspected_outside: true, inspected_inside: true, forced_entry: 'none' };
  await given(done);
  await b.officer.heading('Secure it, reset the alarm');
  await b.page.locator('[data-value="secure"]').click();
  await b.page.locator('[data-value="part_set"]').click();
  await b.page.locator('[data-value="engineer"]').click();
  await b.officer.id('secure-record').click();
  await b.page.getByText('Say which zones were left out.').waitFor();
  await b.page.getByLabel('Zones left out').fill('Zone 4');
  await b.page.getByLabel(/^Keys/).fill('Safe code 4711');
  await b.officer.id('secure-record').click();
  await b.page.getByText('Take the code out.').waitFor();
  await b.page.getByLabel(/^Keys/).fill('Back in the safe');
  await b.page
    .getByRole('group', { name: 'Who has taken the place over?' })
    .locator('[data-value="keyholder"]')
    .click();
  await b.page.getByLabel('Name or number').fill('M. Osei');
  expect(await axe(b.page)).toEqual([]);
  await b.officer.screen('63-handed-over');
  await b.officer.id('secure-record').click();
  await expect.poll(() => b.hub.of('premises.secure').length).toBe(1);
  expect(b.hub.of('premises.secure')[0]!.body).toMatchObject({
    omitted: 'Zone 4',
    handed_over: { to: 'keyholder', name: 'M. Osei', id_checked: false },
  });
});

test('a report says who was hurt, what is still to be done and what may be evidence', async () => {
  await given({ stage: 'clear', inspected_outside: true, inspected_inside: true, forced_entry: 'none', secured: true });
  await b.officer.heading('Finish the report');
  await b.page.getByLabel(/What happened/).fill('All in order.');
  await b.page.locator('[data-value="user_error"]').click();
  await b.page.getByRole('group', { name: 'Was anybody hurt?' }).locator('[data-value="near"]').click();
  await b.officer.id('report-submit').click();
  await b.page.getByText('Say who was hurt, or nearly, and how.').waitFor();
  await b.page.getByLabel('Who, and how?').fill('Slipped on the wet step');
  await b.page.getByText('More for the report').click();
  await b.page.getByRole('button', { name: 'Add something to be done' }).click();
  await b.page.getByLabel('What', { exact: true }).fill('Grit the step');
  await b.page.getByLabel('By whom').fill('Caretaker');
  await b.page.getByRole('button', { name: 'Add an exhibit' }).click();
  await b.page.getByLabel(/^Reference/).fill('AB/1');
  await b.page.getByLabel('What it is').fill('Body camera');
  await b.officer.screen('64-report-beside');
  expect(await axe(b.page)).toEqual([]);
  await b.officer.id('report-submit').click();
  await expect.poll(() => b.hub.of('report.submit').length).toBe(1);
  expect(b.hub.of('report.submit')[0]!.body).toMatchObject({
    cause: 'user_error',
    injury: { near_miss: true, riddor: false, text: 'Slipped on the wet step' },
    follow_ups: [{ what: 'Grit the step', owner: 'Caretaker', due: null }],
    exhibits: [{ reference: 'AB/1', what: 'Body camera', held: '' }],
    safeguarding: '',
  });
});

test('what the police said is recorded on the phone, and waiting for them is told', async () => {
  await given({ inspected_outside: true });
  await b.officer.button('Menu').click();
  await b.page.getByRole('button', { name: 'People to call' }).click();
  await b.officer.heading('Keep people informed');
  const calls = b.page.getByRole('region', { name: 'Services you called or met' });
  await calls.locator('[data-value="police"]').click();
  await b.officer.id('service-record').click();
  await b.page.getByText('Say in a few words what was said.').waitFor();
  await calls.getByLabel(/^Their reference/).fill('CAD 4411');
  await b.officer.id('police-wait').click();
  await expect.poll(() => b.hub.of('police.wait').length).toBe(1);
  expect(b.hub.of('police.wait')[0]!.body).toEqual({ on: true, reference: 'CAD 4411' });
  await calls.locator('[data-value="attending"]').click();
  await calls.getByLabel('What was said').fill('Twenty minutes');
  expect(await axe(b.page)).toEqual([]);
  await b.officer.id('service-record').click();
  await expect.poll(() => b.hub.of('liaison.record').length).toBe(1);
  expect(b.hub.of('liaison.record')[0]!.body).toMatchObject({
    whom: 'police',
    outcome: 'attending',
    summary: 'Twenty minutes',
    reference: 'CAD 4411',
  });
});
