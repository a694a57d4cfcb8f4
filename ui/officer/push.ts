/** The phone's subscription at its push service, and at the hub: used by the page and by its worker. */
import { hub, HubError } from '$lib/field/hub';

/** The worker's word to open pages: what it has shown. */
export const TOLD = 'watchhouse_push';

const bytes = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));

const same = (one: ArrayBuffer | null, other: Uint8Array): boolean => {
  const left = one && new Uint8Array(one);
  return left !== null && left.length === other.length && left.every((byte, i) => byte === other[i]);
};

/** Lets the hub call this phone; `ring`: once now, for the officer to hear. Throws when something says no. */
export async function register(registration: ServiceWorkerRegistration, ring: boolean) {
  const { key: text, on } = await hub.push();
  const key = bytes(text);
  let subscription = await registration.pushManager.getSubscription();
  // The hub lets go of one that does not work any more; and one of another hub's key it could not use.
  if (subscription && !(on && same(subscription.options.applicationServerKey, key))) {
    await subscription.unsubscribe();
    subscription = null;
  }
  subscription ??= await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  try {
    await hub.subscribe(subscription.toJSON(), ring);
  } catch (error) {
    // A hub that cannot use it must not leave the phone believing that it rings.
    if (error instanceof HubError && !error.transient) await subscription.unsubscribe();
    throw error;
  }
}

/** When it returns, the hub has confirmed that it does not call this phone. */
export async function release(registration: ServiceWorkerRegistration | undefined) {
  const subscription = await registration?.pushManager.getSubscription();
  await subscription?.unsubscribe();
  await hub.unsubscribe();
}
