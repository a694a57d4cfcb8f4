/** How alarms are ordered, aged and counted. Pure: the same rows and time give the same queue. */
import type { AlarmRow } from '$lib/generated/AlarmRow';
import { ms, secondsBetween } from '$lib/shared/time';

export const PRIORITY_WORDS: Record<number, string> = { 1: 'Emergency', 2: 'Urgent', 3: 'Soon', 4: 'Routine' };

/** Nobody owns it yet. */
export function isWaiting(row: AlarmRow): boolean {
  return row.state === 'new' || row.state === 'viewed';
}

/** A signal from an account that belongs to no site: last, because nobody can be sent anywhere for it. */
export function isUnplaced(row: AlarmRow): boolean {
  return row.priority === 4 && row.site === null;
}

const GROUP: Record<string, number> = { new: 0, viewed: 0, taken: 1, shelved: 2, closed: 3 };

/** A storm sorts thousands of rows for each patch; a row that has not changed is the same object and is read once. */
const received = new WeakMap<AlarmRow, number>();

function receivedAt(row: AlarmRow): number {
  let at = received.get(row);
  if (at === undefined) received.set(row, (at = ms(row.received_at)));
  return at;
}

/** Waiting ones first, then taken, then shelved; in each by priority, then oldest; unknown accounts last. */
export function byUrgency(a: AlarmRow, b: AlarmRow): number {
  return (
    (GROUP[a.state] ?? 0) - (GROUP[b.state] ?? 0) ||
    Number(isUnplaced(a)) - Number(isUnplaced(b)) ||
    a.priority - b.priority ||
    receivedAt(a) - receivedAt(b) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

export function queue(rows: AlarmRow[]): AlarmRow[] {
  return rows.filter((row) => row.state !== 'closed').sort(byUrgency);
}

/** 0 fresh, 1 past the first threshold, 2 past the second. Only what nobody took ages. */
export function ageLevel(row: AlarmRow, now: number): 0 | 1 | 2 {
  if (!isWaiting(row)) return 0;
  const waited = secondsBetween(row.received_at, now);
  const [first, second] = row.ages_after_s;
  if (second > 0 && waited >= second) return 2;
  return first > 0 && waited >= first ? 1 : 0;
}

/** The words for a row's age, so that colour is not the only carrier. */
export const AGE_WORDS = ['', 'waiting', 'overdue'] as const;

export type CountedState = 'new' | 'viewed' | 'taken' | 'shelved';
export const COUNTED: readonly CountedState[] = ['new', 'viewed', 'taken', 'shelved'];

/** How many of each priority (index 0 is priority 1) are in each state. */
export type Counts = Record<CountedState, [number, number, number, number]>;

export function count(rows: AlarmRow[]): Counts {
  const counts: Counts = { new: [0, 0, 0, 0], viewed: [0, 0, 0, 0], taken: [0, 0, 0, 0], shelved: [0, 0, 0, 0] };
  for (const row of rows) {
    const of = counts[row.state as CountedState];
    const index = Math.min(4, Math.max(1, row.priority)) - 1;
    if (of) of[index] = (of[index] ?? 0) + 1;
  }
  return counts;
}

/** Closing is for what is settled: taken, or seen and its cause gone, and without a call-out of its own. */
export function mayClose(row: AlarmRow): boolean {
  if (row.callout !== null) return false;
  return row.state === 'taken' || (row.restored_at !== null && row.state !== 'new');
}

/** An emergency cannot be put aside. */
export function mayShelve(row: AlarmRow): boolean {
  return row.priority > 1 && row.state !== 'shelved' && row.state !== 'closed';
}

export function mayTake(row: AlarmRow): boolean {
  return isWaiting(row) || row.state === 'shelved';
}

/** One line for a list and a screen reader: "Hold-up, Community office, Ampthill Square". */
export function spoken(row: AlarmRow): string {
  return [row.title, row.place, row.estate].filter(Boolean).join(', ');
}
