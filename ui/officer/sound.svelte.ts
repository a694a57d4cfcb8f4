/**
 * Making the officer notice: tones and shaking.
 *
 * A browser lets a page sound only after a touch, and takes it back when the page is loaded anew or a telephone call
 * comes in. A phone that cannot ring must not look as if it could: `state` says so, and any touch tries to mend it.
 */

/** How long a touch may take to bring the sound back. */
const WAKE_MS = 1500;
/** A clock of the sound that has not moved for so long, between two tones, stands still. */
const STILL_MS = 1000;
const TOUCHES = ['pointerup', 'touchend', 'click', 'keydown'] as const;

const OFFER_EVERY_MS = 1800;
const OFFER_SHAKE = [400, 150, 400];
const ASK_EVERY_MS = 5000;
const ASK_SHAKE = [150, 100, 150];
const LOST_SHAKE = [250];

export class Sound {
  /** `none`: this browser makes no sound at all. */
  state = $state<'on' | 'off' | 'none'>('off');
  /** A touch did not bring it back. */
  failed = $state(false);

  #audio: AudioContext | null = null;
  /** It worked before: the system took it, and may give it back without a touch. */
  #worked = false;
  /** Some phones come back from a call with a sound that says it runs and stands still. */
  #stuck = false;
  #rung: { audio_s: number; steady_ms: number } | null = null;

  /** From now on follows what the browser allows. */
  start() {
    this.#renew();
    for (const touch of TOUCHES) addEventListener(touch, this.#touched, { capture: true });
    document.addEventListener('visibilitychange', this.#back);
    addEventListener('pageshow', this.#back);
    addEventListener('focus', this.#back);
  }

  /** After the touch of a button: brings the sound back, and lets it be heard. */
  async mend() {
    if (await this.#wake()) this.#bell();
  }

  /** Sounds and shakes until the returned function is called. */
  ring(): () => void {
    this.#rung = null;
    return repeat(() => {
      this.#bell();
      vibrate(OFFER_SHAKE);
    }, OFFER_EVERY_MS);
  }

  #bell() {
    const audio = this.#audio;
    if (this.state !== 'on' || !audio) return;
    const now = { audio_s: audio.currentTime, steady_ms: performance.now() };
    const last = this.#rung;
    if (last && now.audio_s === last.audio_s && now.steady_ms - last.steady_ms > STILL_MS) {
      this.#stuck = true;
      return this.#look();
    }
    this.#rung = now;
    tone(audio, audio.currentTime, 880);
    tone(audio, audio.currentTime + 0.35, 1175);
  }

  #touched = () => {
    if (this.state === 'off') void this.#wake();
  };

  #back = () => {
    if (this.#worked && this.state === 'off' && document.visibilityState === 'visible') {
      this.#audio?.resume().catch(() => undefined);
    }
  };

  async #wake(): Promise<boolean> {
    if (this.state === 'none') return false;
    if (this.#stuck || this.#audio?.state === 'closed') this.#renew();
    // A refused `resume` never answers in some browsers.
    const late = new Promise((done) => setTimeout(done, WAKE_MS));
    await Promise.race([this.#audio?.resume().catch(() => undefined), late]);
    this.#look();
    this.failed = this.state !== 'on';
    return this.state === 'on';
  }

  #renew() {
    void this.#audio?.close().catch(() => undefined);
    this.#stuck = false;
    this.#rung = null;
    try {
      this.#audio = new AudioContext();
      this.#audio.addEventListener('statechange', () => this.#look());
      this.#look();
    } catch {
      this.#audio = null;
      this.state = 'none';
    }
  }

  #look() {
    const on = this.#audio?.state === 'running' && !this.#stuck;
    if (on) this.failed = false;
    else if (this.state === 'on') vibrate(LOST_SHAKE);
    this.#worked ||= on;
    this.state = on ? 'on' : 'off';
  }
}

export const sound = new Sound();

/** Shakes without a sound: an officer on scene may be hiding. */
export const shake = (): (() => void) => repeat(() => vibrate(ASK_SHAKE), ASK_EVERY_MS);

function tone(audio: AudioContext, at: number, hz: number) {
  const source = audio.createOscillator();
  const gain = audio.createGain();
  source.type = 'square';
  source.frequency.value = hz;
  gain.gain.setValueAtTime(0.0001, at);
  gain.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.28);
  source.connect(gain).connect(audio.destination);
  source.start(at);
  source.stop(at + 0.3);
}

/** Browsers shake only for a page that has been touched, and complain otherwise. */
function vibrate(pattern: number | number[]) {
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(pattern);
}

function repeat(once: () => void, every_ms: number): () => void {
  once();
  const timer = setInterval(once, every_ms);
  return () => {
    clearInterval(timer);
    vibrate(0);
  };
}
