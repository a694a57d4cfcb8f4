/** The invented customer: a link, what came through it, and what becomes of that. */
import type { ChecklistRecord } from '$lib/generated/ChecklistRecord';
import type { ProposalView } from '$lib/generated/ProposalView';
import type { WritingView } from '$lib/generated/WritingView';
import type { Acted } from '../host';

const DAY = 86_400_000;

export interface ListPut {
  ref: string;
  title: string;
  items: { id: string; text: string; type: string; section?: string; mandatory?: boolean }[];
  draft?: boolean;
  from_version?: number;
  proposal?: number;
}

export const linesOf = (put: ListPut): ChecklistRecord['items'] =>
  put.items.map((i) => ({
    id: i.id,
    section: i.section ?? 'general',
    text: i.text,
    kind: i.type.replace('_', ' or '),
    mandatory: i.mandatory ?? true,
    notes: [],
  }));

export const invited = (link: { days: number; to: string; message: string }): WritingView => ({
  url: 'https://hub.example/w/5mUo3Zy7gkqQ2dVwX0aR-7',
  to: link.to,
  message: link.message,
  by: 'Operator',
  expires_at: new Date(Date.now() + link.days * DAY).toISOString(),
  ended: false,
});

/** A link is out, and something came through it. */
export function proposed(list: ChecklistRecord): void {
  const old = list.put as unknown as ListPut;
  const door = { ...old.items[1]!, text: 'Is the front door shut and locked?' };
  const plant = { id: 'q4', section: 'inside', text: 'Is the plant room dry?', type: 'yes_no' };
  const put: ListPut = { ...old, items: [old.items[0]!, door, plant] };
  list.writing = invited({ days: 14, to: 'Oak House, estates team', message: 'Please add the plant room.' });
  list.proposal = {
    ...{ number: 1, at: new Date(Date.now() - 40 * 60_000).toISOString(), from: 'Oak House, estates team' },
    said: 'The meter has gone; the plant room floods when it rains.',
    ...{ title: put.title, from_version: list.version, items: linesOf(put) },
    changes: [
      { what: 'changed', text: door.text, detail: 'the words' },
      { what: 'added', text: plant.text, detail: '' },
      { what: 'removed', text: 'Meter', detail: '' },
    ],
    put: put as unknown as Record<string, unknown>,
    ...{ state: 'waiting', settled_at: null, settled_by: '', comment: '', version: null },
  };
}

export function settle(
  list: ChecklistRecord | undefined,
  number: number,
  how: Partial<ProposalView>,
): Acted['refusal'] {
  if (list?.proposal?.state !== 'waiting' || list.proposal.number !== number)
    return {
      code: 'no_proposal',
      text: `No proposal of “${list?.reference ?? ''}” waits any more.`,
      mend: 'Somebody else has approved or returned it. Open the list again.',
    };
  Object.assign(list.proposal, how, { settled_at: new Date().toISOString() });
  return null;
}
