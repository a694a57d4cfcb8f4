import { byCallSign, fixAge, freshness } from '$lib/desk/state/units';
import { expect, test } from 'vitest';
import { at, NOW, unit } from './rows';

test('live to 2 minutes, ageing to 10, stale to 30, then lost', () => {
  expect([0, 120, 121, 600, 601, 1800, 1801].map(freshness)).toEqual([
    'live',
    'live',
    'ageing',
    'ageing',
    'stale',
    'stale',
    'lost',
  ]);
  expect(freshness(null)).toBe('never');
});

test('the age is whole seconds by the hub’s clock', () => {
  expect(fixAge(unit({ fix_at: at(11.7) }), NOW)).toBe(11);
  expect(fixAge(unit({ fix_at: null }), NOW)).toBeNull();
});

test('call signs are in the order people count', () => {
  const list = ['RSP-10', 'RSP-2', 'HOT SPOT', 'RSP-1'].map((call_sign) =>
    unit({ call_sign, kind: call_sign === 'HOT SPOT' ? 'hot_spot' : 'foot', status: 'available' }),
  );
  list.push(unit({ call_sign: 'RSP-0', status: 'off', kind: 'foot' }));
  expect(list.sort(byCallSign).map((u) => u.call_sign)).toEqual(['HOT SPOT', 'RSP-1', 'RSP-2', 'RSP-10', 'RSP-0']);
});
