import { readPolicies } from '$lib/desk/state/prefs.svelte';
import { POLICIES, RingBook, ringingCallouts, ringKey, type Ringing } from '$lib/desk/state/ring';
import { Sound } from '$lib/desk/state/sound.svelte';
import { expect, test } from 'vitest';
import { callout } from './rows';

const one = (priority: number, id = `p${priority}`): Ringing => ({ id, priority });

/** Which priorities sound, second by second. */
function heard(rings: Ringing[], seconds: number, muted = false): [second: number, priority: number][] {
  const book = new RingBook();
  const out: [number, number][] = [];
  for (let ms = 0; ms <= seconds * 1000; ms += 200) {
    const due = book.due(rings, ms, muted);
    if (due !== null) out.push([ms / 1000, due]);
  }
  return out;
}

test('priority 1 repeats fast', () => {
  expect(heard([one(1)], 5).map(([s]) => s)).toEqual([0, 1.6, 3.2, 4.8]);
});

test('priority 2 repeats slowly, 3 every half minute, 4 once', () => {
  expect(heard([one(2)], 13).map(([s]) => s)).toEqual([0, 6, 12]);
  expect(heard([one(3)], 61).map(([s]) => s)).toEqual([0, 30, 60]);
  expect(heard([one(4)], 120).map(([s]) => s)).toEqual([0]);
});

test('two never sound at once, and the most urgent goes first', () => {
  const all = heard([one(4), one(2), one(1)], 10);
  expect(all[0]).toEqual([0, 1]);
  for (let i = 1; i < all.length; i++) expect(all[i]![0] - all[i - 1]![0]).toBeGreaterThanOrEqual(1.1);
  expect(new Set(all.map(([, p]) => p))).toEqual(new Set([1, 2, 4]));
});

test('mute silences 2 to 4 and never 1', () => {
  expect(heard([one(2), one(3), one(4)], 60, true)).toEqual([]);
  expect(heard([one(1), one(2)], 5, true).every(([, p]) => p === 1)).toBe(true);
  expect(heard([one(1)], 5, true).length).toBe(4);
});

test('a new alarm of a priority that already rings is heard at once', () => {
  const book = new RingBook();
  expect(book.due([one(3, 'a')], 0, false)).toBe(3);
  expect(book.due([one(3, 'a')], 5000, false)).toBeNull();
  expect(book.due([one(3, 'a'), one(3, 'b')], 5200, false)).toBe(3);
});

test('an alarm that waits again after a shelf rings again', () => {
  const book = new RingBook();
  expect(book.due([one(4)], 0, false)).toBe(4);
  expect(book.due([], 2000, false)).toBeNull();
  expect(book.due([one(4)], 4000, false)).toBe(4);
});

test('mute ends by itself', () => {
  let now = 0;
  const played: number[] = [];
  const sound = new Sound(
    (p) => played.push(p),
    () => now,
  );
  sound.mute(2);
  sound.set([one(2)]);
  now = 119_000;
  sound.look();
  expect(played).toEqual([]);
  now = 120_000;
  sound.look();
  expect(played).toEqual([2]);
  expect(sound.mutedUntil).toBeNull();
});

test('taking it anywhere is silence here', () => {
  let now = 0;
  const played: number[] = [];
  const sound = new Sound(
    (p) => played.push(p),
    () => now,
  );
  sound.set([one(1)]);
  sound.set([]);
  for (now = 0; now < 10_000; now += 200) sound.look();
  expect(played).toEqual([1]);
});

test('an officer who asks for help rings as priority 1 until the call-out is opened, and again when it gets worse', () => {
  const ring = { priority: 1, why: 'RSP-1 needs help', calls: 1 };
  const calm = callout({ ring: null });
  const help = callout({ priority: 3, ring });
  expect(ringingCallouts([calm], new Set())).toEqual([]);
  expect(ringingCallouts([help], new Set()).map((r) => r.priority)).toEqual([1]);
  const opened = new Set([ringKey(help) ?? '']);
  expect(ringingCallouts([help], opened)).toEqual([]);
  for (const worse of [
    { ...ring, why: 'Emergency: speak to RSP-1 now' },
    { ...ring, calls: 2 },
  ])
    expect(ringingCallouts([{ ...help, ring: worse }], opened).map((r) => r.priority)).toEqual([1]);
});

test('what only the desk can do rings as the desk says', () => {
  const nobody = callout({ priority: 1, ring: { priority: 2, why: 'Nobody has taken it', calls: 0 } });
  expect(ringingCallouts([nobody], new Set()).map((r) => r.priority)).toEqual([2]);
});

test('c20 each priority sounds once, again until taken, or faster when overdue, as this desk says; never less for 1', () => {
  const late = (priority: number): Ringing => ({ ...one(priority), overdue: true });
  const times = (rings: Ringing[], seconds: number, policies = POLICIES) => {
    const book = new RingBook();
    const out: number[] = [];
    for (let ms = 0; ms <= seconds * 1000; ms += 200)
      if (book.due(rings, ms, false, policies) !== null) out.push(ms / 1000);
    return out;
  };
  expect(times([one(2)], 13)).toEqual([0, 6, 12]);
  expect(times([late(2)], 13)).toEqual([0, 3, 6, 9, 12]);
  expect(times([late(1)], 4)).toEqual([0, 1.2, 2.4, 3.6]);
  expect(times([late(3)], 61)).toEqual([0, 30, 60]);
  expect(times([one(2)], 13, { ...POLICIES, 2: 'once' })).toEqual([0]);
  expect(times([late(2)], 13, { ...POLICIES, 2: 'repeat' })).toEqual([0, 6, 12]);
  expect(times([one(4)], 250, { ...POLICIES, 4: 'repeat' })).toEqual([0, 120, 240]);
  // Nobody can make an emergency less.
  expect(times([one(1)], 4, { ...POLICIES, 1: 'once' })).toEqual([0, 1.6, 3.2]);
  expect(readPolicies('{"1":"once","2":"repeat","3":"loud","4":7}')).toEqual({ 2: 'repeat' });
  expect(readPolicies('not JSON')).toEqual({});
});
