import { afterEach, expect, test, vi } from 'vitest';
import { ageMs, stamp, type Device } from '../../lib/field/clock';
import type { Bodies, Command, Kept, Kind } from '../../lib/field/command';
import { distanceM, bearing, spellWay, wind } from '../../lib/field/geo';
import {
  holds,
  itemLocked,
  missing,
  missingToSetOff,
  nextStep,
  progress,
  restep,
  unanswered,
  visibleItems,
} from '../../lib/field/gates';
import { apply, isNewer, replay } from '../../lib/field/reducer';
import { Restored } from '../../lib/field/restored';
import { decisions, proposeResidual } from '../../lib/field/risk';
import { uuidv7 } from '../../lib/field/uuidv7';
import type { OfficerCallout } from '../../lib/generated/OfficerCallout';
import { callout, CALLOUT, item, noise, offer, OFFICER, officerState } from './fixtures';

afterEach(() => vi.useRealTimers());

const AT = '2026-11-22T22:00:00.000Z';
let made = 0;

function command<K extends Kind>(kind: K, body: Bodies[K], target = CALLOUT): Command {
  return { id: uuidv7(), at: AT, kind, v: 1, target, after: [], body } as unknown as Command;
}
function kept(c: Command, more: Partial<Kept> = {}): Kept {
  return {
    order: ++made,
    command: c,
    made: { at: c.at, steady_ms: 0, origin_ms: 0 },
    officer: OFFICER,
    state: 'waiting',
    seq: null,
    refusal: null,
    lapses_at: null,
    ...more,
  };
}

const answer = (id: string, value: string | null, more: Partial<Bodies['checklist.answer']> = {}) =>
  command('checklist.answer', {
    item: id,
    value,
    pictures: [],
    unable: null,
    note: '',
    point: null,
    asset: null,
    scanned: false,
    ...more,
  });
const dra = (more: Partial<Bodies['dra.record']>) =>
  command('dra.record', {
    people: 'none seen',
    lighting: 'poor',
    ground: 'wet',
    weather: '',
    alone: true,
    hazards: [],
    controls: [],
    residual: { likelihood: 2, severity: 3 },
    decision: 'proceed',
    note: '',
    safe_place: false,
    point: null,
    ...more,
  });
const signed = command('rams.acknowledge', { version: 4, opened_ms: 9000 });
const located = command('location.confirm', { method: 'address', value: 'x' });
const arrived = command('assignment.arrive', { source: 'manual', point: null, reason: null });
const parked = command('assignment.park', {
  exit_clear: true,
  obstructs: false,
  facing_out: true,
  point: null,
  note: '',
});

function after(...commands: Command[]): OfficerCallout {
  return commands.reduce(apply, officerState({ call_sign: 'RSP-3', callout: callout() })).callout!;
}

const there = () => after(signed, located, arrived, parked);

// uuidv7

test('ids are version 7, sort by time and keep their order within one millisecond', () => {
  const ids = Array.from({ length: 5000 }, () => uuidv7(1_800_000_000_000));
  for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test('a clock that is set back does not put a later id before an earlier one', () => {
  const first = uuidv7(1_900_000_000_000);
  expect(uuidv7(1_899_000_000_000) > first).toBe(true);
});

// clocks

test('age follows the steady clock when the wall clock is set back, and the wall clock when the phone slept', () => {
  let wall = 1_000_000;
  let steady = 500;
  const d: Device = { wall: () => wall, steady: () => steady, origin: 1 };
  const at = stamp(d);
  wall += 2000;
  steady += 2000;
  expect(ageMs(at, d)).toBe(2000);
  wall -= 3_600_000;
  steady += 1000;
  expect(ageMs(at, d)).toBe(3000);
  wall += 3_600_000 + 600_000;
  expect(ageMs(at, d)).toBe(602_000);
});

test('after a reload only the wall clock is left, and a negative age is no age', () => {
  let wall = 1_000_000;
  const before = stamp({ wall: () => wall, steady: () => 10, origin: 1 });
  wall += 5000;
  expect(ageMs(before, { wall: () => wall, steady: () => 3, origin: 2 })).toBe(5000);
  wall -= 60_000;
  expect(ageMs(before, { wall: () => wall, steady: () => 3, origin: 2 })).toBeUndefined();
});

// places

test('distances, directions and their words', () => {
  const site = { lat: 51.5521, lon: -0.1553 };
  expect(distanceM(site, { lat: 51.5611, lon: -0.1553 })).toBeCloseTo(1000.8, 0);
  expect(wind(bearing(site, { lat: 51.5621, lon: -0.1553 }))).toBe('north');
  expect(wind(bearing(site, { lat: 51.5521, lon: -0.1453 }))).toBe('east');
  expect(spellWay(900, 230, 'foot')).toBe('900 m · about 4 min on foot');
  expect(spellWay(null, 20, 'vehicle')).toBe('about 1 min by car');
  expect(spellWay(900, 230, 'vehicle', true)).toBe('4 min by road');
  expect(spellWay(900, 230, 'foot', true)).toBe('4 min on foot, by road');
});

// gates

test('the answers decide which questions follow, also without signal', () => {
  const state = officerState({ callout: { ...noise(), location_confirmed: true, stage: 'arrived', parked: true } });
  const go = (...done: Command[]) => done.reduce(apply, state).callout!;
  const said = (step: string, ...choices: string[]) =>
    command('step.answer', { step, choices, note: 'as heard', pictures: [], point: null });
  const state_of = (c: OfficerCallout, id: string) => c.steps.find((s) => s.id === id)!;
  expect(nextStep(go())).toBe('dra');
  expect(nextStep(go(dra({})))).toBe('heard');
  expect(missing(go(dra({})), 'outcome').map((m) => m.step)).toEqual(['heard', 'spoken', 'evidence']);
  const loud = go(dra({}), said('heard', 'loud'));
  expect(nextStep(loud)).toBe('spoken');
  expect(state_of(loud, 'heard')).toMatchObject({ state: 'done', detail: 'Loud: would disturb a home' });
  expect(state_of(loud, 'evidence')).toMatchObject({ state: 'pending' });
  const quiet = go(dra({}), said('heard', 'nothing'));
  expect(nextStep(quiet)).toBe('outcome');
  expect(state_of(quiet, 'spoken')).toMatchObject({ state: 'skipped', detail: 'not needed' });
  const left = go(dra({}), said('heard', 'nothing'), said('outcome', 'not_found'));
  expect(left).toMatchObject({ secured: true, stage: 'clear' });
  expect(nextStep(left)).toBe('report');
  // Another answer takes back what the first one opened.
  expect(nextStep(go(dra({}), said('heard', 'loud'), said('heard', 'nothing')))).toBe('outcome');
});

test('a step left out opens what waits for it', () => {
  const skip = (step: string) => command('step.skip', { step, reason: 'keyholder is inside' });
  const ready = after(signed, located, arrived, parked, dra({}), skip('checklist'), skip('inspection'));
  expect(nextStep(ready)).toBe('forced_entry');
  expect(ready.steps.find((s) => s.id === 'inspection')).toMatchObject({
    state: 'skipped',
    detail: 'left out: keyholder is inside',
  });
  const looked = {
    openings: [],
    verdict: 'none',
    police: null,
    scene_preserved: null,
    still_insecure: null,
    marks: '',
    missing: '',
    seen: '',
    cameras: null,
    note: '',
  } satisfies Bodies['forced_entry.record'];
  const done = after(
    signed,
    located,
    arrived,
    parked,
    dra({}),
    skip('checklist'),
    skip('inspection'),
    command('forced_entry.record', looked),
  );
  expect(missing(done, 'secure')).toEqual([]);
});

test('an answer that means danger shows as help called for', () => {
  const gate = { ...noise().gates[5]!, id: 'welfare' };
  const ask = {
    ...gate.ask!,
    options: [{ id: 'none', text: 'Does not respond', note: true, picture: false, escalates: 2 }],
  };
  const state = officerState({ callout: { ...noise(), gates: [{ ...gate, ask }] } });
  const said = command('step.answer', { step: 'welfare', choices: ['none'], note: 'x', pictures: [], point: null });
  expect(apply(state, said).callout).toMatchObject({ escalation: 2 });
});

test('the officer is led through the steps, before-assessment questions first', () => {
  const go = (...done: Command[]) => nextStep(after(...done));
  expect(go()).toBe('rams');
  expect(go(signed)).toBe('location');
  expect(go(signed, located)).toBe('arrive');
  expect(go(signed, located, arrived)).toBe('arrive');
  expect(go(signed, located, arrived, parked)).toBe('checklist');
  expect(go(signed, located, arrived, parked, answer('vehicles', 'no'))).toBe('dra');
  expect(go(signed, located, arrived, parked, dra({ decision: 'wait' }))).toBe('dra');
  expect(go(signed, located, arrived, parked, dra({}))).toBe('checklist');
});

test('a priority that allows it lets the officer set off before signing, but not arrive', () => {
  const c = { ...after(located), acknowledge_en_route: true, priority: 1 };
  expect(missingToSetOff({ ...c, priority: 2 }).map((m) => m.step)).toEqual(['rams']);
  expect(missingToSetOff(c)).toEqual([]);
  expect(missing(c, 'arrive').map((m) => m.step)).toEqual(['rams']);
  expect(nextStep(c, true)).toBe('arrive');
  expect(nextStep({ ...c, stage: 'arrived' }, true)).toBe('rams');
  expect(missingToSetOff(after(located)).map((m) => m.step)).toEqual(['rams']);
});

test('an arrival by geofence opens no gate until the officer confirms it', () => {
  const c = { ...after(signed, located, parked), stage: 'arrived', arrival_unconfirmed: true };
  expect(holds(c, 'parked')).toBe(false);
  expect(nextStep(c)).toBe('arrive');
});

test('items wait for the assessment, stay locked inside when it says outside only, and follow show_if', () => {
  const there = after(signed, located, arrived, parked);
  const find = (c: OfficerCallout, id: string) => c.items.find((i) => i.id === id)!;
  expect(itemLocked(there, find(there, 'vehicles'))).toBeNull();
  expect(itemLocked(there, find(there, 'meter'))).toMatch(/After the risk assessment/);
  const outside = after(signed, located, arrived, parked, dra({ decision: 'external_only' }));
  expect(itemLocked(outside, find(outside, 'meter'))).toMatch(/outside only/);
  expect(unanswered(outside).map((i) => i.id)).toEqual(['vehicles', 'door-closed', 'door-picture']);
  expect(visibleItems(there).map((i) => i.id)).not.toContain('why-open');
  const open = after(signed, located, arrived, parked, dra({}), answer('door-closed', 'no', { pictures: ['a'] }));
  expect(visibleItems(open).map((i) => i.id)).toContain('why-open');
  expect(progress(open)).toEqual({ done: 1, all: 6 });
  expect(itemLocked(after(), find(there, 'vehicles'))).toMatch(/arrived/);
});

test('a show_if on an item that is not there hides the question', () => {
  const c = { ...callout(), items: [item('a', { show_if_item: 'gone', show_if_value: 'yes' })] };
  expect(visibleItems(c)).toEqual([]);
});

test('nobody leaves the site on an assessment that says wait, and answers nothing after leaving', () => {
  const done = { ...there(), inspected_outside: true, inspected_inside: true, forced_entry: 'none', items: [] };
  expect(missing({ ...done, assessment: 'proceed' }, 'secure')).toEqual([]);
  expect(missing({ ...done, assessment: 'wait' }, 'secure').map((m) => m.step)).toEqual(['dra']);
  const left = { ...there(), assessment: 'proceed', secured: true };
  expect(itemLocked(left, left.items[0]!)).toMatch(/left the site/);
});

test('the rail shows done, current and open steps of what is still on the phone', () => {
  const states = after(signed, located).steps.map((s) => s.state);
  expect(states.slice(0, 5)).toEqual(['done', 'done', 'done', 'current', 'pending']);
  const raised = command('escalation.raise', { level: 2, reason: '', emergency: false, point: null });
  expect(after(raised).steps[10]).toMatchObject({ state: 'pending', detail: 'level 2' });
  const skipped = {
    ...callout(),
    stood_down: 'not needed',
    steps: callout().steps.map((s) => ({ ...s, state: 'skipped' })),
  };
  expect(restep(skipped, AT).every((s) => s.state === 'skipped')).toBe(true);
});

// risk

test('decisions follow the remaining risk', () => {
  const seen = { people: 'none seen', lighting: 'good', ground: 'dry', hazards: [], controls: [] as string[] };
  const open = (controls: string[], likelihood: number, severity: number, kinds: string[] = []) => {
    const hazards = kinds.map((kind) => ({ kind, likelihood: 1, severity: 1 }));
    const { go, others } = decisions({ ...seen, controls, hazards }, { likelihood, severity });
    return [go, ...others].filter((c) => c.not === null).map((c) => c.decision);
  };
  expect(open([], 2, 3)).toEqual(['proceed', 'external_only', 'wait', 'withdraw']);
  expect(open(['torch'], 2, 3)).toEqual(['proceed_with_controls', 'external_only', 'wait', 'withdraw']);
  expect(open([], 2, 5)).toEqual(['wait', 'withdraw']);
  expect(open(['torch'], 2, 5)).toEqual(['proceed_with_controls', 'external_only', 'wait', 'withdraw']);
  expect(open(['torch'], 4, 4)).toEqual(['wait', 'withdraw']);
  expect(open(['torch'], 2, 3, ['weapon'])).toEqual(['external_only', 'wait', 'withdraw']);
  expect(open([], 1, 2, ['intruder_on_site'])).toEqual(['external_only', 'wait', 'withdraw']);
});

test('the proposed remainder is the worst hazard, less likely with controls', () => {
  const seen = { people: 'none seen', lighting: 'poor', ground: 'wet', hazards: [], controls: [] as string[] };
  expect(proposeResidual(seen)).toEqual({ likelihood: 2, severity: 3 });
  const dog = [{ kind: 'dog', likelihood: 3, severity: 3 }];
  expect(proposeResidual({ ...seen, hazards: dog, controls: ['torch'] })).toEqual({ likelihood: 2, severity: 3 });
  expect(proposeResidual({ ...seen, hazards: dog, controls: ['a', 'b', 'c'] })).toEqual({ likelihood: 1, severity: 3 });
});

// reducer

test('an acceptance changes nothing on the phone; a decline takes the offer away', () => {
  const state = officerState({ offer: offer(AT) });
  expect(apply(state, command('assignment.accept', { assignment: 'x' }))).toBe(state);
  expect(apply(state, command('assignment.decline', { reason: 'no' })).offer).toBeNull();
  expect(apply(state, command('assignment.decline', { reason: 'no' }, 'another'))).toBe(state);
});

test('each command shows its effect', () => {
  expect(after(signed)).toMatchObject({ rams_signed: true });
  expect(after(command('assignment.en_route', {}))).toMatchObject({ stage: 'en_route' });
  expect(after(arrived, command('assignment.en_route', {}))).toMatchObject({ stage: 'arrived' });
  expect(after(dra({ decision: 'wait' }))).toMatchObject({
    assessment: 'wait',
    assessment_due_at: '2026-11-22T22:05:00.000Z',
  });
  expect(after(dra({}))).toMatchObject({ assessment_due_at: '2026-11-22T22:30:00.000Z', escalation: 0 });
  expect(after(dra({ decision: 'withdraw', safe_place: true }))).toMatchObject({ stage: 'aborted', escalation: 1 });
  expect(
    after(dra({ decision: 'external_only', hazards: [{ kind: 'weapon', likelihood: 1, severity: 5 }] })),
  ).toMatchObject({ escalation: 2 });
  expect(
    after(
      command('forced_entry.record', {
        openings: [],
        verdict: 'none',
        police: null,
        scene_preserved: null,
        still_insecure: null,
        marks: '',
        missing: '',
        seen: '',
        cameras: null,
        note: '',
      }),
    ),
  ).toMatchObject({ forced_entry: 'none' });
  expect(
    after(
      command('premises.secure', {
        status: 'secure',
        alarm: 'set',
        reset_by: null,
        cover: '',
        told: '',
        keys: '',
        omitted: '',
        utilities: '',
        handed_over: null,
      }),
    ),
  ).toMatchObject({ secured: true, stage: 'clear' });
  expect(
    after(
      command('report.submit', {
        narrative: 'x',
        signature: { name: 'S', strokes: [] },
        cause: 'test',
        follow_ups: [],
        exhibits: [],
        injury: null,
        safeguarding: '',
      }),
    ),
  ).toMatchObject({ report_submitted: true });
  const inside = command('inspection.record', { section: 'inside', findings: [], not_entered: 'no keys' });
  expect(after(inside)).toMatchObject({ inspected_inside: true, inspected_outside: false });
  const due = officerState({ callout: callout({ check_call_due: AT }) });
  expect(apply(due, command('check_call.answer', { ok: true, note: '' })).callout).toMatchObject({
    check_call_due: null,
  });
  expect(apply(due, answer('vehicles', 'no')).callout).toMatchObject({ check_call_due: null });
  expect(apply(due, command('stand_down.acknowledge', {})).callout).toBeNull();
  expect(apply(officerState(), command('shift.sign_on', { unit: 'RSP-3' }, OFFICER))).toMatchObject({
    call_sign: 'RSP-3',
    on_shift_since: AT,
  });
  expect(apply(officerState({ call_sign: 'RSP-3' }), command('shift.sign_off', {}, OFFICER)).call_sign).toBeNull();
});

test('a command for another call-out changes nothing', () => {
  const state = officerState({ callout: callout() });
  expect(apply(state, command('rams.acknowledge', { version: 4, opened_ms: 1 }, 'another'))).toBe(state);
});

test('a message that the state has already is not said twice', () => {
  const note = command('note.add', { text: 'Gate open', to: 'control', pictures: [] });
  const once = after(note);
  expect(once.messages.length).toBe(1);
  expect(apply(officerState({ callout: once }), note).callout!.messages.length).toBe(1);
});

test('replay: waiting and not yet shown commands go on top, refused, shown and foreign ones do not', () => {
  const state = officerState({ seq: 10, callout: callout() });
  const view = (k: Kept) => replay(state, [k]).callout!.rams_signed;
  expect(view(kept(signed))).toBe(true);
  expect(view(kept(signed, { state: 'confirmed', seq: 11 }))).toBe(true);
  expect(view(kept(signed, { state: 'confirmed', seq: 10 }))).toBe(false);
  expect(view(kept(signed, { state: 'refused' }))).toBe(false);
  expect(view(kept(signed, { officer: 'another' }))).toBe(false);
});

test('replaying commands over a state that holds them already gives the same state', () => {
  const all = [signed, located, arrived, parked, answer('vehicles', 'no'), dra({})];
  const once = all.reduce(apply, officerState({ callout: callout() }));
  expect(all.reduce(apply, once)).toEqual(once);
});

test('an older state never replaces a newer one', () => {
  const state = officerState({ seq: 5 });
  expect(isNewer(officerState({ seq: 4 }), state)).toBe(false);
  expect(isNewer(officerState({ seq: 5 }), state)).toBe(true);
  expect(isNewer(officerState({ seq: 1, officer: 'another' }), state)).toBe(true);
  expect(isNewer(state, null)).toBe(true);
});

// a restored hub

test('a hub counts as restored after two signs of one kind, not after one that was overtaken', () => {
  const hub = new Restored();
  expect([hub.beat(7, 9), hub.beat(9, 9), hub.beat(8, 9), hub.answer(8, 9), hub.beat(9, 9)]).not.toContain(true);
  expect(hub.beat(3, 9)).toBe(false);
  expect(hub.beat(4, 9)).toBe(true);
  const asked = new Restored();
  expect(asked.answer(3, 9)).toBe(false);
  expect(asked.answer(3, 9)).toBe(true);
  expect(asked.answer(3, 0)).toBe(false);
});

test('a command that was new to the hub and lies before what the phone has seen gives a restored hub away', () => {
  const result = (outcome: 'accepted' | 'duplicate', seq: number) => ({
    id: uuidv7(),
    outcome,
    seq: [seq, seq] as [number, number],
    refusal: null,
  });
  const hub = new Restored();
  expect(hub.results([result('accepted', 10), result('duplicate', 4)], 9)).toBe(false);
  expect(hub.results([result('duplicate', 4), result('accepted', 9)], 9)).toBe(true);
});
