/** Forms about contacts who do not answer, and about the plan of an escalation. */
import type { CalloutRow } from '$lib/generated/CalloutRow';
import type { PlanView } from '$lib/generated/PlanView';
import { clockMinute } from '$lib/shared/time';
import { name } from '../forms/callout';
import type { FormSpec } from '../forms/spec';

export function settleForm(row: CalloutRow): FormSpec {
  return {
    title: 'Go on without the contacts',
    about: `${name(row)}. Everybody was tried and nobody answered.`,
    submit: 'Go on without',
    said: 'It goes on without them.',
    fields: [
      {
        as: 'text',
        name: 'reason',
        label: 'Reason',
        required: true,
        suggestions: ['The officer has the key', 'The site is secure from outside', 'The police decide'],
      },
    ],
    act: (v) => ({
      kind: 'contacts.settle',
      target: row.id,
      body: { decision: 'go_on_without', reason: v['reason']?.trim() },
    }),
  };
}

export function majorForm(row: CalloutRow, on: boolean): FormSpec {
  return {
    title: on ? 'Declare a major incident' : 'Take the major incident back',
    about: on
      ? `${name(row)}. The brief for the emergency services says so, with the time.`
      : `${name(row)}. The brief says it no longer.`,
    submit: on ? 'Declare it' : 'Take it back',
    danger: on,
    said: on ? 'Major incident declared.' : 'Taken back.',
    fields: [{ as: 'text', name: 'reason', label: on ? 'What makes it one' : 'Reason', required: !on }],
    act: (v) => ({ kind: 'major.declare', target: row.id, body: { on, reason: v['reason']?.trim() ?? '' } }),
  };
}

const UPDATE_MINUTES = [5, 10, 15, 30, 60];

export function planForm(row: CalloutRow, plan: PlanView | null, now: number, zone: string): FormSpec {
  const times = UPDATE_MINUTES.map((m) => ({
    value: new Date(now + m * 60_000).toISOString(),
    label: `${m} min (${clockMinute(now + m * 60_000, zone)})`,
  }));
  return {
    title: 'Meeting point and next word',
    about: `${name(row)}. Say the same to everybody on the way.`,
    submit: 'Set the plan',
    said: 'The plan stands.',
    fields: [
      {
        as: 'text',
        name: 'rendezvous',
        label: 'Everybody meets at',
        value: plan?.rendezvous ?? '',
        help: 'Out of sight of the site, with room for vehicles.',
      },
      { as: 'text', name: 'cordon', label: 'Closed off', value: plan?.cordon ?? '' },
      { as: 'choice', name: 'next', label: 'Next word in', value: times[1]?.value ?? '', options: times },
    ],
    check: (v) =>
      v['rendezvous']?.trim() || v['cordon']?.trim() || v['next'] ? null : 'Fill in at least one of them.',
    act: (v) => ({
      kind: 'escalation.plan',
      target: row.id,
      body: {
        rendezvous: v['rendezvous']?.trim() ?? '',
        cordon: v['cordon']?.trim() ?? '',
        next_update_at: v['next'] || null,
      },
    }),
  };
}
