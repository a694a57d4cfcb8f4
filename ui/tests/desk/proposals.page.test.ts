/** A customer's checklist at the desk: the link is given out, what comes through it is seen, read, approved or returned. */
import { mkdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { MockWindow } from '$lib/desk/host/mock';
import { Window, type Opening } from './open';

const desk = new Window();
beforeAll(() => desk.start());
afterAll(() => desk.stop());
afterEach(() => desk.close());

async function lists(opening: Opening = {}, role = 'supervisor') {
  const page = await desk.open(opening);
  await page.evaluate((r) => {
    const world = (window as MockWindow).watchhouseMock;
    if (world) world.board.me.role = r;
  }, role);
  await page.keyboard.press('r');
  await page
    .getByRole('navigation', { name: 'Parts of the register' })
    .getByRole('button', { name: /^Checklists/ })
    .click();
  await page.getByTestId('checklist-CL-OFFICE').waitFor();
  return page;
}

async function keep(name: string) {
  const folder = process.env['SHOTS'];
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await desk.page.screenshot({ path: `${folder}/${name}.png` });
}
const PROPOSED: Opening = { mock: 'proposal' };

test('a supervisor asks a customer, gets a link to copy, and ends it', async () => {
  const page = await lists();
  await page.getByTestId('checklist-CL-OFFICE').locator('summary').click();
  await page.getByRole('button', { name: 'Ask the customer to write Community office' }).click();
  await page.getByLabel('Who gets it').fill('Oak House');
  await page.getByLabel('A line to them').fill('Please add the plant room.');
  await page.getByLabel('It can be used for').selectOption('30');
  await desk.accessible();
  await keep('80-ask-the-customer');
  await page.getByRole('button', { name: 'Make the link' }).click();
  const link = page.getByTestId('writing-link-CL-OFFICE');
  await link.getByText(/^Oak House can write this list until /).waitFor();
  await link.getByText('https://hub.example/w/5mUo3Zy7gkqQ2dVwX0aR-7').waitFor();
  expect(await desk.lastAct()).toMatchObject({
    kind: 'checklist.invite',
    target: 'cl',
    body: { days: 30, to: 'Oak House', message: 'Please add the plant room.' },
  });
  await link.getByRole('button', { name: 'Copy the link: Community office' }).waitFor();
  await desk.accessible();
  await keep('81-link-is-out');
  await link.getByRole('button', { name: 'End it: the link to Community office' }).click();
  await link.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Ask the customer to write Community office' }).waitFor();
});

test('a proposal that waits is seen from everywhere, and approved with what was read', async () => {
  const page = await desk.open(PROPOSED);
  await page.getByRole('navigation', { name: 'Views' }).getByText('1 proposed').waitFor();
  await page.close();
  await lists(PROPOSED);
  const tabs = desk.page.getByRole('navigation', { name: 'Parts of the register' });
  await tabs.getByText('1 proposed').waitFor();
  const box = desk.page.getByTestId('proposal-CL-OFFICE');
  expect(await box.innerText()).toContain('The meter has gone; the plant room floods when it rains.');
  expect(await box.getByRole('listitem').allInnerTexts()).toEqual([
    'Changed: “Is the front door shut and locked?” (the words)',
    'New: “Is the plant room dry?”',
    'Gone: “Meter”',
  ]);
  await keep('82-proposal');
  await box.getByRole('button', { name: 'Read it: the proposal for Community office' }).click();
  await desk.page.getByRole('heading', { name: 'Checklist CL-OFFICE, as the customer proposes it' }).waitFor();
  await desk.page.getByLabel('From the customer').getByText('the plant room floods').waitFor();
  expect(await desk.page.getByRole('button', { name: 'Save draft' }).count(), 'a draft would settle nothing').toBe(0);
  await desk.accessible();
  await keep('83-proposal-read');
  await desk.page.getByRole('button', { name: /^Is the plant room dry/ }).click();
  await desk.page.getByLabel('What is asked').fill('Is the plant room dry and locked?');
  await desk.page.getByRole('button', { name: 'Approve as version 3' }).click();
  await desk.page.getByText('Approved for new call-outs.').waitFor();
  expect(await desk.lastAct()).toMatchObject({
    kind: 'checklist.put',
    body: {
      proposal: 1,
      from_version: 2,
      draft: false,
      items: [{}, {}, { text: 'Is the plant room dry and locked?' }],
    },
  });
  await desk.page.getByText('Version 3 came from Oak House, estates team.').waitFor();
  expect(await tabs.getByText('proposed').count()).toBe(0);
});

test('a proposal is returned with a comment, and one that is settled already is told', async () => {
  const page = await lists(PROPOSED);
  await page.getByRole('button', { name: 'Return it: the proposal for Community office' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Return it' }).click();
  await page.getByText('Fill in: what they should change.').waitFor();
  await page.getByLabel('What they should change').fill('Which plant room? 🤔');
  await desk.accessible();
  await page.getByRole('dialog').getByRole('button', { name: 'Return it' }).click();
  await page.getByText(/^Returned .* by Operator: “Which plant room\? 🤔”$/).waitFor();
  expect(await desk.lastAct()).toMatchObject({ kind: 'checklist.return', body: { proposal: 1 } });
  await page.getByRole('navigation', { name: 'Views' }).getByText('1 proposed').waitFor({ state: 'detached' });
});

test('a proposal that somebody else settled while it was read stays on the screen', async () => {
  const page = await lists(PROPOSED);
  await page.getByRole('button', { name: 'Read it: the proposal for Community office' }).click();
  await page.evaluate(async () => {
    const world = (window as MockWindow).watchhouseMock;
    await world?.act({ kind: 'checklist.return', target: 'cl', body: { proposal: 1, comment: 'No.' } });
  });
  await page.getByRole('button', { name: 'Approve as version 3' }).click();
  await page.getByRole('alert').getByText('waits any more').first().waitFor();
  await page.getByRole('button', { name: /^Is the plant room dry/ }).waitFor();
});

test.each([true, false])('no serious accessibility fault where proposals are read, dark %s', async (dark) => {
  const page = await lists({ ...PROPOSED, dark });
  await page.getByTestId('proposal-CL-OFFICE').waitFor();
  await desk.accessible();
  if (!dark) await keep('82-proposal-light');
  const wide = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('.register .page')]
      .filter((e) => e.scrollWidth > e.clientWidth + 1)
      .map((e) => e.className || e.tagName),
  );
  expect(wide).toEqual([]);
});
