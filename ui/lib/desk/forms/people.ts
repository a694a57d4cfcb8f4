/** Forms about shifts and about the service, opened from the palette. */
import type { OfficerRow } from '$lib/generated/OfficerRow';
import type { ServiceView } from '$lib/generated/ServiceView';
import type { ShiftClock } from '$lib/generated/ShiftClock';
import type { UnitRow } from '$lib/generated/UnitRow';
import type { Act } from '../host/host';
import { putService, readMinutes, serviceFields } from './register';
import { initial, options, yes, type Field, type FormSpec, type Values } from './spec';

export function signOn(officer: OfficerRow, units: UnitRow[]): FormSpec {
  return {
    title: `Sign ${officer.name} on`,
    about: 'Recorded for the officer. From then on call-outs are offered to them.',
    submit: 'Sign on',
    said: `${officer.name} is on shift.`,
    fields: [
      {
        as: 'select',
        name: 'unit',
        label: 'With the unit',
        required: true,
        options: units.map((u) => ({ value: u.call_sign, label: u.call_sign })),
      },
    ],
    act: (v) => ({ kind: 'shift.sign_on', target: officer.id, body: { unit: v['unit'] }, on_behalf_of: officer.id }),
  };
}

export function signOff(officer: OfficerRow): FormSpec {
  return {
    title: `Sign ${officer.name} off`,
    about: 'Recorded for the officer. Nothing is offered to them any more.',
    submit: 'Sign off',
    said: `${officer.name} is off shift.`,
    fields: [],
    act: () => ({ kind: 'shift.sign_off', target: officer.id, body: {}, on_behalf_of: officer.id }),
  };
}

export function serviceForm(service: ServiceView, shift: ShiftClock, zone: string): FormSpec {
  return {
    title: 'Settings of the service',
    about: 'Shown on every page, link and report.',
    submit: 'Save',
    said: 'Saved.',
    fields: serviceFields(service, shift),
    check: (v) => {
      const put = putService(v, zone);
      return typeof put === 'string' ? put : null;
    },
    act: (v) => putService(v, zone) as Act,
  };
}

const CLOCKS: [name: ClockName, label: string, help: string][] = [
  ['accept_s', 'To answer an offer, seconds', '30 45 90 90'],
  ['set_off_s', 'From the acceptance to setting off, seconds', '90 180 300 300'],
  ['arrive_min', 'From the acceptance to being there, minutes', '20 30 60 60'],
  ['no_movement_min', 'Standing still on the way, minutes', '3 5 10 10'],
  ['check_call_min', 'Silence on scene before a check call, minutes', '10 10 20 20'],
  ['police_min', 'Before the police are rung back, minutes', '15 30 0 0; 0 is never'],
  ['report_h', 'For the report after leaving, hours', '12 24 24 24'],
];
type ClockName =
  'accept_s' | 'set_off_s' | 'arrive_min' | 'no_movement_min' | 'check_call_min' | 'police_min' | 'report_h';
const WHO = options(['no', 'Supervisors only'], ['yes', 'Operators too']);

/** The clocks of call-outs, and what an operator may do without a supervisor. The other settings stay as they are. */
export function calloutRules(service: ServiceView, shift: ShiftClock, zone: string): FormSpec {
  const rules = service.callouts;
  const clock = ([name, label, usual]: (typeof CLOCKS)[number]): Field => ({
    as: 'text',
    name,
    label,
    required: true,
    value: rules?.[name].join(' ') ?? '',
    help: `For priority 1 to 4. Usual: ${usual}.`,
  });
  const times = (v: Values) => CLOCKS.map(([name]) => [name, readMinutes(v[name])] as const);
  return {
    title: 'Clocks and rules of call-outs',
    about: 'A call-out keeps the clocks it was opened with.',
    submit: 'Save',
    said: 'Saved. Call-outs opened from now on follow it.',
    fields: [
      ...CLOCKS.map(clock),
      {
        as: 'choice',
        name: 'stand_down_p1',
        label: 'Who may stand down a call-out of priority 1',
        required: true,
        value: rules?.operators_stand_down_p1 ? 'yes' : 'no',
        options: WHO,
      },
      {
        as: 'choice',
        name: 'review',
        label: 'Who may approve and return reports',
        required: true,
        value: rules?.operators_review ? 'yes' : 'no',
        options: WHO,
      },
    ],
    check: (v) =>
      times(v).every(([, all]) => all !== null) ? null : 'Write four whole numbers for priority 1 to 4: 30 45 90 90.',
    act: (v) => {
      const put = putService(initial(serviceFields(service, shift)), zone) as Act;
      const callouts = {
        times: Object.fromEntries(times(v)),
        operators_stand_down_p1: yes(v['stand_down_p1']),
        operators_review: yes(v['review']),
      };
      return { ...put, body: { ...put.body, callouts } };
    },
  };
}

const MANAGERS = [1, 2, 3, 4, 5];

/** Who is rung in an emergency, in this order. Empty lines fall out. */
export function managersForm(service: ServiceView): FormSpec {
  const known = service.callouts?.managers ?? [];
  const text = (v: Values, name: string) => v[name]?.trim() ?? '';
  return {
    title: 'Duty managers',
    about: 'Rung in this order when a call-out is an emergency, level 3.',
    submit: 'Save',
    said: 'Saved.',
    fields: MANAGERS.flatMap((n): Field[] => [
      { as: 'text', name: `name${n}`, label: `${n}. Name`, value: known[n - 1]?.name ?? '' },
      { as: 'text', name: `telephone${n}`, label: `${n}. Telephone`, value: known[n - 1]?.telephone ?? '' },
    ]),
    check: (v) =>
      MANAGERS.every((n) => (text(v, `name${n}`) === '') === (text(v, `telephone${n}`) === ''))
        ? null
        : 'Everybody named needs a telephone number.',
    act: (v) => ({
      kind: 'managers.put',
      target: 'settings',
      body: {
        managers: MANAGERS.filter((n) => text(v, `name${n}`) !== '').map((n) => ({
          name: text(v, `name${n}`),
          telephone: text(v, `telephone${n}`),
        })),
      },
    }),
  };
}
