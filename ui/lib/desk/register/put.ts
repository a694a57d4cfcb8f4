/** Bodies of the register's commands as its forms read them. What a form does not know goes back as it came. */

export interface Pin {
  lat: number;
  lon: number;
}

export interface EntrancePut {
  name: string;
  point: Pin;
  what3words?: string | null;
  parking?: { point: Pin; note: string } | null;
}

export interface ContactPut {
  id?: string | null;
  role: string;
  name: string;
  telephone: string;
  email: string;
  /** Which version of an approved report is sent to this address. */
  reports?: 'customer' | 'full';
}

export interface ZonePut {
  zone: string;
  partition?: string | null;
  name: string;
}

/** A drawing of the site from above, or of a floor: 0 is the ground floor. */
export interface PlanPut {
  sha256: string;
  name: string;
  floor?: number | null;
}

export interface PolicyPut {
  callout_on_take: boolean;
  acknowledge_en_route: boolean;
  keys_needed: boolean;
  /** Pictures of shared checklist items need nobody's release. */
  pictures_at_once: boolean;
  confirmation: Confirmation;
  updates: Updates | null;
  /** What alarms here follow; the service's own when left out. */
  procedure?: string;
}

/** Whether one detector waits for a second one's word (BS 8243). */
export type Confirmation = 'none' | { sequential: { window_minutes: number; lower_unconfirmed: boolean } };

/** Minutes for priority 1 to 4; 0 is never. */
export interface Updates {
  customer_min: number[];
  control_min: number[];
}

export interface SitePut {
  ref: string;
  name: string;
  estate: string | null;
  address: string;
  lat: number;
  lon: number;
  radius_m: number;
  customer: string | null;
  entrances: EntrancePut[];
  zones: ZonePut[];
  floors?: { lowest: number; highest: number } | null;
  plans?: PlanPut[];
  hazards: string[];
  access: string;
  keys: string[];
  response: string;
  what3words: string | null;
  rams: string | null;
  checklist: string | null;
  contacts: ContactPut[];
  policy: PolicyPut;
}

export interface UrnPut {
  kind: string;
  number: string;
  force: string;
  level: string;
}

export interface PanelPut {
  account: string;
  site: string | null;
  supervision_s: number | null;
  urns: UrnPut[];
}

export interface RamsPut {
  ref: string;
  title: string;
  first: string;
  hazards: string[];
  controls: string[];
  ppe: string[];
  no_go: string[];
  emergency: string;
  minimum_crew: number;
  owner: string;
  valid_until: string | null;
  sites: string[];
  kinds: string[];
  hours: { from: string; to: string } | null;
  pdf: { sha256: string; name: string } | null;
}

/** The desk made it from its own record of that kind; only the reading is ours. */
export const as = <T>(put: Record<string, unknown>): T => structuredClone(put) as T;

export const body = (put: object): Record<string, unknown> => put as Record<string, unknown>;

export const lines = (text: string | undefined): string[] =>
  (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

export const at = (pin: Pin): string => `${pin.lat}, ${pin.lon}`;

/** In the list without one, with it changed, or with one more. */
export function withOne<T>(list: T[], index: number | null, value: T | null): T[] {
  if (index === null) return value === null ? list : [...list, value];
  return list.flatMap((old, i) => (i === index ? (value === null ? [] : [value]) : [old]));
}

export function moved<T>(list: T[], from: number, by: -1 | 1): T[] {
  const to = from + by;
  if (to < 0 || to >= list.length) return list;
  const next = [...list];
  const [one] = next.splice(from, 1);
  if (one !== undefined) next.splice(to, 0, one);
  return next;
}
