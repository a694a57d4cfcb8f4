/** The typed place of a draft: what is asked, when, and that no answer about something else is shown. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { placeOf } from '$lib/desk/host/mock/lookup';
import { PAUSE_MS, PlaceCheck } from '$lib/desk/place/check.svelte';
import { wordsOf } from '$lib/desk/place/words';
import { sites } from '$lib/desk/host/mock/places';
import { Draft } from '$lib/desk/state/draft.svelte';
import type { PinView } from '$lib/generated/PinView';
import type { PlaceLookup } from '$lib/generated/PlaceLookup';
import type { PlaceQuestion } from '$lib/generated/PlaceQuestion';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const OFFICE = { lat: 51.53262, lon: -0.13782 };
const SOAP = { lat: 51.520847, lon: -0.195521 };
const lookup = (more: Partial<PlaceLookup> = {}): PlaceLookup => ({
  state: 'found',
  text: 'Found.',
  words: 'filled.count.soap',
  at: { ...SOAP, coordinates: '', grid_reference: null, plus_code: '' },
  near: '',
  suggestions: [],
  source: 'what3words',
  asked_at: '2026-11-22T21:40:00Z',
  ...more,
});

/** Reads at once; looks up when the test says. */
function held() {
  const read: PlaceQuestion[] = [];
  const looked: { words: string; near: PinView | null; answer: (l: PlaceLookup) => void; fail: (s: string) => void }[] =
    [];
  const check = new PlaceCheck({
    place: (question) => {
      read.push(question);
      return Promise.resolve(placeOf(question));
    },
    lookUpWords: (words, near) =>
      new Promise((resolve, reject) =>
        looked.push({ words, near, answer: resolve, fail: (s) => reject(new Error(s)) }),
      ),
    wordsAt: () => Promise.resolve(lookup()),
  });
  const type = async (typed: string, site: string | null = 'site-amp-office') => {
    check.ask({ site, address: '', pin: null, typed }, site ? OFFICE : null);
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
  };
  return { check, read, looked, type };
}
const settle = () => vi.advanceTimersByTimeAsync(0);

test('a place is read once, after the last letter', async () => {
  const { check, read } = held();
  for (const typed of ['T', 'TQ', 'TQ 29237 83154']) check.ask({ site: null, address: '', pin: null, typed }, null);
  expect(read).toEqual([]);
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  expect(read.map((q) => q.typed)).toEqual(['TQ 29237 83154']);
  expect(check.view).toMatchObject({ kind: 'place', near: 'On Ampthill Square, at Community office.' });
});

test('words are checked once somebody has said where they are', async () => {
  const { check, looked, type } = held();
  await type('///filled.count.soap');
  expect(check.view).toMatchObject({ kind: 'words', at: null, warnings: [] });
  expect(check.asking).toBe(true);
  expect(looked[0]).toMatchObject({ words: '///filled.count.soap', near: OFFICE });
  looked[0]!.answer(lookup());
  await settle();
  expect(check.asking).toBe(false);
  expect(check.view?.warnings).toEqual(['The three words are about 4.2 km west of Community office.']);
  expect(looked.length).toBe(1);
});

test('an answer about words that were typed over is dropped', async () => {
  const { check, looked, type } = held();
  await type('///filled.count.soap');
  await type('TQ 29237 83154');
  looked[0]!.answer(lookup());
  await settle();
  expect(check.lookup).toBeNull();
  expect(check.asking).toBe(false);
  expect(check.view).toMatchObject({ kind: 'place', warnings: [] });
});

test('what was found for some words is not taken for the place of others', async () => {
  const { read, looked, type } = held();
  await type('///filled.count.soap');
  looked[0]!.answer(lookup());
  await settle();
  await type('TQ 29237 83154');
  await type('///filled.count.soap');
  expect(looked.length).toBe(2);
  expect(read.at(-1)?.words_at).toBeNull();
});

test('another field that changes asks nobody outside again', async () => {
  const { check, looked, type } = held();
  await type('///filled.count.soap');
  looked[0]!.answer(lookup());
  await settle();
  await type('///filled.count.soap', null);
  expect(looked.length).toBe(1);
  expect(check.view).toMatchObject({ kind: 'words', compared: 1, warnings: [] });
});

test('a letter in another field neither drops nor repeats a look-up on its way', async () => {
  const { check, looked, type } = held();
  await type('///filled.count.soap');
  await type('///filled.count.soap', null);
  await type('///filled.count.soap');
  expect(looked.length).toBe(1);
  looked[0]!.answer(lookup());
  await settle();
  expect(check.view?.warnings.length).toBe(1);
});

test('a reading that was overtaken is not shown', async () => {
  const answers: (() => void)[] = [];
  const check = new PlaceCheck({
    place: (question) => new Promise((resolve) => answers.push(() => resolve(placeOf(question)))),
    lookUpWords: () => Promise.reject(new Error('not asked')),
    wordsAt: () => Promise.reject(new Error('not asked')),
  });
  for (const typed of ['TQ 30000 80000', 'TQ 29237 83154']) {
    check.ask({ site: 'site-amp-office', address: '', pin: null, typed }, OFFICE);
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
  }
  answers[1]!();
  answers[0]!();
  await settle();
  expect(check.view).toMatchObject({ canonical: 'TQ 29237 83154', warnings: [] });
});

test.each(['no_answer', 'off', 'refused', 'unknown'])('%s leaves the reading as it was', async (state) => {
  const { check, looked, type } = held();
  await type('///filled.count.soap');
  const before = check.view;
  looked[0]!.answer(lookup({ state, at: null }));
  await settle();
  expect(check.view).toEqual(before);
  expect(check.lookup?.state).toBe(state);
});

test('a look-up that throws is an answer like others, and can be asked again', async () => {
  const { check, looked, type } = held();
  await type('///filled.count.soap');
  looked[0]!.fail('The desk is busy.');
  await settle();
  expect(check.lookup).toMatchObject({ state: 'no_answer', text: 'The desk is busy.' });
  check.again();
  await settle();
  expect(looked.length).toBe(2);
});

test('a typed place moves no pin, and a site drops neither text nor pin', () => {
  const draft = new Draft();
  draft.place = 'TQ 29237 83154';
  expect(draft.begun).toBe(true);
  expect(draft.placed).toBe(false);
  draft.about = 'noise_nuisance';
  expect(draft.missing).toContain('pin');
  draft.address = 'rear of block C';
  draft.point = { lat: 51.5329, lon: -0.1378 };
  draft.chooseSite(sites[0]!);
  expect(draft.act().body).toMatchObject({
    site: 'site-amp-office',
    address: 'rear of block C',
    point: { lat: 51.5329, lon: -0.1378 },
  });
  // Whoever goes there reads it as it was given.
  expect(draft.act().body['place']).toBe('TQ 29237 83154');
  draft.clear();
  expect(draft.place).toBe('');
});

test('a site without a text of its own keeps its address', () => {
  const draft = new Draft();
  draft.chooseSite(sites[0]!);
  expect(draft.act().body).not.toHaveProperty('address');
});

test('three words are shown only for the very place they name', () => {
  const site = sites[0]!;
  expect(wordsOf(site, site)).toBe('filled.count.soap');
  expect(wordsOf(site, site.entrances[0]!)).toBe('filled.count.soap');
  expect(wordsOf(site, site.entrances[1]!)).toBeNull();
  expect(wordsOf(site, { lat: site.lat + 0.0001, lon: site.lon })).toBeNull();
  expect(wordsOf(null, site)).toBeNull();
});
