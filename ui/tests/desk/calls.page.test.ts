/** The telephone at the desk: it never takes the focus, loses no letter, and waits until somebody says what came of it. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { MockWindow } from '$lib/desk/host/mock';
import { Window } from './open';

const desk = new Window();
beforeAll(() => desk.start());
afterAll(() => desk.stop());
afterEach(() => desk.close());

const PLACE = 'Place, as somebody gives it';
const ADDRESS = 'Address, as the officer should read it';
const KNOWN = 'What is known';

const ring = (from = '020 7946 0111', more: Record<string, unknown> = {}) =>
  desk.page.evaluate(([f, m]) => (window as MockWindow).watchhouseMock?.ring(f, m) ?? '', [from, more] as const);

const row = (id: string) => desk.page.getByTestId(`call-row-${id}`);
const kinds = async () => (await desk.acts()).map((act) => act.split(' ')[0]);

/** What is wider than the panel and therefore cut off. */
const cut = () =>
  desk.page.evaluate(() =>
    [...document.querySelectorAll('aside *')]
      .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5)
      .map((e) => `${e.tagName} ${e.textContent}`),
  );

test('a call that rings shows at once, says from whom, and takes the focus from nobody', async () => {
  const page = await desk.open();
  await page.keyboard.press('n');
  await page.getByLabel(ADDRESS).fill('Block C');
  const id = await ring();
  await row(id).getByText('Telephone: 020 7946 0111').waitFor();
  expect(await row(id).innerText()).toMatch(/ringing 1\d s/);
  await page.keyboard.type(', rear');
  expect(await page.getByLabel(ADDRESS).inputValue()).toBe('Block C, rear');
  await desk.accessible();
});

test('T answers it and opens its card, where first', async () => {
  const page = await desk.open();
  const id = await ring();
  await row(id).waitFor();
  await page.keyboard.press('t');
  await page.getByRole('form', { name: 'Call card' }).waitFor();
  expect(await desk.acts()).toContain(`call.answer ${id}`);
  expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('combobox');
  await page.getByText('answered after 12 s').waitFor();
  const labels = await page.locator('form .field > span:first-child, form .field > label').allInnerTexts();
  expect(labels.slice(0, 3)).toEqual(['Site', ADDRESS, PLACE]);
  await desk.accessible();
  expect(await cut()).toEqual([]);
});

test('a noise complaint becomes a call-out with the place as it was typed', async () => {
  const page = await desk.open();
  const id = await ring();
  await row(id).waitFor();
  await page.keyboard.press('t');
  await page.getByLabel(ADDRESS).fill('Block C, rear stairs');
  await page.getByLabel(PLACE).fill('TQ 29237 83154');
  await page.getByRole('button', { name: 'Put the pin there' }).click();
  await page.getByLabel('What it is about').selectOption('noise_nuisance');
  await page.getByLabel('Caller', { exact: true }).fill('A neighbour');
  await page.getByRole('radiogroup', { name: /Risk/ }).getByRole('radio', { name: 'some' }).check();
  await page.getByTestId('thrive-suggestion').getByText('Priority 2, urgent').waitFor();
  expect(await page.getByRole('radio', { name: 'Soon' }).isChecked(), 'nothing is decided for the operator').toBe(true);
  await page.getByRole('button', { name: 'Use priority 2' }).click();
  await page.getByTestId('call-open-callout').click();
  await page.getByRole('region', { name: /Call-out D2-/ }).waitFor();
  const sent = await kinds();
  expect(sent.slice(-3)).toEqual(['call.put', 'call.grade', 'callout.create']);
  expect(await desk.lastAct()).toMatchObject({
    kind: 'callout.create',
    body: {
      call: id,
      type: 'noise_nuisance',
      priority: 2,
      address: 'Block C, rear stairs',
      place: 'TQ 29237 83154',
      point: { lat: 51.532514, lon: -0.138178 },
    },
  });
  expect(await row(id).count()).toBe(0);
});

test('c4_a_failing_look_up_of_three_words_can_never_touch_the_call_card', async () => {
  const page = await desk.open();
  await page.evaluate(() => {
    const world = (window as MockWindow).watchhouseMock;
    let asked = 0;
    // It fails, it hangs, it answers nonsense: whatever it does is nothing to the card.
    if (world)
      world.outside = () => {
        asked += 1;
        if (asked === 1) return Promise.reject(new Error('The hub cannot be reached.'));
        if (asked === 2) return new Promise(() => undefined);
        return Promise.resolve({ state: 'found' } as never);
      };
  });
  const id = await ring();
  await row(id).waitFor();
  await page.keyboard.press('t');
  const typed: [string, string][] = [
    [ADDRESS, 'behind the garages “O’Brien”'],
    [KNOWN, 'Somebody shouts 🚨 مرحبا'],
    ['Caller', 'Ann'],
    ['Number to ring back', '07700 900123'],
  ];
  for (const [label, text] of typed) await page.getByLabel(label, { exact: true }).fill(text);
  await page.getByLabel(PLACE).fill('///filled.count.soap');
  await page.getByTestId('place-read').getByText('The hub cannot be reached.').waitFor();
  const intact = async () => {
    for (const [label, text] of typed) expect(await page.getByLabel(label, { exact: true }).inputValue()).toBe(text);
  };
  await intact();
  await page.getByRole('button', { name: 'Ask again' }).click();
  await page.getByText('Asking where the three words are').waitFor();
  await intact();
  // Written on while it hangs, and left by itself.
  await page.getByLabel(PLACE).fill('///filled.count.soaps');
  await intact();
  expect(await page.getByLabel(PLACE).inputValue()).toBe('///filled.count.soaps');
  expect(await page.getByRole('button', { name: 'Put it on the map' }).isVisible(), 'no pin was set').toBe(true);
  // With a site the call-out opens all the same, with the words as they were said.
  const search = page.getByRole('combobox', { name: 'Site' });
  await search.fill('community office ampthill');
  await search.press('Enter');
  await page.getByLabel('What it is about').selectOption('noise_nuisance');
  await page.getByTestId('call-open-callout').click();
  await page.getByRole('region', { name: /Call-out D2-/ }).waitFor();
  expect(await desk.lastAct()).toMatchObject({ body: { call: id, place: '///filled.count.soaps' } });
});

test('what was typed stays while an alarm comes, another call is answered and the window reloads', async () => {
  const page = await desk.open();
  const first = await ring();
  await row(first).waitFor();
  await page.keyboard.press('t');
  await page.getByLabel(ADDRESS).fill('4 Rowley Way');
  await page
    .getByRole('radiogroup', { name: /Threat/ })
    .getByRole('radio', { name: 'not known' })
    .check();
  const alarm = await desk.raise(1);
  await desk.row(alarm).waitFor();
  expect(await page.getByLabel(ADDRESS).inputValue()).toBe('4 Rowley Way');
  const second = await ring('07700 900100');
  await row(second).getByRole('button', { name: 'Answer' }).click();
  await page.getByRole('heading', { name: /07700 900100/ }).waitFor();
  expect(await page.getByLabel(ADDRESS).inputValue()).toBe('');
  expect((await desk.acts()).filter((act) => act === `call.put ${first}`)).toHaveLength(1);
  await row(first)
    .getByRole('button', { name: /Telephone/ })
    .click();
  expect(await page.getByLabel(ADDRESS).inputValue()).toBe('4 Rowley Way');
  await page.getByLabel(ADDRESS).fill('4 Rowley Way, half writ');
  await page.reload();
  await page.waitForSelector('body[data-ready="true"]');
  // The invented evening begins anew; the same call rings on.
  await ring('020 7946 0111', { id: first });
  await row(first)
    .getByRole('button', { name: /Telephone/ })
    .click();
  expect(await page.getByLabel(ADDRESS).inputValue()).toBe('4 Rowley Way, half writ');
  const threat = page.getByRole('radiogroup', { name: /Threat/ });
  expect(await threat.getByRole('radio', { name: 'not known' }).isChecked()).toBe(true);
});

test('a missed call waits in view, is rung back and closed with what came of it', async () => {
  const page = await desk.open();
  const id = await ring('', { phase: 'missed', began_at: new Date(Date.now() - 250_000).toISOString() });
  await row(id)
    .getByText(/missed 04:1\d ago/)
    .waitFor();
  expect(await row(id).innerText()).toContain('number withheld');
  await page.getByText('1 to ring back').waitFor();
  await row(id).getByRole('button', { name: 'Ring back' }).click();
  await page.getByTestId('call-close').click();
  const dialog = page.getByRole('dialog', { name: 'Close the call' });
  await dialog.getByRole('button', { name: 'Close the call' }).click();
  await page.getByText('Call closed.').waitFor();
  expect(await desk.lastAct()).toMatchObject({ kind: 'call.close', target: id, body: { outcome: 'no_reply' } });
  expect(await row(id).count()).toBe(0);
});

test('without an exchange T writes a call down by hand, kept as soon as something is written', async () => {
  const page = await desk.open();
  await page.keyboard.press('t');
  await page.getByRole('heading', { name: 'Telephone: a call by hand' }).waitFor();
  expect(await kinds()).not.toContain('call.put');
  await page.getByLabel('Caller', { exact: true }).fill('The warden');
  await page
    .getByTestId(/^call-row-/)
    .getByText('The warden')
    .waitFor();
  expect(await kinds()).toContain('call.put');
  await page.getByTestId('call-close').click();
  const dialog = page.getByRole('dialog', { name: 'Close the call' });
  await dialog.getByRole('radio', { name: 'Passed on to somebody else' }).check();
  await dialog.getByLabel('Passed to whom').fill('Noise team');
  await dialog.getByRole('button', { name: 'Close the call' }).click();
  await page.getByText('Call closed.').waitFor();
  expect(await desk.lastAct()).toMatchObject({ body: { outcome: 'passed_on', told: 'Noise team' } });
});

test('what it may be about already is offered beside, and only a press joins it', async () => {
  const page = await desk.open();
  const id = await ring();
  await row(id).waitFor();
  await page.keyboard.press('t');
  const search = page.getByRole('combobox', { name: 'Site' });
  await search.fill('community office ampthill');
  await search.press('Enter');
  const likely = page.getByTestId('call-likely');
  await likely.getByText('the same site, Community office').waitFor();
  expect(await kinds()).not.toContain('call.close');
  await desk.accessible();
  await likely.getByRole('button', { name: 'It is about this' }).click();
  await page.getByRole('region', { name: /Call-out CO-26-01847/ }).waitFor();
  expect(await desk.lastAct()).toMatchObject({ kind: 'call.close', target: id, body: { outcome: 'duplicate' } });
});

test('outside the service hours the card says what to tell the caller, and an emergency needs no reason', async () => {
  const page = await desk.open();
  await page.evaluate(() => {
    const world = (window as MockWindow).watchhouseMock;
    if (world) world.closedWith = 'The out-of-hours line, 020 7946 0999.';
  });
  const id = await ring();
  await row(id).waitFor();
  await page.keyboard.press('t');
  const notice = page.getByTestId('service-hours');
  await notice.getByText('Tell the caller: The out-of-hours line, 020 7946 0999.').waitFor();
  await desk.accessible();
  const search = page.getByRole('combobox', { name: 'Site' });
  await search.fill('community office ampthill');
  await search.press('Enter');
  await page.getByLabel('What it is about').selectOption('noise_nuisance');
  await page.getByTestId('call-open-callout').click();
  await page.getByRole('alert').getByText('say why it is taken all the same').waitFor();
  await page.getByRole('radio', { name: 'Emergency' }).check();
  expect(await page.getByLabel('Why it is taken although the service is closed').count()).toBe(0);
  await page.getByTestId('call-open-callout').click();
  await page.getByRole('region', { name: /Call-out D2-/ }).waitFor();
});

test('every field holds ten thousand letters, right-to-left and quotes, and cuts nothing off', async () => {
  const page = await desk.open();
  const long = 'm'.repeat(10_000);
  const id = await ring(long, { card: { ...EMPTY, caller: "‏مرحبا “O'Brien” 🚨", address: long } });
  await row(id).waitFor();
  expect((await row(id).boundingBox())?.height).toBeLessThan(80);
  await page.keyboard.press('t');
  await page.getByRole('form', { name: 'Call card' }).waitFor();
  expect(await page.getByLabel(ADDRESS).inputValue()).toBe(long);
  await page.getByLabel(KNOWN).fill(`${long}"'<b>`);
  await page.getByLabel('Risk, in words').fill('"'.repeat(10_000));
  expect(await cut()).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await desk.accessible();
});

test('the calls are a list like the others: 4 goes there, J and K move, Enter opens', async () => {
  const page = await desk.open({ dark: false });
  const first = await ring('020 7946 0111');
  const second = await ring('020 7946 0222', { began_at: new Date().toISOString() });
  await row(second).waitFor();
  await page.keyboard.press('4');
  expect(await desk.focused()).toBe(first);
  await page.keyboard.press('j');
  expect(await desk.focused()).toBe(second);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /020 7946 0222/ }).waitFor();
  expect(await kinds()).not.toContain('call.answer');
  await desk.accessible();
});

const EMPTY = { caller: '', number: '', about: '', address: '', place: '', point: null, site: null, text: '' };
