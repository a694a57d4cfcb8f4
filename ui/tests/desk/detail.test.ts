import { DetailState } from '$lib/desk/state/detail.svelte';
import { detail } from '$lib/desk/host/mock/detail';
import { expect, test } from 'vitest';
import { callout, NOW } from './rows';

/** Answers when the test says, in the order the test says. */
function held() {
  const asked: { id: string; answer: (text: string) => void; fail: (text: string) => void }[] = [];
  const state = new DetailState(
    (id) =>
      new Promise((resolve, reject) =>
        asked.push({
          id,
          answer: (text) => resolve({ ...detail(callout({ id }), NOW), text }),
          fail: (text) => reject(new Error(text)),
        }),
      ),
  );
  return { state, asked };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

test('an answer for a call-out that was left does not show', async () => {
  const { state, asked } = held();
  state.show('a');
  state.show('b');
  asked[1]!.answer('b');
  asked[0]!.answer('a');
  await settle();
  expect(state.detail?.text).toBe('b');
});

test('a panel that was open before shows at once and is brought up to date', async () => {
  const { state, asked } = held();
  state.show('a');
  asked[0]!.answer('first');
  await settle();
  state.show('b');
  expect(state.detail).toBeNull();
  state.show('a');
  expect(state.detail?.text).toBe('first');
  asked.at(-1)!.answer('second');
  await settle();
  expect(state.detail?.text).toBe('second');
});

test('changes while an answer is on its way ask once more, not once each', async () => {
  const { state, asked } = held();
  state.show('a');
  for (let i = 0; i < 5; i++) state.stale(new Set(['a']));
  expect(asked.length).toBe(1);
  asked[0]!.answer('old');
  await settle();
  expect(asked.length).toBe(2);
  asked[1]!.answer('new');
  await settle();
  expect(asked.length).toBe(2);
  expect(state.detail?.text).toBe('new');
});

test('a failure says why and keeps what is shown', async () => {
  const { state, asked } = held();
  state.show('a');
  asked[0]!.answer('known');
  await settle();
  state.stale(new Set(['a']));
  asked[1]!.fail('The replica is busy.');
  await settle();
  expect(state.problem).toBe('The replica is busy.');
  expect(state.detail?.text).toBe('known');
});
