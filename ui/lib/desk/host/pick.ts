import type { Host } from './host';

/** The desk when inside its window, the invented evening elsewhere. Each is loaded only when it is the one. */
export async function pickHost(): Promise<Host> {
  const inWindow = '__TAURI_INTERNALS__' in window && !new URLSearchParams(location.search).has('mock');
  if (inWindow) return (await import('./tauri')).tauriHost;
  return (await import('./mock')).mockHost();
}
