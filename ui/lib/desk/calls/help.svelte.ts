/** What helps with a card, asked a moment after the last letter. Nothing here changes the card. */
import type { CallHelp } from '$lib/generated/CallHelp';
import type { CallQuestion } from '$lib/generated/CallQuestion';
import type { Host } from '../host/host';

/** A pause in typing: half an address is another one. */
export const PAUSE_MS = 300;

export class Help {
  view = $state.raw<CallHelp | null>(null);
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #host: Pick<Host, 'callHelp'>;

  constructor(host: Pick<Host, 'callHelp'>) {
    this.#host = host;
  }

  ask(question: CallQuestion): void {
    const turn = ++this.#turn;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        // Without an answer the card works as before; what was shown for another question goes.
        this.#host.callHelp(question).then(
          (view) => turn === this.#turn && (this.view = view),
          () => turn === this.#turn && (this.view = null),
        );
      },
      this.view === null ? 0 : PAUSE_MS,
    );
  }

  stop(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
  }
}
