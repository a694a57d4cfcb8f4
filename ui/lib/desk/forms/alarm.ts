/** Forms about an alarm. */
import type { AlarmRow } from '$lib/generated/AlarmRow';
import { clockMinute } from '$lib/shared/time';
import { spoken } from '../state/alarms';
import type { FormSpec } from './spec';

const SHELVE_MINUTES = [15, 30, 60, 120, 240];

export function shelve(row: AlarmRow, now: number, zone: string, shiftEnd: string): FormSpec {
  const until = (at: number) => new Date(at).toISOString();
  const choices = SHELVE_MINUTES.map((m) => ({
    value: until(now + m * 60_000),
    label: `${m < 60 ? `${m} min` : `${m / 60} h`} (${clockMinute(now + m * 60_000, zone)})`,
  }));
  const end = Date.parse(shiftEnd);
  if (end > now) choices.push({ value: until(end), label: `End of shift (${clockMinute(end, zone)})` });
  return {
    title: 'Shelve the alarm',
    about: `${spoken(row)}. It stays in the list, silent, and comes back at the time you set.`,
    submit: 'Shelve',
    said: 'Shelved.',
    fields: [
      { as: 'choice', name: 'until', label: 'Until', required: true, options: choices, value: choices[1]?.value ?? '' },
      {
        as: 'text',
        name: 'reason',
        label: 'Reason',
        required: true,
        suggestions: ['Engineer on site', 'Known fault, reported', 'Network works', 'Customer confirmed a false alarm'],
      },
    ],
    act: (v) => ({ kind: 'alarm.shelve', target: row.id, body: { until: v['until'], reason: v['reason']?.trim() } }),
  };
}

export function close(row: AlarmRow): FormSpec {
  return {
    title: 'Close the alarm',
    about: `${spoken(row)}. It leaves the list and stays in the log.`,
    submit: 'Close it',
    said: 'Closed.',
    fields: [
      {
        as: 'text',
        name: 'reason',
        label: 'Reason',
        required: true,
        suggestions: [
          'User error, confirmed by the site',
          'Restored, no cause found',
          'Engineer attended',
          'Test',
          'Duplicate of another alarm',
        ],
      },
    ],
    act: (v) => ({ kind: 'alarm.close', target: row.id, body: { reason: v['reason']?.trim() } }),
  };
}
