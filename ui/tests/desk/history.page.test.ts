/** What was at a site before, beside its hazards: on the site's own panel, the alarm's and the call-out's. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { MockWindow } from '$lib/desk/host/mock';
import { Window } from './open';

const desk = new Window();
beforeAll(() => desk.start());
afterAll(() => desk.stop());
afterEach(() => desk.close());

const folder = process.env['SHOTS'];

/** Shows the site by searching for it. */
async function site(place: number) {
  const name = await desk.page.evaluate(
    (n) => (window as unknown as MockWindow).watchhouseMock!.board.sites[n]!.name,
    place,
  );
  await desk.page.keyboard.press('Control+k');
  await desk.page.keyboard.type(name);
  await desk.page.getByRole('option', { name }).first().click();
}

test.each([true, false])('the last call-outs of a site say how each ended and what it was (dark: %s)', async (dark) => {
  const page = await desk.open({ dark });
  await site(0);
  const history = page.getByTestId('site-history');
  await history.getByText('4 call-outs, 2 false alarms').waitFor();
  const rows = await history.getByRole('listitem').allInnerTexts();
  expect(rows).toHaveLength(4);
  expect(rows[0]).toMatch(/CO-26-01699[\s\S]*Intruder alarm[\s\S]*closed · ○ false alarm · user error/);
  expect(rows[1]).toMatch(/Hold-up[\s\S]*closed · ● genuine · attempted/);
  expect(rows[3]).toMatch(/closed · \? cause not known$/);
  await desk.accessible();
  if (folder) await page.screenshot({ path: `${folder}/history-${dark ? 'dark' : 'light'}.png` });
});

test('a call-out that was stood down says so, and a site where nothing was says that', async () => {
  const page = await desk.open();
  await site(1);
  await page.getByTestId('site-history').getByText('stood down').waitFor();
  await site(2);
  await page.getByText('No earlier call-out is known on this desk.').waitFor();
});
