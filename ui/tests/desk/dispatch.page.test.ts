/** Clocks on rows, a second call-out at a site, busy officers, and an emergency that grows. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { MockWindow } from '$lib/desk/host/mock';
import { Window } from './open';

const desk = new Window();
const folder = process.env['SHOTS'];
beforeAll(() => desk.start(), 60_000);
afterAll(() => desk.stop());
afterEach(() => desk.close());

const shot = async (name: string) => folder && desk.page.screenshot({ path: `${folder}/${name}.png` });
const row = () => desk.page.getByTestId('callout-row-CO-26-01847');

/** The clock of a call-out began so many seconds ago and ends in so many. */
const clock = (began: number, ends: number) =>
  desk.page.evaluate(
    ([past, ahead]) => {
      const world = (window as MockWindow).watchhouseMock!;
      const at = (s: number) => new Date(Date.now() + s * 1000).toISOString();
      world.changeCallout(world.callout('callout-1847')!, { due_since: at(-past!), due_at: at(ahead!) });
    },
    [began, ends],
  );

test('a row says in words when three quarters of its time are gone, and when all of it is', async () => {
  await desk.open();
  await clock(500, 500);
  await expect.poll(() => row().locator('[data-due]').count()).toBe(0);
  await clock(800, 200);
  await row().locator('[data-due="soon"]').getByText(/left/).waitFor();
  await shot('90-row-soon');
  await clock(1200, -5);
  await row().locator('[data-due="over"]').getByText('! Overdue').waitFor();
  expect(await row().locator('[data-due="soon"]').count()).toBe(0);
});

test('a second call-out at a site with an open one is told of it, and the open one is one press away', async () => {
  const page = await desk.open();
  await page.keyboard.press('n');
  expect(await page.getByTestId('standing').count()).toBe(0);
  const search = page.getByRole('combobox', { name: 'Site' });
  await search.fill('community office ampthill');
  await search.press('Enter');
  await page.evaluate(() => {
    const world = (window as MockWindow).watchhouseMock!;
    const office = world.board.sites.find((s) => s.name === 'Community office')!;
    world.changeCallout(world.callout('callout-1847')!, { site: office.id, state: 'on_scene', open: true });
  });
  await page.getByTestId('standing').getByText('CO-26-01847 is open at this site already').waitFor();
  await shot('91-standing');
  await desk.accessible();
  await page.getByRole('button', { name: 'Open CO-26-01847' }).click();
  await page.getByRole('region', { name: 'Call-out CO-26-01847' }).waitFor();
});

test('an emergency is declared a major incident and taken back, and how an officer is safe is on record', async () => {
  const page = await desk.open();
  await page.evaluate(() => {
    const world = (window as MockWindow).watchhouseMock!;
    world.changeCallout(world.callout('callout-1847')!, { escalation: 3 });
  });
  await row().click();
  const together = page.getByTestId('escalated');
  await together.getByRole('button', { name: 'Declare a major incident' }).click();
  await page.getByLabel('What makes it one').fill('The roof has come down');
  await page.getByRole('button', { name: 'Declare it' }).click();
  await page
    .getByTestId('major')
    .getByText(/Major incident declared at/)
    .waitFor();
  await shot('92-major');
  await together.getByRole('button', { name: 'Take it back' }).click();
  await page.getByLabel('Reason').fill('Scaled down by the fire service');
  await page.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click();
  await expect.poll(() => page.getByTestId('major').count()).toBe(0);
  expect(await desk.lastAct()).toMatchObject({ kind: 'major.declare', body: { on: false } });
});
