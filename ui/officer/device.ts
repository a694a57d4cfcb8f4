/** What the phone itself does: its position, and keeping the screen on. */
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
