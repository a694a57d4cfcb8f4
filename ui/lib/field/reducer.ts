/**
 * What the screen shows before the hub has answered: the hub's last state with the phone's own commands on top.
 *
 * Pure. Replayed over each new state of the hub, so every case gives the same result when its effect is in the state
 * already. An acceptance changes nothing here: only the hub makes it one.
 */

import type { OfficerCallout } from '../generated/OfficerCallout';
import type { OfficerState } from '../generated/OfficerState';
import type { Bodies, Command, Kept, Kind } from './command';
import { gateOf, restep } from './gates';
import { CONTROLS_FROM, score, stopper } from './risk';

/** The reminder to assess again: every half hour, and five minutes after "wait" (facts section 7, design section 3). */
const AGAIN_MS = 30 * 60_000;
const WAIT_MS = 5 * 60_000;

type Change = Partial<OfficerCallout> | null;
type OnCallout = { [K in Kind]?: (callout: OfficerCallout, body: Bodies[K], command: Command<K>) => Change };

/** What the position asked is answered. */
const MOVED = { seems_en_route: false, not_moving_since: null };

// An officer who records something on scene is well: the check call is answered with it, as on the hub.
const CHANGES: OnCallout = {
  'rams.acknowledge': () => ({ rams_signed: true }),
  'location.confirm': () => ({ location_confirmed: true }),
  'assignment.en_route': (c) => ({ ...MOVED, ...(c.stage === 'accepted' ? { stage: 'en_route' } : {}) }),
  'assignment.arrive': (c) =>
    c.stage === 'accepted' || c.stage === 'en_route' || c.stage === 'arrived'
      ? { ...MOVED, stage: 'arrived', arrival_unconfirmed: false }
      : {},
  'assignment.park': () => ({ parked: true }),
  'checklist.answer': (c, body) => ({
    items: c.items.map((item) =>
      item.id === body.item
        ? {
            ...item,
            value: body.value,
            unable: body.unable,
            note: body.note,
            pictures: body.pictures,
            asset: body.asset ?? null,
            scanned: body.scanned ?? false,
          }
        : item,
    ),
    check_call_due: null,
  }),
  'dra.record': (c, body, command) => {
    const raised = stopper(body.hazards) ? 2 : score(body.residual) >= CONTROLS_FROM ? 1 : 0;
    const withdrew = body.decision === 'withdraw';
    const again = body.decision === 'wait' ? WAIT_MS : AGAIN_MS;
    return {
      assessment: body.decision,
      assessment_due_at: withdrew ? null : new Date(Date.parse(command.at) + again).toISOString(),
      stage: withdrew ? 'aborted' : c.stage,
      check_call_due: null,
      escalation: Math.max(c.escalation, raised, withdrew ? 1 : 0),
    };
  },
  'inspection.record': (c, body) =>
    body.section === 'outside'
      ? { inspected_outside: c.inspected_outside || body.findings.length > 0, check_call_due: null }
      : {
          inspected_inside: c.inspected_inside || body.findings.length > 0 || body.not_entered !== null,
          check_call_due: null,
        },
  'forced_entry.record': (_, body) => ({ forced_entry: body.verdict, check_call_due: null }),
  'premises.secure': () => ({ secured: true, stage: 'clear', check_call_due: null }),
  'step.answer': (c, body) => {
    const gate = gateOf(c, body.step);
    const asked = gate?.ask?.options.filter((o) => body.choices.includes(o.id)) ?? [];
    const { choices, note, pictures } = body;
    return {
      gates: c.gates.map((g) => (g.id === body.step ? { ...g, answer: { choices, note, pictures } } : g)),
      check_call_due: null,
      escalation: Math.max(c.escalation, ...asked.map((o) => o.escalates)),
      ...(gate?.leaves ? { secured: true, stage: 'clear' } : {}),
    };
  },
  'step.skip': (c, body) => ({
    gates: c.gates.map((g) => (g.id === body.step ? { ...g, skipped: body.reason } : g)),
  }),
  'assignment.leave': () => null,
  'stand_down.acknowledge': () => null,
  'note.add': (c, body, command) =>
    // Made by the phone and known by its time: replayed over a state that has it, it is not said twice.
    c.messages.some((m) => m.mine && m.text === body.text && Date.parse(m.at) === Date.parse(command.at))
      ? {}
      : {
          messages: [
            ...c.messages,
            {
              at: command.at,
              who: 'You',
              text: body.text,
              mine: true,
              seq: 0,
              to: body.to ?? '',
              unread: false,
              undelivered: false,
              read_at: null,
              read_by: '',
            },
          ],
        },
  'message.read': (c, body) => ({
    messages: c.messages.map((m) => (m.seq <= body.up_to ? { ...m, unread: false, undelivered: false } : m)),
  }),
  'message.delivered': (c, body) => ({
    messages: c.messages.map((m) => (m.seq <= body.up_to ? { ...m, undelivered: false } : m)),
  }),
  'escalation.raise': (c, body) => ({ escalation: Math.max(c.escalation, body.level) }),
  'check_call.answer': (c, body) => ({
    check_call_due: null,
    ...MOVED,
    seems_left_since: null,
    ...(c.stage === 'aborted' && body.ok ? { known_safe: true } : {}),
  }),
  'report.submit': () => ({ report_submitted: true, report_returned: null }),
};

/** One command on top of a state. */
export function apply(state: OfficerState, command: Command): OfficerState {
  switch (command.kind) {
    case 'shift.sign_on':
      return {
        ...state,
        call_sign: (command.body as Bodies['shift.sign_on']).unit,
        on_shift_since: state.on_shift_since ?? command.at,
      };
    case 'shift.sign_off':
      return { ...state, call_sign: null, on_shift_since: null, offer: null };
    case 'assignment.decline':
      return state.offer?.callout === command.target ? { ...state, offer: null } : state;
  }
  const callout = state.callout;
  if (!callout || callout.callout !== command.target) return state;
  const change = CHANGES[command.kind] as ((c: OfficerCallout, body: unknown, command: Command) => Change) | undefined;
  if (!change) return state;
  const changed = change(callout, command.body, command);
  if (changed === null) return { ...state, callout: null };
  const next = { ...callout, ...changed };
  return { ...state, callout: { ...next, steps: restep(next, command.at) } };
}

/** The hub's state with every command on top that it does not contain yet. */
export function replay(state: OfficerState, kept: readonly Kept[]): OfficerState {
  return kept
    .filter((k) => k.officer === state.officer)
    .filter((k) => k.state === 'waiting' || (k.state === 'confirmed' && k.seq !== null && k.seq > state.seq))
    .reduce((now, k) => apply(now, k.command), state);
}

/** An older state never replaces a newer one. */
export const isNewer = (state: OfficerState, than: OfficerState | null): boolean =>
  than === null || state.officer !== than.officer || state.seq >= than.seq;
