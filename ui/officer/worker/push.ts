/**
 * The part of the service worker that rings: it runs while the page is closed and the phone is locked.
 *
 * Built as one plain script, which the worker that keeps the page on the phone takes in (`vite.config.ts`).
 */
import { waiting } from '$lib/field/command';
import { hub } from '$lib/field/hub';
import { register, TOLD } from '../push';
import { notice, read, UNREADABLE, type Pushed } from './notice';

const worker = globalThis as unknown as ServiceWorkerGlobalScope;

worker.addEventListener('push', (event) => {
  let data: unknown = null;
  try {
    data = event.data?.json();
  } catch {
    // Not ours to understand; still somebody calls.
  }
  event.waitUntil(ring(read(data) ?? UNREADABLE));
});

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open());
});

// The browser gives the phone another address; the hub must know it.
worker.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(register(worker.registration, false));
});

/** Customers' pages are of the same origin. */
async function pages(): Promise<readonly WindowClient[]> {
  const all = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return all.filter((page) => new URL(page.url).pathname.startsWith('/officer'));
}

async function ring(pushed: Pushed) {
  const open = await pages();
  const watched = open.some((page) => page.visibilityState === 'visible');
  const shown = worker.registration.showNotification(pushed.title, notice(pushed, watched));
  await Promise.all([shown, pushed.what === 'offer' ? delivered(pushed) : null]);
  for (const page of open) page.postMessage({ [TOLD]: pushed.what });
}

/** Control sees that the offer is on a phone. Without signal the operator learns that none has it, as before. */
async function delivered({ callout }: Pushed) {
  if (!callout) return;
  const { command } = waiting('assignment.delivered', callout, {}, { after: [], officer: '', lapses_at: null });
  // The page says it again when it is opened.
  await hub.commands([{ ...command, sent_at: command.at, age_ms: 0 }]).catch(() => undefined);
}

async function open() {
  const [page] = await pages();
  if (page) await page.focus();
  else await worker.clients.openWindow('/officer/');
}
