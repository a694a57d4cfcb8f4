/** Forms about shifts and about the service, opened from the palette. */
import type { OfficerRow } from '$lib/generated/OfficerRow';
import type { ServiceView } from '$lib/generated/ServiceView';
import type { ShiftClock } from '$lib/generated/ShiftClock';
import type { UnitRow } from '$lib/generated/UnitRow';
import type { Act } from '../host/host';
import { putService, serviceFields } from './register';
import type { FormSpec } from './spec';

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
