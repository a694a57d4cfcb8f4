/** Small words both pages share. Civil times come from `$lib/shared/time`. */

export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** `020 7974 4444` → `tel:02079744444` */
export const tel = (telephone: string): string => `tel:${telephone.replace(/[^\d+]/g, '')}`;

/** "12 s ago", "6 min ago", "3 h ago" */
export function ago(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 3) return 'just now';
  if (s < 90) return `${s} s ago`;
  const min = Math.round(s / 60);
  return min < 90 ? `${min} min ago` : `${Math.round(min / 60)} h ago`;
}

/** "Intruder alarm, boiler house": the place only where the title does not say it already. */
export function placeLine({ title, place, estate = '' }: { title: string; place: string; estate?: string }): string {
  const named = title.toLowerCase().includes(place.toLowerCase());
  return [title, named ? '' : place, estate].filter(Boolean).join(', ');
}

/** Place, estate and address, each said once: addresses often begin with the other two. */
export function whereLine({ place, estate, address }: { place: string; estate: string; address: string }): string {
  const has = (part: string) => address.toLowerCase().includes(part.toLowerCase());
  return [has(place) ? '' : place, has(estate) ? '' : estate, address].filter(Boolean).join(', ');
}
