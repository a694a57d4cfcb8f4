/**
 * Whether this phone rings while the page is closed and the screen is dark, and why not.
 *
 * The browser asks the officer once, after a touch. From then on the phone is registered at the hub when the shift
 * begins and released when it ends; both count only when the hub has confirmed them.
 */
import { register, release, TOLD } from './push';

export type RingState =
  /** The hub calls this phone. */
  | 'on'
  /** Allowed; it begins with the shift. */
  | 'ready'
  | 'working'
  /** The officer was not asked yet. */
  | 'off'
  | 'refused'
  | 'failed'
  /** An iPhone lets only pages of the home screen ring. */
  | 'home_screen'
  | 'none';

/** Without an answer of push service or hub: tried again after this. */
const AGAIN_MS = 30_000;
/** The push service may have let go of the phone meanwhile: looked at again when the page is, but not every time. */
const LOOK_MS = 60_000;
const WORKER_WAIT_MS = 10_000;

export class Ringing {
  state = $state<RingState>('none');
  /** The try has come through. */
  heard = $state(false);

  #onShift: boolean | null = null;
  #ring = false;
  #lookedAt = -Infinity;
  #again: ReturnType<typeof setTimeout> | undefined;
  #turn: Promise<void> = Promise.resolve();

  start() {
    this.state = able();
    document.addEventListener('visibilitychange', this.#visible);
    navigator.serviceWorker?.addEventListener('message', (event: MessageEvent<Record<string, unknown> | null>) => {
      if (event.data?.[TOLD] === 'try') this.heard = true;
      // On the screen the page says it itself.
      if (event.data?.[TOLD] && document.visibilityState === 'visible') void clear();
    });
    this.#visible();
  }

  /** By the hub's word. */
  shift(on: boolean) {
    if (on === this.#onShift) return;
    this.#onShift = on;
    this.#see();
  }

  /** After the touch of a button: asks the officer if need be, and lets the phone ring once. */
  async ask() {
    this.#ring = true;
    this.heard = false;
    if (able() === 'off') await Notification.requestPermission();
    this.#see();
  }

  #visible = () => {
    if (document.visibilityState !== 'visible') return;
    void clear();
    // What is allowed may have been changed in the phone's settings.
    if (able() !== 'ready' || this.state !== 'on') this.#see();
    else if (performance.now() - this.#lookedAt > LOOK_MS) this.#see();
  };

  #see() {
    clearTimeout(this.#again);
    // One after the other: a shift that ends while the phone is being registered ends that too.
    this.#turn = this.#turn.then(() => this.#settle());
  }

  async #settle() {
    const allowed = able();
    if (allowed !== 'ready' || this.#onShift === null) {
      this.state = allowed;
      return;
    }
    const begins = this.#onShift;
    if (begins && this.state !== 'on') this.state = 'working';
    try {
      if (begins) await register(await registration(), this.#ring);
      else await this.#end();
      this.#ring &&= !begins;
      this.#lookedAt = performance.now();
      this.state = begins ? 'on' : 'ready';
    } catch {
      this.state = begins ? 'failed' : 'ready';
      this.#again = setTimeout(() => this.#see(), AGAIN_MS);
    }
  }

  async #end() {
    const found = await navigator.serviceWorker.getRegistration('/officer/');
    if (await found?.pushManager.getSubscription()) await release(found);
  }
}

export const ringing = new Ringing();

/** What this browser and its settings allow. */
function able(): 'none' | 'home_screen' | 'off' | 'refused' | 'ready' {
  const has = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
  if (!has) return 'standalone' in navigator && !navigator.standalone ? 'home_screen' : 'none';
  switch (Notification.permission) {
    case 'default':
      return 'off';
    case 'denied':
      return 'refused';
    case 'granted':
      return 'ready';
  }
}

async function registration(): Promise<ServiceWorkerRegistration> {
  const late = new Promise<never>((_, fail) => setTimeout(() => fail(new Error('no worker')), WORKER_WAIT_MS));
  return Promise.race([navigator.serviceWorker.ready, late]);
}

/** Takes down what the page shows itself. */
async function clear() {
  const found = await navigator.serviceWorker?.getRegistration('/officer/').catch(() => undefined);
  for (const shown of (await found?.getNotifications?.()) ?? []) shown.close();
}
