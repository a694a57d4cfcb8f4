import { offer } from '$lib/desk/forms/callout';
import { putService, putSite, readPoint, referenceOf } from '$lib/desk/forms/register';
import { initial, missing, shown, type FormSpec, type Values } from '$lib/desk/forms/spec';
import { sayable, voice } from '$lib/desk/forms/voice';
import { detail } from '$lib/desk/host/mock/detail';
import { officers } from '$lib/desk/host/mock/people';
import { Draft } from '$lib/desk/state/draft.svelte';
import { expect, test } from 'vitest';
import { noise } from '../field/fixtures';
import { alarm, callout, NOW } from './rows';

const onScene = detail(callout(), NOW);
const offering = detail(callout({ state: 'offering', unit: 'RSP-3' }), NOW);
const fill = (spec: FormSpec, answers: Values) => ({ ...initial(spec.fields), ...answers });
const OFFICERS = [{ value: 'officer-2', label: 'RSP-1' }];

test('what an officer says is sent as the officer’s own command', () => {
  const spec = voice(onScene, OFFICERS, 'officer-2', 'assignment.arrive');
  expect(spec.act(fill(spec, {}))).toEqual({
    kind: 'assignment.arrive',
    target: onScene.row.id,
    body: { source: 'voice' },
    on_behalf_of: 'officer-2',
  });
});

test('only what the desk allows can be said', () => {
  expect(sayable(offering).map((o) => o.value)).toEqual(['assignment.accept', 'assignment.decline']);
  expect(sayable(onScene).map((o) => o.value)).not.toContain('assignment.accept');
});

test('the procedure’s open question is asked over the air, and a step is left out only with a reason', () => {
  const { gates, steps } = noise();
  const asked = { ...onScene, gates, steps, can: ['step.answer'] };
  const spec = voice(asked, OFFICERS, 'officer-2', 'step.answer');
  expect(missing(spec.fields, fill(spec, { 'step.answer:choice': '' }))?.says).toContain('what do you hear');
  const said = fill(spec, { 'step.answer:choice': 'moderate', 'step.answer:note': ' through the wall ' });
  expect(spec.act(said).body).toEqual({ step: 'heard', choices: ['moderate'], note: 'through the wall' });
  const many = gates.find((g) => g.id === 'evidence')!;
  const several = voice({ ...asked, gates: [{ ...many, when_step: null }] }, OFFICERS, 'officer-2', 'step.answer');
  const both = fill(several, { 'step.answer:choice-log': 'yes', 'step.answer:choice-recording': 'yes' });
  expect(several.act(both).body).toMatchObject({ step: 'evidence', choices: ['log', 'recording'] });
  const may = { ...gates[5]!, may_skip: true };
  const skip = voice({ ...asked, gates: [may], can: ['step.skip'] }, OFFICERS, 'officer-2', 'step.skip');
  expect(missing(skip.fields, fill(skip, {}))?.says).toContain('why');
  expect(skip.act(fill(skip, { 'step.skip:reason': 'told to' })).body).toEqual({ step: 'heard', reason: 'told to' });
});

test('a forced entry asks whether the police were told', () => {
  const spec = voice(onScene, OFFICERS, 'officer-2', 'forced_entry.record');
  const none = fill(spec, { 'forced_entry.record:verdict': 'none' });
  expect(missing(spec.fields, none)).toBeNull();
  const entry = fill(spec, { 'forced_entry.record:verdict': 'entry' });
  expect(missing(spec.fields, entry)?.says).toContain('police');
  const told = { ...entry, 'forced_entry.record:informed': 'yes', 'forced_entry.record:reference': 'CAD 4471' };
  expect(spec.act(told).body).toMatchObject({ verdict: 'entry', police: { informed: true, reference: 'CAD 4471' } });
});

test('fields of another step are neither shown nor sent', () => {
  const spec = voice(onScene, OFFICERS, 'officer-2', 'check_call.answer');
  const values = fill(spec, { 'check_call.answer:ok': 'yes' });
  expect(shown(spec.fields, values).map((f) => f.name)).toEqual([
    'officer',
    'kind',
    'check_call.answer:ok',
    'check_call.answer:note',
  ]);
  expect(spec.act(values).body).toEqual({ ok: true, note: '' });
});

test('an alarm left unset needs cover and somebody told', () => {
  const spec = voice(onScene, OFFICERS, 'officer-2', 'premises.secure');
  const values = fill(spec, { 'premises.secure:status': 'secure_temporary', 'premises.secure:alarm': 'faulty' });
  expect(missing(spec.fields, values)?.name).toBe('premises.secure:cover');
});

test('offering to another than the nearest asks why', () => {
  const spec = offer(offering, officers(NOW), 'officer-5');
  expect(missing(spec.fields, initial(spec.fields))?.name).toBe('reason');
  const nearest = offer(offering, officers(NOW), 'officer-4');
  expect(missing(nearest.fields, initial(nearest.fields))).toBeNull();
  const ladder = offer(offering, officers(NOW));
  expect(ladder.act(initial(ladder.fields)).body).toEqual({});
});

test('a draft needs what, where, and an address that can be read', () => {
  const draft = new Draft();
  expect(draft.missing).not.toBe('');
  draft.about = 'noise_nuisance';
  expect(draft.missing).toContain('site');
  draft.point = { lat: 51.5, lon: -0.1 };
  expect(draft.missing).toContain('address');
  draft.address = '4 Rowley Way, rear';
  expect(draft.missing).toBe('');
  expect(draft.act()).toMatchObject({
    kind: 'callout.create',
    body: {
      type: 'noise_nuisance',
      point: { lat: 51.5, lon: -0.1 },
      address: '4 Rowley Way, rear',
      priority: 3,
      offer: true,
    },
  });
});

test('choosing a site never rewrites what was typed', () => {
  const draft = new Draft();
  draft.address = 'behind the garages';
  draft.chooseSite({ id: 's', name: 'Hall', address: 'Robert Street' } as never);
  expect(draft.address).toBe('behind the garages');
});

test('a call-out’s id is a version 7 UUID and new for each', () => {
  const draft = new Draft();
  const first = draft.id;
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  draft.fromAlarm(alarm('a', 2, 5));
  expect(draft.id).not.toBe(first);
  expect(draft.act().body).toMatchObject({ alarm: 'a', site: 'site-amp-office' });
});

test('places are read as latitude and longitude or not at all', () => {
  expect(readPoint('51.53262, -0.13782')).toEqual({ lat: 51.53262, lon: -0.13782 });
  expect(readPoint('51.5 -0.1')).toEqual({ lat: 51.5, lon: -0.1 });
  for (const bad of ['', '51.5', 'here, there', '91, 0', '51.5, -0.1, 3']) expect(readPoint(bad)).toBeNull();
  expect(putSite({ name: 'Hall', address: 'x', point: 'nowhere' })).toBeTypeOf('string');
});

test('references can be said aloud', () => {
  expect(referenceOf('Tenants’ hall, Regent’s Park')).toBe('TENANTS-HALL-REGENTS-PAR');
});

test('a shift’s times are times', () => {
  const every = { customer_min: '30 30 0 0', control_min: '15 30 60 120', handover_prompt_min: '30' };
  const values = { council: 'Camden', service_name: 'Patrol', shift_start: '16:00', shift_end: '25:00', ...every };
  expect(putService(values, 'Europe/London')).toBeTypeOf('string');
  expect(putService({ ...values, shift_end: '03:00' }, 'Europe/London')).toMatchObject({ kind: 'settings.put' });
  const hours = { hours_start: '17:00', hours_end: '02:00', outside: 'Ring back at five.', outside_telephone: '101' };
  expect(putService({ ...values, shift_end: '03:00', ...hours }, 'Europe/London')).toMatchObject({
    body: { service_hours: { start: '17:00', end: '02:00', outside: 'Ring back at five.', telephone: '101' } },
  });
  expect(putService({ ...values, shift_end: '03:00', hours_end: '3 am' }, 'Europe/London')).toBeTypeOf('string');
});

const asked = (item: string, kind: string, more: object = {}) => ({
  ...{ item, question: item, kind, place: '', options: [], assets: [], unit: '' },
  ...{ answer: 'not answered yet', state: 'open', at: null, note: '', pictures: [], ...more },
});

test('a checklist item is asked over the air as its type asks', () => {
  const checklist = [
    asked('bell', 'yes_no'),
    asked('found', 'multi_choice', { options: ['Lights on', 'Water', 'Damage'] }),
    asked('gas', 'meter', { assets: ['G-1', 'G-2'], unit: 'm³' }),
    asked('front', 'photo'),
  ];
  const detail = { ...onScene, checklist, can: ['checklist.answer'] };
  const spec = voice(detail, OFFICERS, 'officer-2', 'checklist.answer');
  const of = (answers: Values) =>
    fill(spec, Object.fromEntries(Object.entries(answers).map(([k, v]) => [`checklist.answer:${k}`, v])));
  const names = (answers: Values) =>
    shown(spec.fields, of(answers))
      .map((f) => f.name.replace('checklist.answer:', ''))
      .filter((name) => !['officer', 'kind'].includes(name));

  expect(names({ item: 'bell' })).toEqual(['item', 'can', 'value-bell', 'note']);
  expect(spec.act(of({ item: 'bell', 'value-bell': 'no' })).body).toEqual({ item: 'bell', note: '', value: 'no' });
  const several = of({ item: 'found', 'pick-found-0': 'yes', 'pick-found-2': 'yes' });
  expect(spec.act(several).body).toEqual({ item: 'found', note: '', value: 'Lights on; Damage' });
  expect(names({ item: 'gas' })).toEqual(['item', 'can', 'asset-gas', 'value-gas', 'note']);
  const read = of({ item: 'gas', 'asset-gas': 'G-2', 'value-gas': '12,5' });
  expect(spec.act(read).body).toEqual({ item: 'gas', note: '', value: '12.5', asset: 'G-2' });
  expect(names({ item: 'front' }), 'a picture needs the phone').toEqual(['item', 'unable', 'note']);
  const dead = of({ item: 'front', unable: 'The phone is dead' });
  expect(spec.act(dead).body).toEqual({ item: 'front', note: '', unable: 'The phone is dead' });
});
