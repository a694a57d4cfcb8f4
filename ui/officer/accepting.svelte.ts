/** An acceptance on its way: sent at once, again until the offer ends, and one only when the hub says so. */
import type { OfferView } from '$lib/generated/OfferView';
import type { OfficerState } from '$lib/generated/OfficerState';
import type { HubClock } from '$lib/shared/clock.svelte';
import { ageMs, stamp } from '$lib/field/clock';
import type { Command, Refusal } from '$lib/field/command';
import { ACCEPT_WAIT_MS, HubError, type Hub } from '$lib/field/hub';
import { uuidv7 } from '$lib/field/uuidv7';

const AGAIN_MS = 3_000;

export interface Acceptance {
  offer: OfferView;
  command: string;
  state: 'sending' | 'unconfirmed' | 'confirmed' | 'refused';
  refusal: Refusal | null;
  /** Log position of the acceptance, once the hub has it. */
  seq: number | null;
}

interface AcceptingDeps {
  hub: Pick<Hub, 'commands'>;
  clock: HubClock;
  server: () => OfficerState | null;
  /** Asks the hub for its state. */
  refresh: () => void;
  /** A confirmed one outlives the page; null: there is none. */
  keep: (acceptance: Acceptance | null) => void;
}

export class Accepting {
  now = $state.raw<Acceptance | null>(null);

  constructor(private deps: AcceptingDeps) {}

  async accept(offer: OfferView) {
    const running = this.now;
    if (running?.offer.assignment === offer.assignment && running.state !== 'refused') return;
    const made = stamp();
    const command: Command<'assignment.accept'> = {
      id: uuidv7(),
      at: made.at,
      kind: 'assignment.accept',
      v: 1,
      target: offer.callout,
      after: [],
      body: { assignment: offer.assignment },
    };
    const say = (state: Acceptance['state'], refusal: Refusal | null = null, seq: number | null = null) => {
      this.now = { offer, command: command.id, state, refusal, seq };
    };
    say('sending');
    // By the steady clock: a hub clock that is corrected meanwhile must not bring an ended offer back.
    const rate = this.deps.server()?.clock_rate || 1;
    const until = performance.now() + (Date.parse(offer.expires_at) - this.deps.clock.exact()) / rate;
    while (this.now?.command === command.id && performance.now() < until) {
      try {
        const age_ms = ageMs(made) ?? 0;
        const sent = { ...command, sent_at: new Date().toISOString(), age_ms } as unknown as Command & {
          sent_at: string;
        };
        const result = (await this.deps.hub.commands([sent], ACCEPT_WAIT_MS)).find((r) => r.id === command.id);
        if (this.now?.command !== command.id) return;
        if (result?.outcome === 'refused') {
          say('refused', result.refusal);
          return this.deps.refresh();
        }
        if (result) {
          say('confirmed', null, result.seq ? result.seq[1] : null);
          if (this.overtaken()) return this.forget();
          this.deps.keep($state.snapshot(this.now));
          return this.deps.refresh();
        }
      } catch (error) {
        if (this.now?.command !== command.id) return;
        if (error instanceof HubError && !error.transient) {
          return say('refused', { code: error.problem.code, text: error.message, mend: 'Call control.' });
        }
      }
      // The state may have come by the stream while the answer was lost.
      if (this.deps.server()?.callout?.assignment === offer.assignment) break;
      say('unconfirmed');
      await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
  }

  forget() {
    this.now = null;
    this.deps.keep(null);
  }

  /** The hub's state already holds what became of the acceptance. */
  overtaken(): boolean {
    const server = this.deps.server();
    if (!this.now || !server) return false;
    if (this.now.offer.assignment === server.callout?.assignment) return true;
    return this.now.state === 'confirmed' && this.now.seq !== null && this.now.seq <= server.seq;
  }
}
