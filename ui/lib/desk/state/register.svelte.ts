/** The register as it is open: which part, which site, and what the desk says about it. */
import type { RegisterView } from '$lib/generated/RegisterView';
import type { SiteRecord } from '$lib/generated/SiteRecord';
import type { Builder } from '$lib/checklist/builder.svelte';
import { sentenceOf, type Host } from '../host/host';

export const TABS = [
  { id: 'sites', title: 'Sites' },
  { id: 'keys', title: 'Keys' },
  { id: 'rams', title: 'RAMS' },
  { id: 'checklists', title: 'Checklists' },
  { id: 'files', title: 'Import and export' },
] as const;

export type Tab = (typeof TABS)[number]['id'];

export class RegisterState {
  tab = $state<Tab>('sites');
  /** The site in view, by id. */
  site = $state<string | null>(null);
  query = $state('');
  view = $state.raw<RegisterView | null>(null);
  record = $state.raw<SiteRecord | null>(null);
  problem = $state<string | null>(null);
  /** The checklist being written; it stays while another part is looked at. */
  builder = $state.raw<Builder | null>(null);

  /** It was opened by a key: the search gets the keys that follow. */
  searching = $state(false);

  #opened = false;
  #busy = false;
  #again = false;
  readonly #host: Pick<Host, 'register' | 'siteRecord'>;

  constructor(host: Pick<Host, 'register' | 'siteRecord'>) {
    this.#host = host;
  }

  open(): void {
    this.#opened = true;
    void this.refresh();
  }

  choose(site: string): void {
    this.tab = 'sites';
    if (this.site === site) return;
    this.site = site;
    this.record = null;
    if (this.#opened) void this.refresh();
  }

  /** Something of it changed. A register that was never open asks nothing. */
  stale(): void {
    if (this.#opened) void this.refresh();
  }

  /** Asks again; while an answer is on its way, once more after it. */
  async refresh(): Promise<void> {
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    const { site } = this;
    try {
      const [view, record] = await Promise.all([
        this.#host.register(),
        site ? this.#host.siteRecord(site) : Promise.resolve(null),
      ]);
      this.view = view;
      if (site === this.site) this.record = record;
      this.problem = null;
    } catch (error) {
      this.problem = sentenceOf(error);
    } finally {
      this.#busy = false;
      if (this.#again) {
        this.#again = false;
        void this.refresh();
      }
    }
  }
}
