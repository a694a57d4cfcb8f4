/** Tells a hub that was restored from a backup: its log ends before what this phone has seen of it. */

import type { Result } from './hub';

/**
 * A log only grows. Still two signs of one kind are wanted, as on the desk: a heartbeat or an answer can be older than
 * the state that overtook it on the way.
 */
const SIGNS = 2;

export class Restored {
  #beats = 0;
  #answers = 0;

  /** A heartbeat told where the hub's log ends. True when the hub was restored. */
  beat(head: number, seen: number): boolean {
    this.#beats = head < seen ? this.#beats + 1 : 0;
    return this.#told(this.#beats);
  }

  /** The hub was asked when `seen` was known already, and answered with a state of `seq`. */
  answer(seq: number, seen: number): boolean {
    this.#answers = seq < seen ? this.#answers + 1 : 0;
    return this.#told(this.#answers);
  }

  /** Commands went out when `seen` was known. One that was new to the hub always lies behind that. */
  results(results: readonly Result[], seen: number): boolean {
    return results.some((r) => r.outcome === 'accepted' && r.seq !== null && r.seq[1] <= seen);
  }

  #told(signs: number): boolean {
    if (signs < SIGNS) return false;
    this.#beats = 0;
    this.#answers = 0;
    return true;
  }
}
