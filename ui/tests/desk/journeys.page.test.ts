/** What an operator does, by key and by hand. No test waits for time to pass. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { MockWindow } from '$lib/desk/host/mock';
import { Window } from './open';

const desk = new Window();
beforeAll(() => desk.start());
afterAll(() => desk.stop());
afterEach(() => desk.close());

test('A takes the next alarm and opens its call-out', async () => {
  const page = await desk.open();
  await page.keyboard.press('a');
  await page.waitForSelector('[data-testid="alarm-row-alarm-1"][data-state="taken"]');
  expect(await desk.acts()).toEqual(['alarm.take alarm-1']);
  await page.getByRole('region', { name: /Call-out D2-/ }).waitFor();
});

test('A takes the chosen alarm, not the first', async () => {
  const page = await desk.open();
  await desk.row('alarm-3').click();
  await page.keyboard.press('a');
  await page.waitForSelector('[data-testid="alarm-row-alarm-3"][data-state="taken"]');
  expect(await desk.acts()).toEqual(['alarm.view alarm-3', 'alarm.take alarm-3']);
});

test('opening a new alarm says once that it was seen; passing it says nothing', async () => {
  const page = await desk.open();
  await page.keyboard.press('1');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  expect(await desk.focused()).toBe('alarm-3');
  expect(await desk.acts()).toEqual([]);
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-testid="alarm-row-alarm-3"][data-state="viewed"]');
  await desk.row('alarm-3').click();
  expect(await desk.acts()).toEqual(['alarm.view alarm-3']);
});

test('a new alarm takes no focus and moves no letter', async () => {
  const page = await desk.open();
  await page.keyboard.press('n');
  await page.getByLabel('Address, as the officer should read it').fill('');
  await page.getByLabel('Address, as the officer should read it').focus();
  await page.keyboard.type('4 Rowley ');
  const id = await desk.raise(1);
  await desk.row(id).waitFor();
  await page.keyboard.type('Way, as');
  expect(await page.getByLabel('Address, as the officer should read it').inputValue()).toBe('4 Rowley Way, as');
  expect(await desk.acts()).toEqual([]);
  expect(await page.locator('[aria-live="assertive"]').first().innerText()).toContain('priority 1');
});

test('the row under the pointer stays under it when others come in above', async () => {
  const page = await desk.open({ height: 900 });
  const target = desk.row('alarm-3');
  await target.hover();
  const before = await target.boundingBox();
  for (let i = 0; i < 3; i++) await desk.row(await desk.raise(1)).waitFor({ state: 'attached' });
  const after = await target.boundingBox();
  expect(Math.abs((after?.y ?? 0) - (before?.y ?? 999))).toBeLessThan(3);
  await page.getByRole('button', { name: '↑ New above' }).waitFor();
});

test('shelving asks for a time and a reason, and an emergency cannot be shelved', async () => {
  const page = await desk.open();
  await desk.row('alarm-2').click();
  await page.keyboard.press('s');
  const dialog = page.getByRole('dialog', { name: 'Shelve the alarm' });
  await dialog.getByRole('button', { name: 'Shelve', exact: true }).click();
  await dialog.getByRole('alert').waitFor();
  await dialog.getByLabel('Reason').fill('Engineer on site');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-testid="alarm-row-alarm-2"][data-state="shelved"]');
  expect(await desk.lastAct()).toMatchObject({
    kind: 'alarm.shelve',
    target: 'alarm-2',
    body: { reason: 'Engineer on site' },
  });
  await desk.row('alarm-1').click();
  await page.keyboard.press('s');
  await page.getByText('An emergency cannot be put aside').waitFor();
});

test('a dialog traps the focus and gives it back', async () => {
  const page = await desk.open();
  await page.keyboard.press('2');
  await page.keyboard.press('Enter');
  await page.getByTestId('step-1').waitFor();
  await page.keyboard.press('m');
  const dialog = page.getByRole('dialog', { name: 'Add a note' });
  await dialog.waitFor();
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
  for (let i = 0; i < 14; i++) {
    await page.keyboard.press('Tab');
    const inside = await page.evaluate(
      () => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null,
    );
    expect(inside).toBe(true);
  }
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await desk.focused()).toBe('callout-1847');
});

test('letters typed in a dialog are letters', async () => {
  const page = await desk.open();
  await page.getByTestId('callout-row-CO-26-01847').click();
  await page.getByTestId('step-1').waitFor();
  await page.keyboard.press('m');
  await page.keyboard.type('a n s / ?');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Note: a n s / ?').waitFor();
  expect(await desk.acts()).toEqual(['note.add callout-1847']);
});

test('what comes into the log leaves the older entries as they stand', async () => {
  const page = await desk.open();
  await page.getByTestId('callout-row-CO-26-01847').click();
  await page.locator('aside ol').last().waitFor();
  await page.evaluate(() => document.querySelectorAll('aside ol li').forEach((li) => li.setAttribute('data-was', '')));
  await page.keyboard.press('Control+k');
  await page.keyboard.type('note 1847');
  await page.keyboard.press('Enter');
  await page.keyboard.type('Gate found open');
  await page.keyboard.press('Enter');
  const came = page.locator('aside ol li', { hasText: 'Gate found open' });
  await came.waitFor();
  expect(await came.getAttribute('data-was')).toBeNull();
  expect(await came.evaluate((li) => li.nextElementSibling?.hasAttribute('data-was'))).toBe(true);
});

test('the palette finds, runs and asks one line more', async () => {
  const page = await desk.open();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('note 1845');
  await page.keyboard.press('Enter');
  await page.keyboard.type('Caretaker is on the way');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog', { state: 'detached' });
  expect(await desk.lastAct()).toMatchObject({
    kind: 'note.add',
    target: 'callout-1845',
    body: { text: 'Caretaker is on the way' },
  });
  await page.keyboard.press('/');
  await page.keyboard.type('theme light');
  await page.keyboard.press('Enter');
  await page.waitForSelector('html[data-theme="light"]');
  await page.keyboard.press('/');
  await page.keyboard.type('RSP-4');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'RSP-4' }).waitFor();
});

test('a call-out by hand needs a place; a point on the map is one', async () => {
  const page = await desk.open();
  await page.keyboard.press('n');
  await page.getByLabel('What it is about').selectOption('youth_disorder');
  await page.getByRole('button', { name: 'Create and offer' }).click();
  await page.getByText('Choose a site, or put a point on the map.').waitFor();
  await page.getByLabel('Address, as the officer should read it').fill('Play area behind block C');
  await page.getByRole('button', { name: 'Put it on the map' }).click();
  await page.locator('.leaflet').click({ position: { x: 200, y: 300 } });
  await page.getByRole('button', { name: 'Create and offer' }).click();
  await page.getByRole('region', { name: /Call-out D2-/ }).waitFor();
  const act = await desk.lastAct();
  expect(act).toMatchObject({
    kind: 'callout.create',
    body: { type: 'youth_disorder', address: 'Play area behind block C', priority: 3, offer: true },
  });
  expect(act?.target).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
});

test('looking at something else loses no word of a call-out being written', async () => {
  const page = await desk.open();
  await page.keyboard.press('n');
  await page.getByLabel('What is known').fill('Shouting on the stairs');
  await desk.row('alarm-2').click();
  await page.getByRole('heading', { name: /Intruder/ }).waitFor();
  await page.keyboard.press('n');
  expect(await page.getByLabel('What is known').inputValue()).toBe('Shouting on the stairs');
});

test('what an officer says is recorded on their behalf', async () => {
  const page = await desk.open();
  await page.getByTestId('callout-row-CO-26-01846').click();
  await page.getByRole('button', { name: 'Accepted by voice' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Record', exact: true }).click();
  await page.waitForSelector('[data-testid="step-1"][data-state="done"]');
  expect(await desk.lastAct()).toMatchObject({
    kind: 'assignment.accept',
    target: 'callout-1846',
    on_behalf_of: 'officer-4',
  });
});

test('a tracking link is made, shown and revoked', async () => {
  const page = await desk.open();
  await page.getByTestId('callout-row-CO-26-01847').click();
  await page.getByRole('button', { name: 'Tracking link' }).click();
  await page.getByText('https://hub.example/t/').waitFor();
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('Revoked: nobody can open it any more.').waitFor();
});

test('a picture opens larger; one that has not come says where it is', async () => {
  const page = await desk.open();
  await page.getByTestId('callout-row-CO-26-01847').click();
  await page.getByText('Panel: on the officer’s phone').waitFor();
  await page.getByRole('button', { name: 'Picture: Front door. Larger' }).click();
  await page.getByRole('dialog', { name: 'Front door' }).waitFor();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('dialog', { name: 'Shutter' }).waitFor();
  await desk.accessible();
});

test('a picture is kept no larger than it is shown', async () => {
  const page = await desk.open();
  await page.getByTestId('callout-row-CO-26-01847').click();
  const sideOf = (selector: string) =>
    page.waitForFunction((which) => {
      const image = document.querySelector<HTMLImageElement>(which);
      return image?.complete === true && image.naturalWidth > 0 && image.naturalWidth;
    }, selector);
  // The phone's own is 4,000 pixels wide.
  expect(await (await sideOf('.pictures img')).jsonValue()).toBeLessThanOrEqual(320);
  await page.getByRole('button', { name: 'Picture: Front door. Larger' }).click();
  const large = Number(await (await sideOf('dialog img')).jsonValue());
  expect(large).toBeGreaterThan(320);
  expect(large).toBeLessThanOrEqual(1280);
});

test('a report in review is approved', async () => {
  const page = await desk.open();
  await page.getByTestId('callout-row-CO-26-01844').click();
  await page.getByRole('button', { name: 'Approve and close' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve and close' }).click();
  await page.getByTestId('callout-row-CO-26-01844').waitFor({ state: 'detached' });
  expect(await desk.lastAct()).toMatchObject({ kind: 'report.review', body: { approve: true } });
});

test('a refused action is a question; dropping it needs a reason', async () => {
  const page = await desk.open({ mock: 'conflict' });
  await page.getByRole('button', { name: '1 question' }).click();
  await page.getByText('RSP-3 had accepted it 4 seconds before.').waitFor();
  await desk.accessible();
  await page.getByRole('button', { name: 'Drop …' }).click();
  expect(await page.getByRole('button', { name: 'Drop it' }).isDisabled()).toBe(true);
  await page.keyboard.type('RSP-3 is closer');
  await page.getByRole('button', { name: 'Drop it' }).click();
  await page.waitForSelector('dialog', { state: 'detached' });
  expect(await page.evaluate(() => (window as MockWindow).watchhouseMock?.resolved)).toEqual([
    { id: 'conflict-1', choice: 'drop', reason: 'RSP-3 is closer' },
  ]);
});

test('a refusal is a sentence with its mend', async () => {
  const page = await desk.open();
  await page.getByTestId('alarm-take').waitFor();
  await page.evaluate(() => {
    const world = (window as MockWindow).watchhouseMock;
    if (world)
      world.act = () =>
        Promise.resolve({
          command: 'x',
          made: null,
          refusal: { code: 'already_taken', text: 'This alarm is with Desk 1 already.', mend: 'Speak to them.' },
        });
  });
  await page.keyboard.press('a');
  await page.getByText('This alarm is with Desk 1 already.').waitFor();
  await page.getByText('Speak to them.').waitFor();
});

test('a new installation leads to the first site, panel and officer', async () => {
  const page = await desk.open({ mock: 'empty', dark: false });
  await desk.accessible();
  await page.getByLabel('Council').fill('London Borough of Camden');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('London Borough of Camden, Responsive Security Patrol').waitFor();
  await page.getByLabel('Name', { exact: true }).first().fill('Community office');
  await page.getByLabel('Address').fill('Hampstead Road NW1');
  await page.getByLabel('Latitude and longitude').fill('somewhere');
  await page.getByRole('button', { name: 'Add the site' }).click();
  await page.getByText('Write the place as latitude, longitude').waitFor();
  await page.getByLabel('Latitude and longitude').fill('51.53262, -0.13782');
  await page.getByRole('button', { name: 'Add the site' }).click();
  await page.getByLabel('Account number').fill('1234');
  await page.getByRole('button', { name: 'Add the panel' }).click();
  await page.getByText('Account 1234: its next signal shows in the queue').waitFor();
  await page.getByLabel('Reference').fill('CSP-401');
  await page.getByLabel('Name', { exact: true }).fill('A. Mensah');
  await page.getByLabel('Call sign of the unit').fill('rsp-1');
  await page.getByRole('button', { name: 'Add the officer' }).click();
  await page.getByRole('button', { name: 'Show the code' }).click();
  await page.getByText('K7QD-M2XF', { exact: true }).waitFor();
  expect(await desk.acts()).toEqual([
    'settings.put settings',
    'site.put COMMUNITY-OFFICE',
    'panel.put 1234',
    'officer.put CSP-401',
    'unit.put RSP-1',
  ]);
  await desk.accessible();
  await page.getByRole('button', { name: 'Go to the Live view' }).click();
  await page.getByTestId('unit-RSP-1').waitFor();
});

test('“Show” on a notification opens what it was about', async () => {
  const page = await desk.open();
  await page.evaluate(() => (window as MockWindow).watchhouseMock?.attend?.({ callout: 'callout-1845' }));
  await page.getByRole('heading', { name: /CO-26-01845/ }).waitFor();
});

test('closing names what is live and asks; staying closes nothing', async () => {
  const page = await desk.open();
  const left = () => page.evaluate(() => (window as MockWindow).watchhouseMock?.left);
  await page.evaluate(() => (window as MockWindow).watchhouseMock?.close?.());
  const dialog = page.getByRole('dialog', { name: /Close the window, or stop the hub too/ });
  await dialog.waitFor();
  expect(await dialog.innerText()).toMatch(/CO-26-01847[\s\S]*RSP-1[\s\S]*14 alarm panels report here/);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  expect(await left()).toEqual(['stay']);
  await page.keyboard.press('/');
  await page.keyboard.type('quit');
  await page.keyboard.press('Enter');
  await page.getByTestId('leave-hub').click();
  expect(await left()).toEqual(['stay', 'hub']);
});

test('the map takes no keys', async () => {
  const page = await desk.open();
  await page.locator('.leaflet').click({ position: { x: 30, y: 60 } });
  await page.keyboard.press('2');
  expect(await desk.focused()).toBe('callout-1847');
});

test('a button that slides away while it is pressed is still pressed', async () => {
  const page = await desk.open();
  const take = page.getByTestId('alarm-take');
  const box = (await take.boundingBox())!;
  await page.mouse.move(box.x + 10, box.y + 10);
  await page.mouse.down();
  await page.evaluate(() => {
    const row = document.querySelector<HTMLElement>('[data-testid="alarm-row-alarm-1"]');
    if (row) row.style.marginTop = '400px';
  });
  await page.mouse.up();
  await page.waitForSelector('[data-testid="alarm-row-alarm-1"][data-state="taken"]');
  expect(await desk.acts()).toEqual(['alarm.take alarm-1']);
});

test('the take button under the pointer stays there when something more urgent comes, and A takes that', async () => {
  const page = await desk.open({ height: 900 });
  await page.keyboard.press('a');
  await page.waitForSelector('[data-testid="alarm-row-alarm-1"][data-state="taken"]');
  await page.keyboard.press('Escape');
  const take = desk.row('alarm-2').getByTestId('alarm-take');
  await take.hover();
  const before = await take.boundingBox();
  const urgent = await desk.raise(1);
  await desk.row(urgent).waitFor({ state: 'attached' });
  const after = await take.boundingBox();
  expect(Math.abs((after?.y ?? 0) - (before?.y ?? 999))).toBeLessThan(2);
  await page.keyboard.press('a');
  await page.waitForSelector(`[data-testid="alarm-row-${urgent}"][data-state="taken"]`, { state: 'attached' });
});

test('nothing that is pressed in the header or the lists moves when messages come in', async () => {
  const page = await desk.open({ mock: 'conflict' });
  const places = () =>
    page.evaluate(() =>
      [
        'header .search',
        'header .sound',
        'header .ask',
        '[data-testid="callout-row-CO-26-01847"]',
        '[data-testid="unit-RSP-1"]',
      ].map((selector) => {
        const box = document.querySelector(selector)?.getBoundingClientRect();
        return `${selector} ${Math.round(box?.x ?? -1)} ${Math.round(box?.y ?? -1)}`;
      }),
    );
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.keyboard.press('Shift');
  const before = await places();
  await page.evaluate(() => (window as MockWindow).watchhouseMock?.storm(20));
  await page.waitForFunction(() => document.querySelectorAll('[data-list="alarms"] [data-row]').length > 20);
  await page.keyboard.press('q');
  await page.waitForSelector('.muted-now');
  await page.evaluate(() => (window as MockWindow).watchhouseMock?.offline(12));
  await page.waitForSelector('body[data-link="offline"]');
  expect(await places()).toEqual(before);
});
