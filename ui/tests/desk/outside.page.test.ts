/** What only the hub knows of a call-out: the customer's looks, and where the report went. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { MockWindow } from '$lib/desk/host/mock';
import { Window } from './open';

const desk = new Window();
beforeAll(() => desk.start());
afterAll(() => desk.stop());
afterEach(() => desk.close());
const folder = process.env.SHOTS;

const AT = '2026-11-25T20:00:00Z';

async function openWith(dark: boolean, letters: { state: string; said: string }[]) {
  const page = await desk.open({ dark });
  await page.evaluate(
    ([at, states]) => {
      const world = (window as MockWindow).watchhouseMock!;
      const letter = (i: number) => ({
        to: i === 0 ? 'Keyholder' : 'Council archive',
        address: i === 0 ? 'keyholder@example.invalid' : 'archive@example.invalid',
        version: 2,
        addendum: 0,
        copy: i === 0 ? 'customer' : 'full',
        at,
        tries: 1,
        ...states[i]!,
      });
      world.around = {
        opened: 3,
        views: [
          { at, what: 'Front door', picture: true, stage: 'at_site' },
          { at, what: 'the page', picture: false, stage: 'on_the_way' },
        ],
        letters: states.map((_, i) => letter(i)),
        no_mail: null,
      };
      world.more.set('callout-1844', {
        tracking: { url: null, expires_at: '2027-01-01T00:00:00Z', revoked: false },
        rating: { score: 4, comment: 'Quick. “Danke” 👍', at },
        kept_reports: [
          { version: 2, of: 'approved', addendum: 0, at },
          { version: 1, of: 'submitted', addendum: 0, at },
        ],
      });
    },
    [AT, letters] as const,
  );
  await page.getByTestId('callout-row-CO-26-01844').click();
  return page;
}

test('the panel says how often the link was opened, what was looked at, and how it was rated', async () => {
  const page = await openWith(true, []);
  await page.getByTestId('opened').waitFor();
  expect(await page.getByTestId('opened').innerText()).toBe('Link opened 3 times. By whom is not known.');
  await page.getByText('Picture: Front door').waitFor();
  await page.getByText('Rated 4 of 5').waitFor();
  await page.getByText('Quick. “Danke” 👍').waitFor();
  await desk.accessible();
});

for (const dark of [true, false]) {
  test(`a report that was refused shows the server’s words and is sent again, ${dark ? 'dark' : 'light'}`, async () => {
    const refused = { state: 'refused', said: '550 5.1.1 no such mailbox here' };
    const page = await openWith(dark, [refused, { state: 'sent', said: '250 taken' }]);
    await page.getByText('1 report not delivered').waitFor();
    await page.getByText('no such mailbox here').waitFor();
    const states = page.getByTestId('letters').locator('li');
    expect(await states.evaluateAll((rows) => rows.map((r) => r.getAttribute('data-state')))).toEqual([
      'refused',
      'sent',
    ]);
    await page.getByTestId('letters').scrollIntoViewIfNeeded();
    if (folder) await page.screenshot({ path: `${folder}/outside-${dark ? 'dark' : 'light'}.png` });
    await desk.accessible();
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByText('Waits to be sent').waitFor();
    expect(await page.evaluate(() => (window as MockWindow).watchhouseMock!.sentAgain)).toEqual(['callout-1844']);
  });
}

test('without the hub the panel says so, and what is in the log stays', async () => {
  const page = await openWith(true, []);
  await page.getByTestId('opened').waitFor();
  await page.evaluate(() => {
    (window as MockWindow).watchhouseMock!.around = 'The hub cannot be reached.';
  });
  await page.getByText('Not known now: The hub cannot be reached.').waitFor();
  await page.getByText('Rated 4 of 5').waitFor();
  await page.getByRole('button', { name: 'Open version 2' }).click();
  await page.getByText('callout-1844-v2.pdf').waitFor();
});
