import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// State and rules without a page. The pages themselves: vitest.pages.config.ts.
export default defineConfig({
  root: here('.'),
  plugins: [svelte()],
  // Runes react only in the browser's build of Svelte.
  resolve: { alias: { $lib: here('./lib') }, conditions: ['browser'] },
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/**/*.page.test.ts', 'node_modules/**'],
    // A test that needs a document says so in its first line.
    environment: 'node',
  },
});
