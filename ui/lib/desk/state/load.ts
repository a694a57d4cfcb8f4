/** How many alarms come, in words. The yardstick is the process industry's (EEMUA 191), and says so. */
import type { LoadView } from '$lib/generated/LoadView';

/** In the long run one operator manages this many in ten minutes. */
export const YARDSTICK = 1;
export const YARDSTICK_WORDS =
  'Yardstick from process industry (EEMUA 191): in the long run at most 1 alarm per operator in 10 minutes, about 5 % of them high, 15 % medium and 80 % low.';

const per = (n: number, operators: number) => n / Math.max(1, operators);
const short = (n: number) => (n >= 10 || Number.isInteger(n) ? String(Math.round(n)) : n.toFixed(1));

/** For each operator in the last ten minutes. */
export const now = (load: LoadView): string => short(per(load.ten_minutes, load.operators));

/** For each operator in ten minutes, over the last hour. */
export const lately = (load: LoadView): string => short(per(load.hour / 6, load.operators));

export const isAbove = (load: LoadView): boolean => per(load.hour / 6, load.operators) > YARDSTICK;

/** Shares of high, medium and low in percent, that add up to 100; null without alarms. */
export function shares(load: LoadView): [high: number, medium: number, low: number] | null {
  const [one, two, three, four] = load.by_priority;
  const all = one + two + three + four;
  if (all === 0) return null;
  const high = Math.round((one / all) * 100);
  const medium = Math.round((two / all) * 100);
  return [high, medium, Math.max(0, 100 - high - medium)];
}
