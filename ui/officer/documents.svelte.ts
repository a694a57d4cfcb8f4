/**
 * What an officer must be able to read without signal: the signed RAMS, site plans and pictures of what good looks like.
 *
 * They are asked for once, when the call-out is accepted, and lie in the phone's cache, where the worker looks first
 * (`vite.config.ts`). What the call-out at hand does not need goes; with the officer goes everything.
 */
import type { OfficerCallout } from '$lib/generated/OfficerCallout';
import { SvelteSet } from 'svelte/reactivity';

const CACHE = 'documents';

/** Digests the phone has. */
export const kept = new SvelteSet<string>();
const asked = new Set<string>();

export const documentUrl = (sha256: string): string => `/officer/documents/${sha256}`;

export async function keepDocuments(callout: OfficerCallout) {
  // No secure context: the link works with signal.
  if (typeof caches === 'undefined') return;
  const wanted = [
    callout.rams?.pdf,
    ...callout.plans.map((p) => p.sha256),
    ...callout.items.map((i) => i.help_picture),
  ].filter((sha) => sha != null);
  const fresh = wanted.filter((sha) => !asked.has(sha));
  if (fresh.length === 0) return;
  for (const sha256 of fresh) asked.add(sha256);
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    if (!wanted.some((sha) => request.url.endsWith(documentUrl(sha)))) await cache.delete(request);
  }
  for (const sha256 of fresh) {
    try {
      if (!(await cache.match(documentUrl(sha256)))) {
        const response = await fetch(documentUrl(sha256));
        // The hub has it not, or not for this phone: asking again would not help.
        if (!response.ok) continue;
        await cache.put(documentUrl(sha256), response);
      }
      kept.add(sha256);
    } catch {
      // Without signal: asked again when the next state arrives.
      asked.delete(sha256);
    }
  }
}

/** With the officer goes what the officer was given to read. */
export async function forgetDocuments() {
  kept.clear();
  asked.clear();
  if (typeof caches !== 'undefined') await caches.delete(CACHE);
}
