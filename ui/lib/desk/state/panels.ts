/** Panels in words: set or unset, and on test. */
import type { PanelView } from '$lib/generated/PanelView';
import type { TestView } from '$lib/generated/TestView';
import { clockMinute, dayAndTime, ms } from '$lib/shared/time';

const HOW: Record<string, string> = { set: 'set', part_set: 'set in part', unset: 'unset' };

/** "Set since 18:02", "Part 1 set since 18:02, part 2 unset since 07:30", "Not known: it has not said". */
export function armedWords(panel: PanelView, now: number, zone: string): string {
  if (panel.armed.length === 0) return 'Set or unset: not known, it has not said';
  const words = panel.armed.map((part) => {
    const how = `${HOW[part.how] ?? part.how} since ${dayAndTime(part.since, now, zone)}`;
    return part.partition === null ? how : `part ${part.partition} ${how}`;
  });
  const text = words.join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const isTesting = (test: TestView, now: number): boolean => ms(test.from) <= now && now < ms(test.until);

/** Panels with a test, running ones first, then what ends soonest. */
export function onTest(panels: readonly PanelView[]): (PanelView & { test: TestView })[] {
  const has = (panel: PanelView): panel is PanelView & { test: TestView } => panel.test !== null;
  return panels.filter(has).sort((a, b) => ms(a.test.until) - ms(b.test.until));
}

/** "until 22:30, zones 5, 7; hold-up and fire too" */
export function testWords(test: TestView, now: number, zone: string): string {
  const when = isTesting(test, now)
    ? `until ${dayAndTime(test.until, now, zone)}`
    : `from ${dayAndTime(test.from, now, zone)} to ${clockMinute(test.until, zone)}`;
  const zones = test.zones.length > 0 ? `, zone ${test.zones.join(', ')} only` : '';
  return `${when}${zones}${test.also_life_safety ? ', hold-up and fire too' : ''}`;
}

export function countWords(test: TestView): string {
  if (test.count === 0) return 'nothing came';
  const standing = test.standing.length > 0 ? `, not restored: zone ${test.standing.join(', ')}` : '';
  return `${test.count} came${standing}`;
}
