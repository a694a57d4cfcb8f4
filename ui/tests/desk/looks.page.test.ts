/** What the window promises however it is used: names, room, storms, accessibility. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { MockWindow } from '$lib/desk/host/mock';
import { Window } from './open';

const desk = new Window();
beforeAll(() => desk.start());
afterAll(() => desk.stop());
afterEach(() => desk.close());

test('the body says that it is ready, how the link is and what waits', async () => {
  const page = await desk.open();
  const state = () => page.evaluate(() => ({ ...document.body.dataset }));
  expect(await state()).toMatchObject({ ready: 'true', link: 'live', queued: '0' });
  await page.evaluate(() => (window as MockWindow).watchhouseMock?.offline(3));
  await page.waitForSelector('body[data-link="offline"][data-queued="3"]');
  expect(await page.getByTestId('link-banner').innerText()).toMatch(
    /offline[\s\S]*Hub not heard since \d\d:\d\d:\d\d[\s\S]*3 actions wait and will be sent/,
  );
});

test('contract names are on the page', async () => {
  const page = await desk.open();
  await desk.row('alarm-1').waitFor();
  await page.getByTestId('callout-row-CO-26-01847').click();
  expect(await page.getByTestId('step-6').getAttribute('data-state')).toBe('current');
  expect(await page.getByTestId('step-1').getAttribute('data-state')).toBe('done');
  expect(Number(await page.getByTestId('unit-RSP-1').getAttribute('data-age-s'))).toBeGreaterThanOrEqual(3);
  expect(await page.getByTestId('unit-RSP-1').getAttribute('data-age-s')).toMatch(/^\d+$/);
  expect(await page.getByTestId('alarm-take').count()).toBe(1);
});

test('300 activations fold behind "n more" and the page stays small', async () => {
  const page = await desk.open();
  await page.evaluate(() => (window as MockWindow).watchhouseMock?.storm(300));
  await page.getByRole('button', { name: /^\d+ more$/ }).waitFor();
  const rows = await page.locator('[data-list="alarms"] [data-row]').count();
  expect(rows).toBeLessThanOrEqual(100);
  expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(4000);
  expect(await page.locator('#alarms-title').innerText()).toMatch(/303 new/i);
  // One patch each, 300 patches: all in, in one or few frames, and each new row in view measured once.
  await page.waitForFunction(() => ((window as MockWindow).watchhouseMock?.painted.length ?? 0) > 0);
  const painted = await page.evaluate(() => (window as MockWindow).watchhouseMock?.painted.map((p) => p.id) ?? []);
  expect(new Set(painted).size).toBe(painted.length);
});

test.each([
  [1280, 800],
  [1920, 1080],
  [2560, 1440],
])('nothing overflows or is cut at %i × %i', async (width, height) => {
  for (const mock of ['demo', 'offline', 'conflict']) {
    const page = await desk.open({ width, height, mock });
    // With nothing chosen: every time at the end of a line is in view.
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll('aside .num')]
        .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5)
        .map((e) => e.parentElement?.textContent ?? ''),
    );
    expect(cut).toEqual([]);
    await page.getByTestId('callout-row-CO-26-01847').click();
    await page.getByTestId('step-12').waitFor();
    const wrong = await page.evaluate(() => {
      const wide = document.documentElement.scrollWidth > innerWidth ? ['page'] : [];
      const header = [...document.querySelectorAll('body > header > *')]
        .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5)
        .map((e) => e.className);
      const lists = [...document.querySelectorAll('nav ul, aside .scroll, aside footer')]
        .filter((e) => e.scrollWidth > e.clientWidth + 1)
        .map((e) => e.outerHTML.slice(0, 60));
      const buttons = [...document.querySelectorAll('button')]
        .filter((b) => b.scrollWidth > b.clientWidth + 1 && !b.matches('[data-main], .one'))
        .map((b) => b.innerText);
      return [...wide, ...header, ...lists, ...buttons];
    });
    expect(wrong).toEqual([]);
    await desk.close();
  }
});

test.each([true, false])('no serious accessibility fault on Live, dark %s', async (dark) => {
  const page = await desk.open({ dark, width: 1920, height: 1080 });
  await desk.accessible();
  await desk.row('alarm-2').click();
  await desk.accessible();
  await page.getByTestId('callout-row-CO-26-01847').click();
  await page.getByTestId('step-12').waitFor();
  await desk.accessible();
  await page.getByTestId('callout-row-CO-26-01846').click();
  await page.getByRole('button', { name: 'Accepted by voice' }).waitFor();
  await desk.accessible();
  await page.getByTestId('unit-RSP-5').click();
  await desk.accessible();
  await page.keyboard.press('n');
  await desk.accessible();
  await page.evaluate(() => (window as MockWindow).watchhouseMock?.offline(1));
  await page.waitForSelector('body[data-link="offline"]');
  await desk.accessible();
});

test.each([true, false])('no serious accessibility fault in palette, help and forms, dark %s', async (dark) => {
  const page = await desk.open({ dark });
  await page.keyboard.press('/');
  await page.getByRole('dialog').waitFor();
  await desk.accessible();
  await page.keyboard.type('rsp');
  await desk.accessible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Every key' }).waitFor();
  await desk.accessible();
  await page.keyboard.press('Escape');
  await desk.row('alarm-2').click();
  await page.keyboard.press('s');
  await page.getByRole('dialog', { name: 'Shelve the alarm' }).waitFor();
  await desk.accessible();
  await page.keyboard.press('Escape');
  await page.getByTestId('callout-row-CO-26-01847').click();
  await page.getByTestId('step-1').waitFor();
  await page.keyboard.press('p');
  await page.getByRole('dialog', { name: 'Record a call' }).waitFor();
  await desk.accessible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.keyboard.type('enrol whitlock');
  await page.keyboard.press('Enter');
  await page.getByText('K7QD-M2XF', { exact: true }).waitFor();
  await desk.accessible();
});

test('an empty evening is calm and accessible', async () => {
  const page = await desk.open();
  await page.evaluate(() => {
    const world = (window as MockWindow).watchhouseMock;
    world?.send({
      alarms_gone: world.board.alarms.map((a) => a.id),
      callouts_gone: world.board.callouts.map((c) => c.id),
      units_gone: world.board.units.map((u) => u.id),
    });
  });
  await page.getByText('All quiet').waitFor();
  await page.getByText('No alarm is open.').waitFor();
  await desk.accessible();
});
