import {
  age,
  clockMinute,
  clockTime,
  countdown,
  dayAndTime,
  elapsed,
  isAmbiguous,
  secondsBetween,
  spell,
} from '$lib/shared/time';
import { expect, test } from 'vitest';

// The clocks go back on 25 October 2026 at 01:00 UTC.
const FIRST_HALF_PAST_ONE = '2026-10-25T00:30:00Z';
const SECOND_HALF_PAST_ONE = '2026-10-25T01:30:00Z';

test('a time in summer is British Summer Time and one in winter Greenwich Mean Time', () => {
  expect(clockTime('2026-07-01T20:49:08Z')).toBe('21:49:08');
  expect(clockTime('2026-12-01T20:49:08Z')).toBe('20:49:08');
});

test('the hour that happens twice says which one it is', () => {
  expect(clockMinute(FIRST_HALF_PAST_ONE)).toBe('01:30 BST');
  expect(clockMinute(SECOND_HALF_PAST_ONE)).toBe('01:30 GMT');
  expect(clockTime(SECOND_HALF_PAST_ONE)).toBe('01:30:00 GMT');
});

test('only the hour that happens twice is ambiguous', () => {
  expect(isAmbiguous('2026-10-24T23:59:59Z')).toBe(false);
  expect(isAmbiguous('2026-10-25T00:00:00Z')).toBe(true);
  expect(isAmbiguous('2026-10-25T01:59:59Z')).toBe(true);
  expect(isAmbiguous('2026-10-25T02:00:00Z')).toBe(false);
  // In spring an hour is missing, none is double.
  expect(isAmbiguous('2026-03-29T00:30:00Z')).toBe(false);
  expect(isAmbiguous('2026-03-29T01:30:00Z')).toBe(false);
});

test('an age over the clock change is how long it was, not what the clocks say', () => {
  expect(secondsBetween(FIRST_HALF_PAST_ONE, SECOND_HALF_PAST_ONE)).toBe(3600);
});

test('midnight is 00:00', () => {
  expect(clockMinute('2026-12-01T00:00:00Z')).toBe('00:00');
});

test('another day than today is named', () => {
  expect(dayAndTime('2026-10-24T20:04:00Z', '2026-10-25T12:00:00Z')).toBe('Sat 24 Oct 21:04');
  expect(dayAndTime('2026-10-25T12:04:00Z', '2026-10-25T12:05:00Z')).toBe('12:04');
});

test('a time nobody can read stays a place to look at, not a lie', () => {
  expect(clockTime('yesterday')).toBe('--:--:--');
});

test('ages are short', () => {
  expect([0, 4, 59, 60, 240, 3600, 7500, 90_000].map(age)).toEqual([
    '0 s',
    '4 s',
    '59 s',
    '1 m',
    '4 m',
    '1 h 00 m',
    '2 h 05 m',
    '1 d',
  ]);
});

test('running clocks and countdowns', () => {
  expect([8, 1867, 3753].map(elapsed)).toEqual(['00:08', '31:07', '1:02:33']);
  expect([22, 80, 0, -5, 3753].map(countdown)).toEqual(['0:22', '1:20', '0:00', '0:00', '1:02:33']);
  // Half a second left is not yet over.
  expect(countdown(0.5)).toBe('0:01');
});

test('durations in a sentence', () => {
  expect([6, 178, 120, 18_600, 7200].map(spell)).toEqual(['6 s', '2 min 58 s', '2 min', '5 h 10 min', '2 h']);
});

test('a fix from a clock slightly ahead is 0 seconds old', () => {
  expect(secondsBetween('2026-01-01T00:00:05Z', '2026-01-01T00:00:00Z')).toBe(0);
});
