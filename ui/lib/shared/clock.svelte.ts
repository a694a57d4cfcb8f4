/**
 * The hub's clock, followed by the page: set from each message, run on by the page's steady clock at the hub's rate.
 *
 * `now` is reactive and steps once a second (up to four times a second when a demonstration runs faster), so
 * everything that shows an age or a countdown changes in one go.
 */
const STEP_MS_MIN = 250;

export class HubClock {
  /** Hub time in milliseconds since 1970, as last stepped. */
  now = $state(Date.now());

  #base = Date.now();
  #at: number;
  #rate = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #steady: () => number;

  constructor(steady: () => number = () => performance.now()) {
    this.#steady = steady;
    this.#at = steady();
  }

  /** The hub said it is `now` there, running at `rate`. */
  set(now: string, rate: number): void {
    const at = Date.parse(now);
    if (!Number.isFinite(at)) return;
    this.#base = at;
    this.#at = this.#steady();
    this.#rate = rate > 0 ? rate : 1;
    this.step();
  }

  /** Hub time this very moment, not stepped. */
  exact(): number {
    return this.#base + (this.#steady() - this.#at) * this.#rate;
  }

  step(): void {
    this.now = this.exact();
  }

  /** Steps on the hub's whole seconds until the returned function is called. */
  run(): () => void {
    const next = () => {
      this.step();
      const intoSecond = ((this.now % 1000) + 1000) % 1000;
      const wait = Math.max(STEP_MS_MIN, (1000 - intoSecond) / this.#rate);
      this.#timer = setTimeout(next, wait);
    };
    next();
    return () => clearTimeout(this.#timer);
  }
}
