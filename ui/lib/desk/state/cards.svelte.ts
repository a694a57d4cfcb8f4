/** The cards being written, one for each call; kept through a reload of the window. */
import { SvelteMap } from 'svelte/reactivity';
import { CallDraft } from './call-draft.svelte';

const KEY = 'call ';

export class Cards {
  readonly #drafts = new SvelteMap<string, CallDraft>();
  readonly #store: Storage | null;

  constructor(store: Storage | null = typeof sessionStorage === 'undefined' ? null : sessionStorage) {
    this.#store = store;
  }

  has(call: string): boolean {
    return this.#drafts.has(call);
  }

  /** The card of a call; made when it is first asked for. */
  of(call: string): CallDraft {
    const known = this.#drafts.get(call);
    if (known) return known;
    const draft = new CallDraft(call);
    const memory = this.#store?.getItem(KEY + call);
    if (memory) {
      try {
        draft.recall(memory);
      } catch {
        // Of another version of the page: what the desk has is shown instead.
        this.#store?.removeItem(KEY + call);
      }
    }
    this.#drafts.set(call, draft);
    return draft;
  }

  remember(draft: CallDraft): void {
    try {
      this.#store?.setItem(KEY + draft.call, draft.memory());
    } catch {
      // Full: the card is still kept by the desk itself a moment later.
    }
  }

  forget(call: string): void {
    this.#drafts.delete(call);
    this.#store?.removeItem(KEY + call);
  }
}
