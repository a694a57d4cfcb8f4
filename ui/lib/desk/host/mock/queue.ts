/** Alarms and call-outs as the evening stands at its start. */
import type { AlarmRow } from '$lib/generated/AlarmRow';
import type { CalloutRow } from '$lib/generated/CalloutRow';
import { ago } from './people';
import { sites } from './places';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const AGES: Record<number, [number, number]> = { 1: [15, 30], 2: [60, 120], 3: [180, 600], 4: [600, 1800] };

export function alarm(
  now: number,
  id: string,
  priority: number,
  title: string,
  back: number,
  more: Partial<AlarmRow> = {},
): AlarmRow {
  const at = sites.find((s) => s.id === more.site);
  return {
    id,
    priority,
    title,
    place: at?.name ?? 'Account 7731',
    estate: at?.estate ?? '',
    zone: '',
    signal: 'SIA-DCS',
    text: title,
    state: 'new',
    raised_at: ago(now, back + 1200),
    received_at: ago(now, back),
    ages_after_s: AGES[priority] ?? [60, 120],
    repeats: 0,
    restored_at: null,
    taken_at: null,
    taken_by: null,
    shelved_until: null,
    shelved_reason: null,
    callout: null,
    lat: at?.lat ?? null,
    lon: at?.lon ?? null,
    site: null,
    response: at?.response ?? '',
    opens_callout: priority <= 2,
    rings: true,
    pending: false,
    account: '7731',
    confirmation: null,
    flapping: false,
    life_safety: ['Hold-up', 'Fire', 'Panic', 'Medical', 'Officer emergency'].includes(title),
    ...more,
  };
}

export function alarms(now: number): AlarmRow[] {
  return [
    alarm(now, 'alarm-1', 1, 'Hold-up', 8 * SECOND, {
      site: 'site-oss-nursery',
      zone: 'Zone 3 reception',
      signal: 'SIA-DCS PA',
      text: 'Hold-up button pressed',
    }),
    alarm(now, 'alarm-2', 2, 'Intruder', 102 * SECOND, {
      site: 'site-agr-office',
      zone: 'Zone 1 main door',
      signal: 'SIA-DCS BA',
      text: 'Burglary alarm',
      state: 'viewed',
      repeats: 3,
      account: '2042',
    }),
    alarm(now, 'alarm-3', 3, 'Water leak', 54 * SECOND, {
      site: 'site-chl-plant',
      zone: 'Zone 6 sump',
      signal: 'ADM-CID 154',
      restored_at: ago(now, 20 * SECOND),
    }),
    alarm(now, 'alarm-4', 4, 'Unknown account', 9 * MINUTE, {
      place: 'Account 7731 from 192.0.2.44',
      signal: 'SIA-DCS BA',
      opens_callout: false,
    }),
    alarm(now, 'alarm-5', 1, 'Hold-up', 5 * MINUTE, {
      site: 'site-amp-office',
      zone: 'Zone 3 reception',
      signal: 'SIA-DCS PA',
      state: 'taken',
      taken_at: ago(now, 5 * MINUTE - 6 * SECOND),
      taken_by: 'Operator',
      callout: 'callout-1847',
      rings: false,
    }),
    alarm(now, 'alarm-6', 3, 'Tamper', 14 * MINUTE, {
      site: 'site-kil-lift',
      zone: 'Zone 2 lid',
      signal: 'ADM-CID 137',
      state: 'taken',
      taken_at: ago(now, 13 * MINUTE),
      taken_by: 'Operator',
      restored_at: ago(now, 6 * MINUTE),
      rings: false,
    }),
    alarm(now, 'alarm-7', 4, 'Line fault', 26 * MINUTE, {
      site: 'site-mai-depot',
      signal: 'Supervision',
      state: 'shelved',
      shelved_until: new Date(now + 12 * MINUTE).toISOString(),
      shelved_reason: 'Network works on the estate until 22:00',
      repeats: 2,
      rings: false,
    }),
  ];
}

export const rail = (done: number): string[] =>
  Array.from({ length: 12 }, (_, i) => (i < done ? 'done' : i === done ? 'current' : 'pending'));

export function callouts(now: number): CalloutRow[] {
  const row = (
    n: number,
    priority: number,
    title: string,
    site: string,
    state: string,
    line: string,
    done: number,
    back: number,
    more: Partial<CalloutRow> = {},
  ): CalloutRow => {
    const at = sites.find((s) => s.id === site);
    return {
      id: `callout-${n}`,
      number: `CO-26-0${n}`,
      provisional: null,
      priority,
      title,
      place: at?.name ?? '',
      estate: at?.estate ?? '',
      state,
      line,
      rail: rail(done),
      created_at: ago(now, back),
      due_at: null,
      due_since: null,
      site,
      offer_expires_at: null,
      escalation: 0,
      needs_action: false,
      ring: null,
      lat: at?.lat ?? 51.54,
      lon: at?.lon ?? -0.15,
      unit: null,
      open: true,
      pending: false,
      unread: 0,
      attention: [],
      ...more,
    };
  };
  const rows = [
    row(
      1847,
      1,
      'Hold-up',
      'site-amp-office',
      'on_scene',
      'RSP-1 on site · step 6 of 12',
      5,
      4 * MINUTE + 14 * SECOND,
      {
        unit: 'RSP-1',
        due_at: new Date(now + 80 * SECOND).toISOString(),
      },
    ),
    row(
      1846,
      2,
      'Intruder',
      'site-wen-boiler',
      'offering',
      'Offered to RSP-3, then RSP-4',
      0,
      11 * MINUTE + 50 * SECOND,
      {
        unit: 'RSP-3',
        offer_expires_at: new Date(now + 22 * SECOND).toISOString(),
        needs_action: true,
      },
    ),
    row(
      1845,
      3,
      'Youth disorder',
      'site-reg-hall',
      'on_scene',
      'RSP-2 · securing premises',
      8,
      24 * MINUTE + 31 * SECOND,
      { unit: 'RSP-2' },
    ),
    row(
      1844,
      3,
      'Noise nuisance',
      'site-ale-office',
      'in_review',
      'Report waits for review',
      12,
      31 * MINUTE + 7 * SECOND,
      { unit: 'RSP-5', needs_action: true },
    ),
  ];
  return rows.map((r) => ({ ...r, ring: ringOf(r) }));
}

/** As the desk decides it: what a person must do rings. */
export function ringOf(row: CalloutRow): CalloutRow['ring'] {
  if (!row.open || !row.needs_action) return null;
  return { priority: row.escalation >= 2 ? 1 : row.priority, why: row.line, calls: row.escalation };
}
