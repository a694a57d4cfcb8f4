import { filtered, nextFilter } from '$lib/desk/state/filter';
import { grouped, total, unfolded, type Entry } from '$lib/desk/state/flood';
import { queue } from '$lib/desk/state/alarms';
import { RingBook, ringing } from '$lib/desk/state/ring';
import { expect, test } from 'vitest';
import { alarm } from './rows';

const ids = (entries: Entry[]) =>
  entries.map((e) => (e.kind === 'row' ? e.row.id : `${e.group.state} ${e.group.rows.map((r) => r.id).join('+')}`));
const at = (site: string | null, account = '1') => ({ site, account });
/** A number that a seed repeats. */
function dice(seed: number) {
  let n = seed;
  return (below: number) => (n = (n * 1103515245 + 12345) % 2147483648) % below;
}

test('in a flood each place is one row, the most urgent place first, then the one that waits longest', () => {
  const rows = queue([
    alarm('a1', 3, 50, at('a')),
    alarm('b1', 2, 10, at('b')),
    alarm('a2', 4, 90, at('a')),
    alarm('b2', 3, 20, at('b')),
    alarm('c1', 2, 70, at('c')),
    alarm('c2', 2, 5, at('c')),
  ]);
  const entries = grouped(rows);
  expect(ids(entries)).toEqual(['waiting c1+c2', 'waiting b1+b2', 'waiting a1+a2']);
  const first = entries[2];
  expect(first?.kind === 'group' && [first.group.priority, first.group.kinds]).toEqual([3, 'Intruder ×2']);
});

test('hold-up and fire stay rows of their own, on top', () => {
  const rows = queue([
    alarm('p1', 1, 5, { ...at('a'), confirmation: { confirmed: true, until: null, place: 'Zone 2' } }),
    alarm('p1b', 1, 4, at('a')),
    alarm('fire', 1, 2, { ...at('a'), life_safety: true }),
    alarm('holdup', 1, 3, { ...at('b'), life_safety: true }),
  ]);
  expect(ids(grouped(rows))).toEqual(['holdup', 'fire', 'waiting p1+p1b']);
});

test('a place with one alarm stays that alarm, and what somebody has stands apart from what waits', () => {
  const rows = queue([
    alarm('a', 2, 5, at('a')),
    alarm('b1', 3, 5, at('b')),
    alarm('b2', 3, 4, { ...at('b'), state: 'taken' }),
    alarm('b3', 3, 3, { ...at('b'), state: 'taken' }),
    alarm('b4', 3, 2, { ...at('b'), state: 'shelved' }),
  ]);
  expect(ids(grouped(rows))).toEqual(['a', 'b1', 'taken b2+b3', 'b4']);
});

test('panels without a site are grouped by their account', () => {
  const rows = queue([
    alarm('x', 4, 5, at(null, 'AA')),
    alarm('y', 4, 4, at(null, 'AA')),
    alarm('z', 4, 3, at(null, 'BB')),
  ]);
  expect(ids(grouped(rows))).toEqual(['waiting x+y', 'z']);
});

test('whatever comes, the rows of all groups are the rows of the queue', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const roll = dice(seed);
    const rows = queue(
      Array.from({ length: 300 }, (_, i) =>
        alarm(`r${i}`, 1 + roll(4), roll(900), {
          ...at(roll(5) === 0 ? null : `s${roll(14)}`, `${roll(6)}`),
          state: ['new', 'viewed', 'taken', 'shelved'][roll(4)] as string,
          life_safety: roll(20) === 0,
        }),
      ),
    );
    const entries = grouped(rows);
    expect(total(entries)).toBe(rows.length);
    const all = entries.flatMap((e) => (e.kind === 'row' ? [e.row.id] : e.group.rows.map((r) => r.id)));
    expect([...all].sort()).toEqual(rows.map((r) => r.id).sort());
  }
});

test('an open group shows each of its alarms below it', () => {
  const rows = queue([alarm('a1', 2, 5, at('a')), alarm('a2', 2, 4, at('a')), alarm('b', 3, 5, at('b'))]);
  const entries = grouped(rows);
  expect(ids(unfolded(entries, new Set()))).toEqual(['waiting a1+a2', 'b']);
  expect(ids(unfolded(entries, new Set(['waiting a'])))).toEqual(['waiting a1+a2', 'a1', 'a2', 'b']);
});

test('a filter never hides an emergency that waits', () => {
  const rows = [
    alarm('p1', 1, 5),
    alarm('p2', 2, 5),
    alarm('t', 1, 5, { state: 'taken' }),
    alarm('s', 3, 5, { state: 'shelved' }),
  ];
  const shown = (filter: Parameters<typeof filtered>[1]) => filtered(rows, filter).map((r) => r.id);
  expect(shown('taken')).toEqual(['p1', 't']);
  expect(shown('shelved')).toEqual(['p1', 's']);
  expect(shown('new')).toEqual(['p1', 'p2']);
  expect(shown(null)).toEqual(['p1', 'p2', 't', 's']);
});

test('one key goes through the filters and back to all', () => {
  const seen = [null as ReturnType<typeof nextFilter>];
  do seen.push(nextFilter(seen.at(-1) ?? null));
  while (seen.at(-1) !== null && seen.length < 10);
  expect(seen).toEqual([null, 'new', 'viewed', 'taken', 'shelved', null]);
});

test('c20 in a flood a place sounds once, again only when it gets more urgent, and life safety each time', () => {
  const book = new RingBook();
  const first = [alarm('a1', 3, 5, at('a'))];
  expect(book.due(ringing(first, true), 0, false)).toBe(3);
  const more = [...first, alarm('a2', 3, 4, at('a')), alarm('a3', 4, 4, at('a'))];
  expect(book.due(ringing(more, true), 2000, false)).toBeNull();
  expect(book.due(ringing(more, false), 4000, false)).toBe(3);
  const worse = [...more, alarm('a4', 2, 1, at('a'))];
  expect(book.due(ringing(worse, true), 6000, false)).toBe(2);
  const fire = (id: string) => alarm(id, 1, 1, { ...at('a'), life_safety: true });
  expect(book.due(ringing([...worse, fire('f1')], true), 8000, false)).toBe(1);
  expect(book.due(ringing([...worse, fire('f1'), fire('f2')], true), 9200, false)).toBe(1);
});
