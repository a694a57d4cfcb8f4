/** What was found and where, on the desk; and the drawings it is placed on, in the register. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { MockWindow } from '$lib/desk/host/mock';
import { Window } from './open';

const desk = new Window();
beforeAll(() => desk.start());
afterAll(() => desk.stop());
afterEach(() => desk.close());
const folder = process.env.SHOTS;

async function panel(dark: boolean) {
  const page = await desk.open({ dark });
  await page.getByTestId('callout-row-CO-26-01844').click();
  const fold = page.locator('summary', { hasText: 'Inspection' });
  await fold.click();
  return page;
}

test.each([true, false])('what was found is numbered as on the plan and in the report, dark: %s', async (dark) => {
  const page = await panel(dark);
  const first = page.getByTestId('found-1');
  expect(await first.innerText()).toMatch(/doors[\s\S]*Rear · now[\s\S]*Frame split at the lock/i);
  const plan = page.getByRole('img', { name: 'Ground floor. 1, doors, Rear; 2, rooms, Ground floor' });
  await plan.scrollIntoViewIfNeeded();
  await expect.poll(() => plan.locator('img').evaluate((i: HTMLImageElement) => i.naturalWidth)).toBeGreaterThan(0);
  expect(await plan.locator('.pin').allInnerTexts()).toEqual(['1', '2']);
  await page.getByText('Outside, roof not checked: cannot be seen from the ground').waitFor();
  await desk.accessible();
  if (folder) await page.screenshot({ path: `${folder}/found-${dark ? 'dark' : 'light'}.png` });
});

test('the newest risk assessment is the one that counts', async () => {
  const page = await desk.open();
  await page.evaluate(() => {
    const made = (decision: string, at: string) => ({
      at,
      who: 'RSP-2',
      decision,
      hazards: [],
      controls: [],
      likelihood: 2,
      severity: 2,
      about: ['alone'],
      note: '',
    });
    (window as MockWindow).watchhouseMock!.more.set('callout-1844', {
      assessments: [made('Waits', '2026-11-25T20:10:00Z'), made('Safe to go on', '2026-11-25T20:00:00Z')],
    });
  });
  await page.getByTestId('callout-row-CO-26-01844').click();
  const summary = page.locator('summary', { hasText: 'Risk assessments' });
  expect(await summary.innerText()).toContain('Waits');
  await summary.click();
  const rows = page.locator('details', { hasText: 'Risk assessments' }).locator('li');
  expect(await rows.first().innerText()).toContain('Waits');
});

test('a supervisor gives a site its plan and its floors', async () => {
  const page = await desk.open();
  await page.evaluate(() => {
    (window as MockWindow).watchhouseMock!.board.me.role = 'supervisor';
  });
  await page.keyboard.press('r');
  await page.getByTestId('site-AMP-OFFICE').click();
  await page.getByRole('heading', { name: 'Plans and floors' }).waitFor();
  await page
    .getByLabel('Add a plan')
    .setInputFiles({ name: 'a.txt', mimeType: 'image/png', buffer: Buffer.from('no') });
  await page.getByText('This file is no JPEG, PNG or WebP picture.').waitFor();
  const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0]);
  await page.getByLabel('Add a plan').setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: jpeg });
  const form = page.getByRole('dialog', { name: 'Add a plan' });
  await form.getByLabel(/^Name/).fill('Ground floor');
  await form.getByLabel(/^Floor/).fill('half');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('The floor is a whole number.').waitFor();
  await form.getByLabel(/^Floor/).fill('0');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'detached' });
  expect((await desk.lastAct())?.body['plans']).toEqual([{ sha256: 'c'.repeat(64), name: 'Ground floor', floor: 0 }]);

  await page.getByRole('button', { name: /Change floors/ }).click();
  const floors = page.getByRole('dialog', { name: 'Change the floors' });
  await floors.getByLabel(/^Lowest floor/).fill('2');
  await floors.getByLabel(/^Highest floor/).fill('-1');
  await floors.getByRole('button', { name: 'Save' }).click();
  await floors.getByText('The lowest floor is above the highest.').waitFor();
  await floors.getByLabel(/^Lowest floor/).fill('-1');
  await floors.getByLabel(/^Highest floor/).fill('2');
  await floors.getByRole('button', { name: 'Save' }).click();
  await floors.waitFor({ state: 'detached' });
  expect((await desk.lastAct())?.body['floors']).toEqual({ lowest: -1, highest: 2 });
  await desk.accessible();
  await page.getByRole('heading', { name: 'Plans and floors' }).scrollIntoViewIfNeeded();
  if (folder) await page.screenshot({ path: `${folder}/site-plans.png` });
});
