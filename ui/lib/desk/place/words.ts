/** Places as they are shown. */
import type { SiteView } from '$lib/generated/SiteView';

/** The slashes say what they are, however the register has them. */
export const shownWords = (words: string): string => `///${words.replace(/^\/+/, '')}`;

/** The words of a point, where the register has them: they name three metres, and nothing beside them. */
export function wordsOf(site: SiteView | null, at: { lat: number; lon: number }): string | null {
  if (!site) return null;
  const named = [site, ...site.entrances].find((place) => place.lat === at.lat && place.lon === at.lon);
  return named?.what3words ?? null;
}

/** As the desk's own program shows them: five decimals, a metre, with a real minus. */
export const coordinates = (at: { lat: number; lon: number }): string =>
  `${at.lat.toFixed(5)}, ${at.lon.toFixed(5)}`.replace(/-/g, '−');
