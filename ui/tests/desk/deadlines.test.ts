import { deadlines } from '$lib/desk/state/deadlines';
import { expect, test } from 'vitest';
import { alarm, at, callout, unit } from './rows';

const none = { alarms: [], callouts: [], units: [] };
const idle = { due_at: null, offer_expires_at: null };

test('what runs out stands soonest first, whichever list it is from', () => {
  const found = deadlines({
    alarms: [alarm('a', 4, 60, { state: 'shelved', shelved_until: at(-900), title: 'Line fault' })],
    callouts: [
      callout({ id: 'c', number: 'CO-26-00001', open: true, offer_expires_at: at(-20), due_at: at(-600) }),
      callout({ id: 'd', number: 'CO-26-00002', open: true, ...idle, due_at: at(5) }),
    ],
    units: [unit({ id: 'u', call_sign: 'RSP-2', check_call_due: at(-60) })],
  });
  expect(found.map((d) => d.who)).toEqual(['CO-26-00002', 'CO-26-00001', 'RSP-2', 'Line fault']);
  expect(found.map((d) => d.opens.kind)).toEqual(['callout', 'callout', 'unit', 'alarm']);
});

test('what is over or has no clock is not there', () => {
  expect(deadlines(none)).toEqual([]);
  expect(
    deadlines({
      alarms: [alarm('a', 2, 60, { state: 'new' })],
      callouts: [callout({ open: false, due_at: at(5) }), callout({ open: true, ...idle })],
      units: [unit({ check_call_due: null })],
    }),
  ).toEqual([]);
});
