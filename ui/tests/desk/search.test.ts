import { rank, score } from '$lib/desk/palette/search';
import { expect, test } from 'vitest';

const find = (items: string[], query: string) => rank(items, query, (t) => t);

test('every word must be there, in any order', () => {
  expect(find(['Note on CO-26-01847', 'CO-26-01847 Hold-up', 'Theme dark'], '01847 note')).toEqual([
    'Note on CO-26-01847',
  ]);
});

test('what begins with it comes before what contains it', () => {
  expect(find(['Barns', 'RSP-1 on site', 'Offered to RSP-1'], 'rsp')).toEqual(['RSP-1 on site', 'Offered to RSP-1']);
});

test('accents, case and apostrophes do not matter', () => {
  expect(score('Tenants’ hall, Regent’s Park', 'TENANTS regents')).not.toBeNull();
  expect(score('Café', 'cafe')).not.toBeNull();
});

test('ties keep their order', () => {
  expect(find(['RSP-1', 'RSP-2', 'RSP-3'], 'rsp')).toEqual(['RSP-1', 'RSP-2', 'RSP-3']);
});
