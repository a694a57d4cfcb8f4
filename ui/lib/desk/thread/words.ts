/** Words of the thread, the ladder and what wants somebody. */
import type { AttentionView } from '$lib/generated/AttentionView';
import type { Receipt } from '$lib/generated/Receipt';
import type { ThreadMessage } from '$lib/generated/ThreadMessage';
import { ms } from '$lib/shared/time';

export const TO: Record<string, string> = {
  '': 'control room and officers',
  control: 'control room',
  officer: 'the officer',
  customer: 'the customer',
};

export const OUTCOMES: [value: string, label: string][] = [
  ['answered', 'Answered'],
  ['no_reply', 'No reply'],
  ['left_message', 'Left a message'],
  ['wrong_number', 'Wrong number'],
];

export const outcomeWord = (outcome: string): string =>
  OUTCOMES.find(([value]) => value === outcome)?.[1] ?? outcome.replaceAll('_', ' ');

export const SERVICE_WORDS: Record<string, string> = {
  police: 'Police',
  ambulance: 'Ambulance',
  fire: 'Fire brigade',
  boarding_up: 'Boarding-up',
  locksmith: 'Locksmith',
  guard: 'Guard',
};

/** Those who protect the place afterwards, and send a bill. */
export const CONTRACTORS = ['boarding_up', 'locksmith', 'guard'];

/** How far a message has come with one of its readers. */
export function receiptWord(receipt: Receipt): 'read' | 'delivered' | 'sent' {
  if (receipt.read_at) return 'read';
  return receipt.delivered_at ? 'delivered' : 'sent';
}

export const unreadOf = (thread: ThreadMessage[]): ThreadMessage[] => thread.filter((m) => m.unread);

const COUNTS = new Set(['customer_update', 'news']);

/** "The customer has not been told anything for 34 min". */
export function attentionWords(attention: AttentionView, now: number): string {
  const minutes = Math.max(0, Math.floor((now - ms(attention.since)) / 60_000));
  if (attention.kind === 'customer_message')
    return attention.times === 1
      ? `${attention.text}, ${minutes} min ago`
      : `${attention.text} ${attention.times} messages, the first ${minutes} min ago`;
  return COUNTS.has(attention.kind) ? `${attention.text} for ${minutes} min` : attention.text;
}
