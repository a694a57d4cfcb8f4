/**
 * Times as a control room reads them: civil time of the service's zone, 24 hours, with an age beside it.
 *
 * Instants are RFC 3339 strings or milliseconds since 1970; the zone is an IANA name.
 */

export const LONDON = 'Europe/London';
const HOUR_MS = 3_600_000;

export type InstantLike = string | number | Date;

export function ms(instant: InstantLike): number {
  if (typeof instant === 'number') return instant;
  return typeof instant === 'string' ? Date.parse(instant) : instant.getTime();
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options });
    formats.set(key, found);
  }
  return found;
}

const TIME: Intl.DateTimeFormatOptions = {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
};

function wallTime(at: number, zone: string): string {
  return format(zone, TIME).format(at);
}

function dayOf(at: number, zone: string): string {
  return format(zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
}

/** "GMT" or "BST". */
export function zoneName(instant: InstantLike, zone: string = LONDON): string {
  const parts = format(zone, { timeZoneName: 'short' }).formatToParts(ms(instant));
  return parts.find((p) => p.type === 'timeZoneName')?.value ?? zone;
}

/** Whether the clocks show this time twice, an hour apart, on the night they go back. */
export function isAmbiguous(instant: InstantLike, zone: string = LONDON): boolean {
  const at = ms(instant);
  const wall = wallTime(at, zone);
  return wall === wallTime(at + HOUR_MS, zone) || wall === wallTime(at - HOUR_MS, zone);
}

/** "21:49:08"; "01:30:00 BST" in the hour that happens twice. An unreadable instant is "--:--:--". */
export function clockTime(instant: InstantLike, zone: string = LONDON): string {
  const at = ms(instant);
  if (!Number.isFinite(at)) return '--:--:--';
  const wall = wallTime(at, zone);
  return isAmbiguous(at, zone) ? `${wall} ${zoneName(at, zone)}` : wall;
}

/** "21:49"; "01:30 BST" in the hour that happens twice. */
export function clockMinute(instant: InstantLike, zone: string = LONDON): string {
  const full = clockTime(instant, zone);
  return full.slice(0, 5) + full.slice(8);
}

/** "2026-11-24", the date there. */
export function dateOf(instant: InstantLike, zone: string = LONDON): string {
  return dayOf(ms(instant), zone).split('/').reverse().join('-');
}

/** The last minute of a date there, as an instant. */
export function endOfDay(date: string, zone: string = LONDON): string {
  const guess = Date.parse(`${date}T23:59:00Z`);
  // No zone is further than 14 hours from Greenwich.
  for (let off = -14 * 60; off <= 14 * 60; off += 15) {
    const at = guess + off * 60_000;
    if (dateOf(at, zone) === date && wallTime(at, zone).slice(0, 5) === '23:59') return new Date(at).toISOString();
  }
  return new Date(guess).toISOString();
}

/** The newest instant up to `now` at which clocks showed this: "21:40". Null when none did within a day. */
export function pastTime(clock: string, now: InstantLike, zone: string = LONDON): string | null {
  const minute = Math.floor(ms(now) / 60_000) * 60_000;
  // The longest day has 25 hours.
  for (let back = 0; back <= 25 * 60; back += 1) {
    const at = minute - back * 60_000;
    if (wallTime(at, zone).slice(0, 5) === clock) return new Date(at).toISOString();
  }
  return null;
}

/** "21:49" today, "Sat 24 Oct 21:49" on another day than `now`. */
export function dayAndTime(instant: InstantLike, now: InstantLike, zone: string = LONDON): string {
  const at = ms(instant);
  if (!Number.isFinite(at)) return '--:--';
  const time = clockMinute(at, zone);
  if (dayOf(at, zone) === dayOf(ms(now), zone)) return time;
  return `${shortDate(at, zone)} ${time}`;
}

/** "Sat 24 Oct". */
export function shortDate(instant: InstantLike, zone: string = LONDON): string {
  const parts = format(zone, { weekday: 'short', day: 'numeric', month: 'short' }).formatToParts(ms(instant));
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
  return `${part('weekday')} ${part('day')} ${part('month')}`;
}

/** "1 Mar 2027": a day that may be in another year. */
export function fullDate(instant: InstantLike, zone: string = LONDON): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: 'numeric', month: 'short', year: 'numeric' }).format(
    new Date(ms(instant)),
  );
}

/** Seconds from `from` to `to`, never negative: a clock a little behind shows 0, not nonsense. */
export function secondsBetween(from: InstantLike, to: InstantLike): number {
  const seconds = Math.floor((ms(to) - ms(from)) / 1000);
  return Number.isFinite(seconds) ? Math.max(0, seconds) : 0;
}

/** How long ago, short: "4 s", "4 m", "2 h 05 m", "3 d". */
export function age(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} m`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${pad(Math.floor((s % 3600) / 60))} m`;
  return `${Math.floor(s / 86_400)} d`;
}

/** A running clock: "00:08", "31:07", "1:02:33". */
export function elapsed(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 3600) return `${pad(Math.floor(s / 60))}:${pad(s % 60)}`;
  return `${Math.floor(s / 3600)}:${pad(Math.floor((s % 3600) / 60))}:${pad(s % 60)}`;
}

/** What is left: "0:22", "1:20", "1:02:33"; "0:00" once over. */
export function countdown(seconds: number): string {
  const s = Math.max(0, Math.ceil(seconds));
  if (s < 3600) return `${Math.floor(s / 60)}:${pad(s % 60)}`;
  return `${Math.floor(s / 3600)}:${pad(Math.floor((s % 3600) / 60))}:${pad(s % 60)}`;
}

/** In words for a sentence: "8 s", "2 min 58 s", "5 h 10 min". */
export function spell(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return s % 60 === 0 ? `${s / 60} min` : `${Math.floor(s / 60)} min ${s % 60} s`;
  const minutes = Math.floor((s % 3600) / 60);
  return minutes === 0 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 3600)} h ${minutes} min`;
}

function pad(n: number): string {
  return String(n).padStart(2, '0');
}
