/**
 * What the typed place of a draft means, asked a moment after the last letter. Reading it is this desk's own work;
 * three words are also looked up outside. Nothing here changes the draft: answers are shown and offered.
 */
import type { PinView } from '$lib/generated/PinView';
import type { PlaceLookup } from '$lib/generated/PlaceLookup';
import type { PlaceQuestion } from '$lib/generated/PlaceQuestion';
import type { PlaceView } from '$lib/generated/PlaceView';
import { sentenceOf, type Host } from '../host/host';

/** A pause in typing. Half a place means another place, and each look-up is paid for. */
export const PAUSE_MS = 350;

/** What the draft says; what a look-up found is added here. */
export type Asked = Omit<PlaceQuestion, 'words_at'>;

type PlaceHost = Pick<Host, 'place' | 'lookUpWords' | 'wordsAt'>;

export class PlaceCheck {
  view = $state.raw<PlaceView | null>(null);
  /** What was said about the typed words. */
  lookup = $state.raw<PlaceLookup | null>(null);
  /** The words of the pin, once somebody asked for them. */
  here = $state.raw<{ pin: PinView; lookup: PlaceLookup } | null>(null);
  asking = $state(false);
  problem = $state('');

  #host: PlaceHost;
  #asked: Asked | null = null;
  #near: PinView | null = null;
  /** Counts questions: an answer to an earlier one is dropped. */
  #turn = 0;
  /** Counts texts: what was looked up for an earlier one is dropped, and the same one is looked up once. */
  #text = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: PlaceHost) {
    this.#host = host;
  }

  /**
   * The draft changed: whatever is on its way is about something else now. `near` is where the place is expected: words
   * far from it may be others that sound alike.
   */
  ask(asked: Asked, near: PinView | null): void {
    if (asked.typed.trim() !== this.#asked?.typed.trim()) this.#forget();
    this.#asked = asked;
    this.#near = near;
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#read(), PAUSE_MS);
  }

  /** Once more, after nobody answered. */
  again(): void {
    this.#forget();
    void this.#read();
  }

  async wordsOf(pin: PinView): Promise<void> {
    this.here = null;
    const lookup = await this.#outside(() => this.#host.wordsAt(pin));
    this.here = { pin, lookup };
  }

  stop(): void {
    this.#turn += 1;
    this.#forget();
    clearTimeout(this.#timer);
  }

  async #read(): Promise<void> {
    const turn = ++this.#turn;
    if (!this.#asked) return;
    try {
      const view = await this.#host.place({ ...this.#asked, words_at: this.lookup?.at ?? null });
      if (turn !== this.#turn) return;
      this.view = view;
      this.problem = '';
      if (view.kind === 'words' && this.lookup === null && !this.asking) void this.#lookUp(view.canonical);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.view = null;
      this.problem = sentenceOf(error);
    }
  }

  async #lookUp(words: string): Promise<void> {
    const text = this.#text;
    this.asking = true;
    const lookup = await this.#outside(() => this.#host.lookUpWords(words, this.#near));
    if (text !== this.#text) return;
    this.asking = false;
    this.lookup = lookup;
    if (lookup.at) await this.#read();
  }

  /** A look-up that fails is an answer like others: it touches nothing. */
  async #outside(look: () => Promise<PlaceLookup>): Promise<PlaceLookup> {
    try {
      return await look();
    } catch (error) {
      const text = sentenceOf(error);
      return { state: 'no_answer', text, words: '', at: null, near: '', suggestions: [], source: '', asked_at: '' };
    }
  }

  #forget(): void {
    this.#text += 1;
    this.lookup = null;
    this.asking = false;
  }
}
