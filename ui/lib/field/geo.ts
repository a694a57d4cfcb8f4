/** Distances and directions good enough for "how far, and which way". */

export interface Point {
  lat: number;
  lon: number;
}

/** A position of this phone. */
export interface Fix extends Point {
  accuracy_m: number;
  /** By the phone's own clock, RFC 3339. */
  at: string;
}

/** Mean Earth radius in metres (IUGG), as the hub has it. */
const EARTH_RADIUS_M = 6_371_008.8;

/** From further away an arrival needs a reason: the hub asks for it. */
export const ARRIVE_REASON_OVER_M = 300;

const radians = (degrees: number) => (degrees * Math.PI) / 180;

export function distanceM(a: Point, b: Point): number {
  const halfLat = radians(b.lat - a.lat) / 2;
  const halfLon = radians(b.lon - a.lon) / 2;
  const h = Math.sin(halfLat) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(halfLon) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(h));
}

/** Initial bearing in degrees clockwise from north. */
export function bearing(from: Point, to: Point): number {
  const dLon = radians(to.lon - from.lon);
  const y = Math.sin(dLon) * Math.cos(radians(to.lat));
  const x =
    Math.cos(radians(from.lat)) * Math.sin(radians(to.lat)) -
    Math.sin(radians(from.lat)) * Math.cos(radians(to.lat)) * Math.cos(dLon);
  return ((((Math.atan2(y, x) * 180) / Math.PI) % 360) + 360) % 360;
}

const WINDS = ['north', 'north-east', 'east', 'south-east', 'south', 'south-west', 'west', 'north-west'];

export const wind = (degrees: number): string => WINDS[Math.round(degrees / 45) % 8]!;

/** `1.2 km` or `90 m`. */
export function spellDistance(metres: number): string {
  return metres >= 950 ? `${(metres / 1000).toFixed(1)} km` : `${Math.round(metres / 10) * 10} m`;
}

/** Opens the phone's own map; nothing is requested until it is pressed. */
export function mapLink({ lat, lon }: Point, name: string): string {
  const apple = typeof navigator !== 'undefined' && /iPhone|iPad/.test(navigator.userAgent);
  const label = encodeURIComponent(name);
  return apple ? `maps:?ll=${lat},${lon}&q=${label}` : `geo:${lat},${lon}?q=${lat},${lon}(${label})`;
}

const TRAVEL: Record<string, string> = { foot: 'on foot', vehicle: 'by car', hot_spot: 'by car' };

/** "0.9 km · about 4 min on foot"; "4 min by road" where a routing server said so. */
export function spellWay(distance_m: number | null, travel_s: number | null, by: string, by_road = false): string {
  const parts: string[] = [];
  if (distance_m !== null) parts.push(spellDistance(distance_m));
  const min = `${Math.max(1, Math.ceil((travel_s ?? 0) / 60))} min`;
  if (travel_s !== null && by_road) return by === 'foot' ? `${min} on foot, by road` : `${min} by road`;
  if (travel_s !== null) parts.push(`about ${min} ${TRAVEL[by] ?? ''}`.trim());
  return parts.join(' · ');
}
