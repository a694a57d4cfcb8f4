import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The built pages in a real browser (/usr/bin/chromium, or $CHROMIUM). One file at a time: a browser is heavy.
export default defineConfig({
  root: here('.'),
  resolve: { alias: { $lib: here('./lib') } },
  test: {
    include: ['tests/**/*.page.test.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 240_000,
    // A busy machine starts a worker in seconds; what is wrong stays wrong for longer.
    expect: { poll: { timeout: 20_000 } },
  },
});
