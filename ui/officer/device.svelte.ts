/** What the phone itself does: its position, keeping the screen on, and making itself heard. */
import type { Phone } from './phone.svelte';

/** Often enough for "nearest", seldom enough for a battery. */
const POSITION_EVERY_MS = 10_000;

/** A phone that lies still gives no new fix by itself, and an old one takes its officer out of "nearest". */
const STILL_EVERY_MS = 60_000;

/** Follows the phone's position until the returned function is called. */
export function followPosition(phone: Phone): () => void {
  if (!('geolocation' in navigator)) return () => undefined;
  let sentAt = -Infinity;
  const took = ({ coords, timestamp }: GeolocationPosition) => {
    const at = new Date(timestamp).toISOString();
    const fix = { lat: coords.latitude, lon: coords.longitude, accuracy_m: coords.accuracy, at };
    phone.fix = fix;
    if (performance.now() - sentAt < POSITION_EVERY_MS || !navigator.onLine) return;
    sentAt = performance.now();
    void phone.reportPosition(fix);
  };
  const failed = () => undefined;
  const options = { enableHighAccuracy: true, timeout: 30_000 };
  const watch = navigator.geolocation.watchPosition(took, failed, { ...options, maximumAge: 5_000 });
  const still = setInterval(
    () => navigator.geolocation.getCurrentPosition(took, failed, { ...options, maximumAge: 0 }),
    STILL_EVERY_MS,
  );
  return () => {
    clearInterval(still);
    navigator.geolocation.clearWatch(watch);
  };
}

/** Keeps the screen on while the officer works; the system takes it back whenever the page is hidden. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let over = false;
  const ask = async () => {
    if (over || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    try {
      const got = await navigator.wakeLock.request('screen');
      if (over) await got.release();
      else lock = got;
    } catch {
      // Low battery: the system says no.
    }
  };
  document.addEventListener('visibilitychange', ask);
  void ask();
  return () => {
    over = true;
    document.removeEventListener('visibilitychange', ask);
    void lock?.release();
  };
}

let audio: AudioContext | null = null;

/** Browsers let a page sound only after a touch: the first one anywhere unlocks it. */
export function unlockSound() {
  const unlock = () => {
    try {
      audio ??= new AudioContext();
      void audio.resume();
    } catch {
      // No sound on this phone; vibration and screen remain.
    }
  };
  addEventListener('pointerdown', unlock, { once: true, capture: true });
  addEventListener('keydown', unlock, { once: true, capture: true });
}

function beep(at: number, hz: number) {
  if (!audio || audio.state !== 'running') return;
  const tone = audio.createOscillator();
  const gain = audio.createGain();
  tone.type = 'square';
  tone.frequency.value = hz;
  gain.gain.setValueAtTime(0.0001, at);
  gain.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.28);
  tone.connect(gain).connect(audio.destination);
  tone.start(at);
  tone.stop(at + 0.3);
}

/** Browsers shake only for a page that has been touched, and complain otherwise. */
function vibrate(pattern: number | number[]) {
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(pattern);
}

const OFFER_SHAKE = [400, 150, 400];
const ASK_SHAKE = [150, 100, 150];

function repeat(once: () => void, every_ms: number): () => void {
  once();
  const timer = setInterval(once, every_ms);
  return () => {
    clearInterval(timer);
    vibrate(0);
  };
}

/** Sounds and shakes until the returned function is called. */
export const ring = (): (() => void) =>
  repeat(() => {
    if (audio) {
      beep(audio.currentTime, 880);
      beep(audio.currentTime + 0.35, 1175);
    }
    vibrate(OFFER_SHAKE);
  }, 1800);

/** Shakes without a sound: an officer on scene may be hiding. */
export const shake = (): (() => void) => repeat(() => vibrate(ASK_SHAKE), 5000);
