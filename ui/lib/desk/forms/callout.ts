/** Forms about a call-out, as the control room speaks for itself. */
import type { BriefLine } from '$lib/generated/BriefLine';
import type { CalloutDetail } from '$lib/generated/CalloutDetail';
import type { CalloutRow } from '$lib/generated/CalloutRow';
import type { CrewView } from '$lib/generated/CrewView';
import type { OfficerRow } from '$lib/generated/OfficerRow';
import { clockMinute } from '$lib/shared/time';
import { CAUSES } from './causes';
import { CONTRACTORS } from '../thread/words';
import { options, yes, type FormSpec, type Values } from './spec';

export const name = (row: CalloutRow): string => `${row.number} ${row.title}, ${row.place}`;

export function note(row: CalloutRow): FormSpec {
  return {
    title: 'Add a note',
    about: name(row),
    submit: 'Add note',
    said: 'Note added.',
    fields: [
      { as: 'area', name: 'text', label: 'Note', required: true },
      {
        as: 'choice',
        name: 'to',
        label: 'For',
        value: '',
        options: options(
          ['', 'Everybody on it'],
          ['officer', 'The officer'],
          ['control', 'Control room only'],
          ['customer', 'The customer'],
        ),
      },
      {
        as: 'check',
        name: 'share',
        label: 'The customer may read it on the tracking page',
        when: (v) => v['to'] !== 'control',
      },
    ],
    act: (v) => ({
      kind: 'note.add',
      target: row.id,
      body: {
        text: v['text']?.trim(),
        ...(v['to'] ? { to: v['to'] } : {}),
        share: yes(v['share']) && v['to'] !== 'control',
      },
    }),
  };
}

const WHOM = options(
  ['police', 'Police'],
  ['ambulance', 'Ambulance'],
  ['fire', 'Fire brigade'],
  ['customer', 'Customer'],
  ['keyholder', 'Keyholder'],
  ['boarding_up', 'Boarding-up'],
  ['locksmith', 'Locksmith'],
  ['guard', 'Guard'],
  ['arc', 'Alarm receiving centre'],
  ['control', 'Another control room'],
);

const billed = (v: Values): boolean => CONTRACTORS.includes(v['whom'] ?? '');

/** With `brief`, what the emergency services need to hear stands above the answers. */
export function liaison(row: CalloutRow, now: number, whom = 'police', brief: BriefLine[] = []): FormSpec {
  return {
    ...(brief.length > 0 ? { brief } : {}),
    title: 'Record a call',
    about: `${name(row)}. Write down what was said; this calls nobody.`,
    submit: 'Record',
    said: 'Recorded.',
    fields: [
      { as: 'choice', name: 'whom', label: 'Who', required: true, value: whom, options: WHOM },
      {
        as: 'choice',
        name: 'channel',
        label: 'How',
        value: 'telephone',
        options: options(
          ['telephone', 'Telephone'],
          ['radio', 'Radio'],
          ['in_person', 'In person'],
          ['email', 'E-mail'],
        ),
      },
      {
        as: 'choice',
        name: 'outcome',
        label: 'Outcome',
        required: true,
        options: options(
          ['answered', 'Answered'],
          ['no_reply', 'No reply'],
          ['attending', 'Attending'],
          ['arrived', 'Arrived'],
          ['done', 'Done, has left'],
        ),
      },
      { as: 'text', name: 'reference', label: 'Their reference', help: 'CAD or incident number, as given.' },
      {
        as: 'text',
        name: 'minutes',
        label: 'There in … minutes',
        inputmode: 'numeric',
        when: (v) => v['outcome'] === 'answered' || v['outcome'] === 'attending',
      },
      { as: 'text', name: 'authorised_by', label: 'Who agreed to pay', when: billed },
      { as: 'text', name: 'cost_cap', label: 'Up to, in pounds', inputmode: 'numeric', when: billed },
      { as: 'area', name: 'summary', label: 'What was said' },
    ],
    check: (v) =>
      ['minutes', 'cost_cap'].some((name) => !/^\d{0,5}$/.test(v[name]?.trim() ?? ''))
        ? 'Write minutes and pounds as whole numbers.'
        : null,
    act: (v) => ({
      kind: 'liaison.record',
      target: row.id,
      body: {
        whom: v['whom'],
        channel: v['channel'],
        outcome: v['outcome'],
        reference: v['reference']?.trim(),
        summary: v['summary']?.trim(),
        ...(v['minutes']?.trim() && { due_at: new Date(now + Number(v['minutes']) * 60_000).toISOString() }),
        ...(billed(v) && v['authorised_by']?.trim() && { authorised_by: v['authorised_by'].trim() }),
        ...(billed(v) && v['cost_cap']?.trim() && { cost_cap: Number(v['cost_cap']) }),
      },
    }),
  };
}

export function escalate(row: CalloutRow): FormSpec {
  return {
    title: 'Escalate',
    about: name(row),
    submit: 'Escalate',
    danger: true,
    said: 'Escalated.',
    fields: [
      {
        as: 'choice',
        name: 'level',
        label: 'Level',
        required: true,
        options: options(['1', '1 Assist'], ['2', '2 Urgent'], ['3', '3 Emergency']),
      },
      { as: 'text', name: 'reason', label: 'Reason', required: true },
    ],
    act: (v) => ({
      kind: 'escalation.raise',
      target: row.id,
      body: { level: Number(v['level']), reason: v['reason']?.trim() },
    }),
  };
}

export function calmDown(row: CalloutRow): FormSpec {
  return {
    title: 'Stand the escalation down',
    about: name(row),
    submit: 'Stand down',
    said: 'Escalation stood down.',
    fields: [
      {
        as: 'choice',
        name: 'safe',
        label: 'How it is known that the officer is safe',
        required: true,
        options: options(
          ['safe_word', 'Safe word given'],
          ['voice', 'Heard by voice'],
          ['seen', 'Seen by a colleague'],
          ['no', 'Not confirmed'],
        ),
        help: 'Never write the word itself.',
      },
      { as: 'text', name: 'reason', label: 'Reason', required: true },
    ],
    act: (v) => ({
      kind: 'escalation.stand_down',
      target: row.id,
      body: {
        reason: v['reason']?.trim(),
        officer_safe: v['safe'] !== 'no',
        ...(v['safe'] !== 'no' && { confirmed_by: v['safe'] }),
      },
    }),
  };
}

export function standDown(row: CalloutRow): FormSpec {
  return {
    title: 'Stand the call-out down',
    about: `${name(row)}. The officer is told to stop.`,
    submit: 'Stand down',
    danger: true,
    said: 'Stood down.',
    fields: [
      {
        as: 'text',
        name: 'reason',
        label: 'Reason',
        required: true,
        suggestions: [
          'Cancelled by the customer',
          'Police have taken over',
          'False alarm, confirmed by the keyholder',
          'Duplicate',
        ],
      },
      { as: 'text', name: 'told', label: 'Who was told', help: 'Leave empty when nobody has been told yet.' },
    ],
    act: (v) => ({
      kind: 'callout.stand_down',
      target: row.id,
      body: { reason: v['reason']?.trim(), told: v['told']?.trim() },
    }),
  };
}

/** To whom, with the ladder's reasons beside each name, and why not the nearest. */
export function offer(detail: CalloutDetail, officers: OfficerRow[], to = ''): FormSpec {
  const { row, candidates } = detail;
  const first = candidates.find((c) => c.excluded === null);
  const lead = detail.crew.find((c) => c.part === 'lead')?.call_sign ?? 'the officer';
  const support = detail.can.includes('assignment.offer support');
  const ladder = candidates.map((c) => ({
    value: c.officer,
    label: [c.call_sign, c.excluded ?? c.reasons.join(', ')].filter(Boolean).join(' · '),
  }));
  const rest = officers
    .filter((o) => o.on_shift_since !== null && !candidates.some((c) => c.officer === o.id))
    .map((o) => ({ value: o.id, label: `${o.name} (${o.reference})` }));
  return {
    title: support ? `Ask for back-up for ${lead}` : 'Offer to an officer',
    about: name(row),
    submit: support ? 'Ask' : 'Offer',
    said: support ? 'Back-up is asked.' : 'Offered.',
    fields: [
      {
        as: 'select',
        name: 'officer',
        label: 'Officer',
        value: to,
        options: [{ value: '', label: 'The nearest, by the ladder' }, ...ladder, ...rest],
      },
      {
        as: 'text',
        name: 'reason',
        label: 'Why not the nearest',
        required: true,
        when: (v) => v['officer'] !== '' && v['officer'] !== first?.officer,
      },
    ],
    act: (v) => ({
      kind: 'assignment.offer',
      target: row.id,
      body: {
        ...(support ? { support } : {}),
        ...(v['officer'] ? { officer: v['officer'] } : {}),
        ...(v['reason']?.trim() ? { reason: v['reason'].trim() } : {}),
      },
    }),
  };
}

export function withdraw(row: CalloutRow): FormSpec {
  return {
    title: 'Withdraw it from the officer',
    about: `${name(row)}${row.unit ? `, now with ${row.unit}` : ''}`,
    submit: 'Withdraw',
    danger: true,
    said: 'Withdrawn.',
    fields: [{ as: 'text', name: 'reason', label: 'Reason', required: true }],
    act: (v) => ({ kind: 'assignment.withdraw', target: row.id, body: { reason: v['reason']?.trim() } }),
  };
}

export function approve(detail: CalloutDetail): FormSpec {
  const gone = detail.report?.missing_pictures ?? 0;
  return {
    title: 'Approve the report',
    about: `${name(detail.row)}. Approving closes the call-out.`,
    submit: 'Approve and close',
    said: 'Approved.',
    fields: [
      {
        as: 'text',
        name: 'without',
        label: `Why it closes without ${gone === 1 ? 'a picture' : `${gone} pictures`}`,
        required: true,
        when: () => gone > 0,
      },
      {
        as: 'select',
        name: 'cause',
        label: 'What it was',
        options: [{ value: '', label: 'As the officer reported' }, ...CAUSES],
        help: 'Where the police were called it decides whether the call counts as a false one.',
      },
      { as: 'area', name: 'comments', label: 'Comments' },
    ],
    act: (v) => ({
      kind: 'report.review',
      target: detail.row.id,
      body: {
        approve: true,
        ...(v['cause'] ? { cause: v['cause'] } : {}),
        comments: v['comments']?.trim(),
        ...(gone > 0 ? { without_pictures: v['without']?.trim() } : {}),
      },
    }),
  };
}

export function returnReport(detail: CalloutDetail): FormSpec {
  return {
    title: 'Return the report',
    about: `${name(detail.row)}. The officer gets your comments.`,
    submit: 'Return it',
    said: 'Returned.',
    fields: [{ as: 'area', name: 'comments', label: 'What must be put right', required: true }],
    act: (v) => ({
      kind: 'report.review',
      target: detail.row.id,
      body: { approve: false, comments: v['comments']?.trim() },
    }),
  };
}

export function release(row: CalloutRow, who: CrewView): FormSpec {
  const lead = who.part === 'lead';
  return {
    title: `Release ${who.call_sign}`,
    about: `${name(row)}. What ${who.call_sign} has recorded stays.${lead ? ' Back-up leads on; without any, offer it again.' : ''}`,
    submit: 'Release',
    said: `${who.call_sign} is released.`,
    fields: [{ as: 'text', name: 'reason', label: 'Reason', required: true, suggestions: RELEASES }],
    act: (v) => ({
      kind: 'assignment.release',
      target: row.id,
      body: { officer: who.officer, reason: v['reason']?.trim() },
    }),
  };
}

const RELEASES = ['End of shift', 'Needed elsewhere', 'Vehicle broken down', 'Not well'];

export function handOver(row: CalloutRow, who: CrewView): FormSpec {
  return {
    title: `Make ${who.call_sign} the lead`,
    about: `${name(row)}. The lead so far becomes back-up.`,
    submit: 'Hand over',
    said: `${who.call_sign} leads now.`,
    fields: [{ as: 'text', name: 'reason', label: 'Reason', required: true }],
    act: (v) => ({
      kind: 'lead.hand_over',
      target: row.id,
      body: { officer: who.officer, reason: v['reason']?.trim() },
    }),
  };
}

const HOLD_MINUTES = [30, 60, 120, 240, 480, 720];

export function allowExpiredRams(row: CalloutRow): FormSpec {
  return {
    title: 'Allow expired RAMS',
    about: `${name(row)}. You answer for them; it stands in the record.`,
    submit: 'Allow them',
    danger: true,
    said: 'Allowed.',
    fields: [{ as: 'area', name: 'reason', label: 'Reason', required: true }],
    act: (v) => ({ kind: 'rams.override', target: row.id, body: { reason: v['reason']?.trim() } }),
  };
}

export function hold(row: CalloutRow, now: number, zone: string): FormSpec {
  const choices = HOLD_MINUTES.map((m) => ({
    value: new Date(now + m * 60_000).toISOString(),
    label: `${m < 60 ? `${m} min` : `${m / 60} h`} (${clockMinute(now + m * 60_000, zone)})`,
  }));
  return {
    title: 'Put it off',
    about: `${name(row)}. Nobody is asked meanwhile; it comes back at the time you set.`,
    submit: 'Put it off',
    said: 'Put off.',
    fields: [
      { as: 'choice', name: 'until', label: 'Until', required: true, options: choices, value: choices[1]?.value ?? '' },
      {
        as: 'text',
        name: 'reason',
        label: 'Reason',
        required: true,
        suggestions: ['Waiting for the keyholder', 'Caretaker opens later', 'Caller is not at home yet'],
      },
    ],
    act: (v) => ({ kind: 'callout.hold', target: row.id, body: { until: v['until'], reason: v['reason']?.trim() } }),
  };
}

export function reopen(row: CalloutRow): FormSpec {
  return {
    title: 'Go back to it',
    about: `${name(row)} stays as it was closed. A new call-out of the same incident opens; offer it then.`,
    submit: 'Open a new call-out',
    said: 'Opened again.',
    fields: [{ as: 'text', name: 'reason', label: 'Reason', required: true }],
    act: (v) => ({ kind: 'callout.reopen', target: row.id, body: { reason: v['reason']?.trim() } }),
  };
}

export function policeWait(row: CalloutRow): FormSpec {
  return {
    title: 'Wait for the police',
    about: `${name(row)}. You are reminded to ring back.`,
    submit: 'Wait for them',
    said: 'Waiting for the police.',
    fields: [{ as: 'text', name: 'reference', label: 'Their reference', help: 'CAD or incident number, as given.' }],
    act: (v) => ({
      kind: 'police.wait',
      target: row.id,
      body: { on: true, reference: v['reference']?.trim() ?? '' },
    }),
  };
}

export function cancelRequest(row: CalloutRow): FormSpec {
  return {
    title: 'The customer wishes to cancel',
    about: `${name(row)}. Nothing is stood down by this.`,
    submit: 'Record it',
    said: 'Recorded: ring back before you stand it down.',
    fields: [
      { as: 'text', name: 'reason', label: 'What was said' },
      {
        as: 'check',
        name: 'duress',
        label: 'The word for duress was given',
        help: 'Escalates to level 2. Nobody outside the control room is told.',
      },
    ],
    act: (v) => ({
      kind: 'cancel.request',
      target: row.id,
      body: { reason: v['reason']?.trim() ?? '', duress: yes(v['duress']) },
    }),
  };
}

export function cancelRefuse(row: CalloutRow): FormSpec {
  return {
    title: 'It goes on',
    about: `${name(row)}. The customer’s wish to cancel is answered.`,
    submit: 'Go on',
    said: 'It goes on.',
    fields: [
      {
        as: 'text',
        name: 'reason',
        label: 'Reason',
        required: true,
        suggestions: ['No answer when rung back', 'Wrong password', 'The officer is there already'],
      },
    ],
    act: (v) => ({ kind: 'cancel.refuse', target: row.id, body: { reason: v['reason']?.trim() } }),
  };
}

export function attend(row: CalloutRow, officers: OfficerRow[]): FormSpec {
  return {
    title: 'An officer was there unasked',
    about: `${name(row)}. It counts as accepted and arrived by voice, now.`,
    submit: 'Record it',
    said: 'Recorded.',
    fields: [
      {
        as: 'select',
        name: 'officer',
        label: 'Officer',
        required: true,
        options: officers
          .filter((o) => o.on_shift_since !== null)
          .map((o) => ({ value: o.id, label: `${o.name} (${o.reference})` })),
      },
      {
        as: 'text',
        name: 'reason',
        label: 'How come',
        required: true,
        suggestions: ['Was passing by', 'Found it on patrol', 'Heard it on the radio'],
      },
    ],
    act: (v) => ({
      kind: 'assignment.attend',
      target: row.id,
      body: { officer: v['officer'], reason: v['reason']?.trim() },
    }),
  };
}
