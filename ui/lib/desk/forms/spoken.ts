/** Each thing an officer can say over the air, what is asked about it, and the command's body it becomes. */
import { CAUSES } from './causes';
import type { CalloutDetail } from '$lib/generated/CalloutDetail';
import { needs } from '$lib/field/gates';
import { SEVERITIES, SIDES } from '$lib/field/words';
import type { GateView } from '$lib/generated/GateView';
import { options, yes, type Field, type Option, type Values } from './spec';
import { itemBody, itemFields } from './spoken-item';

export interface Spoken {
  kind: string;
  label: string;
  fields: (detail: CalloutDetail) => Field[];
  body: (values: Values, detail: CalloutDetail) => Record<string, unknown>;
}

const NONE = () => [];
const trimmed = (value: string | undefined) => value?.trim() ?? '';
const reason = (label: string): Field => ({ as: 'text', name: 'reason', label, required: true });
const YES_NO = options(['yes', 'Yes'], ['no', 'No']);
const ONE_TO_FIVE = options(['1', '1'], ['2', '2'], ['3', '3'], ['4', '4'], ['5', '5']);

/** The question that is open now. */
function openQuestion(detail: CalloutDetail): GateView | undefined {
  return detail.gates.find((g) => g.ask && !g.answer && g.skipped === null && needs(detail, g) === true);
}

/** Steps that may be left out and are still open. */
function skippable(detail: CalloutDetail): Option[] {
  const open = (id: string) =>
    detail.steps.some((s) => s.id === id && (s.state === 'current' || s.state === 'pending'));
  return detail.gates
    .filter((g) => g.may_skip && g.skipped === null && needs(detail, g) === true && open(g.id))
    .map((g) => ({ value: g.id, label: g.title }));
}

export const SPOKEN: readonly Spoken[] = [
  { kind: 'assignment.accept', label: 'Accepts', fields: NONE, body: () => ({}) },
  {
    kind: 'assignment.decline',
    label: 'Cannot take it',
    fields: () => [reason('Why')],
    body: (v) => ({ reason: trimmed(v['reason']) }),
  },
  { kind: 'assignment.en_route', label: 'On the way', fields: NONE, body: () => ({}) },
  {
    kind: 'location.confirm',
    label: 'Confirms the location',
    fields: () => [
      {
        as: 'choice',
        name: 'method',
        label: 'By',
        required: true,
        value: 'address',
        options: options(
          ['address', 'Address'],
          ['what3words', 'what3words'],
          ['grid', 'Grid reference'],
          ['pin', 'Pin'],
        ),
      },
      { as: 'text', name: 'value', label: 'As read back' },
    ],
    body: (v) => ({ method: v['method'], ...(trimmed(v['value']) ? { value: trimmed(v['value']) } : {}) }),
  },
  {
    kind: 'assignment.arrive',
    label: 'Arrived',
    fields: () => [
      {
        as: 'text',
        name: 'reason',
        label: 'If the position disagrees, why',
        help: 'Asked for when the officer’s position is more than 300 m away.',
      },
    ],
    body: (v) => ({ source: 'voice', ...(trimmed(v['reason']) ? { reason: trimmed(v['reason']) } : {}) }),
  },
  {
    kind: 'assignment.park',
    label: 'Parked',
    fields: () => [
      { as: 'check', name: 'exit_clear', label: 'Exit clear', value: 'yes' },
      { as: 'check', name: 'facing_out', label: 'Facing out', value: 'yes' },
      { as: 'check', name: 'obstructs', label: 'Stands in somebody’s way' },
      { as: 'text', name: 'note', label: 'Where, or “on foot”' },
    ],
    body: (v) => ({
      exit_clear: yes(v['exit_clear']),
      facing_out: yes(v['facing_out']),
      obstructs: yes(v['obstructs']),
      note: trimmed(v['note']),
    }),
  },
  {
    kind: 'check_call.answer',
    label: 'Answers the check call',
    fields: () => [
      {
        as: 'choice',
        name: 'ok',
        label: 'Is all well?',
        required: true,
        options: options(['yes', 'All well'], ['no', 'Not well']),
      },
      { as: 'text', name: 'note', label: 'What was said' },
    ],
    body: (v) => ({ ok: yes(v['ok']), note: trimmed(v['note']) }),
  },
  {
    kind: 'checklist.answer',
    label: 'Answers a checklist item',
    fields: itemFields,
    body: (v, detail) => itemBody(detail, v),
  },
  {
    kind: 'dra.record',
    label: 'Dynamic risk assessment',
    fields: () => [
      {
        as: 'choice',
        name: 'decision',
        label: 'Decision',
        required: true,
        options: options(
          ['proceed', 'Go on'],
          ['proceed_with_controls', 'Go on with controls'],
          ['external_only', 'Outside only'],
          ['wait', 'Wait'],
          ['withdraw', 'Withdraw'],
        ),
      },
      { as: 'choice', name: 'likelihood', label: 'Likelihood that remains', required: true, options: ONE_TO_FIVE },
      { as: 'choice', name: 'severity', label: 'Harm if it happens', required: true, options: ONE_TO_FIVE },
      {
        as: 'text',
        name: 'controls',
        label: 'Controls',
        help: 'Separate several with commas.',
        required: true,
        when: (v) => v['decision'] === 'proceed_with_controls',
      },
      {
        as: 'check',
        name: 'safe_place',
        label: 'The officer is somewhere safe',
        when: (v) => v['decision'] === 'withdraw',
      },
      { as: 'check', name: 'alone', label: 'The officer is alone' },
      { as: 'check', name: 'weapon', label: 'A weapon was seen' },
      { as: 'check', name: 'intruder', label: 'An intruder is on site' },
      { as: 'area', name: 'note', label: 'What the officer sees: people, lighting, ground, hazards' },
    ],
    body: (v) => ({
      decision: v['decision'],
      residual: { likelihood: Number(v['likelihood']), severity: Number(v['severity']) },
      hazards: [...(yes(v['weapon']) ? ['weapon'] : []), ...(yes(v['intruder']) ? ['intruder_on_site'] : [])].map(
        (kind) => ({
          kind,
          likelihood: Number(v['likelihood']),
          severity: Number(v['severity']),
        }),
      ),
      controls: trimmed(v['controls'])
        .split(',')
        .map((c) => c.trim())
        .filter(Boolean),
      safe_place: yes(v['safe_place']),
      alone: yes(v['alone']),
      note: trimmed(v['note']),
    }),
  },
  {
    kind: 'inspection.record',
    label: 'Inspection',
    fields: () => [
      {
        as: 'choice',
        name: 'section',
        label: 'Where',
        required: true,
        options: options(['outside', 'Outside'], ['inside', 'Inside']),
      },
      {
        as: 'choice',
        name: 'entered',
        label: 'Was inside entered?',
        required: true,
        value: 'yes',
        options: YES_NO,
        when: (v) => v['section'] === 'inside',
      },
      {
        as: 'text',
        name: 'not_entered',
        label: 'Why not',
        required: true,
        when: (v) => v['section'] === 'inside' && v['entered'] === 'no',
      },
      {
        as: 'choice',
        name: 'result',
        label: 'Doors, windows, roof, surroundings',
        required: true,
        options: options(['ok', 'In order'], ['issue', 'Something is wrong'], ['not_checked', 'Not checked']),
        when: (v) => v['section'] === 'outside' || v['entered'] !== 'no',
      },
      {
        as: 'select',
        name: 'side',
        label: 'Which side, seen from the main door',
        options: options(['', 'Not said'], ...SIDES.map((s): [string, string] => [s.value, s.text])),
        when: (v) => v['section'] === 'outside' && v['result'] === 'issue',
      },
      {
        as: 'text',
        name: 'floor',
        label: 'Which floor',
        help: '0 is the ground floor, -1 the basement.',
        inputmode: 'numeric',
        when: (v) => v['section'] === 'inside' && v['result'] === 'issue',
      },
      {
        as: 'select',
        name: 'severity',
        label: 'How bad',
        options: options(['', 'Not said'], ...SEVERITIES.map((s): [string, string] => [s.value, s.text])),
        when: (v) => v['result'] === 'issue',
      },
      { as: 'area', name: 'note', label: 'What was found', required: true, when: (v) => v['result'] !== 'ok' },
    ],
    body: (v) => {
      if (v['section'] === 'inside' && v['entered'] === 'no')
        return { section: 'inside', findings: [], not_entered: trimmed(v['not_entered']) };
      const issue = v['result'] === 'issue';
      const floor = trimmed(v['floor']);
      const counted = /^-?\d+$/.test(floor);
      const place = {
        ...(issue && v['side'] ? { side: v['side'] } : {}),
        ...(issue && counted ? { floor: Number(floor) } : {}),
      };
      return {
        section: v['section'],
        findings: [
          {
            what: 'premises',
            result: v['result'],
            // What is no number is kept as it was said.
            note: [issue && floor && !counted ? `Floor: ${floor}.` : '', trimmed(v['note'])].filter(Boolean).join(' '),
            ...(issue && v['severity'] ? { severity: v['severity'] } : {}),
            ...(Object.keys(place).length > 0 ? { place } : {}),
          },
        ],
      };
    },
  },
  {
    kind: 'forced_entry.record',
    label: 'Forced-entry inspection',
    fields: () => [
      {
        as: 'choice',
        name: 'verdict',
        label: 'Did somebody get in?',
        required: true,
        options: options(
          ['none', 'No sign'],
          ['attempted', 'Tried'],
          ['entry', 'Got in'],
          ['cannot_tell', 'Cannot tell'],
        ),
      },
      { as: 'choice', name: 'informed', label: 'Were the police told?', required: true, options: YES_NO, when: broken },
      { as: 'text', name: 'reference', label: 'Police reference', when: (v) => broken(v) && yes(v['informed']) },
      { as: 'text', name: 'why', label: 'Why not', required: true, when: (v) => broken(v) && v['informed'] === 'no' },
      { as: 'check', name: 'preserved', label: 'The scene is left as found', when: broken },
      { as: 'check', name: 'insecure', label: 'Somebody could walk in now', when: broken },
      { as: 'text', name: 'marks', label: 'Tools, footprints or blood left', when: broken },
      { as: 'text', name: 'missing', label: 'What is missing', when: broken },
      { as: 'text', name: 'seen', label: 'Persons seen, and which way they went', when: broken },
      { as: 'area', name: 'note', label: 'Doors, windows, locks: what was seen' },
    ],
    body: (v) => ({
      verdict: v['verdict'],
      openings: [],
      note: trimmed(v['note']),
      ...(broken(v)
        ? {
            police: { informed: yes(v['informed']), reference: trimmed(v['reference']), reason: trimmed(v['why']) },
            scene_preserved: yes(v['preserved']),
            still_insecure: yes(v['insecure']),
            marks: trimmed(v['marks']),
            missing: trimmed(v['missing']),
            seen: trimmed(v['seen']),
          }
        : {}),
    }),
  },
  {
    kind: 'premises.secure',
    label: 'Premises secured',
    fields: () => [
      {
        as: 'select',
        name: 'status',
        label: 'How they were left',
        required: true,
        options: options(
          ['secure', 'Secure'],
          ['secure_temporary', 'Secure for now'],
          ['insecure_customer_aware', 'Not secure, customer knows'],
          ['insecure_police_on_scene', 'Not secure, police there'],
          ['not_accessible', 'Could not get in'],
        ),
      },
      {
        as: 'select',
        name: 'alarm',
        label: 'Alarm',
        required: true,
        options: options(
          ['set', 'Set'],
          ['part_set', 'Part set'],
          ['unset_agreed', 'Left unset, agreed'],
          ['faulty', 'Faulty'],
          ['cannot_set', 'Cannot be set'],
          ['no_alarm', 'There is none'],
        ),
      },
      {
        as: 'select',
        name: 'reset_by',
        label: 'Who reset it',
        options: options(
          ['', 'Nobody, or not known'],
          ['user', 'User'],
          ['officer', 'Officer'],
          ['engineer', 'Engineer'],
          ['remote', 'Remotely'],
        ),
        help: 'Never write down a code.',
      },
      {
        as: 'text',
        name: 'cover',
        label: 'What protects it meanwhile',
        help: 'Boarding-up, a guard, a revisit.',
        required: true,
        when: unarmed,
      },
      { as: 'text', name: 'omitted', label: 'Zones left out', required: true, when: (v) => v['alarm'] === 'part_set' },
      {
        as: 'text',
        name: 'told',
        label: 'Who was told',
        required: true,
        when: (v) => unarmed(v) || (v['status'] ?? '').startsWith('insecure'),
      },
      {
        as: 'select',
        name: 'handed_to',
        label: 'Who has taken it over',
        options: options(
          ['', 'Nobody'],
          ['keyholder', 'Keyholder'],
          ['customer', 'Customer'],
          ['police', 'Police'],
          ['contractor', 'Contractor'],
        ),
      },
      { as: 'text', name: 'handed_name', label: 'Name or number', when: (v) => Boolean(v['handed_to']) },
      {
        as: 'check',
        name: 'id_checked',
        label: 'Who they are was seen on a card',
        when: (v) => Boolean(v['handed_to']),
      },
      { as: 'text', name: 'keys', label: 'Keys' },
    ],
    body: (v) => ({
      status: v['status'],
      alarm: v['alarm'],
      cover: trimmed(v['cover']),
      told: trimmed(v['told']),
      keys: trimmed(v['keys']),
      omitted: v['alarm'] === 'part_set' ? trimmed(v['omitted']) : '',
      ...(v['handed_to']
        ? { handed_over: { to: v['handed_to'], name: trimmed(v['handed_name']), id_checked: yes(v['id_checked']) } }
        : {}),
      ...(v['reset_by'] ? { reset_by: v['reset_by'] } : {}),
    }),
  },
  {
    kind: 'step.answer',
    label: 'Answers the procedure’s question',
    fields: (detail) => {
      const gate = openQuestion(detail);
      if (!gate?.ask) return [];
      const { ask } = gate;
      const step: Field = {
        as: 'select',
        name: 'step',
        label: 'Step',
        required: true,
        value: gate.id,
        options: [{ value: gate.id, label: gate.title }],
      };
      const choices: Field[] = ask.many
        ? ask.options.map((o): Field => ({ as: 'check', name: `choice-${o.id}`, label: o.text }))
        : [
            {
              as: 'select',
              name: 'choice',
              label: ask.text,
              required: true,
              options: ask.options.map((o) => ({ value: o.id, label: o.text })),
            },
          ];
      const note: Field = { as: 'area', name: 'note', label: 'In the officer’s words', help: ask.hint };
      return [step, ...choices, note];
    },
    body: (v) => ({
      step: v['step'],
      choices: v['choice']
        ? [v['choice']]
        : Object.keys(v)
            .filter((name) => name.startsWith('choice-') && yes(v[name]))
            .map((name) => name.slice('choice-'.length)),
      note: trimmed(v['note']),
    }),
  },
  {
    kind: 'step.skip',
    label: 'Leaves a step out',
    fields: (detail) => [
      { as: 'select', name: 'step', label: 'Step', required: true, options: skippable(detail) },
      { ...reason('Why'), help: 'The supervisor reads it before the report is approved.' },
    ],
    body: (v) => ({ step: v['step'], reason: trimmed(v['reason']) }),
  },
  {
    kind: 'report.submit',
    label: 'Report, dictated',
    fields: () => [
      { as: 'area', name: 'narrative', label: 'What happened, in the officer’s words', required: true },
      {
        as: 'select',
        name: 'cause',
        label: 'Cause',
        options: CAUSES,
        value: 'unknown',
      },
      { as: 'text', name: 'signed', label: 'Officer’s name', required: true },
    ],
    body: (v) => ({ narrative: trimmed(v['narrative']), cause: v['cause'], signature: { name: trimmed(v['signed']) } }),
  },
];

function unarmed(values: Values): boolean {
  return ['unset_agreed', 'faulty', 'cannot_set'].includes(values['alarm'] ?? '');
}

function broken(values: Values): boolean {
  return values['verdict'] !== undefined && values['verdict'] !== '' && values['verdict'] !== 'none';
}
