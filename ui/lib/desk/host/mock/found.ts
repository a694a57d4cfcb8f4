/** What the inspections of an invented call-out found. */
import type { FoundView } from '$lib/generated/FoundView';

export const PLAN = 'e'.repeat(64);

const nothing = { note: '', pictures: [], plan: null, x: null, y: null };

export const FOUND: FoundView[] = [
  {
    ...nothing,
    n: 1,
    section: 'outside',
    what: 'doors',
    grade: 'high',
    place: 'Rear',
    note: 'Frame split at the lock',
    plan: PLAN,
    x: 0.62,
    y: 0.18,
  },
  {
    ...nothing,
    n: 2,
    section: 'inside',
    what: 'rooms',
    grade: 'low',
    place: 'Ground floor',
    note: 'Light left on in the office',
    plan: PLAN,
    x: 0.3,
    y: 0.7,
  },
];

export const LOOKED_AT = [
  'Outside in order: front, left side, right side, windows, lighting',
  'Outside, roof not checked: cannot be seen from the ground',
  'Inside in order: panel, fire exits',
];
