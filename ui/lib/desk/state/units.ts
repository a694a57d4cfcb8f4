/** How far a unit's last position may be trusted. */
import type { UnitRow } from '$lib/generated/UnitRow';
import { secondsBetween } from '$lib/shared/time';

export type Freshness = 'live' | 'ageing' | 'stale' | 'lost' | 'never';

const LIVE_S = 2 * 60;
const AGEING_S = 10 * 60;
const STALE_S = 30 * 60;

/** Age of the position in whole seconds by the hub's clock; null when there is none. */
export function fixAge(unit: UnitRow, now: number): number | null {
  return unit.fix_at === null ? null : secondsBetween(unit.fix_at, now);
}

/** Live to 2 minutes, ageing to 10, stale to 30, then lost. */
export function freshness(ageS: number | null): Freshness {
  if (ageS === null) return 'never';
  if (ageS <= LIVE_S) return 'live';
  if (ageS <= AGEING_S) return 'ageing';
  return ageS <= STALE_S ? 'stale' : 'lost';
}

export const FRESHNESS_WORDS: Record<Freshness, string> = {
  live: 'live',
  ageing: 'ageing',
  stale: 'stale',
  lost: 'lost',
  never: 'no position',
};

/** How strongly the map draws it. A lost unit stays, hollow: its last place is still worth knowing. */
export const FRESHNESS_ALPHA: Record<Freshness, number> = { live: 1, ageing: 0.72, stale: 0.5, lost: 0.38, never: 0 };

export const GLYPHS: Record<string, string> = { vehicle: 'CAR', foot: 'FOOT', hot_spot: 'HOT' };
export const KIND_WORDS: Record<string, string> = { vehicle: 'Car', foot: 'On foot', hot_spot: 'Hot-spot vehicle' };
export const STATUS_WORDS: Record<string, string> = {
  available: 'Available',
  offered: 'Offered',
  busy: 'Busy',
  off: 'Off shift',
};

const ORDER: Record<string, number> = { hot_spot: 0, vehicle: 1, foot: 2 };

/** The hot-spot vehicle, cars, then foot; each by call sign as a person counts (RSP-2 before RSP-10). */
export function byCallSign(a: UnitRow, b: UnitRow): number {
  const off = Number(a.status === 'off') - Number(b.status === 'off');
  const kind = (ORDER[a.kind] ?? 3) - (ORDER[b.kind] ?? 3);
  return off || kind || a.call_sign.localeCompare(b.call_sign, 'en', { numeric: true });
}
