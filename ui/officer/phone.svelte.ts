/**
 * Everything the officer page knows, and the only place that changes it.
 *
 * What the screen shows (`view`) is the hub's last state with the phone's own commands replayed on top. A command is in
 * the store before the screen moves on; the acceptance of an offer is the exception and counts only when the hub says so.
 */
import type { OfferView } from '$lib/generated/OfferView';
import type { OfficerState } from '$lib/generated/OfficerState';
import { HubClock } from '$lib/shared/clock.svelte';
import { ageMs } from '$lib/field/clock';
import {
  describe,
  isEmergency,
  picturesOf,
  waiting,
  type Bodies,
  type Kept,
  type Kind,
  type Picture,
} from '$lib/field/command';
import type { Fix, Point } from '$lib/field/geo';
import { hub as httpHub, HubError, type Hub } from '$lib/field/hub';
import { IdbStore } from '$lib/field/idb';
import { Live, type Link } from '$lib/field/live';
import { take } from '$lib/field/picture';
import { isNewer, replay } from '$lib/field/reducer';
import { Restored } from '$lib/field/restored';
import { Sender } from '$lib/field/sender';
import { form, STATE } from '$lib/field/store';
import { SureStore, type Loose } from '$lib/field/sure';
import { Accepting, type Acceptance } from './accepting.svelte';
import { forgetDocuments } from './documents.svelte';
import { Turn } from './turn';

/** Three missed heartbeats of five seconds. */
const SILENCE_MS = 16_000;
const POLL_MS = 10_000;
/** A fix older than this says nothing about where the officer is now; the page asks for one every minute. */
const FIX_FRESH_MS = 180_000;
/** Pictures in memory only: more of them, and the browser may end the page. */
const LOOSE_PICTURES_MAX = 10;
const CALLED = 'called';

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
  fix = $state.raw<Fix | null>(null);
  /** When the hub last took a position of this page. */
  positionSentAt = $state<number | null>(null);
  /** What the phone's storage did not take; null: it takes everything. */
  loose = $state.raw<Loose | null>(null);
  /** The hub was restored from a backup while this page was open; until the officer has read it. */
  setBack = $state(false);
  /** Control has an emergency that was held on no call-out, where the hub's state does not show it. */
  called = $state(false);
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
  /** Not sent, and lost with the page. */
  unkept = $derived.by(() => {
    const { commands = [], pictures = [] } = this.loose ?? {};
    return {
      commands: this.queue.filter((k) => k.state === 'waiting' && commands.includes(k.command.id)),
      pictures: this.pictures.filter((p) => !p.confirmed && pictures.includes(p.sha256)).length,
    };
  });
  /** Pictures of a call-out that has left the phone, which nothing names. */
  stray = $derived(
    this.pictures.filter(
      (p) => !p.confirmed && !p.named && p.callout !== this.server?.callout?.callout && !this.#named(p.sha256),
    ),
  );

  #store: SureStore;
  #hub: Hub;
  #sender: Sender;
  #turn: Turn;
  #accepting: Accepting;
  #live: Live<OfficerState> | null = null;
  #tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('watchhouse-officer');
  #told: Told | null = null;
  #restored = new Restored();
  #reading: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(hub: Hub = httpHub) {
    this.#hub = {
      ...hub,
      commands: async (commands, wait_ms) => {
        const seen = this.server?.seq ?? 0;
        const results = await hub.commands(commands, wait_ms);
        if (this.#restored.results(results, seen)) await this.#startAgain();
        return results;
      },
    };
    this.#store = new SureStore({
      open: () => IdbStore.open(),
      loose: (loose) => {
        this.loose = loose;
        // What lies only here no other tab can send.
        this.#turn.alone(loose !== null);
      },
      recovered: () => void this.#recall(),
    });
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
    this.#turn = new Turn((end) => this.#sender.run(end));
    this.#accepting = new Accepting({
      hub: this.#hub,
      clock: this.clock,
      server: () => this.server,
      refresh: () => void this.#live?.refresh(),
      keep: (acceptance) =>
        void (acceptance ? this.#store.set('accepted', acceptance) : this.#store.remove('accepted')),
    });
  }

  get acceptance(): Acceptance | null {
    return this.#accepting.now;
  }

  async start() {
    this.code = new URLSearchParams(location.hash.slice(1)).get('code') ?? '';
    // For one use: it must not stay in the address, the history or a screenshot.
    if (this.code !== '') history.replaceState(null, '', location.pathname);
    await this.#store.open();
    await this.#recall();
    this.clock.run();
    if (this.#tabs) {
      this.#tabs.onmessage = (event) => {
        if (event.data === 'poke') this.#sender.poke();
        else void this.#reload();
      };
    }
    this.#turn.wait();
    this.connect();
  }

  /** Asks the hub who this phone is, and follows it. */
  connect() {
    this.#live?.stop();
    this.#live = new Live<OfficerState>({
      url: '/v1/officer/live',
      ask: () => this.#ask(),
      state: (state) => void this.#state(state),
      ping: (ping) => {
        this.clock.set(ping.now, ping.clock_rate);
        if (this.server && this.#restored.beat(ping.head, this.server.seq)) void this.#startAgain();
      },
      link: (link) => {
        const back = link !== 'offline' && this.link !== 'live';
        this.link = link;
        if (back) this.#sender.poke();
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
    await forgetDocuments();
    this.server = null;
    this.called = false;
    this.#accepting.forget();
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
    const whole = await this.#store.keep(this.#made(kind, target, body, more), more.form);
    await this.#reload(true);
    this.#sender.poke();
    this.#tabs?.postMessage('poke');
    return whole;
  }

  /** Leaves the phone whatever its storage does and whichever tab's turn it is. */
  async emergency() {
    const { view } = this;
    if (!view) return;
    const point = this.point();
    // On a call-out it belongs there: that is where help goes.
    const made = view.callout
      ? this.#made(
          'escalation.raise',
          view.callout.callout,
          { level: 3, reason: 'Emergency button held', emergency: true, point },
          { alone: true },
        )
      : this.#made('officer.emergency', view.officer, { reason: '', point }, { alone: true });
    const keeping = this.#store.keep(made);
    const kept: Kept = { ...made, order: Infinity };
    this.queue = [...this.queue, kept];
    this.#turn.urgent();
    await Promise.all([this.#sender.urgent(kept), keeping.then(() => this.#reload(true))]);
  }

  /** Sends the acceptance now; it is one only when the hub says so, and lapses with the offer. */
  accept(offer: OfferView): Promise<void> {
    return this.#accepting.accept(offer);
  }

  /** The officer has spoken to control. */
  async helped() {
    this.called = false;
    await this.#store.remove(CALLED);
    // Control has these; the state that says so may come only with the next change.
    const over = this.mine.filter((k) => isEmergency(k) && k.state === 'confirmed');
    await Promise.all(over.map((k) => this.#store.drop(k.command.id)));
    await this.#reload(true);
  }

  forgetAcceptance() {
    this.#accepting.forget();
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
    await this.#store.set('told', this.#told);
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
    if ((this.loose?.pictures.length ?? 0) >= LOOSE_PICTURES_MAX) {
      throw new Error('The phone has no room for the picture. Free some space and take it again.');
    }
    const callout = this.view?.callout?.callout ?? '';
    const picture = await take(file, callout, this.server?.officer ?? '');
    await this.#store.keepPicture(picture);
    await this.#reload(true);
    return picture.sha256;
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
    await this.#store.set(this.formKey(name), value);
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

  #named(sha256: string): boolean {
    return this.queue.some((k) => k.state !== 'refused' && picturesOf(k.command).includes(sha256));
  }

  #made<K extends Kind>(
    kind: K,
    target: string,
    body: Bodies[K],
    more: { lapses_at?: string; alone?: boolean },
  ): Omit<Kept, 'order'> {
    const before = this.mine.filter(
      (k) => k.state !== 'refused' && k.command.target === target && k.lapses_at === null,
    );
    // What a form hands over is a live proxy; what is kept must not change under it.
    return waiting(kind, target, $state.snapshot(body) as Bodies[K], {
      after: more.alone ? [] : before.slice(-1).map((k) => k.command.id),
      officer: this.server?.officer ?? '',
      lapses_at: more.lapses_at ?? null,
    });
  }

  /** What the phone remembers of before; again when its storage answers after all. */
  async #recall() {
    const [stored, told, accepted, called] = await Promise.all([
      this.#store.get<OfficerState>(STATE),
      this.#store.get<Told>('told'),
      this.#store.get<Acceptance>('accepted'),
      this.#store.get<boolean>(CALLED),
    ]);
    this.#told ??= told ?? null;
    this.called ||= called ?? false;
    // Before the state: the first screen must already stand on what the phone itself has recorded.
    await this.#reload(true);
    this.#sender.poke();
    if (!stored || this.server || this.enrolled === 'no') return;
    this.server = stored;
    this.enrolled = 'yes';
    this.ready = true;
    this.clock.set(stored.now, stored.clock_rate);
    if (accepted && stored.callout?.assignment !== accepted.offer.assignment) this.#accepting.now = accepted;
  }

  #heard(how: 'answered' | 'no_signal' | 'not_enrolled') {
    if (how === 'not_enrolled') {
      this.#live?.stop();
      this.enrolled = 'no';
      this.ready = true;
    } else if (how === 'no_signal' && this.link === 'live') this.link = 'degraded';
  }

  async #ask(): Promise<OfficerState> {
    const seen = this.server?.seq ?? 0;
    const state = await this.#hub.state();
    if (this.#restored.answer(state.seq, seen)) await this.#startAgain();
    return state;
  }

  /** What was known of the hub's log says nothing any more. What the hub may have lost with it is sent again. */
  async #startAgain() {
    if (!this.server) return;
    this.setBack = true;
    this.server = { ...this.server, seq: 0 };
    this.#told = null;
    if (this.acceptance?.state === 'confirmed') this.#accepting.forget();
    const commands = this.queue.filter((k) => k.state === 'confirmed');
    const pictures = this.pictures.filter((p) => p.confirmed);
    await Promise.all([
      this.#store.set(STATE, this.server),
      this.#store.remove('told'),
      ...commands.map((k) => this.#store.settle(k.command.id, { state: 'waiting', seq: null })),
      ...pictures.map((p) => this.#store.changePicture(p.sha256, { confirmed: false, offset: 0 })),
    ]);
    await this.#reload(true);
    this.#sender.poke();
    void this.#live?.refresh();
  }

  async #state(state: OfficerState) {
    this.clock.set(state.now, state.clock_rate);
    this.enrolled = 'yes';
    this.ready = true;
    if (!isNewer(state, this.server)) return;
    this.server = state;
    if (this.#accepting.overtaken()) this.#accepting.forget();
    await this.#store.set(STATE, state);
    const shown = this.queue.filter((k) => k.state === 'confirmed' && (k.seq === null || k.seq <= state.seq));
    const done = this.pictures.filter((p) => p.confirmed && p.callout !== state.callout?.callout);
    await this.#store.removeForms(state.callout?.callout ?? null);
    await Promise.all([...shown.map((k) => this.#shown(k)), ...done.map((p) => this.#store.dropPicture(p.sha256))]);
    if (shown.length > 0 || done.length > 0) await this.#reload(true);
    this.#sender.poke();
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

  /** The hub's state holds it from now on. */
  async #shown(kept: Kept) {
    if (kept.command.kind === 'officer.emergency') {
      this.called = true;
      await this.#store.set(CALLED, true);
    }
    await this.#store.drop(kept.command.id);
  }

  async #read() {
    const [commands, pictures] = await Promise.all([this.#store.commands(), this.#store.pictures()]);
    const server = this.server;
    // The state that holds a command may arrive before the command's own answer.
    const shown = server
      ? commands.filter((k) => k.state === 'confirmed' && (k.seq === null || k.seq <= server.seq))
      : [];
    for (const kept of shown) await this.#shown(kept);
    this.queue = commands.filter((k) => !shown.includes(k));
    this.pictures = pictures;
  }
}
