import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync('lib/shared/tokens.css', 'utf8');
const [, dark = '', media = '', light = ''] = css.split(/:root/);

const read = (block: string) =>
  Object.fromEntries([...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((m) => [m[1]!, m[2]!]));

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const TEXTS = ['text', 'muted', 'faint', 'accent', 'ok', 'warn', 'danger', 'off', 'p1', 'p2', 'p3', 'p4'];
const GROUNDS = ['bg', 'panel', 'panel-2', 'selected', 'p1-bg', 'p2-bg', 'p3-bg', 'p4-bg'];
const PAIRS = [
  ['accent-ink', 'accent'],
  ['danger', 'danger-bg'],
  ['warn', 'warn-bg'],
  ['ok', 'ok-bg'],
  ['off', 'off-bg'],
  ['busy', 'busy-bg'],
  ['free', 'free-bg'],
  ['p1-ink', 'p1'],
  ['p2-ink', 'p2'],
  ['p3-ink', 'p3'],
  ['p4-ink', 'p4'],
  ['muted', 'accent-bg'],
  ['muted', 'warn-bg'],
  ['text', 'panel-3'],
  ['muted', 'panel-3'],
] as const;

test.each([
  ['dark', dark],
  ['light', light],
])('text reaches 4.5:1 in the %s theme', (_name, block) => {
  const token = read(block);
  const pairs = [...TEXTS.flatMap((t) => GROUNDS.map((g) => [t, g] as const)), ...PAIRS];
  const low = pairs.filter(([t, g]) => contrast(token[t]!, token[g]!) < 4.5).map(([t, g]) => `${t} on ${g}`);
  expect(low).toEqual([]);
});

test('fields and marks reach 3:1', () => {
  for (const block of [dark, light]) {
    const token = read(block);
    for (const ground of ['bg', 'panel', 'field'])
      expect(contrast(token['line-strong']!, token[ground]!)).toBeGreaterThanOrEqual(3);
  }
});

test('the light theme is the same by the system and by the switch', () => {
  expect(read(media.slice(media.indexOf('{')))).toEqual(read(light));
});
