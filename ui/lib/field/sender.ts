/**
 * Brings what the phone keeps to the hub: commands oldest first, emergencies before all, then pictures' bytes.
 *
 * Nothing leaves the store before the hub has confirmed it; a refusal stays until the officer has understood it.
 */

import type { Stamp } from './clock';
import { isEmergency, picturesOf, type Kept, type Picture } from './command';
import { HubError, type Hub, type Result, type Sent } from './hub';
import type { FieldStore } from './store';
import { upload } from './upload';

/** Small enough for one request on a weak signal to finish; the hub takes more. */
/** Signs of life that nobody asked for: when the hub does not want one any more, nobody need know. */
const SIGNS: ReadonlySet<string> = new Set([
  'assignment.delivered',
  'assignment.seen',
  'message.delivered',
  'message.read',
]);

export const BATCH_MAX = 20;
const BACKOFF_MAX_MS = 30_000;
const URGENT_WAIT_MS = 8_000;
/** Somebody waits for help: a signal that comes for moments must be met. */
const URGENT_BACKOFF_MAX_MS = 3_000;

export interface SenderDeps {
  store: FieldStore;
  hub: Pick<Hub, 'commands' | 'mediaOffset' | 'mediaChunk'>;
  /** Whose session this is; null sends nothing. */
  officer: () => string | null;
  now: () => Date;
  age: (made: Stamp) => number | undefined;
  /** Hub time in milliseconds, for what lapses. */
  hubNow: () => number;
  /** Something in the store changed. */
  changed: () => void;
  /** How the last round went. */
  heard: (how: 'answered' | 'no_signal' | 'not_enrolled') => void;
}

export type Round = 'idle' | 'more' | 'failed' | 'not_enrolled';

/** 1, 2, 4 … 30 s; with an emergency among what waits, never more than 3 s. */
export const backoffMs = (failures: number, urgent = false): number =>
  Math.min(urgent ? URGENT_BACKOFF_MAX_MS : BACKOFF_MAX_MS, 1000 * 2 ** Math.max(0, failures - 1));

export const lapsed = (kept: Kept, hubNow: number): boolean =>
  kept.lapses_at !== null && Date.parse(kept.lapses_at) <= hubNow;

/** What goes in the next request: emergencies first, otherwise as the officer acted. */
export function nextBatch(queue: readonly Kept[], officer: string | null): Kept[] {
  const waiting = queue.filter((k) => k.state === 'waiting' && k.officer === officer);
  return [...waiting.filter(isEmergency), ...waiting.filter((k) => !isEmergency(k))].slice(0, BATCH_MAX);
}

export class Sender {
  #wake: (() => void) | null = null;
  #poked = false;
  #cut: AbortController | null = null;

  constructor(private deps: SenderDeps) {}

  /** There is something to send, or the signal may be back: try at once. */
  poke() {
    this.#poked = true;
    this.#wake?.();
  }

  /** An emergency does not wait behind a picture or a slow request. A second delivery of the same id does no harm. */
  async urgent(kept: Kept) {
    this.#cut?.abort();
    try {
      await this.#send([kept], URGENT_WAIT_MS);
    } catch {
      // The queue has it and goes on trying.
    }
    this.poke();
  }

  async run(end: AbortSignal): Promise<void> {
    let failures = 0;
    while (!end.aborted) {
      this.#poked = false;
      const round = await this.round();
      if (round === 'more') {
        failures = 0;
        continue;
      }
      failures = round === 'failed' ? failures + 1 : 0;
      await this.#rest(round === 'failed' ? backoffMs(failures, await this.#calls()) : null, end);
    }
  }

  /** An emergency waits to be sent. */
  async #calls(): Promise<boolean> {
    return nextBatch(await this.deps.store.commands(), this.deps.officer()).some(isEmergency);
  }

  #rest(ms: number | null, end: AbortSignal): Promise<void> {
    if (this.#poked) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = ms === null ? undefined : setTimeout(done, ms);
      function done() {
        clearTimeout(timer);
        end.removeEventListener('abort', done);
        resolve();
      }
      end.addEventListener('abort', done);
      this.#wake = done;
    });
  }

  /** One request's worth of work. */
  async round(): Promise<Round> {
    try {
      if (await this.#lapse()) return 'more';
      const batch = nextBatch(await this.deps.store.commands(), this.deps.officer());
      if (batch.length > 0) {
        await this.#sendOrSplit(batch);
        return 'more';
      }
      return (await this.#nextPicture()) ? 'more' : 'idle';
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): Round {
    if (error instanceof HubError && error.problem.status === 401) {
      this.deps.heard('not_enrolled');
      return 'not_enrolled';
    }
    this.deps.heard('no_signal');
    return 'failed';
  }

  /** What answers an offer that has ended goes no further. */
  async #lapse(): Promise<boolean> {
    const now = this.deps.hubNow();
    const over = (await this.deps.store.commands()).filter((k) => k.state === 'waiting' && lapsed(k, now));
    for (const kept of over) {
      if (kept.command.kind === 'assignment.decline') {
        await this.deps.store.settle(kept.command.id, {
          state: 'refused',
          refusal: {
            code: 'offer_over',
            text: 'The offer ended before your answer reached control.',
            mend: 'Nothing to do: it went on to the next officer.',
          },
        });
      } else await this.deps.store.drop(kept.command.id);
    }
    if (over.length > 0) this.deps.changed();
    return over.length > 0;
  }

  async #sendOrSplit(batch: Kept[]) {
    try {
      await this.#send(batch);
    } catch (error) {
      if (!(error instanceof HubError) || error.transient || error.problem.status === 401) throw error;
      if (batch.length > 1) {
        // One of them spoils the request: find out which.
        for (const one of batch) await this.#sendOrSplit([one]);
        return;
      }
      await this.deps.store.settle(batch[0]!.command.id, {
        state: 'refused',
        refusal: { code: error.problem.code, text: error.message, mend: 'Tell control by telephone.' },
      });
      this.deps.heard('answered');
      this.deps.changed();
    }
  }

  async #send(batch: Kept[], wait_ms?: number) {
    const sent: Sent[] = batch.map((k) => {
      const age_ms = this.deps.age(k.made);
      return {
        ...k.command,
        sent_at: this.deps.now().toISOString(),
        ...(age_ms === undefined ? {} : { age_ms }),
      };
    });
    const results = await this.deps.hub.commands(sent, wait_ms);
    let settled = 0;
    for (const kept of batch) {
      const result = results.find((r) => r.id === kept.command.id);
      if (!result) continue;
      await this.#settle(kept, result);
      settled++;
    }
    // An answer about something else is no answer.
    if (settled === 0) throw new HubError({ status: 502, code: 'bad_answer', title: 'The hub did not answer.' }, true);
    this.deps.heard('answered');
    this.deps.changed();
  }

  async #settle(kept: Kept, result: Result) {
    const { store } = this.deps;
    if (result.outcome === 'refused') {
      const refusal = result.refusal ?? { code: 'refused', text: 'Control’s system did not accept it.', mend: null };
      // Telemetry about an offer that has just ended is of no use to the officer.
      if (SIGNS.has(kept.command.kind)) {
        return store.drop(kept.command.id);
      }
      return store.settle(kept.command.id, { state: 'refused', refusal });
    }
    return store.settle(
      kept.command.id,
      { state: 'confirmed', seq: result.seq ? result.seq[1] : null },
      picturesOf(kept.command),
    );
  }

  async #nextPicture(): Promise<boolean> {
    const picture = (await this.deps.store.pictures()).find((p) => this.#uploads(p));
    if (!picture) return false;
    this.#cut = new AbortController();
    try {
      await upload(picture, this.deps.hub, this.#cut.signal, {
        progress: async (offset) => {
          await this.deps.store.changePicture(picture.sha256, { offset });
          this.deps.changed();
          this.deps.heard('answered');
          // Commands made meanwhile go before the next chunk.
          return nextBatch(await this.deps.store.commands(), this.deps.officer()).length === 0;
        },
        done: () => this.deps.store.changePicture(picture.sha256, { confirmed: true, offset: picture.bytes }),
        refused: (refusal) => this.deps.store.changePicture(picture.sha256, { refusal }),
      });
    } catch (error) {
      if (this.#cut.signal.aborted) return true;
      throw error;
    } finally {
      this.#cut = null;
    }
    this.deps.changed();
    return true;
  }

  #uploads(p: Picture): boolean {
    return p.named && !p.confirmed && p.refusal === null && p.officer === this.deps.officer();
  }
}
