/** The register in the window: read by everybody, changed by supervisors, nothing typed is lost. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { MockWindow } from '$lib/desk/host/mock';
import { Window, type Opening } from './open';

const desk = new Window();
beforeAll(() => desk.start());
afterAll(() => desk.stop());
afterEach(() => desk.close());

/** The register, opened by its key, for somebody of this role. */
async function open(role = 'supervisor', opening: Opening = {}) {
  const page = await desk.open(opening);
  await page.evaluate((r) => {
    const world = (window as MockWindow).watchhouseMock;
    if (world) world.board.me.role = r;
  }, role);
  await page.keyboard.press('r');
  await page.getByRole('main', { name: 'The register' }).waitFor();
  await page.getByTestId('site-AMP-OFFICE').waitFor();
  return page;
}

async function site(role = 'supervisor', opening: Opening = {}) {
  const page = await open(role, opening);
  await page.getByTestId('site-AMP-OFFICE').click();
  await page.getByRole('heading', { name: 'Policies' }).waitFor();
  return page;
}

test('R opens the register with the search ready, 0 goes back, and letters typed there stay letters', async () => {
  const page = await open();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('register-search');
  await page.keyboard.type('boiler');
  expect(await page.locator('[data-testid^="site-"]').count()).toBe(1);
  await page.keyboard.press('Escape');
  await page.keyboard.press('0');
  await desk.row('alarm-1').waitFor();
});

test('an alarm that is not in view is not acted on from the register', async () => {
  const page = await site();
  await page.getByRole('heading', { name: 'Policies' }).click();
  for (const key of ['a', 's', 'x', 'j']) await page.keyboard.press(key);
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect((await desk.acts()).filter((act) => act.startsWith('alarm.'))).toEqual([]);
});

test('new alarms stay in sight while the register is open', async () => {
  const page = await open();
  await page.getByRole('button', { name: /^Live \d+ new$/ }).click();
  await desk.row('alarm-1').waitFor();
});

test('an operator reads a site whole and finds nothing to change it with', async () => {
  const page = await site('operator');
  await page.getByText('You read it; a supervisor changes it.').waitFor();
  for (const words of ['Hampstead Road NW1', 'D. Okafor', 'Glass screen', 'Loading bay', 'Reception', 'Panel 1414'])
    expect(await page.getByText(words).count(), words).toBeGreaterThan(0);
  expect(await page.getByRole('button', { name: /^Change|^Add|^Remove/ }).count()).toBe(0);
});

test('a supervisor changes one part, and the rest goes back as it was', async () => {
  const page = await site();
  await page.getByRole('button', { name: 'Change: Known risks and access' }).click();
  await page.getByRole('textbox', { name: /^Known risks/ }).fill('Dog in the yard\n\n  Wet floor 🐕 ');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('▲ Dog in the yard').waitFor();
  const act = await desk.lastAct();
  expect(act).toMatchObject({
    kind: 'site.put',
    target: 'AMP-OFFICE',
    body: { hazards: ['Dog in the yard', 'Wet floor 🐕'], rams: 'RAMS-ALARM', customer: 'Housing' },
  });
  expect((act?.body['contacts'] as unknown[]).length).toBe(2);
});

test('a supervisor chooses the procedure of a site’s alarms, and takes the choice back', async () => {
  const page = await site();
  const change = page.getByRole('button', { name: 'Change: Policies' });
  const follow = page.getByLabel('Alarms here follow');
  await change.click();
  await follow.selectOption('welfare_check');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('region', { name: 'Policies' }).getByText('Welfare check').waitFor();
  expect((await desk.lastAct())?.body['policy']).toMatchObject({ procedure: 'welfare_check', callout_on_take: true });
  await change.click();
  expect(await follow.inputValue()).toBe('welfare_check');
  await follow.selectOption('');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('region', { name: 'Policies' }).getByText('Alarm response').waitFor();
  expect((await desk.lastAct())?.body['policy']).not.toHaveProperty('procedure');
});

test('what was typed stays on the form when it is refused', async () => {
  const page = await site();
  await page.getByRole('button', { name: 'Change: Name and place' }).click();
  await page.getByLabel('Name', { exact: true }).fill('The new name');
  await page.getByLabel('Latitude and longitude').fill('somewhere');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Write the place as latitude, longitude').waitFor();
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('The new name');
  await page.getByLabel('Latitude and longitude').fill('51.5, -0.1');
  // The role was taken away meanwhile.
  await page.evaluate(() => {
    const world = (window as MockWindow).watchhouseMock;
    if (world) world.board.me.role = 'operator';
  });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The role operator may not do this').waitFor();
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('The new name');
});

test('contacts are put into the order in which they are rung', async () => {
  const page = await site();
  await page.getByRole('button', { name: 'Ring S. Rahman earlier' }).click();
  await page.waitForFunction(() => (window as MockWindow).watchhouseMock?.acts.at(-1)?.kind === 'site.put');
  const contacts = (await desk.lastAct())?.body['contacts'] as { name: string }[];
  expect(contacts.map((c) => c.name)).toEqual(['S. Rahman', 'D. Okafor']);
});

test('a key is given out, shown with its holder, and taken back with a look at the seal', async () => {
  const page = await open();
  await page.getByRole('button', { name: /^Keys 1 overdue$/ }).click();
  const late = page.getByTestId('key-K-014');
  expect(await late.getAttribute('data-state')).toBe('overdue');
  expect(await late.innerText()).toMatch(/Overdue[\s\S]*P\. Whitlock[\s\S]*was due/);
  await page.getByRole('button', { name: 'Return K-014' }).click();
  await page.getByRole('radio', { name: 'Broken or gone' }).check();
  await page.getByRole('button', { name: 'It is back' }).click();
  await page.getByText('nobody says why').waitFor();
  await page.getByLabel('Note').fill('Opened for the fire brigade');
  await page.getByRole('button', { name: 'It is back' }).click();
  await page.waitForSelector('[data-testid="key-K-014"][data-state="in"]');
  await page.getByRole('button', { name: 'Give out K-015' }).click();
  await page.getByRole('dialog').getByLabel('What for').fill('Call-out');
  await page.getByRole('button', { name: 'Give it out' }).click();
  await page.waitForSelector('[data-testid="key-K-015"][data-state="out"]');
  expect((await desk.lastAct())?.body).toMatchObject({ officer: 'officer-1', why: 'Call-out' });
});

test('the police’s warning stands at the site, at its alarm and on its call-out', async () => {
  const words = 'Warning notice (intruder)';
  const page = await desk.open();
  await page.evaluate((says) => {
    const world = (window as MockWindow).watchhouseMock;
    const urn = {
      account: '1414',
      kind: 'intruder',
      number: 'CAM-20417/3',
      force: '',
      level: 'level1',
      standing: 'warned',
    };
    const urns = [{ ...urn, words: says, false_calls: 2, eases_on: null }];
    const sites = world?.board.sites.map((s) => ({ ...s, urns })) ?? [];
    world?.send({ sites });
  }, words);
  await desk.row('alarm-2').click();
  await page.getByTestId('urn-intruder').first().waitFor();
  expect(await page.getByTestId('urn-intruder').first().innerText()).toContain(words);
  await page.keyboard.press('r');
  await page.getByTestId('urn-intruder').first().waitFor();
});

test('RAMS that run out are listed apart, and a new version keeps what the form does not ask', async () => {
  const page = await open();
  await page.getByRole('button', { name: /^RAMS 2 to renew$/ }).click();
  expect(await page.getByRole('region', { name: 'To renew' }).innerText()).toMatch(
    /Plant rooms: ■ Expired[\s\S]*Work at night: ▲ Until/,
  );
  await page.getByRole('button', { name: 'New version of Work at night' }).click();
  await page.getByLabel('Valid until').fill('tomorrow');
  await page.getByRole('button', { name: 'Save version 4' }).click();
  await page.getByText('Write the last valid day as 2027-11-30.').waitFor();
  await page.getByLabel('Valid until').fill('2027-11-30');
  await page.getByRole('button', { name: 'Save version 4' }).click();
  await page.getByText('Saved.').waitFor();
  expect((await desk.lastAct())?.body).toMatchObject({
    ref: 'RAMS-NIGHT',
    valid_until: '2027-11-30T23:59:59Z',
    pdf: null,
  });
});

test('a signed PDF is attached to RAMS and opened, and what is no PDF is refused at its row', async () => {
  const page = await open();
  await page.getByRole('button', { name: /^RAMS 2 to renew$/ }).click();
  const night = page.getByTestId('rams-RAMS-NIGHT');
  const file = (name: string, text: string) => ({ name, mimeType: 'application/pdf', buffer: Buffer.from(text) });
  await night.locator('input[type=file]').setInputFiles(file('letter.pdf', 'Dear all'));
  await night.getByText('This file is no PDF.').waitFor();
  if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/rams-pdf-desk.png` });
  expect((await desk.acts()).filter((a) => a.startsWith('rams.put'))).toEqual([]);
  await desk.accessible();
  await night.locator('input[type=file]').setInputFiles(file('night.pdf', '%PDF-1.7 signed'));
  await page.getByText('Attached: night.pdf. Officers sign version 4 again.').waitFor();
  expect((await desk.lastAct())?.body).toMatchObject({
    ref: 'RAMS-NIGHT',
    owner: 'Security manager',
    pdf: { sha256: 'd'.repeat(64), name: 'night.pdf' },
  });
  await page.getByRole('button', { name: /RAMS-ALARM signed\.pdf/ }).click();
  await page.getByText('Saved: /home/operator/Documents/RAMS-ALARM signed.pdf').waitFor();
});

test('an operator opens the signed PDF and attaches none', async () => {
  const page = await open('operator');
  await page.getByRole('button', { name: /^RAMS/ }).click();
  await page.getByRole('button', { name: /RAMS-ALARM signed\.pdf/ }).waitFor();
  expect(await page.locator('input[type=file]').count()).toBe(0);
});

test('a file is shown row by row before anything is done', async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Import and export' }).click();
  const file = (text: string) => ({ name: 'sites.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.setInputFiles(
    'input[type=file]',
    file('ref,name,address,lat,lon\nA,A,x,51.5,0\nB,B,x,north,0\nC,C,x,51.5,0\n'),
  );
  await page.getByTestId('import-sum').waitFor();
  expect(await page.getByTestId('import-sum').innerText()).toMatch(/2 rows will be taken; 1 row refused/);
  await page.getByText('“north” in lat is not a number.').waitFor();
  await desk.accessible();
  await page.getByRole('button', { name: 'Take 2 rows' }).click();
  await page.getByText('2 rows taken; 1 row refused').waitFor();
  await page.setInputFiles('input[type=file]', file('colour\nred\n'));
  await page.getByText('names no table').waitFor();
  await page.getByRole('button', { name: 'Places GeoJSON' }).click();
  await page.getByText('Saved: /home/operator/exports/places.geojson').waitFor();
});

test.each([true, false])('no serious accessibility fault in the register, dark %s', async (dark) => {
  const page = await site('supervisor', { dark });
  await desk.accessible();
  for (const tab of [/^Keys/, /^RAMS/, /^Checklists/, /^Import/]) {
    await page.getByRole('navigation', { name: 'Parts of the register' }).getByRole('button', { name: tab }).click();
    await desk.accessible();
  }
});

test.each([
  [1280, 800],
  [1920, 1080],
])('nothing overflows in the register at %i × %i', async (width, height) => {
  const page = await site('supervisor', { width, height });
  const wide = () =>
    page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('.register .page, body > header')]
        .filter((e) => e.scrollWidth > e.clientWidth + 1)
        .map((e) => e.className || e.tagName),
    );
  expect(await wide()).toEqual([]);
  for (const tab of [/^Keys/, /^RAMS/, /^Checklists/, /^Import/]) {
    await page.getByRole('navigation', { name: 'Parts of the register' }).getByRole('button', { name: tab }).click();
    expect(await wide()).toEqual([]);
  }
});
