/** Forms about a checklist that its customer writes. */
import type { ChecklistRecord } from '$lib/generated/ChecklistRecord';
import type { ProposalView } from '$lib/generated/ProposalView';
import { options, type FormSpec } from '../forms/spec';
import type { Host } from '../host/host';

export function askCustomer(list: ChecklistRecord, host: Pick<Host, 'writingLink'>): FormSpec {
  return {
    title: `Ask the customer to write “${list.title}”`,
    about: 'You get a link to send them. Whoever has it can propose this list, and sees nothing else. You approve it.',
    submit: 'Make the link',
    fields: [
      { as: 'text', name: 'to', label: 'Who gets it', placeholder: 'Oak House, estates team' },
      { as: 'area', name: 'message', label: 'A line to them', placeholder: 'Please add the plant room.' },
      {
        as: 'select',
        name: 'days',
        label: 'It can be used for',
        value: '14',
        required: true,
        options: options(['7', '7 days'], ['14', '14 days'], ['30', '30 days'], ['60', '60 days']),
      },
    ],
    act: (v) => ({
      kind: 'checklist.invite',
      target: list.id,
      body: { days: Number(v['days']), to: v['to']?.trim() ?? '', message: v['message']?.trim() ?? '' },
    }),
    via: ({ target, body }) =>
      host.writingLink(target, {
        days: Number(body['days']),
        to: String(body['to']),
        message: String(body['message']),
      }),
    said: 'The link is ready. Copy it and send it.',
  };
}

export function returnProposal(list: ChecklistRecord, proposal: ProposalView): FormSpec {
  return {
    title: `Return “${list.title}”`,
    about: 'The customer reads your comment on their page, and can send the list again.',
    submit: 'Return it',
    said: 'Returned.',
    fields: [{ as: 'area', name: 'comment', label: 'What they should change', required: true }],
    act: (v) => ({
      kind: 'checklist.return',
      target: list.id,
      body: { proposal: proposal.number, comment: v['comment']?.trim() ?? '' },
    }),
  };
}
