/** Likelihood times severity, and which decisions it leaves open (facts section 7). Pure. */

import type { Decision, HazardFound, Risk } from './command';

export const CONTROLS_FROM = 10;
export const STOP_FROM = 16;

export const score = (r: Risk): number => r.likelihood * r.severity;

export function band(value: number): 'low' | 'medium' | 'high' | 'extreme' {
  if (value >= STOP_FROM) return 'extreme';
  if (value >= CONTROLS_FROM) return 'high';
  return value >= 5 ? 'medium' : 'low';
}

/** With one of these on site the hub accepts no going on, with controls or without. */
const STOPPERS = new Set(['weapon', 'intruder_on_site']);

export const stopper = (hazards: readonly HazardFound[]): boolean => hazards.some((h) => STOPPERS.has(h.kind));

export interface Seen {
  people: string;
  lighting: string;
  ground: string;
  hazards: readonly HazardFound[];
  controls: readonly string[];
}

/**
 * A first proposal of what remains: the worst hazard, with likelihood one lower for one control and two lower for
 * three. Poor light or bad ground is a hazard of its own. The officer adjusts it.
 */
export function proposeResidual(seen: Seen): Risk {
  const rough = seen.lighting === 'dark' || seen.lighting === 'poor' || ['wet', 'icy', 'uneven'].includes(seen.ground);
  const hostile = seen.people === 'people, hostile';
  const base: Risk = hostile
    ? { likelihood: 3, severity: 4 }
    : rough
      ? { likelihood: 2, severity: 3 }
      : { likelihood: 1, severity: 2 };
  const worst = seen.hazards.reduce<Risk>((a, b) => (score(b) > score(a) ? b : a), base);
  const lower = seen.controls.length >= 3 ? 2 : seen.controls.length >= 1 ? 1 : 0;
  return { likelihood: Math.max(1, worst.likelihood - lower), severity: worst.severity };
}

export interface Choice {
  decision: Decision;
  /** Why it is not open, in a sentence. */
  not: string | null;
}

/** Every decision, with why not where it is not open. `go` is the one the big button makes. */
export function decisions(seen: Seen, residual: Risk): { go: Choice; others: Choice[] } {
  const value = score(residual);
  const controlled = seen.controls.length > 0;
  const extreme = value >= STOP_FROM ? `${value} is too high to go on: wait or withdraw.` : null;
  const bare = value >= CONTROLS_FROM && !controlled ? `${value} is high: say what you will do about it first.` : null;
  const threat = stopper(seen.hazards)
    ? 'A weapon or an intruder is on site: stay outside, wait or withdraw. The police are needed.'
    : null;
  return {
    go: { decision: controlled ? 'proceed_with_controls' : 'proceed', not: threat ?? extreme ?? bare },
    others: [
      { decision: 'external_only', not: extreme ?? bare },
      { decision: 'wait', not: null },
      { decision: 'withdraw', not: null },
    ],
  };
}
