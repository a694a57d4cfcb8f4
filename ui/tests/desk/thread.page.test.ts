/** Messages, contacts, silence and the handover at the desk. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { MockWindow } from '$lib/desk/host/mock';
import { Window } from './open';

const desk = new Window();
const folder = process.env['SHOTS'];
beforeAll(() => desk.start(), 60_000);
afterAll(() => desk.stop());
afterEach(() => desk.close());

const shot = async (name: string) => folder && desk.page.screenshot({ path: `${folder}/${name}.png` });

/** Somebody writes, and the row says so, as the desk would have it. */
const writes = (who: string, text: string) =>
  desk.page.evaluate(
    ([from, said]) => {
      const world = (window as MockWindow).watchhouseMock!;
      const row = world.callout('callout-1847')!;
      world.talk.write(row.id, from!, said!);
      const since = new Date(Date.now() - 120_000).toISOString();
      const asks = { kind: 'customer_message', text: 'The customer has written', since, times: 1 };
      world.changeCallout(row, { unread: row.unread + 1, attention: from === 'Customer' ? [asks] : row.attention });
    },
    [who, text],
  );
const kinds = async () => (await desk.acts()).map((act) => act.split(' ')[0]);
const row = () => desk.page.getByTestId('callout-row-CO-26-01847');

test('an unread message is counted on the row and read by opening the call-out, by a person only', async () => {
  const page = await desk.open();
  await writes('RSP-1', 'Two people ran off towards Robert Street');
  await row().locator('[data-unread="1"]').waitFor();
  await page.evaluate(() => (window as MockWindow).watchhouseMock?.attend?.({ callout: 'callout-1847' }));
  await page.getByTestId('thread').getByText('Two people ran off').waitFor();
  await page.evaluate(() => new Promise((done) => setTimeout(done, 0)));
  expect(await kinds()).not.toContain('message.read');
  await page.mouse.move(640, 400);
  await page.mouse.move(641, 401);
  await expect.poll(kinds).toContain('message.read');
  await expect.poll(() => row().locator('[data-unread]').count()).toBe(0);
});

test('a customer who wrote is asked about on the row and answered from the thread', async () => {
  const page = await desk.open();
  await writes('Customer', 'My son is inside 👦 — “blue coat”');
  await row()
    .getByText(/The customer has written, 2 min ago/)
    .waitFor();
  await row().click();
  const thread = page.getByTestId('thread');
  await thread.getByText('My son is inside 👦 — “blue coat”').waitFor();
  await page.getByRole('radio', { name: 'Customer', checked: true }).waitFor();
  await shot('80-desk-thread');
  await page.getByRole('textbox', { name: 'Message' }).fill('The officer is with him.');
  await page.keyboard.press('Enter');
  await thread.getByText('The officer is with him.').waitFor();
  expect(await desk.lastAct()).toMatchObject({
    kind: 'note.add',
    body: { text: 'The officer is with him.', to: 'customer', share: true },
  });
  expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('');
  await desk.accessible();
});

test('L brings the next number, large; what came of it is one press, and nobody is a question', async () => {
  const page = await desk.open();
  await row().click();
  await page.keyboard.press('l');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe('contact-answered');
  const number = page.getByTestId('contact-number');
  expect(await number.innerText()).toBe('020 7946 0114');
  expect(await number.evaluate((n) => parseFloat(getComputedStyle(n).fontSize))).toBeGreaterThanOrEqual(24);
  await shot('81-desk-contacts');
  await page.getByTestId('contact-no_reply').click();
  await page.getByTestId('contact-number').getByText('020 7946 0127').waitFor();
  expect(await desk.lastAct()).toMatchObject({
    kind: 'contact.tried',
    body: { contact: 'contact-okafor', outcome: 'no_reply' },
  });
  await page.getByTestId('contact-left_message').click();
  await page.getByText('Everybody was tried, nobody answered.').waitFor();
  await page.getByRole('button', { name: 'Ring all again' }).first().click();
  await page.getByTestId('contact-number').getByText('020 7946 0114').waitFor();
  await page.getByTestId('contact-answered').click();
  await page.getByText('✓ Keyholder answered').waitFor();
  expect(await page.getByTestId('contact-next').count()).toBe(0);
});

test('silence is counted in minutes and answered with one press', async () => {
  const page = await desk.open();
  await row().click();
  await page.evaluate(() => {
    const world = (window as MockWindow).watchhouseMock!;
    const since = new Date(Date.now() - 34 * 60_000).toISOString();
    const asks = { kind: 'customer_update', text: 'The customer has not been told anything', since, times: 1 };
    world.changeCallout(world.callout('callout-1847')!, { attention: [asks], needs_action: true });
  });
  await row().getByText('! The customer has not been told anything for 34 min').waitFor();
  await page.getByTestId('attention').getByRole('button', { name: 'Customer was told' }).click();
  await page.getByRole('dialog', { name: 'Record a call' }).waitFor();
  await page.getByRole('radio', { name: 'Customer' }).and(page.locator(':checked')).waitFor();
});

test('police, ambulance and fire are one key each, with the brief; the plan says where and when', async () => {
  const page = await desk.open();
  await row().click();
  for (const [key, word] of [
    ['p', 'Police'],
    ['b', 'Ambulance'],
    ['i', 'Fire brigade'],
  ] as const) {
    await page.keyboard.press(key);
    const dialog = page.getByRole('dialog', { name: 'Record a call' });
    await dialog.getByText('Read this out').waitFor();
    await dialog.getByRole('radio', { name: word, exact: true }).and(page.locator(':checked')).waitFor();
    if (key === 'p') {
      await dialog.getByRole('radio', { name: 'Answered' }).check();
      await dialog.getByRole('textbox', { name: /Their reference/ }).fill('CAD 4471');
      await dialog.getByRole('button', { name: 'Record' }).click();
    } else await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  }
  const together = page.getByTestId('escalated');
  await together.getByText('CAD 4471').waitFor();
  await together.getByRole('button', { name: 'Police: attending' }).click();
  await together.getByRole('button', { name: 'Police: arrived' }).click();
  await together.getByText(/called \d\d:\d\d · attending \d\d:\d\d · arrived \d\d:\d\d/).waitFor();
  await together.getByRole('button', { name: 'Set a meeting point' }).click();
  await page.getByRole('textbox', { name: 'Everybody meets at' }).fill('Corner of Robert Street');
  await page.getByRole('button', { name: 'Set the plan' }).click();
  await together.getByText('Corner of Robert Street').waitFor();
  await together.getByText(/in \d?\d:\d\d/).waitFor();
  await shot('82-desk-together');
  await desk.accessible();
});

test('the handover comes up as a mark that takes no focus, is read, told what is new, and signed', async () => {
  const page = await desk.open();
  await row().locator('[data-main]').focus();
  await page.evaluate(() => {
    const world = (window as MockWindow).watchhouseMock!;
    world.send({ handover: { due: true, ends_at: new Date(Date.now() + 1_500_000).toISOString(), signed_at: null } });
  });
  await page.getByTestId('handover-due').waitFor();
  expect(await desk.focused()).toBe('callout-1847');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.keyboard.press('h');
  const handover = page.getByTestId('handover');
  await handover
    .getByRole('button', { name: /CO-26-01847 Hold-up/ })
    .first()
    .waitFor();
  await page.getByTestId('watch-outs').fill('Gate at Robert Street is broken; caretaker at eight.');
  await page.getByRole('button', { name: 'Keep' }).click();
  await shot('86-desk-handover-kept');
  await page.getByText(/Written by Operator/).waitFor();
  await page.getByTestId('handover-sign').click();
  await page.getByRole('alert').getByText('Write both names').waitFor();
  await page.evaluate(() => {
    const line = { head: 'CO-26-01845', text: 'RSP-2 has left', at: null, warn: false, callout: null, alarm: null };
    (window as MockWindow).watchhouseMock!.talk.news = [line];
  });
  await page.getByTestId('handover-changed').getByText('RSP-2 has left').waitFor();
  await shot('83-desk-handover');
  await desk.accessible();
  await page.getByTestId('handover-from').fill('B. Hughes');
  await page.getByTestId('handover-to').fill('M. Adeyemi');
  await page.getByTestId('handover-sign').click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await desk.lastAct()).toMatchObject({
    kind: 'handover.sign',
    body: { from: 'B. Hughes', to: 'M. Adeyemi', read_at: 4711, writes: 1 },
  });
  await page.keyboard.press('h');
  await page.getByText('B. Hughes to M. Adeyemi').waitFor();
  await handover.locator('.earlier .link').first().click();
  await page.getByTestId('handover-earlier').getByText('OPEN CALL-OUTS').waitFor();
});

for (const dark of [true, false]) {
  test(`thread and handover in ${dark ? 'dark' : 'light'}, small and large`, async () => {
    const page = await desk.open({ dark });
    await writes('RSP-1', `${'A very long word'.repeat(30)} مرحبا`);
    await row().click();
    await page.getByTestId('thread').waitFor();
    await desk.accessible();
    await shot(`84-desk-callout-${dark ? 'dark' : 'light'}`);
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    expect(await wide()).toBe(true);
    await page.keyboard.press('h');
    await page.getByTestId('handover').waitFor();
    await desk.accessible();
    await shot(`85-desk-handover-${dark ? 'dark' : 'light'}`);
    expect(await wide()).toBe(true);
  });
}
