/** When which pattern sounds. Pure: who rings and what sounded before go in, what sounds now comes out. */
import type { AlarmRow } from '$lib/generated/AlarmRow';
import type { CalloutRow } from '$lib/generated/CalloutRow';
import { isWaiting } from './alarms';

/** Milliseconds from one pattern to the next, by priority; 4 sounds once. */
export const EVERY_MS: Record<number, number> = { 1: 1600, 2: 6000, 3: 30_000, 4: Infinity };

export interface Ringing {
  id: string;
  priority: number;
}

/** Only what nobody has taken, and only what the desk says rings. */
export function ringing(rows: AlarmRow[]): Ringing[] {
  return rows
    .filter((row) => row.rings && isWaiting(row))
    .map((row) => ({ id: row.id, priority: Math.min(4, Math.max(1, row.priority)) }));
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

/** What has sounded: the last time of each priority, and who has been heard at all. */
export class RingBook {
  #last = new Map<number, number>();
  #lastOfAny = -Infinity;
  #heard = new Set<string>();

  /** The one priority that sounds now, or null. The most urgent wins; the others wait their turn. */
  due(rings: Ringing[], now: number, muted: boolean): number | null {
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
      if (fresh || now - last >= (EVERY_MS[priority] ?? Infinity)) {
        for (const r of of) this.#heard.add(r.id);
        this.#last.set(priority, now);
        this.#lastOfAny = now;
        return priority;
      }
    }
    return null;
  }
}
