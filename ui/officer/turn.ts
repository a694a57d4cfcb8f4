/**
 * Which of the phone's tabs sends: the one that has the lock. Another takes over when it closes.
 *
 * A tab that holds what the others cannot read, or an emergency, does not wait for its turn. The hub takes twice as once.
 */
const LOCK = 'watchhouse-officer-sender';

export class Turn {
  #leads = false;
  #alone = false;
  #urgent = false;
  #loop: AbortController | null = null;

  constructor(private run: (end: AbortSignal) => Promise<void>) {}

  wait() {
    const lead = () => {
      this.#leads = true;
      this.#see();
      // The lock is given back when the page closes.
      return new Promise<never>(() => undefined);
    };
    if (navigator.locks) navigator.locks.request(LOCK, lead).catch(lead);
    else void lead();
  }

  /** Whether this tab sends although another may be sending. */
  alone(alone: boolean) {
    this.#alone = alone;
    this.#see();
  }

  /** From now on this tab sends: the one whose turn it is may be asleep. */
  urgent() {
    this.#urgent = true;
    this.#see();
  }

  #see() {
    const sends = this.#leads || this.#alone || this.#urgent;
    if (sends && !this.#loop) {
      this.#loop = new AbortController();
      void this.run(this.#loop.signal);
    } else if (!sends) {
      this.#loop?.abort();
      this.#loop = null;
    }
  }
}
