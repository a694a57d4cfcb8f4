import { fault, said, toggledOption, visible, wanted } from '$lib/field/answers';
import { expect, test } from 'vitest';
import { item } from './fixtures';

const found = item('found', {
  type: 'multi_choice',
  options: ['Lights', 'Door', 'Water'],
  choose_min: 1,
  choose_max: 2,
});

test('several options are kept in the order of the list, and none is no answer', () => {
  expect(toggledOption(found, null, 'Water')).toBe('Water');
  expect(toggledOption(found, 'Water', 'Lights')).toBe('Lights; Water');
  expect(toggledOption(found, 'Lights; Water', 'Lights')).toBe('Water');
  expect(toggledOption(found, 'Water', 'Water')).toBeNull();
});

test.each([
  [item('n', { type: 'number', min: 0, max: 4, unit: 'bar', step: 0.5 }), '1,5', null],
  [item('n', { type: 'number', min: 0, max: 4, unit: 'bar', step: 0.5 }), '1.6', 'Give it in steps of 0.5 bar.'],
  [item('n', { type: 'number', min: 0, max: 4, unit: 'bar' }), '5', 'It must be 4 bar or less.'],
  [item('n', { type: 'number', min: 0, max: 4, unit: 'bar', warn: true }), '5', null],
  [item('m', { type: 'meter', max: 4 }), '5', null],
  [item('m', { type: 'meter', assets: ['A', 'B'] }), '5', 'Choose which one it is first.'],
  [item('t', { type: 'time' }), '24:00', 'Write the time as 21:45.'],
  [item('t', { type: 'time' }), '21:45', null],
  [item('s', { type: 'scan', tags: ['WH-7'] }), ' wh-7', null],
  [item('w', { type: 'text', text_max: 3 }), 'four', 'Write 3 characters at most.'],
  [found, 'Lights; Door; Water', 'Choose 2 at most.'],
])('%o takes %s or says %s', (of, value, says) => {
  expect(fault(of, value, null)).toBe(says);
});

test('what must come with an answer follows from it', () => {
  const water = { ...found, evidence_pictures: 2, evidence_note: true, evidence_when: 'Water' };
  expect(wanted(water, 'Lights')).toEqual({ pictures: 0, note: false });
  expect(wanted(water, 'Lights; Water')).toEqual({ pictures: 2, note: true });
  const high = item('m', { type: 'meter', max: 4, evidence_note: true, evidence_when: 'out_of_range' });
  expect(wanted(high, '5').note).toBe(true);
  expect(wanted(high, '4').note).toBe(false);
  expect(said(high, '5', 'out_of_range')).toBe(true);
  expect(wanted(item('y', { picture_if: 'no' }), 'no').pictures).toBe(1);
});

test('what depends on an item that is not asked is not asked', () => {
  const chain = (value: string) => [
    item('a', { value }),
    item('b', { value: 'yes', show_if_item: 'a', show_if_value: 'yes' }),
    item('c', { show_if_item: 'b', show_if_value: 'yes' }),
  ];
  const ids = (value: string) => visible(chain(value)).map((i) => i.id);
  expect(ids('yes')).toEqual(['a', 'b', 'c']);
  expect(ids('no')).toEqual(['a']);
});
