import { ageLevel, count, isUnplaced, mayClose, mayShelve, queue } from '$lib/desk/state/alarms';
import { ringing } from '$lib/desk/state/ring';
import { expect, test } from 'vitest';
import { alarm, NOW } from './rows';

const order = (rows: ReturnType<typeof alarm>[]) => queue(rows).map((r) => r.id);

test('priority first, then the oldest', () => {
  expect(order([alarm('p2', 2, 500), alarm('p1-young', 1, 5), alarm('p1-old', 1, 50), alarm('p3', 3, 900)])).toEqual([
    'p1-old',
    'p1-young',
    'p2',
    'p3',
  ]);
});

test('unknown accounts come last of those that wait, however old', () => {
  expect(order([alarm('unknown', 4, 9000, { site: null }), alarm('p4', 4, 5), alarm('p3', 3, 5)])).toEqual([
    'p3',
    'p4',
    'unknown',
  ]);
});

test('an emergency without a site is no unknown account', () => {
  expect(isUnplaced(alarm('emergency', 1, 5, { site: null }))).toBe(false);
});

test('taken ones come after what waits, shelved after taken, closed not at all', () => {
  const rows = [
    alarm('closed', 1, 5, { state: 'closed' }),
    alarm('shelved', 2, 5, { state: 'shelved' }),
    alarm('taken', 1, 900, { state: 'taken' }),
    alarm('viewed', 3, 5, { state: 'viewed' }),
    alarm('new', 4, 1),
  ];
  expect(order(rows)).toEqual(['viewed', 'new', 'taken', 'shelved']);
});

test('the same time is ordered by id, so that rows never swap', () => {
  expect(order([alarm('b', 2, 5), alarm('a', 2, 5)])).toEqual(['a', 'b']);
});

test('a row ages at its thresholds, on the second', () => {
  const row = (secondsAgo: number) => alarm('a', 2, secondsAgo, { ages_after_s: [60, 120] });
  expect([59, 60, 119, 120].map((s) => ageLevel(row(s), NOW))).toEqual([0, 1, 1, 2]);
});

test('what somebody has does not age', () => {
  expect(ageLevel(alarm('a', 1, 9999, { state: 'taken' }), NOW)).toBe(0);
  expect(ageLevel(alarm('a', 1, 9999, { state: 'shelved' }), NOW)).toBe(0);
});

test('counts are by state and priority', () => {
  const counts = count([
    alarm('a', 1, 1),
    alarm('b', 1, 1),
    alarm('c', 3, 1, { state: 'viewed' }),
    alarm('d', 4, 1, { state: 'shelved' }),
  ]);
  expect(counts.new).toEqual([2, 0, 0, 0]);
  expect(counts.viewed).toEqual([0, 0, 1, 0]);
  expect(counts.taken).toEqual([0, 0, 0, 0]);
  expect(counts.shelved).toEqual([0, 0, 0, 1]);
});

test('only what is settled may be closed', () => {
  expect(mayClose(alarm('a', 2, 5))).toBe(false);
  expect(mayClose(alarm('a', 2, 5, { restored_at: '2026-01-10T21:59:59Z' }))).toBe(false);
  expect(mayClose(alarm('a', 2, 5, { state: 'viewed', restored_at: '2026-01-10T21:59:59Z' }))).toBe(true);
  expect(mayClose(alarm('a', 2, 5, { state: 'taken' }))).toBe(true);
  expect(mayClose(alarm('a', 2, 5, { state: 'taken', callout: 'c' }))).toBe(false);
});

test('an emergency cannot be shelved', () => {
  expect(mayShelve(alarm('a', 1, 5))).toBe(false);
  expect(mayShelve(alarm('a', 2, 5))).toBe(true);
});

test('only what waits and is said to ring rings', () => {
  const rows = [
    alarm('a', 1, 5),
    alarm('b', 2, 5, { state: 'taken' }),
    alarm('c', 2, 5, { rings: false }),
    alarm('d', 3, 5, { state: 'viewed' }),
  ];
  expect(ringing(rows).map((r) => r.id)).toEqual(['a', 'd']);
});
