/** Where a call-out is: typed in any form, checked, read back, and never changed by anybody but the operator. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { MockWindow } from '$lib/desk/host/mock';
import { Window } from './open';

const desk = new Window();
beforeAll(() => desk.start());
afterAll(() => desk.stop());
afterEach(() => desk.close());

const PLACE = 'Place, as somebody gives it';
const ADDRESS = 'Address, as the officer should read it';

async function chooseOffice() {
  const search = desk.page.getByRole('combobox', { name: 'Site' });
  await search.fill('community office ampthill');
  await search.press('Enter');
}

/** What is wider than the panel and therefore cut off. */
const cut = () =>
  desk.page.evaluate(() =>
    [...document.querySelectorAll('aside *')]
      .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5)
      .map((e) => `${e.tagName} ${e.textContent}`),
  );

test('a typed grid reference is placed by the register, and moves the pin only when asked', async () => {
  const page = await desk.open();
  await page.keyboard.press('n');
  await page.getByLabel('What it is about').selectOption('noise_nuisance');
  await page.getByLabel(ADDRESS).fill('Block C, rear stairs');
  await page.getByLabel(PLACE).fill('TQ 29237 83154');
  const read = page.getByTestId('place-read');
  await read.getByText('On Ampthill Square, at Community office.').waitFor();
  expect(await read.innerText()).toContain('Read back: Tango Quebec, two nine two three seven');
  await page.getByRole('button', { name: 'Create and offer' }).click();
  expect(await page.getByRole('alert').innerText()).toContain('put the pin where the typed place is');
  await page.getByLabel(PLACE).press('Enter');
  expect(await page.getByTestId('pin-forms').innerText()).toContain('51.53251, −0.13818');
  await page.getByRole('button', { name: 'Create and offer' }).click();
  await page.getByRole('region', { name: /Call-out D2-/ }).waitFor();
  expect(await desk.lastAct()).toMatchObject({
    kind: 'callout.create',
    body: { address: 'Block C, rear stairs', point: { lat: 51.532514, lon: -0.138178 } },
  });
});

test('what does not mean one place is told with its distance, and nothing is changed', async () => {
  const page = await desk.open();
  await page.keyboard.press('n');
  await page.getByLabel(ADDRESS).fill('4 Rowley Way');
  await chooseOffice();
  await page.getByLabel(PLACE).fill('TQ 30000 80000');
  const warning = page.getByTestId('place-warning');
  await warning.waitFor();
  expect(await warning.innerText()).toMatch(/about 3\.2 km south of Community office[\s\S]*Read it back/);
  expect(await page.getByLabel(ADDRESS).inputValue()).toBe('4 Rowley Way');
  await desk.accessible();
  expect(await cut()).toEqual([]);
  await page.getByLabel(PLACE).fill('TQ 29237 83154');
  await page.getByTestId('place-fits').waitFor();
  expect(await warning.count()).toBe(0);
});

test('three words are looked up, labelled, compared and offered', async () => {
  const page = await desk.open();
  await page.keyboard.press('n');
  await chooseOffice();
  await page.getByLabel(PLACE).fill('///filled.count.soap');
  const read = page.getByTestId('place-read');
  await read.getByText(/near Bayswater, London\.\s*what3words, \d\d:\d\d/).waitFor();
  await page.getByTestId('place-warning').getByText('The three words are about 4.2 km west').waitFor();
  // Offered: the pin is still the site's.
  await page.getByText('the site’s', { exact: true }).waitFor();
  await read.getByRole('button', { name: '///filled.counts.soap' }).click();
  expect(await page.getByLabel(PLACE).inputValue()).toBe('///filled.counts.soap');
});

test('a look-up that never answers costs nothing: the form is as it was and can be sent', async () => {
  const page = await desk.open();
  await page.evaluate(() => {
    const world = (window as MockWindow).watchhouseMock;
    if (world) world.outside = () => new Promise(() => undefined);
  });
  await page.keyboard.press('n');
  await page.getByLabel('What it is about').selectOption('noise_nuisance');
  await chooseOffice();
  await page.getByLabel(PLACE).fill('///filled.count.soap');
  await page.getByText('Asking where the three words are').waitFor();
  await page.getByLabel('What is known').fill('Caller heard glass.');
  await page.getByRole('button', { name: 'Create and offer' }).click();
  await page.getByRole('region', { name: /Call-out D2-/ }).waitFor();
  expect(await desk.lastAct()).toMatchObject({
    kind: 'callout.create',
    body: { site: 'site-amp-office', text: 'Caller heard glass.' },
  });
});

test('a failed look-up throws nobody out and loses no letter', async () => {
  const page = await desk.open();
  await page.evaluate(() => {
    const world = (window as MockWindow).watchhouseMock;
    if (world) world.outside = () => Promise.reject(new Error('The hub cannot be reached.'));
  });
  await page.keyboard.press('n');
  await page.getByLabel(ADDRESS).fill('behind the garages');
  await page.getByLabel(PLACE).fill('///filled.count.soap');
  await page.getByTestId('place-read').getByText('The hub cannot be reached.').waitFor();
  await page.getByRole('button', { name: 'Ask again' }).waitFor();
  expect(await page.getByLabel(ADDRESS).inputValue()).toBe('behind the garages');
  expect(await page.getByLabel(PLACE).inputValue()).toBe('///filled.count.soap');
});

test('the pin goes to an entrance, and the site stays', async () => {
  const page = await desk.open();
  await page.keyboard.press('n');
  await page.getByLabel('What it is about').selectOption('noise_nuisance');
  await chooseOffice();
  await page.getByRole('button', { name: 'At Staff door, rear yard' }).click();
  expect(await page.getByTestId('pin-forms').innerText()).toContain('51.53244, −0.13762');
  await page.getByRole('button', { name: 'Create and offer' }).click();
  await page.getByRole('region', { name: /Call-out D2-/ }).waitFor();
  expect(await desk.lastAct()).toMatchObject({
    body: { site: 'site-amp-office', point: { lat: 51.53244, lon: -0.13762 } },
  });
});

test('a site says where it is, its entrances and where to park', async () => {
  const page = await desk.open();
  await page.keyboard.press('/');
  await page.keyboard.type('community office ampthill');
  await page.keyboard.press('Enter');
  expect(await page.getByTestId('site-place').innerText()).toBe('///filled.count.soap · TQ 29262 83166 · 9C3XGVM6+2V');
  await page.getByText('· park: Loading bay, leave facing out').waitFor();
  await page.getByRole('button', { name: 'Reception, Hampstead Road' }).waitFor();
  expect(await cut()).toEqual([]);
});
