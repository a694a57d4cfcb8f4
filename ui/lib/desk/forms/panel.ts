/** Forms about panels and about how alarms are shown. */
import type { AlarmRulesView } from '$lib/generated/AlarmRulesView';
import type { ServiceView } from '$lib/generated/ServiceView';
import type { ShiftClock } from '$lib/generated/ShiftClock';
import { clockMinute } from '$lib/shared/time';
import type { Act } from '../host/host';
import { yes, type Field, type FormSpec, type Values } from './spec';

const TEST_MINUTES = [30, 60, 120, 240, 480];

/** `target`: a panel's account, or a site for all of its panels. */
export function putOnTest(target: string, place: string, now: number, zone: string): FormSpec {
  const until = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
  const choices = TEST_MINUTES.map((m) => ({
    value: until(m),
    label: `${m < 60 ? `${m} min` : `${m / 60} h`} (${clockMinute(now + m * 60_000, zone)})`,
  }));
  return {
    title: 'Put on test',
    about: `${place}. What it sends until then is logged and counted, and does not ring. It ends by itself.`,
    submit: 'Put on test',
    said: 'On test.',
    fields: [
      { as: 'choice', name: 'until', label: 'Until', required: true, options: choices, value: choices[1]?.value ?? '' },
      {
        as: 'text',
        name: 'reason',
        label: 'Reason',
        required: true,
        help: 'Who works there, and how to reach them.',
        suggestions: ['Engineer on site', 'Maintenance by the installer', 'Fire alarm test', 'Works on the building'],
      },
      {
        as: 'text',
        name: 'zones',
        label: 'Zones',
        help: 'As the panel numbers them: 5, 7. Empty for the whole panel.',
      },
      {
        as: 'check',
        name: 'life',
        label: 'Hold-up, fire and medical are tested too, and must not ring either',
      },
    ],
    act: (v) => ({
      kind: 'panel.on_test',
      target,
      body: {
        until: v['until'],
        reason: v['reason']?.trim(),
        zones: (v['zones'] ?? '').split(/[\s,;]+/).filter(Boolean),
        also_life_safety: yes(v['life']),
      },
    }),
  };
}

const PRIORITIES = ['1 Emergency', '2 Urgent', '3 Soon', '4 Routine'];
const whole = (text: string | undefined): number | null => (/^\d{1,6}$/.test(text?.trim() ?? '') ? Number(text) : null);

function number(name: string, label: string, value: number, help?: string): Field {
  return { as: 'text', name, label, required: true, inputmode: 'numeric', value: String(value), ...(help && { help }) };
}

/** Two whole seconds: "15, 30". */
function pair(text: string | undefined): [number, number] | null {
  const parts = (text ?? '').split(/[\s,;/]+/).filter(Boolean);
  const [first, second] = parts.map((part) => whole(part));
  return parts.length === 2 && first && second && first < second ? [first, second] : null;
}

const NUMBERS = ['flap_times', 'flap_minutes', 'flap_quiet', 'flood_begins', 'flood_ends'] as const;

export function readRules(v: Values): Record<string, unknown> | string {
  const ageing = PRIORITIES.map((_, i) => pair(v[`age_${i + 1}`]));
  const wrong = ageing.findIndex((seconds) => seconds === null);
  if (wrong >= 0) return `Write the seconds for priority ${wrong + 1} as two numbers, the smaller first: 45, 90.`;
  const numbers = NUMBERS.map((name) => whole(v[name]));
  if (numbers.some((n) => n === null)) return 'Write whole numbers.';
  const [times, minutes, quiet_minutes, begins, ends] = numbers;
  return { ageing_s: ageing, flap: { times, minutes, quiet_minutes }, flood: { begins, ends } };
}

export function alarmRules(rules: AlarmRulesView, service: ServiceView, shift: ShiftClock, zone: string): FormSpec {
  return {
    title: 'Settings of alarms',
    about: 'For every desk. What a person decided about an alarm is not changed by it.',
    submit: 'Save',
    said: 'Saved.',
    fields: [
      ...PRIORITIES.map((label, i): Field => {
        const seconds = rules.ageing_s[i] ?? [0, 0];
        const help =
          i === 0 ? 'A row nobody has taken is marked “waiting”, then “overdue”, after so many seconds.' : '';
        const at = { as: 'text' as const, name: `age_${i + 1}`, label: `Priority ${label}`, required: true };
        return { ...at, value: seconds.join(', '), ...(help && { help }) };
      }),
      number(
        'flap_times',
        'Flapping: more than … times',
        rules.flap_times,
        'Further ones are counted and do not ring.',
      ),
      number('flap_minutes', '… in so many minutes', rules.flap_minutes),
      number('flap_quiet', 'Over after quiet minutes', rules.flap_quiet_minutes),
      number(
        'flood_begins',
        'Flood: more than … alarms in a minute',
        rules.flood_begins,
        'The list is grouped by site.',
      ),
      number('flood_ends', 'Over after a minute with at most', rules.flood_ends),
    ],
    check: (v) => {
      const read = readRules(v);
      return typeof read === 'string' ? read : null;
    },
    act: (v): Act => ({
      kind: 'settings.put',
      target: 'settings',
      body: {
        council: service.council,
        service_name: service.name,
        contact: { telephone: service.telephone, email: service.email, web: service.web },
        shift_start: shift.start,
        shift_end: shift.end,
        zone,
        alarms: readRules(v),
      },
    }),
  };
}
