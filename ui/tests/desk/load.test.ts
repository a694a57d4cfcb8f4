import { isAbove, lately, now, shares, YARDSTICK_WORDS } from '$lib/desk/state/load';
import { armedWords, countWords, onTest, testWords } from '$lib/desk/state/panels';
import { readRules } from '$lib/desk/forms/panel';
import { QUIET, panels } from '$lib/desk/host/mock/panels';
import { expect, test } from 'vitest';
import { NOW } from './rows';

const load = (more: Partial<typeof QUIET>) => ({ ...QUIET, ...more });

test('the load is for each operator, and the yardstick says where it comes from', () => {
  expect(now(load({ ten_minutes: 7, operators: 2 }))).toBe('3.5');
  expect(now(load({ ten_minutes: 300, operators: 1 }))).toBe('300');
  expect(lately(load({ hour: 6, operators: 1 }))).toBe('1');
  expect(isAbove(load({ hour: 6, operators: 1 }))).toBe(false);
  expect(isAbove(load({ hour: 7, operators: 1 }))).toBe(true);
  expect(YARDSTICK_WORDS).toMatch(/process industry \(EEMUA 191\).*at most 1 alarm per operator in 10 minutes/);
});

test('shares are of the last hour and add up', () => {
  expect(shares(load({ by_priority: [1, 3, 8, 8] }))).toEqual([5, 15, 80]);
  expect(shares(load({ by_priority: [1, 1, 1, 0] }))).toEqual([33, 33, 34]);
  expect(shares(load({ by_priority: [0, 0, 0, 0] }))).toBeNull();
});

test('a panel says of each part whether it is set, or that nothing is known', () => {
  const [whole, parts, silent] = panels(NOW);
  expect(armedWords(whole!, NOW, 'Europe/London')).toMatch(/^Set since \d\d:\d\d$/);
  expect(armedWords(parts!, NOW, 'Europe/London')).toMatch(/^Part 1 set since .*, part 2 unset since /);
  expect(armedWords(silent!, NOW, 'Europe/London')).toBe('Set or unset: not known, it has not said');
});

test('a test says until when, for which zones, and what came', () => {
  const test = {
    by: 'Priya',
    reason: 'Engineer',
    from: new Date(NOW - 1000).toISOString(),
    until: new Date(NOW + 3_600_000).toISOString(),
    zones: ['5', '7'],
    also_life_safety: true,
    count: 3,
    last_at: null,
    standing: ['5'],
  };
  expect(testWords(test, NOW, 'Europe/London')).toBe('until 23:00, zone 5, 7 only, hold-up and fire too');
  expect(countWords(test)).toBe('3 came, not restored: zone 5');
  const later = { ...test, from: new Date(NOW + 60_000).toISOString(), zones: [], also_life_safety: false };
  expect(testWords(later, NOW, 'Europe/London')).toBe('from 22:01 to 23:00');
  const [one, two] = panels(NOW);
  const both = [
    { ...one!, test: { ...test, until: new Date(NOW + 9_000_000).toISOString() } },
    { ...two!, test },
  ];
  expect(onTest(both).map((p) => p.account)).toEqual(['2042', '2041']);
});

test('settings of alarms are read as people write them, or what is wrong is said', () => {
  const values = {
    age_1: '15, 30',
    age_2: '45 90',
    age_3: '150/300',
    age_4: '300;900',
    flap_times: '5',
    flap_minutes: '10',
    flap_quiet: '10',
    flood_begins: '10',
    flood_ends: '4',
  };
  expect(readRules(values)).toEqual({
    ageing_s: [
      [15, 30],
      [45, 90],
      [150, 300],
      [300, 900],
    ],
    flap: { times: 5, minutes: 10, quiet_minutes: 10 },
    flood: { begins: 10, ends: 4 },
  });
  expect(readRules({ ...values, age_2: '90, 45' })).toBe(
    'Write the seconds for priority 2 as two numbers, the smaller first: 45, 90.',
  );
  expect(readRules({ ...values, flap_times: 'many' })).toBe('Write whole numbers.');
});
