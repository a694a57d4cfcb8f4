/** When which pattern sounds. Pure: who rings and what sounded before go in, what sounds now comes out. */
import type { AlarmRow } from '$lib/generated/AlarmRow';
import type { CalloutRow } from '$lib/generated/CalloutRow';
import { ageLevel, isWaiting } from './alarms';
import { placeOf } from './flood';

/** How a priority sounds at this desk: once, until somebody takes it, or faster when it is overdue. */
export type SoundPolicy = 'once' | 'repeat' | 'rising';
export const SOUND_POLICIES: readonly SoundPolicy[] = ['once', 'repeat', 'rising'];
export type SoundPolicies = Record<number, SoundPolicy>;
/** Priority 1 is not for anybody to choose. */
export const POLICIES: SoundPolicies = { 1: 'rising', 2: 'rising', 3: 'repeat', 4: 'once' };

/** Milliseconds from one pattern to the next, by priority, where it repeats. */
export const EVERY_MS: Record<number, number> = { 1: 1600, 2: 6000, 3: 30_000, 4: 120_000 };

export interface Ringing {
  id: string;
  priority: number;
  /** It has waited past its second threshold. */
  overdue?: boolean;
}

const level = (priority: number) => Math.min(4, Math.max(1, priority));

/**
 * Only what nobody has taken, and only what the desk says rings. In a flood a place rings as one, by its most urgent
 * alarm: another one there is no news unless it is more urgent. Life safety always rings by itself.
 */
export function ringing(rows: AlarmRow[], flood = false, now = 0): Ringing[] {
  const loud = rows.filter((row) => row.rings && isWaiting(row));
  const overdue = (row: AlarmRow) => ageLevel(row, now) === 2;
  const own = flood ? loud.filter((row) => row.life_safety) : loud;
  const places = new Map<string, Ringing>();
  for (const row of flood ? loud : []) {
    if (row.life_safety) continue;
    const place = placeOf(row);
    const known = places.get(place);
    const priority = Math.min(known?.priority ?? 4, level(row.priority));
    places.set(place, { id: `${place} ${priority}`, priority, overdue: (known?.overdue ?? false) || overdue(row) });
  }
  return [
    ...own.map((row) => ({ id: row.id, priority: level(row.priority), overdue: overdue(row) })),
    ...places.values(),
  ];
}

/** What a call-out rings for, as one word: another reason or another call for help is another word. Null: nothing. */
export function ringKey(row: CalloutRow): string | null {
  return row.ring && `${row.id} ${row.ring.calls} ${row.ring.why}`;
}

/** Call-outs ring like alarms until somebody here has opened them as they stand. */
export function ringingCallouts(rows: CalloutRow[], opened: ReadonlySet<string>): Ringing[] {
  return rows.flatMap((row) => {
    const id = ringKey(row);
    if (id === null || !row.ring || opened.has(id)) return [];
    return { id, priority: Math.min(4, Math.max(1, row.ring.priority)) };
  });
}

/** The longest pattern; two at once would be neither. */
const PATTERN_MS = 1100;

/** How long until a priority sounds again. */
export function interval(priority: number, policy: SoundPolicy, overdue: boolean): number {
  if (policy === 'once') return Infinity;
  const every = EVERY_MS[priority] ?? Infinity;
  return policy === 'rising' && overdue ? Math.max(PATTERN_MS, every / 2) : every;
}

/** What has sounded: the last time of each priority, and who has been heard at all. */
export class RingBook {
  #last = new Map<number, number>();
  #lastOfAny = -Infinity;
  #heard = new Set<string>();

  /** The one priority that sounds now, or null. The most urgent wins; the others wait their turn. */
  due(rings: Ringing[], now: number, muted: boolean, policies: SoundPolicies = POLICIES): number | null {
    const here = new Set(rings.map((r) => r.id));
    for (const id of this.#heard) if (!here.has(id)) this.#heard.delete(id);
    if (now - this.#lastOfAny < PATTERN_MS) return null;
    for (let priority = 1; priority <= 4; priority++) {
      const of = rings.filter((r) => r.priority === priority);
      if (of.length === 0) {
        this.#last.delete(priority);
        continue;
      }
      if (muted && priority !== 1) continue;
      const last = this.#last.get(priority) ?? -Infinity;
      const fresh = of.some((r) => !this.#heard.has(r.id));
      const policy = priority === 1 ? 'rising' : (policies[priority] ?? 'repeat');
      const again = interval(
        priority,
        policy,
        of.some((r) => r.overdue),
      );
      if (fresh || now - last >= again) {
        for (const r of of) this.#heard.add(r.id);
        this.#last.set(priority, now);
        this.#lastOfAny = now;
        return priority;
      }
    }
    return null;
  }
}
