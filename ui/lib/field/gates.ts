/**
 * The procedure's gates, mirrored so that the phone can say what is missing without signal. The hub decides.
 *
 * Facts, mends and requirements are those of `crates/domain/src/callout/procedure.rs` and
 * `procedures/alarm_response.v1.json`; a test compares the latter.
 */

import type { ItemView } from '../generated/ItemView';
import type { OfficerCallout } from '../generated/OfficerCallout';
import type { StepView } from '../generated/StepView';

export type Fact =
  | 'accepted'
  | 'rams_acknowledged'
  | 'location_confirmed'
  | 'parked'
  | 'checklist_complete'
  | 'assessment_allows'
  | 'inspected'
  | 'forced_entry_recorded'
  | 'police_question_answered'
  | 'secured'
  | 'informed'
  | 'escalation_settled'
  | 'reported';

export type StepId =
  | 'accept'
  | 'rams'
  | 'location'
  | 'arrive'
  | 'checklist'
  | 'dra'
  | 'inspection'
  | 'forced_entry'
  | 'secure'
  | 'inform'
  | 'escalate'
  | 'report';

interface Gate {
  id: StepId;
  done_when: Fact;
  requires: Fact[];
}

export const PROCEDURE: readonly Gate[] = [
  { id: 'accept', done_when: 'accepted', requires: [] },
  { id: 'rams', done_when: 'rams_acknowledged', requires: ['accepted'] },
  { id: 'location', done_when: 'location_confirmed', requires: ['accepted'] },
  { id: 'arrive', done_when: 'parked', requires: ['accepted', 'rams_acknowledged', 'location_confirmed'] },
  { id: 'checklist', done_when: 'checklist_complete', requires: ['parked'] },
  { id: 'dra', done_when: 'assessment_allows', requires: ['parked'] },
  { id: 'inspection', done_when: 'inspected', requires: ['assessment_allows'] },
  { id: 'forced_entry', done_when: 'forced_entry_recorded', requires: ['assessment_allows'] },
  {
    id: 'secure',
    done_when: 'secured',
    requires: ['checklist_complete', 'inspected', 'forced_entry_recorded', 'police_question_answered'],
  },
  { id: 'inform', done_when: 'informed', requires: [] },
  { id: 'escalate', done_when: 'escalation_settled', requires: [] },
  { id: 'report', done_when: 'reported', requires: ['secured'] },
];

/** What the officer has to do for a fact to hold, and on which step. */
const MEND: Record<Fact, { text: string; step: StepId }> = {
  accepted: { text: 'Accept the call-out first.', step: 'accept' },
  rams_acknowledged: { text: 'Read and sign the RAMS first.', step: 'rams' },
  location_confirmed: { text: 'Confirm the location first.', step: 'location' },
  parked: { text: 'Say that you have arrived and where you parked, or that you came on foot, first.', step: 'arrive' },
  checklist_complete: {
    text: 'Answer every mandatory checklist item, or say why one cannot be answered.',
    step: 'checklist',
  },
  assessment_allows: { text: 'Make a risk assessment that lets you go on first.', step: 'dra' },
  inspected: { text: 'Record the inspection outside and inside, or why inside was not entered.', step: 'inspection' },
  forced_entry_recorded: { text: 'Record the forced-entry inspection first.', step: 'forced_entry' },
  police_question_answered: {
    text: 'Somebody got in or tried: say whether the police were told.',
    step: 'forced_entry',
  },
  secured: { text: 'Record how the premises were left first.', step: 'secure' },
  informed: { text: 'Tell the customer or the control room first.', step: 'inform' },
  escalation_settled: { text: 'Control stands the escalation down first.', step: 'escalate' },
  reported: { text: 'Send the report first.', step: 'report' },
};

const ALLOWS = new Set(['proceed', 'proceed_with_controls', 'external_only']);

/** On the scene by the officer's own word; a geofence opens no gate. */
export const onScene = (c: OfficerCallout): boolean =>
  (c.stage === 'arrived' || c.stage === 'clear' || c.stage === 'aborted') && !c.arrival_unconfirmed;

/** Only a first-priority call-out of such a site lets the officer read on the way, as on the hub. */
export const maySignLater = (c: OfficerCallout): boolean => c.acknowledge_en_route && c.priority === 1;

export const mayGoOn = (c: OfficerCallout): boolean => c.assessment !== null && ALLOWS.has(c.assessment);
export const outsideOnly = (c: OfficerCallout): boolean => c.assessment === 'external_only';

export function visibleItems(c: OfficerCallout): ItemView[] {
  return c.items.filter((item) => {
    if (item.show_if_item === null) return true;
    const other = c.items.find((i) => i.id === item.show_if_item);
    return other !== undefined && other.value !== null && other.value === item.show_if_value;
  });
}

export const answered = (item: ItemView): boolean =>
  item.value !== null || item.unable !== null || item.pictures.length > 0;

export function unanswered(c: OfficerCallout): ItemView[] {
  return visibleItems(c).filter(
    (item) => item.mandatory && !answered(item) && !(outsideOnly(c) && item.section === 'inside'),
  );
}

/** Answered and all mandatory items. */
export function progress(c: OfficerCallout): { done: number; all: number } {
  const all = visibleItems(c).filter((i) => i.mandatory).length;
  return { done: Math.max(0, all - unanswered(c).length), all };
}

/** Why an item cannot be answered now, or null. */
export function itemLocked(c: OfficerCallout, item: ItemView): string | null {
  if (c.secured) return 'You have left the site. Write it into the report.';
  if (!onScene(c) || !c.parked) return MEND.parked.text;
  if (outsideOnly(c) && item.section === 'inside') return 'Inside is locked: your risk assessment says outside only.';
  if (!item.before_dra && !mayGoOn(c)) return 'After the risk assessment.';
  return null;
}

export function holds(c: OfficerCallout, fact: Fact): boolean {
  switch (fact) {
    case 'accepted':
      return true;
    case 'rams_acknowledged':
      return c.rams === null || c.rams_signed;
    case 'location_confirmed':
      return c.location_confirmed;
    case 'parked':
      return onScene(c) && c.parked;
    case 'checklist_complete':
      return onScene(c) && unanswered(c).length === 0;
    case 'assessment_allows':
      return mayGoOn(c);
    case 'inspected':
      return c.inspected_outside && (c.inspected_inside || outsideOnly(c));
    case 'forced_entry_recorded':
      return c.forced_entry !== null;
    case 'police_question_answered':
      // The page never records a forced entry without the answer.
      return true;
    case 'secured':
      return c.secured;
    case 'informed':
      return c.messages.some((m) => m.mine) || c.steps.some((s) => s.id === 'inform' && s.state === 'done');
    case 'escalation_settled':
      return c.escalation === 0;
    case 'reported':
      return c.report_submitted;
  }
}

export interface Missing {
  text: string;
  step: StepId;
}

/** What must be done before a step may be recorded; empty when it is open. */
export function missing(c: OfficerCallout, id: string): Missing[] {
  const gate = PROCEDURE.find((g) => g.id === id);
  const shut = (gate?.requires ?? []).filter((fact) => !holds(c, fact));
  // Nobody leaves on an assessment that says wait, whatever was recorded before it.
  if (id === 'secure' && !mayGoOn(c)) shut.unshift('assessment_allows');
  const open = shut.map((fact) => MEND[fact]);
  if (c.backs_up !== null && (id === 'secure' || id === 'report'))
    open.unshift({ text: `${c.backs_up} leads and records this.`, step: 'inform' });
  return open;
}

/** What must be done before setting off. */
export function missingToSetOff(c: OfficerCallout): Missing[] {
  const facts: Fact[] = maySignLater(c) ? ['location_confirmed'] : ['rams_acknowledged', 'location_confirmed'];
  return facts.filter((fact) => !holds(c, fact)).map((fact) => MEND[fact]);
}

/** The steps as they stand with what is still on the phone. */
export function restep(c: OfficerCallout, at: string): StepView[] {
  let currentGiven = c.stood_down !== null;
  return c.steps.map((step) => {
    const gate = PROCEDURE.find((g) => g.id === step.id);
    if (!gate || step.state === 'skipped') return step;
    const done = holds(c, gate.done_when);
    if (step.id === 'escalate') {
      // Never escalated is not "done"; standing is open.
      return c.escalation > 0 ? { ...step, state: 'pending', detail: `level ${c.escalation}` } : step;
    }
    if (done) return step.state === 'done' ? step : { ...step, state: 'done', at };
    if (step.id === 'inform') return { ...step, state: 'pending' };
    if (currentGiven) return { ...step, state: 'pending' };
    currentGiven = true;
    return { ...step, state: 'current' };
  });
}

/** The step that comes next for the officer; null when only waiting is left. */
export function nextStep(c: OfficerCallout, ramsLater = false): StepId | null {
  const later = ramsLater && maySignLater(c) && (c.stage === 'accepted' || c.stage === 'en_route');
  if (!holds(c, 'rams_acknowledged') && !later) return 'rams';
  if (!c.location_confirmed) return 'location';
  if (!holds(c, 'parked')) return 'arrive';
  if (c.backs_up !== null) return mayGoOn(c) ? null : 'dra';
  if (!mayGoOn(c)) {
    const before = unanswered(c).some((item) => item.before_dra);
    return before && c.assessment === null ? 'checklist' : 'dra';
  }
  if (!holds(c, 'checklist_complete')) return 'checklist';
  if (!holds(c, 'inspected')) return 'inspection';
  if (!holds(c, 'forced_entry_recorded')) return 'forced_entry';
  if (!c.secured) return 'secure';
  if (!c.report_submitted) return 'report';
  return null;
}
