// @vitest-environment jsdom
import { BINDINGS, commandFor } from '$lib/desk/state/keys';
import { expect, test } from 'vitest';

type Init = Partial<Parameters<typeof commandFor>[0]>;
const key = (name: string, init: Init = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  defaultPrevented: false,
  target: document.body,
  ...init,
});

test('letters do what the help says', () => {
  expect(commandFor(key('a'), false)).toBe('take');
  expect(commandFor(key('A'), false)).toBe('take');
  expect(commandFor(key('s'), false)).toBe('shelve');
  expect(commandFor(key('c'), false)).toBe('callout');
  expect(commandFor(key('o'), false)).toBe('offer');
  expect(commandFor(key('n'), false)).toBe('new-callout');
  expect(commandFor(key('m'), false)).toBe('note');
  expect(commandFor(key('?'), false)).toBe('help');
  expect(commandFor(key('/'), false)).toBe('palette');
  expect(commandFor(key('t'), false)).toBe('telephone');
  expect([1, 2, 3, 4].map((n) => commandFor(key(String(n)), false))).toEqual([
    'list-alarms',
    'list-callouts',
    'list-patrols',
    'list-calls',
  ]);
});

test('arrows and J K are the same', () => {
  expect(commandFor(key('ArrowDown'), false)).toBe(commandFor(key('j'), false));
  expect(commandFor(key('ArrowUp'), false)).toBe(commandFor(key('k'), false));
});

test('where one writes, a letter is a letter', () => {
  for (const field of [
    document.createElement('input'),
    document.createElement('textarea'),
    document.createElement('select'),
  ]) {
    for (const name of ['a', 's', '/', '?', '1', 'Escape', 'ArrowDown'])
      expect(commandFor(key(name, { target: field }), false)).toBeNull();
  }
});

test('Ctrl K works even from a field, but not over a dialog', () => {
  expect(commandFor(key('k', { ctrlKey: true, target: document.createElement('input') }), false)).toBe('palette');
  expect(commandFor(key('k', { ctrlKey: true }), true)).toBeNull();
});

test('with a dialog open or a modifier held no letter acts', () => {
  expect(commandFor(key('a'), true)).toBeNull();
  expect(commandFor(key('a', { ctrlKey: true }), false)).toBeNull();
  expect(commandFor(key('a', { altKey: true }), false)).toBeNull();
  expect(commandFor(key('s', { metaKey: true }), false)).toBeNull();
});

test('leaning on a key takes one alarm, not five', () => {
  expect(commandFor(key('a', { repeat: true }), false)).toBeNull();
  expect(commandFor(key('j', { repeat: true }), false)).toBe('next');
});

test('no key means two things', () => {
  const keys = BINDINGS.flatMap((b) => b.keys);
  expect(new Set(keys).size).toBe(keys.length);
});
