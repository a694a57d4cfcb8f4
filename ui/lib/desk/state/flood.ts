/** The queue in a flood: one row for each place. Pure, and nothing is ever left out: the counts add up to the rows. */
import type { AlarmRow } from '$lib/generated/AlarmRow';
import { ms } from '$lib/shared/time';
import { isWaiting } from './alarms';

export interface Group {
  key: string;
  place: string;
  estate: string;
  /** The most urgent of it. */
  priority: number;
  state: 'waiting' | 'taken' | 'shelved';
  /** When its oldest came. */
  oldest: number;
  /** "Intruder ×3, Power fault": what they are, the most first. */
  kinds: string;
  /** In the queue's order. */
  rows: AlarmRow[];
}

export type Entry = { kind: 'row'; row: AlarmRow } | { kind: 'group'; group: Group };

/** Where an alarm belongs in a flood: its site, or else its panel. */
export const placeOf = (row: AlarmRow): string => row.site ?? `account ${row.account}`;

const standing = (row: AlarmRow): Group['state'] =>
  isWaiting(row) ? 'waiting' : row.state === 'shelved' ? 'shelved' : 'taken';

function kindsOf(rows: AlarmRow[]): string {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row.title, (counts.get(row.title) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([title, n]) => (n > 1 ? `${title} ×${n}` : title))
    .join(', ');
}

function groupOf(key: string, rows: AlarmRow[]): Group {
  const first = rows[0] as AlarmRow;
  return {
    key,
    place: first.place,
    estate: first.estate,
    priority: Math.min(...rows.map((r) => r.priority)),
    state: standing(first),
    oldest: Math.min(...rows.map((r) => ms(r.received_at))),
    kinds: kindsOf(rows),
    rows,
  };
}

const ORDER = { waiting: 0, taken: 1, shelved: 2 } as const;

/**
 * Hold-up, fire and whatever else may cost a life first, each by itself; then each place with its alarms, the most urgent
 * first. A place with one alarm stays that alarm. The rows come as the queue has them.
 */
export function grouped(queue: readonly AlarmRow[]): Entry[] {
  const alone: Entry[] = [];
  const places = new Map<string, AlarmRow[]>();
  for (const row of queue) {
    if (row.life_safety && isWaiting(row)) {
      alone.push({ kind: 'row', row });
      continue;
    }
    const key = `${standing(row)} ${placeOf(row)}`;
    const rows = places.get(key);
    if (rows) rows.push(row);
    else places.set(key, [row]);
  }
  const groups = [...places].map(([key, rows]) => groupOf(key, rows));
  groups.sort((a, b) => ORDER[a.state] - ORDER[b.state] || a.priority - b.priority || a.oldest - b.oldest);
  const entry = (group: Group): Entry => {
    const [row, more] = group.rows;
    return row && !more ? { kind: 'row', row } : { kind: 'group', group };
  };
  return [...alone, ...groups.map(entry)];
}

/** What is drawn: each group, and its alarms below it where it is open. */
export function unfolded(entries: Entry[], open: ReadonlySet<string>): Entry[] {
  return entries.flatMap((entry) =>
    entry.kind === 'group' && open.has(entry.group.key)
      ? [entry, ...entry.group.rows.map((row): Entry => ({ kind: 'row', row }))]
      : [entry],
  );
}

/** How many alarms these entries stand for. */
export const total = (entries: readonly Entry[]): number =>
  entries.reduce((n, entry) => n + (entry.kind === 'group' ? entry.group.rows.length : 1), 0);
