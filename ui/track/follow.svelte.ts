/** One call-out, followed by its customer: the state, how old it is, and why it may have ended. */
import type { ServiceView } from '$lib/generated/ServiceView';
import type { TrackState } from '$lib/generated/TrackState';
import { HubClock } from '$lib/shared/clock.svelte';
import { Live, type Link } from '$lib/field/live';

const POLL_MS = 10_000;
const WAIT_MS = 10_000;

class Gone extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

export type Ended = 'link_unknown' | 'link_expired' | 'link_revoked';

export class Follow {
  state = $state.raw<TrackState | null>(null);
  link = $state<Link>('offline');
  ended = $state<Ended | null>(null);
  /** A person pressed the button, in this tab. */
  pressed = $state(false);
  ready = $state(false);
  /** When the last answer came, by the page's steady clock. */
  heardAt = $state(0);
  clock = new HubClock();

  #live: Live<TrackState> | null = null;

  constructor(readonly token: string) {}

  get service(): ServiceView | null {
    return this.state?.service ?? null;
  }

  async start() {
    try {
      this.pressed = sessionStorage.getItem(this.#key) === 'yes';
    } catch {
      // No storage: one more press after a reload.
    }
    this.clock.run();
    if (this.pressed) return this.#follow();
    // The card names the service. A link preview runs no script, so this is no view; the press is.
    try {
      this.#take(await this.#ask());
    } catch (error) {
      this.#failed(error);
    }
    this.ready = true;
  }

  /** Somebody wants to see it: counted once a press. */
  async press() {
    this.pressed = true;
    try {
      sessionStorage.setItem(this.#key, 'yes');
    } catch {
      // See above.
    }
    void fetch(`${this.#base}/view`, { method: 'POST', credentials: 'omit', keepalive: true }).catch(() => undefined);
    this.#follow();
  }

  /** A picture was opened large: the service sees that it was looked at, not by whom. */
  looked(sha256: string) {
    this.#tell('view', { picture: sha256 }).catch(() => undefined);
  }

  /** How it was. Rejects with a sentence. */
  async rate(score: number, comment: string): Promise<void> {
    let response: Response;
    try {
      response = await this.#tell('rating', { score, comment });
    } catch {
      throw new Error('It could not be sent. Try again when there is a connection.');
    }
    if (!response.ok) {
      const problem = (await response.json().catch(() => ({}))) as { title?: string };
      throw new Error(problem.title ?? 'The service did not take it.');
    }
    if (this.state) this.state = { ...this.state, rating: score, may_rate: false };
  }

  #tell(what: string, body: unknown): Promise<Response> {
    return fetch(`${this.#base}/${what}`, {
      method: 'POST',
      credentials: 'omit',
      keepalive: true,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  picture(sha256: string): string {
    return `${this.#base}/media/${encodeURIComponent(sha256)}`;
  }

  get #base(): string {
    return `/t/${encodeURIComponent(this.token)}`;
  }
  get #key(): string {
    return `followed:${this.token}`;
  }

  #follow() {
    this.#live?.stop();
    this.#live = new Live<TrackState>({
      url: `${this.#base}/live`,
      ask: () => this.#ask(),
      state: (state) => this.#take(state),
      ping: (ping) => this.clock.set(ping.now, ping.clock_rate),
      link: (link) => {
        this.link = link;
        this.ready = true;
      },
      ended: (error) => this.#failed(error),
      silence_ms: null,
      poll_ms: POLL_MS,
    });
    this.#live.start();
  }

  #take(state: TrackState) {
    this.state = state;
    this.clock.set(state.now, 1);
    this.heardAt = performance.now();
    this.ready = true;
    // The page is open when the link runs out: the next question would say so, but nobody may ask.
    if (Date.parse(state.expires_at) <= Date.parse(state.now)) this.ended = 'link_expired';
  }

  #failed(error: unknown): boolean {
    if (!(error instanceof Gone)) return false;
    this.ended = (['link_expired', 'link_revoked'].includes(error.code) ? error.code : 'link_unknown') as Ended;
    // What was shown before is no longer this person's to see.
    this.state = this.state ? { ...this.state, pictures: [], officer_position: null } : null;
    this.ready = true;
    return true;
  }

  async #ask(): Promise<TrackState> {
    const response = await fetch(`${this.#base}/state`, {
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(WAIT_MS),
    });
    if (response.status === 404 || response.status === 410) {
      const problem = (await response.json().catch(() => ({}))) as { code?: string };
      throw new Gone(problem.code ?? 'link_unknown');
    }
    if (!response.ok) throw new Error(`The hub answered ${response.status}.`);
    return (await response.json()) as TrackState;
  }
}
