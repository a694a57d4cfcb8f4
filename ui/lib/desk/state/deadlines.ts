/** What runs out next, whatever list it stands in: offers, steps, check calls, shelved alarms. */
import type { AlarmRow } from '$lib/generated/AlarmRow';
import type { CalloutRow } from '$lib/generated/CalloutRow';
import type { UnitRow } from '$lib/generated/UnitRow';
import { ms } from '$lib/shared/time';
import type { Chosen } from './selection.svelte';

export interface Deadline {
  /** Milliseconds since 1970, by the hub's clock. */
  at: number;
  /** "RSP-2", "CO-26-00017": whose it is. */
  who: string;
  /** "check call", "offer to RSP-3 runs out". */
  what: string;
  opens: Chosen;
}

/** The soonest first; what is overdue stands at the top until somebody deals with it. */
export function deadlines(board: { alarms: AlarmRow[]; callouts: CalloutRow[]; units: UnitRow[] }): Deadline[] {
  const found: Deadline[] = [];
  for (const c of board.callouts) {
    if (!c.open) continue;
    const opens: Chosen = { kind: 'callout', id: c.id };
    if (c.offer_expires_at) found.push({ at: ms(c.offer_expires_at), who: c.number, what: 'offer runs out', opens });
    else if (c.due_at) found.push({ at: ms(c.due_at), who: c.number, what: c.line, opens });
  }
  for (const u of board.units) {
    if (!u.check_call_due) continue;
    found.push({ at: ms(u.check_call_due), who: u.call_sign, what: 'check call', opens: { kind: 'unit', id: u.id } });
  }
  for (const a of board.alarms) {
    if (a.state !== 'shelved' || !a.shelved_until) continue;
    const what = `back from the shelf · ${a.place}`;
    found.push({ at: ms(a.shelved_until), who: a.title, what, opens: { kind: 'alarm', id: a.id } });
  }
  return found.filter((d) => Number.isFinite(d.at)).sort((a, b) => a.at - b.at);
}
