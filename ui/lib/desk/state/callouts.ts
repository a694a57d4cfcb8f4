/** How call-outs are ordered and how long they run. */
import type { CalloutRow } from '$lib/generated/CalloutRow';
import { ms } from '$lib/shared/time';

/** From here on somebody may be in danger. */
export const URGENT_LEVEL = 2;

/** Officers in danger first, then priority, then oldest; closed ones last. */
export function byNeed(a: CalloutRow, b: CalloutRow): number {
  return (
    Number(b.open) - Number(a.open) ||
    Number(b.escalation >= URGENT_LEVEL) - Number(a.escalation >= URGENT_LEVEL) ||
    a.priority - b.priority ||
    ms(a.created_at) - ms(b.created_at) ||
    (a.number < b.number ? -1 : 1)
  );
}

/** Every kind a person can start by hand, in the words of the domain. */
export const ABOUT: readonly [value: string, label: string, priority: number][] = [
  ['noise_nuisance', 'Noise nuisance', 3],
  ['youth_disorder', 'Youth disorder', 3],
  ['anti_social_behaviour', 'Anti-social behaviour', 3],
  ['harassment', 'Harassment', 2],
  ['drugs', 'Drug use or dealing', 3],
  ['rough_sleeping', 'Rough sleeping', 4],
  ['welfare_check', 'Welfare check', 2],
  ['intruder', 'Intruder', 2],
  ['hold_up', 'Hold-up', 1],
  ['panic', 'Panic', 1],
  ['fire', 'Fire', 1],
  ['flood', 'Water leak', 3],
  ['access', 'Door', 3],
  ['lock_unlock', 'Lock or unlock', 4],
  ['patrol_find', 'Patrol find', 4],
];

export const ESCALATION_WORDS: Record<number, string> = { 1: 'Assist', 2: 'Urgent assistance', 3: 'Emergency' };
