import { BoardState } from '$lib/desk/state/board.svelte';
import { merge } from '$lib/desk/state/rows';
import { expect, test } from 'vitest';
import { alarm, at, board, callout, patch, unit } from './rows';

const hours = { start: '16:00', end: '03:00', outside: '', telephone: '' };

/** A board whose frames come when the test says. */
function held() {
  let frame: (() => void) | null = null;
  const stale: string[][] = [];
  const state = new BoardState({ details: (ids) => stale.push([...ids].sort()) }, (run) => (frame = run));
  return {
    state,
    stale,
    scheduled: () => frame !== null,
    tick() {
      const run = frame;
      frame = null;
      run?.();
    },
  };
}

test('rows replace rows of the same id, new ones come, removed ones leave', () => {
  const { state, tick } = held();
  state.load(board({ alarms: [alarm('a', 1, 5), alarm('b', 2, 5)] }));
  state.receive(patch({ alarms: [alarm('b', 2, 5, { state: 'taken' }), alarm('c', 3, 1)], alarms_gone: ['a'] }));
  tick();
  expect(state.alarms.map((a) => [a.id, a.state])).toEqual([
    ['b', 'taken'],
    ['c', 'new'],
  ]);
});

test('patches of one frame are applied together and in order', () => {
  const { state, tick } = held();
  state.load(board());
  state.receive(patch({ alarms: [alarm('a', 1, 5)] }));
  state.receive(patch({ alarms: [alarm('a', 1, 5, { state: 'viewed' })] }));
  state.receive(patch({ alarms_gone: ['a'], alarms: [] }));
  state.receive(patch({ alarms: [alarm('a', 1, 5, { state: 'new' })] }));
  expect(state.alarms).toEqual([]);
  tick();
  expect(state.alarms.map((a) => a.state)).toEqual(['new']);
});

test('a patch that comes before the board is not lost', () => {
  const { state, tick } = held();
  state.receive(patch({ alarms: [alarm('early', 1, 0)] }));
  tick();
  expect(state.alarms).toEqual([]);
  state.load(board({ alarms: [alarm('a', 2, 9)] }));
  expect(state.alarms.map((a) => a.id)).toEqual(['a', 'early']);
  state.receive(patch({ alarms_gone: ['early'] }));
  tick();
  expect(state.alarms.map((a) => a.id)).toEqual(['a']);
});

test('a changed call-out makes its open detail stale, named or not', () => {
  const { state, stale, tick } = held();
  state.load(board());
  state.receive(patch({ callouts: [callout({ id: 'x' })], details_changed: ['y'] }));
  state.receive(patch({ units: [unit()] }));
  tick();
  expect(stale).toEqual([['x', 'y']]);
});

test('what a patch leaves out stays', () => {
  const { state, tick } = held();
  state.load(
    board({
      alarms: [alarm('a', 1, 5)],
      shift: { start: '16:00', end: '03:00', starts_at: at(0), ends_at: at(-60), hours },
    }),
  );
  const before = state.alarms;
  state.receive(patch({ conflicts: [] }));
  tick();
  expect(state.alarms).toBe(before);
  expect(state.shift.start).toBe('16:00');
});

test('the hub’s clock is read when the message comes, not at the next frame', () => {
  const heard: string[] = [];
  const state = new BoardState({ link: (link) => heard.push(link.now) }, () => undefined);
  const first = board();
  state.load(first);
  state.receive(patch({ link: { ...first.link, now: at(1) } }));
  expect(heard.at(-1)).toBe(at(1));
});

test('a unit and an officer are found by id and by what people call them', () => {
  const { state } = held();
  state.load(
    board({
      units: [unit({ id: 'u1', call_sign: 'RSP-9' })],
      officers: [{ id: 'o1', reference: 'CSP-1', name: 'A', unit: 'RSP-9', on_shift_since: null }],
    }),
  );
  expect(state.unit('RSP-9')?.id).toBe('u1');
  expect(state.officer('CSP-1')?.id).toBe('o1');
  expect(state.officersOf(unit({ id: 'u1', call_sign: 'RSP-9' })).map((o) => o.id)).toEqual(['o1']);
});

test('merging nothing gives the same list back', () => {
  const rows = [{ id: 'a' }];
  expect(merge(rows, [], [], (r) => r.id)).toBe(rows);
});
