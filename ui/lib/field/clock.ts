/** When the officer acted, by both of the phone's clocks. The hub's clock is `$lib/shared/clock.svelte`. */

export interface Stamp {
  /** Wall clock, RFC 3339. */
  at: string;
  /** Steady clock: milliseconds since `origin_ms`, which names the page load it belongs to. */
  steady_ms: number;
  origin_ms: number;
}

export interface Device {
  wall: () => number;
  steady: () => number;
  origin: number;
}

export const device: Device = {
  wall: () => Date.now(),
  steady: () => performance.now(),
  origin: performance.timeOrigin,
};

export function stamp(d: Device = device): Stamp {
  return { at: new Date(d.wall()).toISOString(), steady_ms: d.steady(), origin_ms: d.origin };
}

/**
 * How long ago a stamp was made.
 *
 * A steady clock does not see a wall clock being set back; but on phones it stands still while the phone sleeps, which
 * is where most late commands come from. So the larger of the two counts. After a reload only the wall clock is left.
 */
export function ageMs(made: Stamp, d: Device = device): number | undefined {
  const byWall = d.wall() - Date.parse(made.at);
  if (made.origin_ms === d.origin) {
    return Math.max(0, Math.round(Math.max(byWall, d.steady() - made.steady_ms)));
  }
  return byWall >= 0 ? Math.round(byWall) : undefined;
}
