import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { KINDS, notice, read, type Pushed } from '../../officer/worker/notice';

const pushed = (what: Pushed['what']): Pushed => ({ what, tag: 'a', title: 'Title', body: 'Body' });

test('what calls the officer rings, shakes and stays, again and again', () => {
  for (const what of ['offer', 'check_call', 'escalation', 'reminder', 'stand_down'] as const) {
    expect(notice(pushed(what), false)).toMatchObject({ silent: false, requireInteraction: true, renotify: true });
    expect(notice(pushed(what), false).vibrate).not.toBeUndefined();
  }
});

test('what is over, and what the page on the screen rings for itself, makes no sound', () => {
  for (const quiet of [notice(pushed('over'), false), notice(pushed('offer'), true)]) {
    expect(quiet).toMatchObject({ silent: true, renotify: false });
    // A browser refuses both at once, and would show nothing.
    expect(quiet).not.toHaveProperty('vibrate');
  }
  expect(notice(pushed('over'), false).requireInteraction).toBe(false);
});

test('every message of the hub is read, and nothing else', () => {
  const file = new URL('../../../crates/hub/src/push/examples.json', import.meta.url);
  const examples = JSON.parse(readFileSync(file, 'utf8')) as Pushed[];
  for (const example of examples) expect(read(example)).toEqual(example);
  expect(new Set(examples.map((e) => e.what))).toEqual(new Set(KINDS));
  expect(read(pushed('offer'))).toEqual(pushed('offer'));
  for (const odd of [null, 'text', {}, { ...pushed('offer'), title: 1 }, { ...pushed('offer'), what: 'newer' }]) {
    expect(read(odd)).toBeNull();
  }
});
