/** Finding by words: every word typed must begin a word of what is found; the earlier, the better; ties keep their order. */
import type { SiteView } from '$lib/generated/SiteView';

export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f’']/g, '')
    .toLowerCase();
}

/** Lower is better; null when it does not match. */
export function score(text: string, query: string): number | null {
  const folded = fold(text);
  const words = fold(query).split(/\s+/).filter(Boolean);
  let total = 0;
  for (const word of words) {
    const at = folded.indexOf(word);
    if (at < 0) return null;
    const begins = at === 0 || /[^a-z0-9]/.test(folded[at - 1] ?? ' ');
    total += (begins ? 0 : 40) + Math.min(at, 30);
  }
  return total;
}

export function rank<T>(items: readonly T[], query: string, text: (item: T) => string): T[] {
  if (query.trim() === '') return [...items];
  return items
    .map((item) => ({ item, score: score(text(item), query) }))
    .filter((r): r is { item: T; score: number } => r.score !== null)
    .sort((a, b) => a.score - b.score)
    .map((r) => r.item);
}

export function searchSites(sites: readonly SiteView[], query: string): SiteView[] {
  return rank(sites, query, (s) => `${s.name} ${s.estate} ${s.reference} ${s.address}`);
}
