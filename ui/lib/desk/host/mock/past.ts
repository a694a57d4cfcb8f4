/** What was at each invented site before this evening. */
import type { PastCallout } from '$lib/generated/PastCallout';
import type { World } from './world';

const DAY_MS = 86_400_000;

/** The first site had a bad autumn, the second a call that was stood down, the others none. */
export function pastOf(world: World, site: string): PastCallout[] {
  const place = world.board.sites.findIndex((s) => s.id === site);
  const at = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
  const one = (n: number, days: number, more: Partial<PastCallout>): PastCallout => ({
    id: `past-${place}-${n}`,
    number: `CO-26-0${1700 - place * 10 - n}`,
    at: at(days),
    title: 'Intruder alarm',
    priority: 2,
    ended: 'closed',
    verdict: '',
    cause: '',
    ...more,
  });
  if (place === 1) return [one(1, 12, { title: 'Noise nuisance', priority: 4, ended: 'stood_down' })];
  if (place !== 0) return [];
  return [
    one(1, 4, { verdict: 'false', cause: 'user error' }),
    one(2, 19, { title: 'Hold-up', priority: 1, verdict: 'genuine', cause: 'attempted' }),
    one(3, 33, { verdict: 'false', cause: 'equipment fault' }),
    one(4, 61, { verdict: 'not_known', cause: 'cause unknown' }),
  ];
}
