/** The few actions that fit the moment, most fitting first; the rest are at the foot of the panel. */
import type { CalloutDetail } from '$lib/generated/CalloutDetail';

export interface NextAction {
  does:
    | 'offer'
    | 'offer-to'
    | 'back-up'
    | 'voice'
    | 'withdraw'
    | 'review'
    | 'return'
    | 'calm-down'
    | 'police'
    | 'report'
    | 'lead-on';
  label: string;
  officer?: string;
  kind?: string;
  danger?: boolean;
  key?: string;
}

export function nextActions(detail: CalloutDetail): NextAction[] {
  const can = (kind: string) => detail.can.includes(kind);
  const actions: NextAction[] = [];
  if (can('report.review'))
    actions.push({ does: 'review', label: 'Approve and close' }, { does: 'return', label: 'Return it' });
  const other = detail.row.state === 'aborted' ? detail.crew.find((c) => c.can.includes('lead.hand_over')) : undefined;
  if (other) actions.push({ does: 'lead-on', officer: other.officer, label: `${other.call_sign} leads on` });
  if (can('escalation.stand_down')) actions.push({ does: 'calm-down', label: 'Officer is safe: stand down' });
  if (mayBackUp(detail) && detail.row.escalation > 0)
    actions.push({ does: 'back-up', label: 'Send back-up', key: 'O' });
  if (can('assignment.accept')) actions.push({ does: 'voice', kind: 'assignment.accept', label: 'Accepted by voice' });
  else if (can('check_call.answer') && detail.next.tone === 'danger') {
    actions.push({ does: 'voice', kind: 'check_call.answer', label: 'Answered by voice' });
  }
  if (can('assignment.offer')) {
    const first = detail.candidates.find((c) => c.excluded === null && c.call_sign !== detail.row.unit);
    if (first)
      actions.push({ does: 'offer-to', officer: first.officer, label: `Offer to ${first.call_sign}`, key: 'O' });
    else actions.push({ does: 'offer', label: 'Offer to …', key: 'O' });
  }
  if (can('assignment.withdraw')) actions.push({ does: 'withdraw', label: 'Withdraw offer' });
  if (actions.length === 0 && voiceable(detail)) actions.push({ does: 'voice', label: 'Record for the officer' });
  return actions.slice(0, 3);
}

const VOICE = [
  'assignment.en_route',
  'assignment.arrive',
  'assignment.park',
  'location.confirm',
  'dra.record',
  'inspection.record',
  'forced_entry.record',
  'premises.secure',
  'checklist.answer',
  'step.answer',
  'step.skip',
  'check_call.answer',
  'report.submit',
];

export function voiceable(detail: CalloutDetail): boolean {
  return detail.can.some(
    (kind) => VOICE.includes(kind) || kind === 'assignment.accept' || kind === 'assignment.decline',
  );
}

/** Somebody is on it whom another could help. */
export const mayBackUp = (detail: CalloutDetail): boolean => detail.can.includes('assignment.offer support');
