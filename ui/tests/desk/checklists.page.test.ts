/** The checklist builder: written by keyboard beside a phone, refused at the item, approved as the next version. */
import { mkdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { MockWindow } from '$lib/desk/host/mock';
import { Window, type Opening } from './open';

const desk = new Window();
beforeAll(() => desk.start());
afterAll(() => desk.stop());
afterEach(() => desk.close());

async function lists(role = 'supervisor', opening: Opening = {}) {
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
  await page.getByTestId('checklist-CL-OFFICE').locator('summary').click();
  return page;
}

async function builder(opening: Opening = {}) {
  const page = await lists('supervisor', opening);
  await page.getByRole('button', { name: 'Change Community office' }).click();
  await page.getByRole('heading', { name: 'Checklist CL-OFFICE' }).waitFor();
  return page;
}

async function keep(name: string) {
  const folder = process.env['SHOTS'];
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await desk.page.screenshot({ path: `${folder}/${name}.png` });
}

const order = () =>
  desk.page.locator('[data-testid^="item-"]').evaluateAll((all) => all.map((e) => e.getAttribute('data-testid')));

test('an operator reads the lists and finds nothing to change them with', async () => {
  const page = await lists('operator');
  await page.getByText('Is the bell silent?').waitFor();
  expect(await page.getByRole('region', { name: 'Checklists' }).getByRole('button').count()).toBe(0);
});

test('a new list is written with the keyboard alone, tried on the phone, and approved', async () => {
  const page = await lists();
  await page.getByRole('button', { name: 'Add a checklist' }).click();
  await page.getByLabel('Reference').fill('CL-PLANT');
  await page.getByLabel('Title').fill('Plant room');
  await page.getByRole('button', { name: 'Add an item' }).focus();
  await page.keyboard.press('Enter');
  // The new item's text has the focus.
  await page.keyboard.type('Is the floor dry?');
  await page.getByLabel('Proof').selectOption('when:no');
  await page.getByRole('button', { name: 'Add an item' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('What was found?');
  await page.getByLabel('Type').selectOption('multi_choice');
  await page.getByLabel('Options').fill('Drip under the tank\nPuddle\n');
  await page.getByLabel('Asked', { exact: true }).selectOption({ label: 'When “Is the floor dry?” is …' });
  await page.getByLabel('… this answer').selectOption('no');
  const phone = page.getByRole('region', { name: 'Preview of the list' });
  expect(await phone.getByText('What was found?').count()).toBe(0);
  await phone.getByRole('button', { name: 'No', exact: true }).click();
  await phone.getByText('This answer needs a picture').waitFor();
  await page.getByRole('button', { name: 'Approve as version 1' }).click();
  await page.getByText('Approved for new call-outs.').waitFor();
  expect(await desk.lastAct()).toMatchObject({
    kind: 'checklist.put',
    body: {
      ref: 'CL-PLANT',
      title: 'Plant room',
      draft: false,
      from_version: 0,
      items: [
        { id: 'q1', type: 'yes_no', text: 'Is the floor dry?', evidence: { pictures: 1, note: false, when: 'no' } },
        {
          id: 'q2',
          type: 'multi_choice',
          options: ['Drip under the tank', 'Puddle'],
          min: 1,
          show_if: { item: 'q1', value: 'no' },
        },
      ],
    },
  });
  expect(await page.getByTestId('checklist-CL-PLANT').innerText()).toContain('version 1');
});

test('the preview is answered like a phone, and what hangs on an answer appears there', async () => {
  const page = await builder();
  const phone = page.getByRole('region', { name: 'Preview of the list' });
  await page.getByRole('button', { name: /^Meter/ }).click();
  await page.getByLabel('Asked', { exact: true }).selectOption({ label: 'When “Is the bell silent?” is …' });
  await page.getByLabel('… this answer').selectOption('yes');
  await phone.getByText('1 item waits for an answer above.').waitFor();
  await phone.getByTestId('checklist-bell').getByRole('button', { name: 'Yes' }).click();
  await phone.getByTestId('checklist-meter').waitFor();
  await phone.getByTestId('checklist-meter').locator('input').first().fill('11');
  await phone.getByTestId('checklist-meter').getByRole('button', { name: 'Save' }).click();
  await phone.getByText('It must be 10 bar or less.').waitFor();
  await page.getByRole('button', { name: 'Start over' }).click();
  await phone.getByText('1 item waits for an answer above.').waitFor();
  expect((await desk.acts()).filter((a) => a.startsWith('checklist.answer'))).toEqual([]);
});

test('items are moved by buttons and by keys and the focus stays with them', async () => {
  const page = await builder();
  await page.getByRole('button', { name: 'Move up: Meter' }).click();
  expect(await order()).toEqual(['item-bell', 'item-meter', 'item-door']);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('up-meter');
  await page.keyboard.press('Enter');
  expect(await order()).toEqual(['item-meter', 'item-bell', 'item-door']);
  expect(await page.evaluate(() => document.activeElement?.id), 'it is at the top').toBe('open-meter');
  await page.keyboard.press('Alt+ArrowDown');
  expect(await order()).toEqual(['item-bell', 'item-meter', 'item-door']);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('open-meter');
  await page.getByRole('button', { name: 'Remove: Meter' }).click();
  expect(await order()).toEqual(['item-bell', 'item-door']);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('open-door');
});

test('what cannot be asked is said at the item and not approved, and may be kept as a draft', async () => {
  const page = await builder();
  await page.getByRole('button', { name: /^Is the door shut/ }).click();
  await page.getByLabel('Type').selectOption('choice');
  expect(await page.getByText('Give two options or more').count()).toBe(0);
  await page.getByRole('button', { name: 'Approve as version 3' }).click();
  await page.getByText('1 item has to be put right first.').waitFor();
  expect(await page.getByTestId('item-door').innerText()).toContain('Give two options or more, one a line.');
  expect((await desk.acts()).filter((a) => a.startsWith('checklist.put'))).toEqual([]);
  await desk.accessible();
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('Draft saved.').waitFor();
  expect((await desk.lastAct())?.body).toMatchObject({ draft: true, from_version: 2 });
  await page.getByRole('button', { name: 'Back to the lists' }).click();
  expect(await page.getByTestId('checklist-CL-OFFICE').innerText()).toContain('version 2, a draft waits');
});

test('a picture of what good looks like is attached, shown on the phone, and taken away', async () => {
  const page = await builder();
  await page.getByRole('button', { name: /^Is the door shut/ }).click();
  const input = page.getByTestId('item-door').locator('input[type=file]');
  await input.setInputFiles({ name: 'good.txt', mimeType: 'image/jpeg', buffer: Buffer.from('shut') });
  await page.getByText('This file is no JPEG, PNG or WebP picture.').waitFor();
  await input.setInputFiles({ name: 'good.jpg', mimeType: 'image/jpeg', buffer: Buffer.from([0xff, 0xd8, 0xff]) });
  const phone = page.getByRole('region', { name: 'Preview of the list' });
  await phone.getByText('What good looks like').click();
  await phone.getByRole('img', { name: 'What good looks like: Is the door shut?' }).waitFor();
  await desk.accessible();
  await keep('builder-hint');
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('Draft saved.').waitFor();
  const items = () => desk.lastAct().then((act) => act?.body['items'] as Record<string, unknown>[]);
  expect((await items())[1]).toMatchObject({ id: 'door', help_picture: 'c'.repeat(64) });
  await page.getByRole('button', { name: 'Take the picture away' }).click();
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.waitForFunction(
    () => (window as MockWindow).watchhouseMock?.acts.filter((a) => a.kind === 'checklist.put').length === 2,
  );
  expect((await items())[1]).not.toHaveProperty('help_picture');
});

test('a condition whose question is moved behind it is told at the item', async () => {
  const page = await builder();
  await page.getByRole('button', { name: /^Meter/ }).click();
  await page.getByLabel('Asked', { exact: true }).selectOption({ label: 'When “Is the door shut?” is …' });
  await page.getByRole('button', { name: 'Move up: Meter' }).click();
  await page.getByRole('button', { name: 'Approve as version 3' }).click();
  await page.getByTestId('item-meter').getByText('does not come before it').waitFor();
});

test('nothing typed is lost by looking elsewhere, and leaving asks', async () => {
  const page = await builder();
  await page.getByLabel('Title').fill('Community office, nights');
  await page.getByRole('navigation', { name: 'Parts of the register' }).getByRole('button', { name: /^Keys/ }).click();
  await page
    .getByRole('navigation', { name: 'Parts of the register' })
    .getByRole('button', { name: /^Checklists/ })
    .click();
  expect(await page.getByLabel('Title').inputValue()).toBe('Community office, nights');
  await page.getByRole('button', { name: 'Back to the lists' }).click();
  await page.getByText('Leave without saving?').waitFor();
  await page.getByRole('button', { name: 'Stay', exact: true }).click();
  expect(await page.getByLabel('Title').inputValue()).toBe('Community office, nights');
  await page.getByRole('button', { name: 'Back to the lists' }).click();
  await page.getByRole('button', { name: 'Leave', exact: true }).click();
  await page.getByRole('heading', { name: 'Checklists' }).waitFor();
});

test('a list that somebody else approved meanwhile is not overwritten', async () => {
  const page = await builder();
  await page.evaluate(async () => {
    const world = (window as MockWindow).watchhouseMock;
    await world?.act({ kind: 'checklist.put', target: '', body: { ref: 'CL-OFFICE', title: 'Theirs', items: [] } });
  });
  await page.getByLabel('Title').fill('Mine');
  await page.getByRole('button', { name: 'Approve as version 3' }).click();
  await page.getByRole('alert').getByText('approved meanwhile').first().waitFor();
  expect(await page.getByLabel('Title').inputValue()).toBe('Mine');
});

test.each([true, false])(
  'no serious accessibility fault in the builder, and nothing overflows, dark %s',
  async (dark) => {
    const page = await builder({ dark });
    await page.getByRole('button', { name: /^Is the door shut/ }).click();
    await desk.accessible();
    await keep(`builder${dark ? '' : '-light'}`);
    for (const type of ['multi_choice', 'number', 'asset', 'scan', 'signature', 'heading', 'photo', 'meter']) {
      await page.getByLabel('Type').selectOption(type);
      await desk.accessible();
    }
    await keep(`builder-meter${dark ? '' : '-light'}`);
    const wide = await page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('.register .page, .phone')]
        .filter((e) => e.scrollWidth > e.clientWidth + 1)
        .map((e) => e.className || e.tagName),
    );
    expect(wide).toEqual([]);
  },
);
