/** Telephone calls: their order, and how each stands in words. */
import type { CallRow } from '$lib/generated/CallRow';
import { elapsed, ms, secondsBetween, spell } from '$lib/shared/time';

/** What rings first, then what was missed, then the rest; the oldest before the others. */
export function byWaiting(a: CallRow, b: CallRow): number {
  const rank = (row: CallRow) => (!row.waits ? 2 : row.phase === 'ringing' ? 0 : 1);
  return rank(a) - rank(b) || ms(a.began_at) - ms(b.began_at) || (a.id < b.id ? -1 : 1);
}

/** Whom it is from, as it is said: a name goes with its number, a withheld number is called so. */
export function fromWhom(row: CallRow): string {
  const number = row.number || (row.by_hand ? '' : 'number withheld');
  return [row.card.caller, number].filter(Boolean).join(', ') || 'a call by hand';
}

/** "ringing 12 s", "missed 04:10 ago", "with Operator, 02:31". */
export function standing(row: CallRow, now: number): string {
  const since = (at: string) => Math.max(0, secondsBetween(at, now));
  const who = row.mine ? 'you' : (row.taken_by ?? '');
  switch (row.phase) {
    case 'ringing':
      return `ringing ${Math.floor(since(row.began_at))} s${who ? `, answered by ${who}` : ''}`;
    case 'missed':
      return `missed ${elapsed(since(row.began_at))} ago${who ? `, ${who === 'you' ? 'you ring' : `${who} rings`} back` : ''}`;
    case 'answered':
      return `${who ? `with ${who}` : 'answered'}, ${elapsed(since(row.answered_at ?? row.began_at))}`;
    default:
      return `over ${elapsed(since(row.ended_at ?? row.began_at))} ago${who ? `, ${who}` : ''}: say what came of it`;
  }
}

/** How long it rang, for the record. */
export const answerWords = (seconds: number | null): string =>
  seconds === null ? '' : seconds === 0 ? 'answered at once' : `answered after ${spell(seconds)}`;

export const ASPECTS = [
  ['threat', 'Threat', 'Is somebody threatening, or threatened?'],
  ['harm', 'Harm', 'Is anybody hurt, or anything broken?'],
  ['risk', 'Risk', 'Will it get worse?'],
  ['investigation', 'Investigation', 'Is there evidence to keep?'],
  ['vulnerability', 'Vulnerability', 'Is anybody there especially at risk?'],
  ['engagement', 'Engagement', 'Should we come, or ring back?'],
] as const;

export type AspectName = (typeof ASPECTS)[number][0];

export const LEVELS = [
  ['none', 'No'],
  ['some', 'Some'],
  ['high', 'High'],
  ['unknown', '?'],
] as const;

export const LEVEL_WORDS: Record<string, string> = { none: 'no', some: 'some', high: 'high', unknown: 'not known' };
