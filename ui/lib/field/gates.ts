/**
 * The procedure's gates, mirrored so that the phone can say what is missing without signal. The hub decides.
 *
 * Which steps there are, what they ask and wait for comes with the call-out; what a fact means is here as in
 * `crates/domain/src/callout/facts.rs`, and when a step is settled as in `steps.rs` beside it.
 */

import type { GateView } from '../generated/GateView';
import type { ItemView } from '../generated/ItemView';
import type { OfficerCallout } from '../generated/OfficerCallout';
import type { StepView } from '../generated/StepView';
import { visible } from './answers';

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
  | 'reported'
  | 'answered';

/** `rams`, `dra`, or the id of a question. */
export type StepId = string;

/** Steps that go on beside the others. */
const BESIDE: readonly StepId[] = ['accept', 'inform', 'escalate'];

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
  answered: { text: 'Answer the question first.', step: 'report' },
};

const ALLOWS = new Set(['proceed', 'proceed_with_controls', 'external_only']);

/** On the scene by the officer's own word; a geofence opens no gate. */
export const onScene = (c: OfficerCallout): boolean =>
  (c.stage === 'arrived' || c.stage === 'clear' || c.stage === 'aborted') && !c.arrival_unconfirmed;

/** Only a first-priority call-out of such a site lets the officer read on the way, as on the hub. */
export const maySignLater = (c: OfficerCallout): boolean => c.acknowledge_en_route && c.priority === 1;

export const mayGoOn = (c: OfficerCallout): boolean => c.assessment !== null && ALLOWS.has(c.assessment);
export const outsideOnly = (c: OfficerCallout): boolean => c.assessment === 'external_only';

export const visibleItems = (c: OfficerCallout): ItemView[] => visible(c.items);

/** Whether it asks anything; a heading does not. */
export const asks = (item: ItemView): boolean => item.type !== 'heading';

export const answered = (item: ItemView): boolean =>
  item.value !== null || item.unable !== null || item.pictures.length > 0;

export function unanswered(c: OfficerCallout): ItemView[] {
  return visibleItems(c).filter(
    (item) => asks(item) && item.mandatory && !answered(item) && !(outsideOnly(c) && item.section === 'inside'),
  );
}

/** Answered and all mandatory items. */
export function progress(c: OfficerCallout): { done: number; all: number } {
  const all = visibleItems(c).filter((i) => asks(i) && i.mandatory).length;
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
    case 'answered':
      return false;
  }
}

/** All that deciding about branches needs to know. */
type Gated = Pick<OfficerCallout, 'gates'>;

export const gateOf = (c: Gated, id: StepId): GateView | undefined => c.gates.find((g) => g.id === id);

/** Whether the answers so far make a step needed; null while that is open. */
export function needs(c: Gated, gate: GateView): boolean | null {
  if (gate.when_step === null) return true;
  const earlier = gateOf(c, gate.when_step);
  if (!earlier) return null;
  if (needs(c, earlier) === false) return false;
  if (earlier.answer) return earlier.answer.choices.some((choice) => gate.when_is.includes(choice));
  return earlier.skipped === null ? null : false;
}

const isDone = (c: OfficerCallout, gate: GateView): boolean =>
  gate.done_when === 'answered' ? gate.answer !== null : holds(c, gate.done_when as Fact);

/** Nothing about the step is open any more: done, left out for a reason, or not needed. */
export const settled = (c: OfficerCallout, gate: GateView): boolean =>
  isDone(c, gate) || gate.skipped !== null || needs(c, gate) === false;

const factSettled = (c: OfficerCallout, fact: Fact): boolean =>
  holds(c, fact) || c.gates.some((g) => g.done_when === fact && settled(c, g));

/** Whether recording the step leaves the site. */
const leaves = (gate: GateView): boolean => gate.leaves || gate.done_when === 'secured';

export interface Missing {
  text: string;
  step: StepId;
}

/** What must be done before a step may be recorded; empty when it is open. */
export function missing(c: OfficerCallout, id: StepId): Missing[] {
  const gate = gateOf(c, id);
  if (!gate) return [];
  const shut = (gate.requires as Fact[]).filter((fact) => !factSettled(c, fact));
  // Nobody leaves on an assessment that says wait, whatever was recorded before it.
  if (leaves(gate) && !mayGoOn(c) && !shut.includes('assessment_allows')) shut.unshift('assessment_allows');
  const open = shut.map((fact) => MEND[fact]);
  for (const before of gate.after) {
    const earlier = gateOf(c, before);
    if (earlier && !settled(c, earlier)) open.push({ text: `“${earlier.title}” comes first.`, step: earlier.id });
  }
  if (c.backs_up !== null && (leaves(gate) || id === 'report'))
    open.unshift({
      text: c.lead_withdrew
        ? `${c.backs_up} withdrew. Control says who leads on.`
        : `${c.backs_up} leads and records this.`,
      step: 'inform',
    });
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
    const gate = gateOf(c, step.id);
    if (!gate || (step.state === 'skipped' && currentGiven)) return step;
    if (step.id === 'escalate') {
      // Never escalated is not "done"; standing is open.
      return c.escalation > 0 ? { ...step, state: 'pending', detail: `level ${c.escalation}` } : step;
    }
    if (isDone(c, gate)) return { ...step, state: 'done', at: step.at ?? at, detail: said(gate) ?? step.detail };
    if (gate.skipped !== null) return { ...step, state: 'skipped', detail: `left out: ${gate.skipped}` };
    if (step.id === 'inform') return { ...step, state: 'pending' };
    const needed = needs(c, gate);
    if (needed === false) return { ...step, state: 'skipped', detail: 'not needed' };
    if (needed === null || currentGiven) return { ...step, state: 'pending' };
    currentGiven = true;
    return { ...step, state: 'current' };
  });
}

/** The answer in the words of the question. */
function said(gate: GateView): string | null {
  if (!gate.answer || !gate.ask) return null;
  const options = gate.ask.options;
  return gate.answer.choices.map((id) => options.find((o) => o.id === id)?.text ?? id).join('; ');
}

/** The step that comes next for the officer; null when only waiting is left. */
export function nextStep(c: OfficerCallout, ramsLater = false): StepId | null {
  const later = ramsLater && maySignLater(c) && (c.stage === 'accepted' || c.stage === 'en_route');
  if (!holds(c, 'rams_acknowledged') && !later) return 'rams';
  if (!c.location_confirmed) return 'location';
  if (!holds(c, 'parked')) return 'arrive';
  if (c.backs_up !== null) return mayGoOn(c) ? null : 'dra';
  if (!mayGoOn(c) && !c.secured) {
    const before = unanswered(c).some((item) => item.before_dra);
    const asked = gateOf(c, 'checklist')?.skipped === null;
    return before && asked && c.assessment === null ? 'checklist' : 'dra';
  }
  const open = c.gates.find((g) => !BESIDE.includes(g.id) && !settled(c, g) && (!c.secured || g.id === 'report'));
  return open?.id ?? null;
}
