/** Forms about a call-out, as the control room speaks for itself. */
import type { CalloutDetail } from '$lib/generated/CalloutDetail';
import type { CalloutRow } from '$lib/generated/CalloutRow';
import type { CrewView } from '$lib/generated/CrewView';
import type { OfficerRow } from '$lib/generated/OfficerRow';
import { options, yes, type FormSpec } from './spec';

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
  ['arc', 'Alarm receiving centre'],
  ['control', 'Another control room'],
);

export function liaison(row: CalloutRow, whom = 'police'): FormSpec {
  return {
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
        ),
      },
      { as: 'text', name: 'reference', label: 'Their reference', help: 'CAD or incident number, as given.' },
      { as: 'area', name: 'summary', label: 'What was said' },
    ],
    act: (v) => ({
      kind: 'liaison.record',
      target: row.id,
      body: {
        whom: v['whom'],
        channel: v['channel'],
        outcome: v['outcome'],
        reference: v['reference']?.trim(),
        summary: v['summary']?.trim(),
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
        label: 'The officer is safe, heard by voice or seen',
        required: true,
        options: options(['yes', 'Yes, confirmed'], ['no', 'Not confirmed']),
      },
      { as: 'text', name: 'reason', label: 'Reason', required: true },
    ],
    act: (v) => ({
      kind: 'escalation.stand_down',
      target: row.id,
      body: { reason: v['reason']?.trim(), officer_safe: yes(v['safe']) },
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
      { as: 'area', name: 'comments', label: 'Comments' },
    ],
    act: (v) => ({
      kind: 'report.review',
      target: detail.row.id,
      body: {
        approve: true,
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
