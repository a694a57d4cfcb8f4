/** A list as its customer writes it: begun from what is in force, kept in this browser, sent when it is ready. */
import { Builder } from '$lib/checklist/builder.svelte';
import { uuidv7 } from '$lib/field/uuidv7';
import type { WriteState } from '$lib/generated/WriteState';
import { HubClock } from '$lib/shared/clock.svelte';
import { Gone, Hub, Offline, type Ended } from './hub';
import { forget, keep, kept, type Kept } from './kept';

/** How often an open page asks what became of the proposal. */
const ASK_MS = 15_000;

export class Writing {
  readonly hub: Hub;
  readonly clock = new HubClock();
  state = $state.raw<WriteState | null>(null);
  builder = $state.raw<Builder | null>(null);
  /** Words to the supervisor. */
  said = $state('');
  ended = $state<Ended | null>(null);
  link = $state<'live' | 'offline'>('live');
  /** The first answer has come, or it is known that none does. */
  ready = $state(false);
  sending = $state(false);
  problem = $state<string | null>(null);
  /** This browser keeps what is written. */
  keeps = $state(true);

  #from = $state(0);
  #began = $state('');
  /** Under which id the words as they are now were sent: an answer that was lost is asked for again. */
  #sent: { id: string; text: string } | null = null;

  constructor(readonly token: string) {
    this.hub = new Hub(token);
  }

  /** Something was written that the service does not have. */
  changed = $derived.by(() => (this.builder?.changed ?? false) || this.said.trim() !== this.#began.trim());
  /** Another version was approved since this was begun. */
  overtaken = $derived.by(() => this.state !== null && this.#from < this.state.version && this.changed);

  async start(): Promise<void> {
    this.clock.run();
    await this.ask();
    setInterval(() => void this.#look(), ASK_MS);
    document.addEventListener('visibilitychange', () => void this.#look());
    addEventListener('online', () => void this.ask());
    addEventListener('offline', () => (this.link = 'offline'));
  }

  #look(): Promise<void> {
    return document.visibilityState === 'visible' ? this.ask() : Promise.resolve();
  }

  async ask(): Promise<void> {
    if (this.ended || this.sending) return;
    try {
      this.#take(await this.hub.state());
    } catch (error) {
      this.#failed(error);
    }
    this.ready = true;
  }

  /** Sends the list as it stands. Answers the item that must be put right first, for the focus. */
  async send(): Promise<string | null> {
    const { builder } = this;
    if (!builder || this.sending) return null;
    this.problem = builder.title.trim() === '' ? 'Give the list a title.' : null;
    if (this.problem) return 'list-title';
    const fault = builder.fault();
    if (fault) {
      this.problem = fault.text;
      return fault.item ? `open-${fault.item}` : 'add-item';
    }
    const body = {
      title: builder.title.trim(),
      items: builder.bodies(),
      from_version: this.#from,
      said: this.said.trim(),
    };
    const text = JSON.stringify(body);
    if (this.#sent?.text !== text) this.#sent = { id: uuidv7(), text };
    this.sending = true;
    try {
      const state = await this.hub.propose({ id: this.#sent.id, ...body });
      this.#began = this.said;
      builder.kept();
      forget(this.token);
      this.#take(state);
    } catch (error) {
      this.#failed(error);
      this.problem =
        error instanceof Offline
          ? 'Not sent: no connection. What you wrote is kept on this device. Send it again when there is one.'
          : error instanceof Error
            ? error.message
            : null;
    } finally {
      this.sending = false;
    }
    return null;
  }

  /** Goes on with what was written, on the version that is in force now. */
  goOn(): void {
    this.#from = this.state?.version ?? 0;
    this.keepNow();
  }

  /** Lets go of what was written and begins from what is in force. */
  beginAnew(): void {
    forget(this.token);
    if (this.state) this.#begin(inForce(this.state));
  }

  /** Called whenever something was written. */
  keepNow(): void {
    const { builder } = this;
    if (!builder) return;
    if (!this.changed) return forget(this.token);
    const items = $state.snapshot(builder.items) as unknown[];
    this.keeps = keep(this.token, { from: this.#from, title: builder.title, items, said: this.said });
  }

  #take(state: WriteState): void {
    const before = this.state;
    this.state = state;
    this.link = 'live';
    this.clock.set(state.now, 1);
    if (!this.builder) this.#begin(kept(this.token) ?? sentOr(state), kept(this.token) !== null);
    // What was sent is in force, perhaps changed: it is the beginning of whatever comes next.
    else if (!this.changed && before && before.version !== state.version) this.#begin(sentOr(state));
  }

  #begin(what: Kept, unsent = false): void {
    const { reference, version } = this.state!;
    this.#from = what.from;
    this.said = what.said;
    if (unsent) {
      // It differs from what the service has, so that it is kept and sent.
      const has = sentOr(this.state!);
      this.#began = has.said;
      this.builder = new Builder({ reference, from: version, title: has.title, items: has.items });
      this.builder.title = what.title;
      this.builder.replace(what.items);
    } else {
      this.#began = what.said;
      this.builder = new Builder({ reference, from: version, title: what.title, items: what.items });
    }
  }

  #failed(error: unknown): void {
    if (error instanceof Gone) this.ended = error.why;
    else this.link = 'offline';
    if (!(error instanceof Gone || error instanceof Offline)) this.link = 'live';
  }
}

const inForce = (state: WriteState): Kept => ({
  from: state.version,
  title: state.title,
  items: state.items,
  said: '',
});

/** What was sent last, while it is not in force; else what is. */
function sentOr(state: WriteState): Kept {
  const { sent } = state;
  if (!sent || !['waiting', 'returned'].includes(sent.state)) return inForce(state);
  return { from: sent.from_version, title: sent.title, items: sent.items, said: sent.said };
}
