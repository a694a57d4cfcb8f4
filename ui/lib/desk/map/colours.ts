/** The page's colours for a canvas, which cannot read custom properties by itself. */
const NAMES = [
  'map-bg',
  'map-grid',
  'map-road',
  'map-park',
  'map-water',
  'map-area',
  'map-edge',
  'map-halo',
  'text',
  'muted',
  'faint',
  'accent',
  'accent-ink',
  'line',
  'line-strong',
  'focus',
  'p1',
  'p2',
  'p3',
  'p4',
  'p1-ink',
  'p2-ink',
  'p3-ink',
  'p4-ink',
  'off',
  'busy',
  'free',
  'warn',
  'bg',
  'panel',
  'font',
] as const;

export type Colours = Record<(typeof NAMES)[number], string>;

export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Colours;
}
