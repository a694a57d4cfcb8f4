/**
 * Everything the officer page knows, and the only place that changes it.
 *
 * What the screen shows (`view`) is the hub's last state with the phone's own commands replayed on top. A command is in
 * the store before the screen moves on; the acceptance of an offer is the exception and counts only when the hub says so.
 */
import type { OfferView } from '$lib/generated/OfferView';
import type { OfficerState } from '$lib/generated/OfficerState';
import { HubClock } from '$lib/shared/clock.svelte';
import { ageMs, stamp } from '$lib/field/clock';
import {
  describe,
  picturesOf,
  type Bodies,
  type Command,
  type Kept,
  type Kind,
  type Picture,
  type Refusal,
} from '$lib/field/command';
import type { Fix, Point } from '$lib/field/geo';
import { ACCEPT_WAIT_MS, hub as httpHub, HubError, type Hub } from '$lib/field/hub';
import { IdbStore } from '$lib/field/idb';
import { Live, type Link } from '$lib/field/live';
import { MemoryStore } from '$lib/field/memory';
import { prepare } from '$lib/field/picture';
import { isNewer, replay } from '$lib/field/reducer';
import { Sender } from '$lib/field/sender';
import { form, STATE, type FieldStore } from '$lib/field/store';
import { uuidv7 } from '$lib/field/uuidv7';

/** Three missed heartbeats of five seconds. */
const SILENCE_MS = 16_000;
const POLL_MS = 10_000;
const ACCEPT_AGAIN_MS = 3_000;
/** A fix older than this says nothing about where the officer is now; the page asks for one every minute. */
const FIX_FRESH_MS = 180_000;

export interface Acceptance {
  offer: OfferView;
  command: string;
  state: 'sending' | 'unconfirmed' | 'confirmed' | 'refused';
  refusal: Refusal | null;
  /** Log position of the acceptance, once the hub has it. */
  seq: number | null;
}

interface Told {
  assignment: string;
  seen: boolean;
}

export class Phone {
  server = $state.raw<OfficerState | null>(null);
  queue = $state.raw<Kept[]>([]);
  pictures = $state.raw<Picture[]>([]);
  enrolled = $state<'asking' | 'yes' | 'no'>('asking');
  link = $state<Link>('offline');
  acceptance = $state.raw<Acceptance | null>(null);
  fix = $state.raw<Fix | null>(null);
  /** When the hub last took a position of this page. */
  positionSentAt = $state<number | null>(null);
  /** False when the browser keeps nothing for this page. */
  keeps = $state(true);
  ready = $state(false);
  /** The code of the QR that opened the page. */
  code = '';
  clock = new HubClock();

  view = $derived.by(() => (this.server ? replay(this.server, this.queue) : null));
  mine = $derived(this.queue.filter((k) => k.officer === this.server?.officer));
  foreign = $derived(this.queue.filter((k) => k.state === 'waiting' && k.officer !== this.server?.officer));
  refused = $derived(this.mine.filter((k) => k.state === 'refused'));
  refusedPictures = $derived(this.pictures.filter((p) => p.refusal !== null && !p.confirmed));
  unsent = $derived(
    this.queue.filter((k) => k.state === 'waiting').length +
      this.pictures.filter((p) => !p.confirmed && p.refusal === null).length,
  );
  /** Pictures of a call-out that has left the phone, which nothing names. */
  stray = $derived(
    this.pictures.filter(
      (p) => !p.confirmed && !p.named && p.callout !== this.server?.callout?.callout && !this.#named(p.sha256),
    ),
  );

  #store: FieldStore = new MemoryStore();
  #hub: Hub;
  #sender: Sender | null = null;
  #live: Live<OfficerState> | null = null;
  #tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('watchhouse-officer');
  #end = new AbortController();
  #told: Told | null = null;
  #reading: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(hub: Hub = httpHub) {
    this.#hub = hub;
  }

  async start() {
    this.code = new URLSearchParams(location.hash.slice(1)).get('code') ?? '';
    // For one use: it must not stay in the address, the history or a screenshot.
    if (this.code !== '') history.replaceState(null, '', location.pathname);
    try {
      this.#store = await IdbStore.open();
    } catch {
      this.keeps = false;
    }
    const stored = await this.#store.get<OfficerState>(STATE);
    this.#told = (await this.#store.get<Told>('told')) ?? null;
    const accepted = await this.#store.get<Acceptance>('accepted');
    // Before the state: the first screen must already stand on what the phone itself has recorded.
    await this.#reload();
    if (stored) {
      this.server = stored;
      this.enrolled = 'yes';
      this.clock.set(stored.now, stored.clock_rate);
      if (accepted && stored.callout?.assignment !== accepted.offer.assignment) this.acceptance = accepted;
    }
    this.clock.run();
    this.#sender = new Sender({
      store: this.#store,
      hub: this.#hub,
      officer: () => this.server?.officer ?? null,
      now: () => new Date(),
      age: (made) => ageMs(made),
      hubNow: () => this.clock.exact(),
      changed: () => void this.#reload(true),
      heard: (how) => this.#heard(how),
    });
    if (this.#tabs) {
      this.#tabs.onmessage = (event) => {
        if (event.data === 'poke') this.#sender?.poke();
        else void this.#reload();
      };
    }
    void this.#lead();
    this.connect();
  }

  /** Asks the hub who this phone is, and follows it. */
  connect() {
    this.#live?.stop();
    this.#live = new Live<OfficerState>({
      url: '/v1/officer/live',
      ask: () => this.#hub.state(),
      state: (state) => void this.#state(state),
      ping: (ping) => this.clock.set(ping.now, ping.clock_rate),
      link: (link) => {
        const back = link !== 'offline' && this.link !== 'live';
        this.link = link;
        if (back) this.#sender?.poke();
        // Without a state there is nothing to show but the way in.
        if (link === 'offline' && this.enrolled === 'asking') this.ready = true;
      },
      ended: (error) => {
        const out = error instanceof HubError && error.problem.status === 401;
        if (out) this.#heard('not_enrolled');
        return out;
      },
      silence_ms: SILENCE_MS,
      poll_ms: POLL_MS,
    });
    this.#live.start();
    if (this.server) this.ready = true;
  }

  async enrol(code: string) {
    await this.#hub.enrol(code);
    this.enrolled = 'asking';
    void navigator.storage?.persist?.();
    this.connect();
  }

  /** Forgets this phone, here and at the hub. */
  async signOut() {
    await this.#hub.signOut();
    this.#live?.stop();
    await this.#store.clear();
    this.server = null;
    this.acceptance = null;
    this.enrolled = 'no';
    await this.#reload(true);
  }

  /** Keeps a command and shows its effect. */
  async act<K extends Kind>(
    kind: K,
    target: string,
    body: Bodies[K],
    more: { form?: string; lapses_at?: string; alone?: boolean } = {},
  ): Promise<Kept> {
    const made = stamp();
    const before = this.mine.filter(
      (k) => k.state !== 'refused' && k.command.target === target && k.lapses_at === null,
    );
    const command: Command<K> = {
      id: uuidv7(),
      at: made.at,
      kind,
      v: 1,
      target,
      after: more.alone ? [] : before.slice(-1).map((k) => k.command.id),
      // What a form hands over is a live proxy; what is kept must not change under it.
      body: $state.snapshot(body) as Bodies[K],
    };
    const kept: Omit<Kept, 'order'> = {
      command: command as unknown as Command,
      made,
      officer: this.server?.officer ?? '',
      state: 'waiting',
      seq: null,
      refusal: null,
      lapses_at: more.lapses_at ?? null,
    };
    let whole: Kept;
    try {
      whole = await this.#store.keep(kept, more.form);
    } catch {
      // A full disk must not stop a call for help or the screen; it is said on every screen instead.
      this.keeps = false;
      whole = await this.#fallBack(kept);
    }
    this.queue = [...this.queue.filter((k) => k.command.id !== command.id), whole];
    await this.#reload(true);
    this.#sender?.poke();
    this.#tabs?.postMessage('poke');
    return whole;
  }

  async emergency() {
    const callout = this.view?.callout;
    if (!callout) return;
    const kept = await this.act(
      'escalation.raise',
      callout.callout,
      { level: 3, reason: 'Emergency button held', emergency: true, point: this.point() },
      { alone: true },
    );
    await this.#sender?.urgent(kept);
  }

  /** Sends the acceptance now; it is one only when the hub says so, and lapses with the offer. */
  async accept(offer: OfferView) {
    const running = this.acceptance;
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
      this.acceptance = { offer, command: command.id, state, refusal, seq };
    };
    say('sending');
    // By the steady clock: a hub clock that is corrected meanwhile must not bring an ended offer back.
    const rate = this.server?.clock_rate || 1;
    const until = performance.now() + (Date.parse(offer.expires_at) - this.clock.exact()) / rate;
    while (this.acceptance?.command === command.id && performance.now() < until) {
      try {
        const age_ms = ageMs(made) ?? 0;
        const sent = { ...command, sent_at: new Date().toISOString(), age_ms } as unknown as Command & {
          sent_at: string;
        };
        const result = (await this.#hub.commands([sent], ACCEPT_WAIT_MS)).find((r) => r.id === command.id);
        if (result?.outcome === 'refused') {
          say('refused', result.refusal);
          void this.#live?.refresh();
          return;
        }
        if (result) {
          say('confirmed', null, result.seq ? result.seq[1] : null);
          if (this.#overtaken()) return this.forgetAcceptance();
          await this.#store.set('accepted', $state.snapshot(this.acceptance)).catch(() => undefined);
          void this.#live?.refresh();
          return;
        }
      } catch (error) {
        if (error instanceof HubError && !error.transient) {
          say('refused', { code: error.problem.code, text: error.message, mend: 'Call control.' });
          return;
        }
      }
      // The state may have come by the stream while the answer was lost.
      if (this.server?.callout?.assignment === offer.assignment) break;
      say('unconfirmed');
      await new Promise((done) => setTimeout(done, ACCEPT_AGAIN_MS));
    }
  }

  forgetAcceptance() {
    this.acceptance = null;
    void this.#store.remove('accepted');
  }

  /** Tells control that the offer is on this phone, and that it is on the screen: once each. */
  async tell(offer: OfferView, seen: boolean) {
    const fresh = this.#told?.assignment !== offer.assignment;
    if (!fresh && (this.#told?.seen || !seen)) return;
    this.#told = { assignment: offer.assignment, seen };
    const lapses_at = offer.expires_at;
    if (fresh) await this.act('assignment.delivered', offer.callout, {}, { alone: true, lapses_at });
    if (seen) await this.act('assignment.seen', offer.callout, {}, { alone: true, lapses_at });
    // After the commands: a page that closes in between tells again, which the hub takes once.
    await this.#store.set('told', this.#told).catch(() => undefined);
  }

  async understood(kept: Kept) {
    await this.#store.drop(kept.command.id);
    await this.#reload(true);
  }

  /** A refused command's words reach control as a message instead. */
  async asNote(kept: Kept) {
    const to = this.view?.callout;
    if (!to) return;
    await this.act('note.add', to.callout, {
      text: `Not accepted: ${describe(kept.command)}`,
      to: 'control',
      pictures: picturesOf(kept.command),
    });
    await this.understood(kept);
  }

  async takePicture(file: Blob): Promise<string> {
    const callout = this.view?.callout?.callout ?? '';
    const { blob, sha256, type } = await prepare(file);
    const picture: Picture = {
      sha256,
      blob,
      type,
      bytes: blob.size,
      taken_at: new Date().toISOString(),
      callout,
      officer: this.server?.officer ?? '',
      named: false,
      confirmed: false,
      offset: 0,
      refusal: null,
    };
    try {
      await this.#store.keepPicture(picture);
    } catch {
      this.keeps = false;
      throw new Error('The phone has no room for the picture. Free some space and take it again.');
    }
    await this.#reload(true);
    return sha256;
  }

  /** Lets go of a picture that no command names. */
  async dropPicture(sha256: string) {
    if (this.#named(sha256)) return;
    const picture = this.pictures.find((p) => p.sha256 === sha256);
    if (!picture || (picture.named && picture.refusal === null)) return;
    await this.#store.dropPicture(sha256);
    await this.#reload(true);
  }

  async sendStray() {
    const stray = this.stray;
    for (const callout of new Set(stray.map((p) => p.callout))) {
      const pictures = stray.filter((p) => p.callout === callout).map((p) => p.sha256);
      await this.act('note.add', callout, { text: 'Pictures that were in no record.', to: 'control', pictures });
    }
  }

  readForm<T>(name: string): Promise<T | undefined> {
    return this.#store.get<T>(this.formKey(name));
  }
  async keepForm(name: string, value: unknown) {
    await this.#store.set(this.formKey(name), value).catch(() => (this.keeps = false));
  }
  formKey(name: string): string {
    return form(this.view?.callout?.callout ?? 'none', name);
  }

  async reportPosition(fix: Fix) {
    try {
      await this.#hub.position(fix);
      this.positionSentAt = this.clock.exact();
    } catch {
      // Positions are telemetry: without signal they are dropped, not queued.
    }
  }

  /** Where the phone is, if it knows. */
  point(): Point | null {
    const fix = this.fix;
    if (!fix || Date.now() - Date.parse(fix.at) > FIX_FRESH_MS) return null;
    return { lat: fix.lat, lon: fix.lon };
  }

  /** The hub's state already holds what became of the acceptance. */
  #overtaken(): boolean {
    const { acceptance, server } = this;
    if (!acceptance || !server) return false;
    if (acceptance.offer.assignment === server.callout?.assignment) return true;
    return acceptance.state === 'confirmed' && acceptance.seq !== null && acceptance.seq <= server.seq;
  }

  #named(sha256: string): boolean {
    return this.queue.some((k) => k.state !== 'refused' && picturesOf(k.command).includes(sha256));
  }

  async #fallBack(kept: Omit<Kept, 'order'>): Promise<Kept> {
    const memory = new MemoryStore();
    for (const old of this.queue) await memory.keep(old);
    for (const picture of this.pictures) await memory.keepPicture(picture);
    this.#store = memory;
    this.#end.abort();
    this.#end = new AbortController();
    const deps = { store: memory, hub: this.#hub, officer: () => this.server?.officer ?? null, now: () => new Date() };
    this.#sender = new Sender({
      ...deps,
      age: (made) => ageMs(made),
      hubNow: () => this.clock.exact(),
      changed: () => void this.#reload(),
      heard: (how) => this.#heard(how),
    });
    void this.#sender.run(this.#end.signal);
    return memory.keep(kept);
  }

  /** One tab of the phone sends; another takes over when it closes. */
  async #lead() {
    const sender = this.#sender;
    const run = () => sender?.run(this.#end.signal) ?? Promise.resolve();
    if (!navigator.locks) return run();
    return navigator.locks.request('watchhouse-officer-sender', run);
  }

  #heard(how: 'answered' | 'no_signal' | 'not_enrolled') {
    if (how === 'not_enrolled') {
      this.#live?.stop();
      this.enrolled = 'no';
      this.ready = true;
    } else if (how === 'no_signal' && this.link === 'live') this.link = 'degraded';
  }

  async #state(state: OfficerState) {
    this.clock.set(state.now, state.clock_rate);
    this.enrolled = 'yes';
    this.ready = true;
    if (!isNewer(state, this.server)) return;
    this.server = state;
    if (this.#overtaken()) this.forgetAcceptance();
    await this.#store.set(STATE, state).catch(() => (this.keeps = false));
    const shown = this.queue.filter((k) => k.state === 'confirmed' && (k.seq === null || k.seq <= state.seq));
    const done = this.pictures.filter((p) => p.confirmed && p.callout !== state.callout?.callout);
    await this.#store.removeForms(state.callout?.callout ?? null);
    await Promise.all([
      ...shown.map((k) => this.#store.drop(k.command.id)),
      ...done.map((p) => this.#store.dropPicture(p.sha256)),
    ]);
    if (shown.length > 0 || done.length > 0) await this.#reload(true);
    this.#sender?.poke();
  }

  /** Reads the store again; `tell` lets the phone's other tabs do the same. */
  async #reload(tell = false) {
    // One after the other: a slow earlier reading must not overwrite a later one. Those that wait share the next.
    this.#next ??= this.#reading.then(() => {
      this.#next = null;
      return (this.#reading = this.#read());
    });
    await this.#next;
    if (tell) this.#tabs?.postMessage('changed');
  }

  async #read() {
    const [commands, pictures] = await Promise.all([this.#store.commands(), this.#store.pictures()]);
    const server = this.server;
    // The state that holds a command may arrive before the command's own answer.
    const shown = server
      ? commands.filter((k) => k.state === 'confirmed' && (k.seq === null || k.seq <= server.seq))
      : [];
    for (const kept of shown) await this.#store.drop(kept.command.id);
    this.queue = commands.filter((k) => !shown.includes(k));
    this.pictures = pictures;
  }
}
