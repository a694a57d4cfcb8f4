import { expect, test } from 'vitest';
import { scaleFor } from '$lib/desk/panel/shrunk';

const phone = [4000, 3000] as const;

test('a picture that is cut to its place covers it with no pixel more than it needs', () => {
  expect(scaleFor(...phone, { width: 160, height: 160, fit: 'cover' }) * 3000).toBeCloseTo(160);
});

test('a picture shown whole fits into its place', () => {
  expect(scaleFor(...phone, { width: 1920, height: 1080, fit: 'contain' }) * 3000).toBeCloseTo(1080);
});

test('a picture that is smaller than its place stays as it is', () => {
  expect(scaleFor(100, 80, { width: 160, height: 160, fit: 'contain' })).toBe(1);
  expect(scaleFor(0, 0, { width: 160, height: 160, fit: 'cover' })).toBe(1);
});
