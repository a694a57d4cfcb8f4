/** Showing only alarms of one standing. A filter is a way to look, never a way to lose: an emergency stays in view. */
import type { AlarmRow } from '$lib/generated/AlarmRow';
import { COUNTED, isWaiting, type CountedState } from './alarms';

export type Filter = CountedState | null;

export const STATE_NAMES: Record<CountedState, string> = {
  new: 'New',
  viewed: 'Viewed',
  taken: 'Taken',
  shelved: 'Shelved',
};

const passes = (row: AlarmRow, filter: CountedState) => row.state === filter || (row.priority === 1 && isWaiting(row));

export const filtered = (rows: AlarmRow[], filter: Filter): AlarmRow[] =>
  filter === null ? rows : rows.filter((row) => passes(row, filter));

/** All, new, viewed, taken, shelved, all … */
export function nextFilter(filter: Filter): Filter {
  const at = filter === null ? -1 : COUNTED.indexOf(filter);
  return COUNTED[at + 1] ?? null;
}
