/** How this operator likes the screen; kept by the desk. */
import type { Host } from '../host/host';
import { POLICIES, SOUND_POLICIES, type SoundPolicies, type SoundPolicy } from './ring';

/** What was kept, as far as it makes sense; priority 1 is not for anybody to choose. */
export function readPolicies(kept: string | undefined): SoundPolicies {
  try {
    const read = JSON.parse(kept ?? '{}') as Record<string, unknown>;
    const known = (policy: unknown): policy is SoundPolicy => SOUND_POLICIES.includes(policy as SoundPolicy);
    const chosen = [2, 3, 4].flatMap((p) => (known(read[p]) ? [[p, read[p]] as const] : []));
    return Object.fromEntries(chosen) as SoundPolicies;
  } catch {
    return {};
  }
}

export type Theme = 'system' | 'dark' | 'light';

export class Prefs {
  theme = $state<Theme>('system');
  /** How priorities 2 to 4 sound at this desk. */
  sound = $state.raw<SoundPolicies>(POLICIES);
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
      this.sound = { ...POLICIES, ...readPolicies(kept['sound']) };
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

  setSound(priority: number, policy: SoundPolicy): void {
    this.sound = { ...this.sound, [priority]: policy };
    this.#host
      .setPref('sound', JSON.stringify(this.sound))
      .catch(() => this.#failed('The sound could not be saved; it holds until the window closes.'));
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
