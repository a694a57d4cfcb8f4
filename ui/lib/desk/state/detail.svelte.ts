/** The open call-out's panel: shown at once from memory when it was open before, then brought up to date. */
import type { CalloutDetail } from '$lib/generated/CalloutDetail';
import { sentenceOf } from '../host/host';

/** Panels kept for going back to; more are asked for again. */
const KEPT_MAX = 20;

export class DetailState {
  open = $state<string | null>(null);
  detail = $state.raw<CalloutDetail | null>(null);
  problem = $state<string | null>(null);

  #kept = new Map<string, CalloutDetail>();
  #asked = 0;
  #busy = false;
  #again = false;
  readonly #fetch: (callout: string) => Promise<CalloutDetail>;

  constructor(fetch: (callout: string) => Promise<CalloutDetail>) {
    this.#fetch = fetch;
  }

  show(callout: string | null): void {
    if (callout === this.open) return;
    this.open = callout;
    this.problem = null;
    this.detail = callout ? (this.#kept.get(callout) ?? null) : null;
    this.#asked++;
    this.#busy = false;
    if (callout) void this.refresh();
  }

  /** Asks again; while an answer is on its way, once more after it. */
  async refresh(): Promise<void> {
    const callout = this.open;
    if (!callout) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    const turn = ++this.#asked;
    try {
      const detail = await this.#fetch(callout);
      this.#keep(callout, detail);
      if (turn === this.#asked) {
        this.detail = detail;
        this.problem = null;
      }
    } catch (error) {
      if (turn === this.#asked) this.problem = sentenceOf(error);
    } finally {
      if (turn === this.#asked) {
        this.#busy = false;
        if (this.#again) {
          this.#again = false;
          void this.refresh();
        }
      }
    }
  }

  stale(callouts: Set<string>): void {
    for (const id of callouts) if (id !== this.open) this.#kept.delete(id);
    if (this.open && (callouts.has(this.open) || (this.detail && callouts.has(this.detail.row.number))))
      void this.refresh();
  }

  #keep(callout: string, detail: CalloutDetail): void {
    this.#kept.delete(callout);
    this.#kept.set(callout, detail);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > KEPT_MAX && !oldest.done) this.#kept.delete(oldest.value);
  }
}
