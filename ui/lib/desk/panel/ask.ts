/** What a button, a key or a palette line about a call-out or an alarm opens. One place, so they cannot differ. */
import type { AlarmRow } from '$lib/generated/AlarmRow';
import type { CalloutDetail } from '$lib/generated/CalloutDetail';
import type { CalloutRow } from '$lib/generated/CalloutRow';
import type { CrewView } from '$lib/generated/CrewView';
import * as alarmForms from '../forms/alarm';
import * as forms from '../forms/callout';
import { voice } from '../forms/voice';
import type { Desk } from '../state/desk.svelte';
import { mayClose, mayShelve } from '../state/alarms';

export function askShelve(desk: Desk, row: AlarmRow): void {
  if (!mayShelve(row)) {
    desk.toasts.show(
      'info',
      row.priority === 1 ? 'An emergency cannot be put aside: take it.' : 'It is shelved already.',
    );
    return;
  }
  desk.ask(alarmForms.shelve(row, desk.clock.exact(), desk.board.zone, desk.board.shift.ends_at));
}

export function askClose(desk: Desk, row: AlarmRow): void {
  if (mayClose(row)) desk.ask(alarmForms.close(row));
  else desk.toasts.show('info', row.callout ? 'It closes with its call-out.' : 'Take it first, then close it.');
}

/** Its call-out if it has one; otherwise the form for a new one, filled from the alarm. */
export function calloutOf(desk: Desk, row: AlarmRow): void {
  const callout = row.callout ? desk.board.callout(row.callout) : undefined;
  if (callout) {
    desk.choose({ kind: 'callout', id: callout.id });
    return;
  }
  if (desk.newCallout.alarm !== row.id) desk.newCallout.fromAlarm(row);
  desk.choose({ kind: 'create' });
}

export function newCallout(desk: Desk): void {
  desk.choose({ kind: 'create' });
}

/** The officers it makes sense to name, those on the call-out's unit first. */
export function officersFor(desk: Desk, row: CalloutRow): { value: string; label: string }[] {
  const unit = row.unit ? desk.board.unit(row.unit) : undefined;
  const own = unit ? desk.board.officersOf(unit) : [];
  const rest = desk.board.officers.filter((o) => !own.includes(o) && o.on_shift_since !== null);
  return [...own, ...rest].map((o) => {
    const of = o.unit ? desk.board.unit(o.unit) : undefined;
    return { value: o.id, label: [of?.call_sign, o.name, o.reference].filter(Boolean).join(' · ') };
  });
}

/** What an officer at this step most likely reports. */
const KIND_OF_STEP: Record<string, string> = {
  accept: 'assignment.accept',
  location: 'location.confirm',
  arrive: 'assignment.arrive',
  checklist: 'checklist.answer',
  dra: 'dra.record',
  inspection: 'inspection.record',
  forced_entry: 'forced_entry.record',
  secure: 'premises.secure',
  report: 'report.submit',
};

export function askVoice(desk: Desk, detail: CalloutDetail, kind?: string): void {
  const officers = officersFor(desk, detail.row);
  const step = detail.steps.find((s) => s.state === 'current')?.id ?? '';
  const fits = KIND_OF_STEP[step] ?? (detail.gates.some((g) => g.id === step && g.ask) ? 'step.answer' : undefined);
  desk.ask(
    voice(detail, officers, officers[0]?.value ?? '', kind ?? (fits && detail.can.includes(fits) ? fits : undefined)),
  );
}

/** An officer answered the check call by voice: the lead or any other on it. */
export function askAnswered(desk: Desk, detail: CalloutDetail, who: CrewView): void {
  desk.ask(voice(detail, officersFor(desk, detail.row), who.officer, 'check_call.answer'));
}

export function askOffer(desk: Desk, detail: CalloutDetail, to?: string): void {
  desk.ask(forms.offer(detail, desk.board.officers, to));
}

export async function issueTracking(desk: Desk, row: CalloutRow): Promise<void> {
  const acted = await desk.during(`tracking.issue ${row.id}`, () => desk.host.trackingLink(row.id));
  if (!acted || acted.refusal) return;
  desk.toasts.show('done', 'Tracking link made, good for 7 days.');
  void desk.detail.refresh();
}

export async function openReport(desk: Desk, row: CalloutRow, version?: number): Promise<void> {
  try {
    const path = await desk.host.reportPdf(row.id, version);
    desk.toasts.show('done', `The report is open; it lies in ${path}.`);
  } catch (error) {
    desk.toasts.show('error', error instanceof Error ? error.message : String(error));
  }
}

export { forms };
