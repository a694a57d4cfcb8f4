/** Rings until somebody takes it. Mute is timed, visible, and never silences priority 1. */
import { POLICIES, RingBook, type Ringing, type SoundPolicies } from './ring';
import { play } from './tones';

const LOOK_EVERY_MS = 200;
export const MUTE_MINUTES = [2, 5, 15] as const;

export class Sound {
  /** Real time, in milliseconds, until which 2 to 4 are silent. */
  mutedUntil = $state<number | null>(null);
  /** How each priority sounds at this desk. */
  policies = $state.raw<SoundPolicies>(POLICIES);
  /** The browser waits for a click before it lets anything sound. */
  blocked = $state(false);
  /** How many ring now. */
  count = $state(0);

  #context: AudioContext | null = null;
  #book = new RingBook();
  #rings: Ringing[] = [];
  #playing: { priority: number; stop: () => void } | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #sound: (priority: number) => void;
  readonly #clock: () => number;

  /** By a clock that nobody can set: an alarm sounds whatever happens to the wall clock. */
  constructor(sound?: (priority: number) => void, clock: () => number = () => performance.now()) {
    this.#sound = sound ?? ((priority) => this.#play(priority));
    this.#clock = clock;
  }

  /** Who rings now. Taken anywhere is silent here, at once. */
  set(rings: Ringing[]): void {
    this.#rings = rings;
    this.count = rings.length;
    const playing = this.#playing;
    if (playing && !rings.some((r) => r.priority === playing.priority)) {
      playing.stop();
      this.#playing = null;
    }
    this.look();
  }

  mute(minutes: number): void {
    this.mutedUntil = this.#clock() + minutes * 60_000;
  }

  unmute(): void {
    this.mutedUntil = null;
  }

  look(): void {
    const now = this.#clock();
    if (this.mutedUntil !== null && now >= this.mutedUntil) this.mutedUntil = null;
    const priority = this.#book.due(this.#rings, now, this.mutedUntil !== null, this.policies);
    if (priority !== null) this.#sound(priority);
  }

  /** Looks at the clock until the returned function is called. */
  run(): () => void {
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    const wake = () => this.wake();
    window.addEventListener('click', wake, { capture: true });
    window.addEventListener('keydown', wake, { capture: true });
    return () => {
      clearInterval(this.#timer);
      window.removeEventListener('click', wake, { capture: true });
      window.removeEventListener('keydown', wake, { capture: true });
    };
  }

  /** Any click or key lets a blocked context sound. */
  wake(): void {
    if (this.#context?.state === 'suspended') void this.#context.resume().then(() => (this.blocked = false));
  }

  #play(priority: number): void {
    try {
      this.#context ??= new AudioContext();
    } catch {
      this.blocked = true;
      return;
    }
    this.blocked = this.#context.state === 'suspended';
    if (this.blocked) {
      void this.#context.resume().then(() => (this.blocked = this.#context?.state !== 'running'));
      return;
    }
    this.#playing = { priority, stop: play(this.#context, priority) };
  }
}
