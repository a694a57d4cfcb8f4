import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// One package, four pages. Each is built by itself, because each is served from another place:
// the desk from inside the window, the officer page under /officer, the tracking page under /t, the page that writes a
// checklist under /w.
const bases: Record<string, string> = { desk: './', officer: '/officer/', track: '/t/', write: '/w/' };
// One more build adds to the officer page what its service worker does when it is called: one script, named as below.
const CALLED = 'push.js';

// The officer page starts without signal: its shell lies on the phone. Letters of other scripts load when they are used.
const shell = () =>
  VitePWA({
    filename: 'sw.js',
    injectRegister: null,
    registerType: 'prompt',
    includeAssets: ['icon.svg', 'icon-192.png'],
    manifest: {
      name: 'Watchhouse officer',
      short_name: 'Watchhouse',
      start_url: '/officer/',
      scope: '/officer/',
      display: 'standalone',
      background_color: '#0c1117',
      theme_color: '#0c1117',
      icons: [
        { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
        { src: 'icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any maskable' },
      ],
    },
    workbox: {
      globPatterns: ['**/*.{html,js,css,svg,woff2}'],
      globIgnores: ['**/inter-{cyrillic,greek,vietnamese}*'],
      importScripts: [CALLED],
      clientsClaim: true,
      navigateFallback: '/officer/index.html',
      navigateFallbackAllowlist: [/^\/officer\//],
      // Named by their digest, so what is here is right; asked for when a call-out is accepted (documents.svelte.ts).
      navigateFallbackDenylist: [/^\/officer\/documents\//],
      runtimeCaching: [
        {
          urlPattern: /\/officer\/documents\/[0-9a-f]{64}$/,
          handler: 'CacheFirst',
          options: {
            cacheName: 'documents',
            cacheableResponse: { statuses: [200] },
          },
        },
      ],
    },
  });

const worker = () => ({
  root: here('./officer'),
  resolve: { alias: { $lib: here('./lib') } },
  publicDir: false as const,
  build: {
    outDir: here('./dist/officer'),
    emptyOutDir: false,
    target: 'es2022',
    lib: {
      entry: here('./officer/worker/push.ts'),
      formats: ['iife' as const],
      name: 'called',
      fileName: () => CALLED,
    },
  },
});

export default defineConfig(({ mode }) => {
  if (mode === 'worker') return worker();
  const page = mode in bases ? mode : 'desk';
  return {
    root: here(`./${page}`),
    base: bases[page],
    plugins: [svelte(), page === 'officer' && shell()],
    resolve: { alias: { $lib: here('./lib') } },
    build: { outDir: here(`./dist/${page}`), emptyOutDir: true, target: 'es2022' },
  };
});
