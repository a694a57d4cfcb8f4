/** The patrols of an invented evening. */
import type { OfficerRow } from '$lib/generated/OfficerRow';
import type { UnitRow } from '$lib/generated/UnitRow';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

export const ago = (now: number, back: number) => new Date(now - back).toISOString();

export function officers(now: number): OfficerRow[] {
  const names = ['A. Mensah', 'P. Whitlock', 'J. Duarte', 'K. Ali', 'R. Novak', 'T. Bell'];
  const units = ['unit-hot', 'unit-1', 'unit-2', 'unit-3', 'unit-4', 'unit-5'];
  return names.map((name, i) => ({
    id: `officer-${i + 1}`,
    reference: `CSP-${401 + i}`,
    name,
    unit: units[i] ?? null,
    on_shift_since: ago(now, 5 * 60 * MINUTE + i * MINUTE),
  }));
}

export function units(now: number): UnitRow[] {
  const unit = (
    id: string,
    call_sign: string,
    kind: string,
    status: string,
    line: string,
    at: [number, number],
    fixBack: number,
    officer: string,
    more: Partial<UnitRow> = {},
  ): UnitRow => ({
    id,
    call_sign,
    kind,
    status,
    line,
    officers: [officer],
    callout: null,
    lat: at[0],
    lon: at[1],
    accuracy_m: 8,
    fix_at: ago(now, fixBack),
    battery_pct: 74,
    check_call_due: null,
    clock_skew_s: null,
    ...more,
  });
  return [
    unit(
      'unit-hot',
      'HOT SPOT',
      'hot_spot',
      'busy',
      'Maitland Park · dwell 9 of 15 min',
      [51.5483, -0.1566],
      4 * SECOND,
      'A. Mensah',
    ),
    unit(
      'unit-1',
      'RSP-1',
      'vehicle',
      'busy',
      'On site · Ampthill Square',
      [51.5328, -0.1384],
      3 * SECOND,
      'P. Whitlock',
      { callout: 'callout-1847' },
    ),
    unit('unit-2', 'RSP-2', 'foot', 'busy', 'On site · Regent’s Park', [51.5289, -0.143], 11 * SECOND, 'J. Duarte', {
      callout: 'callout-1845',
      accuracy_m: 35,
      battery_pct: 41,
    }),
    unit(
      'unit-3',
      'RSP-3',
      'foot',
      'offered',
      'Offered CO-26-01846 · Queen’s Crescent',
      [51.5497, -0.1519],
      6 * SECOND,
      'K. Ali',
      { callout: 'callout-1846' },
    ),
    unit('unit-4', 'RSP-4', 'foot', 'available', 'Available · Agar Grove', [51.5419, -0.1353], 4 * MINUTE, 'R. Novak', {
      check_call_due: new Date(now + 70 * SECOND).toISOString(),
    }),
    unit(
      'unit-5',
      'RSP-5',
      'foot',
      'available',
      'Available · Alexandra Road',
      [51.5388, -0.181],
      13 * MINUTE,
      'T. Bell',
      {
        battery_pct: 9,
        clock_skew_s: 95,
      },
    ),
  ];
}
