import { HubClock } from '$lib/shared/clock.svelte';
import { expect, test } from 'vitest';

test('the clock follows the hub, not this computer', () => {
  let steady = 1000;
  const clock = new HubClock(() => steady);
  clock.set('2026-01-01T22:00:00Z', 1);
  steady += 2500;
  expect(new Date(clock.exact()).toISOString()).toBe('2026-01-01T22:00:02.500Z');
});

test('a demonstration runs at its own rate', () => {
  let steady = 0;
  const clock = new HubClock(() => steady);
  clock.set('2026-01-01T22:00:00Z', 60);
  steady += 1000;
  clock.step();
  expect(new Date(clock.now).toISOString()).toBe('2026-01-01T22:01:00.000Z');
});

test('an unreadable time or a rate of nothing leaves it running', () => {
  let steady = 0;
  const clock = new HubClock(() => steady);
  clock.set('2026-01-01T22:00:00Z', 0);
  clock.set('later', 1);
  steady += 1000;
  expect(new Date(clock.exact()).toISOString()).toBe('2026-01-01T22:00:01.000Z');
});
