import type { AlarmRow } from '$lib/generated/AlarmRow';
import type { Board } from '$lib/generated/Board';
import type { CalloutRow } from '$lib/generated/CalloutRow';
import type { Patch } from '$lib/generated/Patch';
import type { UnitRow } from '$lib/generated/UnitRow';
import { callouts, alarm as mockAlarm } from '$lib/desk/host/mock/queue';
import { units } from '$lib/desk/host/mock/people';
import { NO_PATCH, World } from '$lib/desk/host/mock/world';

export const NOW = Date.parse('2026-01-10T22:00:00Z');
export const at = (secondsAgo: number) => new Date(NOW - secondsAgo * 1000).toISOString();

export const alarm = (id: string, priority: number, secondsAgo: number, more: Partial<AlarmRow> = {}): AlarmRow =>
  mockAlarm(NOW, id, priority, 'Intruder', secondsAgo * 1000, { site: 'site-amp-office', ...more });

export const callout = (more: Partial<CalloutRow> = {}): CalloutRow => ({
  ...(callouts(NOW)[0] as CalloutRow),
  ...more,
});
export const unit = (more: Partial<UnitRow> = {}): UnitRow => ({ ...(units(NOW)[1] as UnitRow), ...more });
export const patch = (change: Partial<Patch>): Patch => ({ ...NO_PATCH, ...change });
export const board = (change: Partial<Board> = {}): Board => ({ ...new World('empty').board, ...change });
