/** Forms about who is registered: the first site, officer and unit, and the service itself. */
import type { SiteView } from '$lib/generated/SiteView';
import type { ServiceView } from '$lib/generated/ServiceView';
import type { ShiftClock } from '$lib/generated/ShiftClock';
import { options, type Field, type Values } from './spec';
import type { Act } from '../host/host';

const trimmed = (value: string | undefined) => value?.trim() ?? '';

/** "CAMDEN-OFFICE" from "Camden office": a reference people can say. */
export function referenceOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[^\w\s-]/g, '')
    .trim()
    .replace(/[\s_-]+/g, '-')
    .toUpperCase()
    .slice(0, 24);
}

/** "51.53262, -0.13782" as two numbers, or null when it is not a place on earth. */
export function readPoint(text: string): { lat: number; lon: number } | null {
  const parts = text
    .trim()
    .split(/[\s,;]+/)
    .map(Number);
  const [lat, lon] = parts;
  if (parts.length !== 2 || lat === undefined || lon === undefined) return null;
  if (!Number.isFinite(lat) || !Number.isFinite(lon) || Math.abs(lat) > 90 || Math.abs(lon) > 180) return null;
  return { lat, lon };
}

export const siteFields: Field[] = [
  { as: 'text', name: 'name', label: 'Name', required: true, placeholder: 'Community office' },
  { as: 'text', name: 'address', label: 'Address', required: true, help: 'As the officer should read it.' },
  { as: 'text', name: 'point', label: 'Latitude and longitude', required: true, placeholder: '51.53262, -0.13782' },
  {
    as: 'text',
    name: 'response',
    label: 'Response',
    value: 'keyholder',
    suggestions: ['bells only', 'keyholder', 'police level 1, then keyholder'],
  },
];

export function putSite(v: Values): Act | string {
  const point = readPoint(v['point'] ?? '');
  if (!point) return 'Write the place as latitude, longitude: 51.53262, -0.13782.';
  const reference = referenceOf(v['name'] ?? '');
  return {
    kind: 'site.put',
    target: reference,
    body: {
      ref: reference,
      name: trimmed(v['name']),
      address: trimmed(v['address']),
      ...point,
      response: trimmed(v['response']),
    },
  };
}

export const panelFields = (sites: SiteView[]): Field[] => [
  {
    as: 'select',
    name: 'site',
    label: 'Site',
    required: true,
    options: sites.map((s) => ({ value: s.id, label: s.name })),
  },
  {
    as: 'text',
    name: 'account',
    label: 'Account number',
    required: true,
    placeholder: '1234',
    help: 'As the panel sends it: 3 to 16 hexadecimal digits.',
  },
  {
    as: 'text',
    name: 'key',
    label: 'Encryption key',
    help: '32, 48 or 64 hexadecimal digits; leave empty when the panel sends plainly.',
  },
];

export const officerFields: Field[] = [
  { as: 'text', name: 'reference', label: 'Reference', required: true, placeholder: 'CSP-401' },
  { as: 'text', name: 'name', label: 'Name', required: true },
  { as: 'text', name: 'telephone', label: 'Telephone' },
  { as: 'text', name: 'call_sign', label: 'Call sign of the unit', required: true, placeholder: 'RSP-1' },
  {
    as: 'choice',
    name: 'kind',
    label: 'The unit goes',
    required: true,
    value: 'foot',
    options: options(['foot', 'On foot'], ['vehicle', 'By car'], ['hot_spot', 'Hot-spot vehicle']),
  },
];

export function putOfficer(v: Values): Act {
  const reference = trimmed(v['reference']);
  return {
    kind: 'officer.put',
    target: reference,
    body: { ref: reference, name: trimmed(v['name']), telephone: trimmed(v['telephone']) },
  };
}

export function putUnit(v: Values): Act {
  const callSign = trimmed(v['call_sign']).toUpperCase();
  return { kind: 'unit.put', target: callSign, body: { call_sign: callSign, kind: v['kind'] } };
}

const minutes = (all: number[]): string => all.join(' ');

/** "30 30 0 0" as four numbers, or null. */
export function readMinutes(text: string | undefined): number[] | null {
  const all = trimmed(text)
    .split(/[\s,;/]+/)
    .map(Number);
  return all.length === 4 && all.every((n) => Number.isInteger(n) && n >= 0) ? all : null;
}

export const serviceFields = (service: ServiceView, shift: ShiftClock): Field[] => [
  {
    as: 'text',
    name: 'council',
    label: 'Council',
    required: true,
    value: service.council,
    placeholder: 'London Borough of Camden',
  },
  { as: 'text', name: 'service_name', label: 'What the service is called', required: true, value: service.name },
  { as: 'text', name: 'telephone', label: 'Telephone for the public', value: service.telephone },
  { as: 'text', name: 'email', label: 'E-mail', value: service.email },
  { as: 'text', name: 'web', label: 'Web page', value: service.web },
  { as: 'text', name: 'shift_start', label: 'Shift starts', required: true, value: shift.start || '16:00' },
  { as: 'text', name: 'shift_end', label: 'Shift ends', required: true, value: shift.end || '03:00' },
  {
    as: 'text',
    name: 'hours_start',
    label: 'Telephone calls are taken from',
    value: shift.hours.start || '16:00',
  },
  { as: 'text', name: 'hours_end', label: 'until', value: shift.hours.end || '03:00' },
  {
    as: 'text',
    name: 'outside',
    label: 'What callers are told at other hours',
    value: shift.hours.outside,
    placeholder: 'Leave it with the out-of-hours line',
  },
  { as: 'text', name: 'outside_telephone', label: 'The number for that', value: shift.hours.telephone },
  {
    as: 'text',
    name: 'customer_min',
    label: 'Tell the customer something every … minutes',
    required: true,
    value: minutes(service.customer_min),
    help: 'Once an officer is on scene, for priority 1 to 4: 30 30 0 0. 0 is never.',
  },
  {
    as: 'text',
    name: 'control_min',
    label: 'Hear something new every … minutes',
    required: true,
    value: minutes(service.control_min),
    help: 'For priority 1 to 4: 15 30 60 120. 0 is never.',
  },
  {
    as: 'text',
    name: 'handover_prompt_min',
    label: 'Bring the handover up before the end of the shift, minutes',
    required: true,
    inputmode: 'numeric',
    value: String(service.handover_prompt_min),
  },
];

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;

export function putService(v: Values, zone: string): Act | string {
  const start = trimmed(v['shift_start']);
  const end = trimmed(v['shift_end']);
  if (!CLOCK.test(start) || !CLOCK.test(end)) return 'Write the shift’s times as 16:00 and 03:00.';
  const from = trimmed(v['hours_start']) || '16:00';
  const until = trimmed(v['hours_end']) || '03:00';
  if (!CLOCK.test(from) || !CLOCK.test(until)) return 'Write the hours for telephone calls as 16:00 and 03:00.';
  const customer = readMinutes(v['customer_min']);
  const control = readMinutes(v['control_min']);
  if (!customer || !control) return 'Write the minutes of priority 1 to 4 as 30 30 0 0.';
  const before = Number(trimmed(v['handover_prompt_min']) || 'x');
  if (!Number.isInteger(before) || before < 0) return 'Write the minutes before the end of the shift as a number.';
  return {
    kind: 'settings.put',
    target: 'settings',
    body: {
      council: trimmed(v['council']),
      service_name: trimmed(v['service_name']),
      contact: { telephone: trimmed(v['telephone']), email: trimmed(v['email']), web: trimmed(v['web']) },
      shift_start: start,
      shift_end: end,
      zone,
      service_hours: {
        start: from,
        end: until,
        outside: trimmed(v['outside']),
        telephone: trimmed(v['outside_telephone']),
      },
      updates: { customer_min: customer, control_min: control },
      handover_prompt_min: before,
    },
  };
}
