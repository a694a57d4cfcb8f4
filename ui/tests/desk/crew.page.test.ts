/** More than one officer on a call-out, what it waits for, and what the police need to hear. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Window } from './open';

const desk = new Window();
beforeAll(() => desk.start());
afterAll(() => desk.stop());
afterEach(() => desk.close());

/** Where a look is wanted afterwards; nothing is written without it. */
const LOOK = process.env['WATCHHOUSE_LOOK'];

test('P shows what the police need to hear while the call is written down', async () => {
  const page = await desk.open();
  await page.getByTestId('callout-row-CO-26-01847').click();
  await page.keyboard.press('p');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Read this out').waitFor();
  const headings = await dialog.locator('dt').allInnerTexts();
  expect(headings.map((h) => h.trim()[0]).join('')).toBe('ETHANE');
  if (LOOK) await page.screenshot({ path: `${LOOK}/brief.png` });
  await desk.accessible();
});

test('the lead is released with a reason', async () => {
  const page = await desk.open();
  await page.getByTestId('callout-row-CO-26-01847').click();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('release rsp-1');
  await page.getByRole('option', { name: /Release RSP-1/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByLabel('Reason').fill('End of shift');
  if (LOOK) await page.screenshot({ path: `${LOOK}/release.png` });
  await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await desk.acts()).toContain('assignment.release callout-1847');
});

test('what waits to be shown to the customer says so and opens with one press', async () => {
  const page = await desk.open();
  await page.getByTestId('callout-row-CO-26-01847').click();
  const waits = page.getByRole('button', { name: '1 picture waits to be shown to the customer: look' });
  await waits.waitFor();
  await page.getByRole('button', { name: /Shutter\. Waits to be shown/ }).waitFor();
  await desk.accessible();
  if (LOOK) await page.screenshot({ path: `${LOOK}/waits.png` });
  await waits.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/waits to be shown to the customer/).waitFor();
  await dialog.getByRole('button', { name: 'Show to the customer' }).click();
  expect(await desk.lastAct()).toMatchObject({ kind: 'media.release', body: { share: true } });
});

test('a picture is shown to the customer only once somebody says so', async () => {
  const page = await desk.open();
  await page.getByTestId('callout-row-CO-26-01847').click();
  await page
    .getByRole('button', { name: /picture/i })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Show to the customer' }).click();
  const act = await desk.lastAct();
  expect(act).toMatchObject({ kind: 'media.release', target: 'callout-1847', body: { share: true } });
});
