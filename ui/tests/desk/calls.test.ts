// @vitest-environment jsdom
/** Calls in order and in words, and cards that keep what was typed. */
import { expect, test } from 'vitest';
import type { CallRow } from '$lib/generated/CallRow';
import { callRow } from '$lib/desk/host/mock/calls';
import { answerWords, byWaiting, fromWhom, standing } from '$lib/desk/state/calls';
import { CallDraft } from '$lib/desk/state/call-draft.svelte';
import { Cards } from '$lib/desk/state/cards.svelte';

const NOW = Date.parse('2026-11-22T21:00:00Z');
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();
const call = (more: Partial<CallRow>) => callRow('020 7946 0111', { began_at: at(-12), ...more });

test('what rings comes before what was missed, and that before what somebody has', () => {
  const rows = [
    call({ id: 'mine', waits: false, phase: 'answered', began_at: at(-900) }),
    call({ id: 'missed', phase: 'missed', began_at: at(-600) }),
    call({ id: 'rings later', began_at: at(-3) }),
    call({ id: 'rings', began_at: at(-12) }),
  ];
  expect(rows.sort(byWaiting).map((r) => r.id)).toEqual(['rings', 'rings later', 'missed', 'mine']);
});

test.each([
  [{}, 'ringing 12 s'],
  [{ phase: 'missed' }, 'missed 00:12 ago'],
  [{ phase: 'missed', waits: false, mine: true, taken_by: 'Operator' }, 'missed 00:12 ago, you ring back'],
  [{ phase: 'answered', answered_at: at(-61), taken_by: 'Kim' }, 'with Kim, 01:01'],
  [{ phase: 'ended', ended_at: at(-30), mine: true, taken_by: 'Kim' }, 'over 00:30 ago, you: say what came of it'],
])('how a call stands %j', (more, words) => {
  expect(standing(call(more as Partial<CallRow>), NOW)).toBe(words);
});

test('a withheld number is called so, and a name goes with its number', () => {
  expect(fromWhom(call({ number: '' }))).toBe('number withheld');
  expect(fromWhom(call({ card: { ...call({}).card, caller: 'Ann' } }))).toBe('Ann, 020 7946 0111');
  expect(fromWhom(call({ number: '', by_hand: true }))).toBe('a call by hand');
  expect([answerWords(null), answerWords(0), answerWords(14)]).toEqual(['', 'answered at once', 'answered after 14 s']);
});

test('a card nobody here has written on follows the desk; what was typed here stays', () => {
  const draft = new CallDraft('c');
  const row = call({ id: 'c' });
  draft.follow({ ...row, card: { ...row.card, address: 'from another desk' } });
  expect(draft.address).toBe('from another desk');
  draft.address = 'mine';
  draft.follow({ ...row, card: { ...row.card, address: 'again from there' } });
  expect(draft.address).toBe('mine');
  const put = draft.put();
  expect(put).toMatchObject({ kind: 'call.put', target: 'c', body: { address: 'mine' } });
  draft.kept(put);
  expect(draft.dirty).toBe(false);
  // A row that was on its way meanwhile takes nothing back.
  draft.follow({ ...row, card: { ...row.card, address: 'again from there' } });
  expect([draft.address, draft.dirty]).toEqual(['mine', false]);
  draft.follow({ ...row, card: put.body as unknown as CallRow['card'] });
  expect(draft.address).toBe('mine');
});

test('a card comes back after a reload, and one of another version hurts nobody', () => {
  const cards = new Cards(sessionStorage);
  const draft = cards.of('c');
  draft.text = '🚨 “quotes”';
  draft.thrive.harm.level = 'high';
  cards.remember(draft);
  const again = new Cards(sessionStorage).of('c');
  expect([again.text, again.thrive.harm.level]).toEqual(['🚨 “quotes”', 'high']);
  sessionStorage.setItem('call d', '{"card": 7');
  expect(new Cards(sessionStorage).of('d').text).toBe('');
  cards.forget('c');
  expect(new Cards(sessionStorage).of('c').text).toBe('');
});

test('the same grading is sent once', () => {
  const draft = new CallDraft('c');
  expect(draft.gradeDirty).toBe(false);
  draft.thrive.risk.level = 'some';
  expect(draft.gradeDirty).toBe(true);
  expect(draft.gradeAct()).toMatchObject({
    kind: 'call.grade',
    body: { risk: { level: 'some', note: '' }, priority: 3 },
  });
  expect(draft.gradeDirty).toBe(false);
});
