/** How this operator likes the screen; kept by the desk. */
import type { Host } from '../host/host';

export type Theme = 'system' | 'dark' | 'light';

export class Prefs {
  theme = $state<Theme>('system');
  readonly #host: Host;
  readonly #failed: (sentence: string) => void;

  constructor(host: Host, failed: (sentence: string) => void) {
    this.#host = host;
    this.#failed = failed;
  }

  async load(): Promise<void> {
    try {
      const kept = await this.#host.prefs();
      if (kept['theme'] === 'dark' || kept['theme'] === 'light') this.theme = kept['theme'];
    } catch {
      // The screen works without them; saving says so if it still fails then.
    }
    this.#show();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.#show();
    // A setting that is not kept must say so.
    this.#host
      .setPref('theme', theme)
      .catch(() => this.#failed('The theme could not be saved; it holds until the window closes.'));
  }

  nextTheme(): void {
    const order: Theme[] = ['system', 'dark', 'light'];
    this.setTheme(order[(order.indexOf(this.theme) + 1) % order.length] ?? 'system');
  }

  #show(): void {
    const root = document.documentElement;
    if (this.theme === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = this.theme;
  }
}
