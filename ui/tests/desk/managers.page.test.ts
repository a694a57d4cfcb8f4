/** Duty managers in an emergency, who they are, and the clocks of call-outs. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { MockWindow } from '$lib/desk/host/mock';
import { Window } from './open';

const desk = new Window();
beforeAll(() => desk.start());
afterAll(() => desk.stop());
afterEach(() => desk.close());
const folder = process.env.SHOTS;

async function palette(words: string) {
  const page = await desk.open();
  await page.evaluate(() => {
    (window as MockWindow).watchhouseMock!.board.me.role = 'supervisor';
  });
  await page.keyboard.press('/');
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
  return page;
}

test.each([true, false])('the next duty manager is shown large and tried with one press, dark: %s', async (dark) => {
  const page = await desk.open({ dark });
  await page.evaluate(() => {
    const rung = (n: number, name: string, next: boolean) => ({
      contact: `manager-${n}`,
      role: 'Duty manager',
      name,
      telephone: `020 7946 011${n}`,
      tries: n === 1 ? [{ at: new Date().toISOString(), outcome: 'no_reply', who: 'Desk 2', note: '' }] : [],
      again_at: null,
      next,
    });
    (window as MockWindow).watchhouseMock!.more.set('callout-1847', {
      managers: { rungs: [rung(1, 'J. Marsh', false), rung(2, 'R. Quill', true)], nobody_since: null, settled: null },
    });
  });
  await page.getByTestId('callout-row-CO-26-01847').click();
  const ladder = page.locator('[data-managers]');
  expect(await ladder.locator('summary').innerText()).toMatch(/duty managers/i);
  expect(await ladder.getByTestId('contact-number').innerText()).toBe('020 7946 0112');
  await desk.accessible();
  if (folder) await page.screenshot({ path: `${folder}/managers-${dark ? 'dark' : 'light'}.png` });
  await ladder.getByTestId('contact-answered').click();
  expect(await desk.lastAct()).toMatchObject({
    kind: 'contact.tried',
    body: { contact: 'manager-2', outcome: 'answered' },
  });
});

test('duty managers are named in their order, each with a number', async () => {
  const page = await palette('duty managers');
  const form = page.getByRole('dialog', { name: 'Duty managers' });
  await form.getByLabel('1. Name').fill('J. Marsh');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('Everybody named needs a telephone number.').waitFor();
  await form.getByLabel('1. Telephone').fill('020 7946 0111');
  await desk.accessible();
  if (folder) await page.screenshot({ path: `${folder}/managers-form.png` });
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'detached' });
  expect((await desk.lastAct())?.body).toEqual({ managers: [{ name: 'J. Marsh', telephone: '020 7946 0111' }] });
});

test('the clocks of call-outs are one form, and what makes no sense is said before it is sent', async () => {
  const page = await palette('clocks');
  const form = page.getByRole('dialog', { name: 'Clocks and rules of call-outs' });
  const arrive = form.getByLabel(/^From the acceptance to being there/);
  for (const clock of await form.getByRole('textbox').all()) await clock.fill('20 30 60 60');
  await arrive.fill('soon');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText(/^Write four whole numbers/).waitFor();
  await arrive.fill('15 25 60 60');
  await form.getByRole('radio', { name: 'Operators too' }).last().check();
  await desk.accessible();
  if (folder) await page.screenshot({ path: `${folder}/clocks-form.png` });
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'detached' });
  expect((await desk.lastAct())?.body['callouts']).toMatchObject({
    times: { arrive_min: [15, 25, 60, 60] },
    operators_stand_down_p1: false,
    operators_review: true,
  });
});
