import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bench, onCallout as arrange, type Bench } from './bench';
import { launch } from './drive';
import { callout, CALLOUT, OFFICER, steps } from './fixtures';
import { shots } from './shots';

let browser: Browser;
let b: Bench;

beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser?.close());
beforeEach(async () => {
  b = await bench(browser, {}, shots(process.env.SHOTS));
});
afterEach(() => b.end());

const onCallout = (more: Parameters<typeof arrange>[1] = {}) => arrange(b, more);
const there = { stage: 'arrived', rams_signed: true, location_confirmed: true, parked: true };

test('a wrong code and an old code are said in words, and the right one opens the page', async () => {
  await b.page.goto('/officer');
  const code = b.page.getByLabel('Code from control');
  await b.officer.button('Join').click();
  await b.page.getByText('Type the code first.').waitFor();
  await code.fill('nope');
  await b.officer.button('Join').click();
  await b.page.getByText(/This code is not known/).waitFor();
  await code.fill('oldx-oldx');
  await b.officer.button('Join').click();
  await b.page.getByText(/This code has run out/).waitFor();
  await code.fill('abcd-efgh');
  await b.officer.button('Join').click();
  await b.officer.heading(/Sign on/);
  expect(new URL(b.page.url()).pathname).toBe('/officer/');
});

test('an acceptance without signal is never one: it says call control and lapses with the offer', async () => {
  await b.officer.enrol();
  await b.officer.signOn();
  await b.officer.offer(14);
  await b.context.setOffline(true);
  await b.officer.id('offer-accept').click();
  await b.officer.heading('Not confirmed: call control');
  await b.officer.screen('40-not-confirmed');
  expect(await b.page.getByRole('link', { name: /Call control/ }).getAttribute('href')).toBe('tel:02079744444');
  await b.officer.heading(/the offer has ended/);
  await b.context.setOffline(false);
  await b.page.waitForTimeout(4000);
  expect(b.hub.of('assignment.accept')).toEqual([]);
}, 60_000);

test('an acceptance that the hub hears late, but in time, becomes one with a single id', async () => {
  await b.officer.enrol();
  await b.officer.signOn();
  await b.officer.offer(60);
  await b.context.setOffline(true);
  await b.officer.id('offer-accept').click();
  await b.officer.heading('Not confirmed: call control');
  await b.context.setOffline(false);
  await b.officer.id('rams-sign').waitFor();
  expect(b.hub.of('assignment.accept').length).toBe(1);
  expect(b.hub.of('assignment.accept')[0]!.body).toEqual({ assignment: callout().assignment });
});

test('an offer is told as delivered and seen once, and can be declined with a reason', async () => {
  await b.officer.enrol();
  await b.officer.signOn();
  await b.officer.offer();
  await expect.poll(() => b.hub.of('assignment.seen').length).toBe(1);
  await b.page.reload();
  await b.officer.id('offer-decline').click();
  await b.officer.button('On a break').click();
  await b.officer.heading('Waiting for a call-out');
  await expect.poll(() => b.hub.of('assignment.decline').length).toBe(1);
  expect(b.hub.of('assignment.delivered').length).toBe(1);
  expect(b.hub.of('assignment.seen').length).toBe(1);
  expect(b.hub.of('assignment.decline')[0]).toMatchObject({ target: CALLOUT, body: { reason: 'On a break' } });
});

test('the emergency button must be held two seconds, with a finger or with a key', async () => {
  await onCallout();
  const button = b.officer.id('emergency');
  await button.click();
  await b.page.waitForTimeout(2300);
  expect(b.hub.of('escalation.raise')).toEqual([]);
  await button.focus();
  await b.page.keyboard.down('Space');
  await b.page.waitForTimeout(1000);
  await b.officer.screen('41-holding');
  await b.page.waitForTimeout(1300);
  await b.page.keyboard.up('Space');
  await expect.poll(() => b.hub.of('escalation.raise').length).toBe(1);
  expect(b.hub.of('escalation.raise')[0]!.body).toMatchObject({ level: 3, emergency: true });
  await b.page.getByText('Control has your emergency.').waitFor();
  await b.officer.screen('42-emergency');
});

test('an emergency without signal says so, is kept, and goes first', async () => {
  await onCallout();
  await b.context.setOffline(true);
  await b.officer.id('rams-sign').click();
  const box = (await b.officer.id('emergency').boundingBox())!;
  await b.page.mouse.move(box.x + 20, box.y + 20);
  await b.page.mouse.down();
  await b.page.waitForTimeout(2300);
  await b.page.mouse.up();
  await b.page.getByText('Emergency not sent yet. Call now.').waitFor();
  await b.officer.screen('43-emergency-offline');
  await b.context.setOffline(false);
  await expect.poll(() => b.hub.taken.length, { timeout: 20_000 }).toBeGreaterThan(1);
  expect(b.hub.taken[0]!.kind).toBe('escalation.raise');
}, 60_000);

test('an officer on patrol has the emergency button too; that control has it stays until they have spoken', async () => {
  await b.officer.enrol();
  await b.officer.signOn();
  await b.officer.id('emergency').click();
  await b.page.waitForTimeout(2300);
  expect(b.hub.of('officer.emergency')).toEqual([]);
  await b.officer.holdEmergency();
  await expect.poll(() => b.hub.of('officer.emergency').length).toBe(1);
  expect(b.hub.of('officer.emergency')[0]).toMatchObject({ target: OFFICER, body: { reason: '' } });
  expect(b.hub.of('officer.emergency')[0]!.body).toHaveProperty('point.lat');
  await b.page.getByText('Control has your emergency.').waitFor();
  await b.officer.screen('45-emergency-patrol');
  await b.page.reload();
  await b.page.getByText('Control has your emergency.').waitFor();
  // An offer that comes meanwhile hides neither the button nor what became of it.
  await b.officer.offer();
  await b.officer.id('emergency').waitFor();
  await b.officer.button('I have spoken to control').click();
  await expect.poll(() => b.page.getByText('Control has your emergency.').count()).toBe(0);
  expect(b.hub.of('escalation.raise')).toEqual([]);
});

test('an emergency on patrol without signal says so, is kept, and goes first', async () => {
  await b.officer.enrol();
  await b.officer.signOn();
  await b.context.setOffline(true);
  await b.officer.holdEmergency();
  await b.page.getByText('Emergency not sent yet. Call now.').waitFor();
  await b.officer.screen('46-emergency-patrol-offline');
  await b.context.setOffline(false);
  await expect.poll(() => b.hub.of('officer.emergency').length, { timeout: 20_000 }).toBe(1);
  await b.page.getByText('Control has your emergency.').waitFor();
}, 60_000);

test('a refused command is shown with its reason, stays until understood, and the screen goes back', async () => {
  await onCallout();
  b.hub.refuse.set('rams.acknowledge', {
    code: 'old_version',
    text: 'A newer version of the RAMS is out.',
    mend: 'Read the new one.',
  });
  await b.officer.id('rams-sign').click();
  await b.page.getByText('A newer version of the RAMS is out.').waitFor();
  await b.officer.heading('Read this before you go');
  await b.officer.screen('44-refused');
  expect(await b.officer.id('step-2').getAttribute('data-state')).toBe('current');
  await b.page.reload();
  await b.page.getByText('A newer version of the RAMS is out.').waitFor();
  await b.officer.button('Understood').click();
  await expect.poll(() => b.page.getByText('Not accepted by control').count()).toBe(0);
  expect(await b.officer.count()).toBe(0);
});

test('with an intruder on site going on is not offered; withdrawing asks for back-up at once', async () => {
  await onCallout({ ...there, items: [] });
  await b.officer.heading('Is it safe to go on?');
  await b.page.locator('[data-value="intruder_on_site"]').click();
  const go = b.officer.id('dra-decision').locator('.big');
  expect(await go.getAttribute('aria-disabled')).toBe('true');
  await b.page.getByText(/A weapon or an intruder is on site/).waitFor();
  await b.officer.screen('45-intruder');
  await b.officer.id('dra-decision').locator('[data-decision="withdraw"]').click();
  await b.officer.heading(/Get out/);
  await expect.poll(() => b.hub.of('escalation.raise').length).toBe(1);
  expect(b.hub.of('escalation.raise')[0]!.body).toMatchObject({ level: 2, emergency: false });
  expect(b.hub.of('dra.record')).toEqual([]);
  await b.officer.screen('46-withdrawing');
  await b.officer.id('safe-place').click();
  await b.officer.heading('You withdrew');
  await expect.poll(() => b.hub.of('dra.record').length).toBe(1);
  expect(b.hub.of('dra.record')[0]!.body).toMatchObject({ decision: 'withdraw', safe_place: true });
  await b.officer.screen('47-withdrew');
});

test('going on needs a look first: people, light and ground', async () => {
  await onCallout({ ...there, items: [] });
  await b.officer.id('dra-decision').locator('[data-decision="proceed"]').click();
  await b.page.getByText(/Look first: say how it is with people, light, ground/).waitFor();
  expect(b.hub.of('dra.record')).toEqual([]);
});

test('a check call is answered with one press', async () => {
  await onCallout({ ...there, check_call_due: new Date().toISOString() });
  await b.officer.screen('48-check-call');
  await b.officer.id('check-call').click();
  await expect.poll(() => b.hub.of('check_call.answer').length).toBe(1);
  await expect.poll(() => b.officer.id('check-call').count()).toBe(0);
});

test('a check call, and how much is not sent, stay in sight however far the officer has scrolled', async () => {
  await onCallout({ ...there, assessment: 'proceed' });
  const shown = (id: string) =>
    b.officer.id(id).evaluate((e) => {
      const { x, y, width, height } = e.getBoundingClientRect();
      return e.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    });
  await b.page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  expect(await b.page.evaluate(() => scrollY)).toBeGreaterThan(300);
  b.hub.change({ callout: callout({ ...there, assessment: 'proceed', check_call_due: new Date().toISOString() }) });
  await b.officer.id('check-call').waitFor();
  expect(await shown('check-call')).toBe(true);
  expect(await shown('not-sent-count')).toBe(true);
  expect(await shown('emergency')).toBe(true);
});

test('a stand-down covers the steps until it is acknowledged', async () => {
  await onCallout(there);
  b.hub.change({ callout: callout({ ...there, stood_down: 'The keyholder set it off.' }) });
  await b.officer.heading('Stood down: stop here');
  await b.officer.screen('49-stood-down');
  await b.officer.id('stand-down-acknowledge').click();
  await b.officer.heading('Waiting for a call-out');
  await expect.poll(() => b.hub.of('stand_down.acknowledge').length).toBe(1);
});

test('an arrival from far away asks why, and a geofence arrival asks for a word', async () => {
  await onCallout({ ...there, parked: false, stage: 'en_route', arrival_unconfirmed: true });
  await b.officer.heading('Are you there?');
  await b.page.getByText(/This phone is \d+ m from the site/).waitFor();
  await b.officer.id('arrive').click();
  await b.page.getByText(/Say why you are there/).waitFor();
  await b.officer.screen('50-far');
  await b.page.getByLabel(/This phone is/).fill('GPS between the blocks');
  await b.officer.id('arrive').click();
  await b.officer.heading('Where did you park?');
  await expect.poll(() => b.hub.of('assignment.arrive').length).toBe(1);
  expect(b.hub.of('assignment.arrive')[0]!.body).toMatchObject({ source: 'manual', reason: 'GPS between the blocks' });
});

test('a gate that is shut says what is missing and leads there', async () => {
  await onCallout({ ...there, assessment: 'proceed' });
  await b.officer.button('Menu').click();
  await b.page.getByRole('button', { name: /Secure the premises/ }).click();
  await b.officer.heading('Secure it, reset the alarm');
  await b.page.getByText(/Answer every mandatory checklist item/).waitFor();
  await b.officer.screen('51-shut');
  await b.officer.button('Do that now').first().click();
  await b.officer.heading('Site checklist');
});

test('a "no" that needs a picture is recorded with it; what depends on it appears; unable needs a reason', async () => {
  await onCallout({ ...there, assessment: 'proceed' });
  await b.officer.answer('door-closed', 'no');
  await b.page.getByText(/This answer needs a picture/).waitFor();
  expect(b.hub.of('checklist.answer')).toEqual([]);
  const door = b.officer.id('checklist-door-closed');
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkWPj/PwAE/wJ/1fV9fQAAAABJRU5ErkJggg==',
    'base64',
  );
  await door.locator('input[type=file]').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: png });
  await b.officer.id('checklist-why-open').waitFor();
  await expect.poll(() => b.hub.of('checklist.answer').length).toBe(1);
  await expect.poll(() => [...b.hub.media.values()].filter((m) => m.done).length).toBe(1);
  await b.officer.screen('52-no-with-picture');
  const panel = b.officer.id('checklist-panel');
  await panel.getByRole('button', { name: /I cannot answer this/ }).click();
  await panel.getByRole('button', { name: 'Record that' }).click();
  await panel.getByText('Say why it cannot be answered.').waitFor();
  await panel.getByLabel('Why can it not be answered?').fill('Panel is behind a locked door');
  await panel.getByRole('button', { name: 'Record that' }).click();
  await expect.poll(() => b.hub.of('checklist.answer').length).toBe(2);
  expect(b.hub.of('checklist.answer')[1]!.body).toMatchObject({
    item: 'panel',
    value: null,
    unable: 'Panel is behind a locked door',
  });
  const meter = b.officer.id('checklist-meter');
  await meter.locator('input[inputmode=decimal]').fill('1e9');
  await meter.getByRole('button', { name: 'Save' }).click();
  await meter.getByText(/99999 m³ or less/).waitFor();
});

test('somebody got in: picture, police and scene are asked before it is recorded', async () => {
  await onCallout({ ...there, items: [], assessment: 'proceed', inspected_outside: true, inspected_inside: true });
  await b.officer.heading('Did somebody get in?');
  for (const o of ['window', 'roof', 'wall', 'shutter', 'lock']) {
    await b.officer.id(`opening-${o}`).locator('[data-value="intact"]').click();
  }
  await b.officer.id('opening-door').locator('[data-value="forced"]').click();
  await b.officer.id('forced-record').click();
  await b.page.getByText(/Doors: take a picture/).waitFor();
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkWPj/PwAE/wJ/1fV9fQAAAABJRU5ErkJggg==',
    'base64',
  );
  const door = b.officer.id('opening-door');
  await door.locator('input[type=file]').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: png });
  await door.locator('img').waitFor();
  await b.page.locator('[data-value="entry"]').click();
  await b.officer.id('forced-record').click();
  await b.page.getByText('Say whether the police were told.').waitFor();
  const police = b.page.getByRole('group', { name: 'Were the police told?' });
  await police.locator('[data-value="yes"]').click();
  await b.page.getByLabel(/Their reference/).fill('CAD 1822');
  await b.officer.screen('53-forced');
  await b.officer.id('forced-record').click();
  await expect.poll(() => b.hub.of('forced_entry.record').length).toBe(1);
  expect(b.hub.of('forced_entry.record')[0]!.body).toMatchObject({
    verdict: 'entry',
    police: { informed: true, reference: 'CAD 1822', reason: '' },
  });
});

test('a report that came back shows the comments and opens again', async () => {
  const done = {
    ...there,
    stage: 'clear',
    assessment: 'proceed',
    items: [],
    inspected_outside: true,
    inspected_inside: true,
  };
  await onCallout({ ...done, forced_entry: 'none', secured: true, report_returned: 'Which lamp?' });
  await b.officer.heading('The report came back');
  await b.page.getByText('Which lamp?').waitFor();
  await b.officer.screen('54-returned');
});

/** Whether the state on the phone's disk says that the RAMS are signed. Runs in the page. */
const storedSignature = () =>
  new Promise<boolean>((done) => {
    const open = indexedDB.open('watchhouse-officer');
    open.onsuccess = () => {
      const read = open.result.transaction('values').objectStore('values').get('state');
      read.onsuccess = () => {
        open.result.close();
        const state = read.result as { callout: { rams_signed: boolean } | null } | undefined;
        done(state?.callout?.rams_signed ?? false);
      };
    };
  });

test('an older state never replaces a newer one', async () => {
  await onCallout();
  b.hub.change({ callout: callout({ rams_signed: true }) });
  await b.page.getByText('✓ Signed. Go on').waitFor();
  // Shown before it is on the disk, and the disk is what the page starts from.
  await expect.poll(() => b.page.evaluate(storedSignature)).toBe(true);
  b.hub.state = { ...b.hub.state, seq: 1, callout: callout() };
  await b.page.reload();
  await b.officer.heading('Is this the place?');
});

test('two tabs: one sends, each command arrives once, and both show it', async () => {
  await onCallout();
  const second = await b.context.newPage();
  await second.goto('/officer/');
  await second.getByTestId('rams-sign').waitFor();
  await b.context.setOffline(true);
  await second.getByTestId('rams-sign').click();
  await second.getByRole('heading', { level: 1, name: 'Is this the place?' }).waitFor();
  await b.page.getByText('✓ Signed. Go on').waitFor();
  await b.context.setOffline(false);
  await expect.poll(() => b.hub.of('rams.acknowledge').length, { timeout: 20_000 }).toBe(1);
  await expect.poll(() => second.getByTestId('not-sent-count').getAttribute('data-count')).toBe('0');
  expect(b.hub.deliveries.filter((c) => c.kind === 'rams.acknowledge').length).toBe(1);
  await second.close();
}, 60_000);

test('commands of a call-out name the one before them', async () => {
  await onCallout();
  await b.context.setOffline(true);
  await b.officer.id('rams-sign').click();
  await b.officer.id('location-confirm').click();
  await b.officer.heading('Set off');
  await b.context.setOffline(false);
  await expect.poll(() => b.hub.taken.length, { timeout: 20_000 }).toBe(2);
  const [signed, located] = b.hub.taken;
  expect(signed!.after).toEqual([]);
  expect(located!.after).toEqual([signed!.id]);
  expect(located!.target).toBe(CALLOUT);
});

test('forgetting the phone leaves nothing on it', async () => {
  await b.officer.enrol();
  await b.officer.button('Forget this phone').click();
  await b.officer.button('Yes, forget this phone').click();
  await b.officer.heading('Join this phone to control');
  await b.page.reload();
  await b.officer.heading('Join this phone to control');
  expect(b.hub.state.officer).toBe(OFFICER);
});

test('the rail names every step and its state', async () => {
  await onCallout();
  const states = await b.page
    .locator('[data-testid^="step-"]')
    .evaluateAll((all) => all.map((e) => e.getAttribute('data-state')));
  expect(states).toEqual(steps().map((s) => s.state));
});
