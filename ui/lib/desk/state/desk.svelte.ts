/** The desk as the page knows it: what it shows, what is chosen, and the one way to ask for a change. */
import { getContext, setContext } from 'svelte';
import { HubClock } from '$lib/shared/clock.svelte';
import { Toasts } from '$lib/shared/toasts.svelte';
import { uuid7 } from '$lib/shared/uuid7';
import type { AlarmRow } from '$lib/generated/AlarmRow';
import type { CallRow } from '$lib/generated/CallRow';
import { sentenceOf, type Acted, type Host, type LeavingView, type Resolution } from '../host/host';
import type { FormSpec } from '../forms/spec';
import { isWaiting, mayTake, queue } from './alarms';
import { ringKey } from './ring';
import { BoardState } from './board.svelte';
import type { CallDraft } from './call-draft.svelte';
import { byNeed } from './callouts';
import { byWaiting } from './calls';
import { Cards } from './cards.svelte';
import { DetailState } from './detail.svelte';
import type { Filter } from './filter';
import { grouped, type Group } from './flood';
import { Draft } from './draft.svelte';
import { Prefs } from './prefs.svelte';
import { RegisterState } from './register.svelte';
import { Selection, type Chosen } from './selection.svelte';
import { Sound } from './sound.svelte';
import { SvelteSet } from 'svelte/reactivity';
import { byCallSign } from './units';

/** What covers the page: one at a time. */
export type Overlay =
  | { kind: 'none' }
  | { kind: 'palette' }
  | { kind: 'help' }
  | { kind: 'form'; spec: FormSpec }
  | { kind: 'conflicts' }
  | { kind: 'handover' }
  | { kind: 'enrol'; officer: string }
  | { kind: 'leaving'; what: LeavingView }
  | { kind: 'picture'; callout: string; sha256: string };

/** A pause in writing after which a card is kept; at once for one that nobody has yet. */
const KEEP_AFTER_MS = 4000;
const KEEP_NEW_AFTER_MS = 600;

/** After this the button works again and the operator is told. */
export const ANSWER_WITHIN_MS = 8000;

export class Desk {
  readonly host: Host;
  readonly clock = new HubClock();
  readonly toasts = new Toasts();
  readonly selection = new Selection();
  readonly sound = new Sound();
  /** The call-out being written without a call. */
  readonly newCallout = new Draft();
  readonly cards = new Cards();
  /** Calls begun by hand here that the desk does not have yet. */
  readonly startedByHand = new SvelteSet<string>();
  readonly board: BoardState;
  readonly detail: DetailState;
  readonly prefs: Prefs;
  readonly register: RegisterState;

  /** Which of the views fills the window. */
  view = $state<'live' | 'register'>('live');

  overlay = $state.raw<Overlay>({ kind: 'none' });
  /** Acts on their way, as "kind target". */
  busy = $state.raw<ReadonlySet<string>>(new Set());
  /** Where the map goes when the operator asks; counted so that asking twice goes twice. */
  mapGoal = $state.raw<{ turn: number; to: { lat: number; lon: number } | 'all' }>({ turn: 0, to: 'all' });
  /** What call-outs rang for and was opened here: it rings no more. */
  opened = $state.raw<ReadonlySet<string>>(new Set());
  /** Which alarms show; null for all. */
  filter = $state<Filter>(null);
  /** First-run work goes on after the first site exists, until the operator says it is finished. */
  settingUp = $state(false);

  readonly queue = $derived.by(() => queue(this.board.alarms));
  readonly callouts = $derived.by(() => [...this.board.callouts].sort(byNeed));
  readonly units = $derived.by(() => [...this.board.units].sort(byCallSign));

  /** The alarm that A takes: the chosen one if it can be taken, else the most urgent that waits. */
  readonly nextAlarm = $derived.by((): AlarmRow | null => {
    const { chosen } = this.selection;
    if (chosen.kind === 'alarm') {
      const row = this.board.alarm(chosen.id);
      if (row && mayTake(row)) return row;
    }
    return this.queue.find(isWaiting) ?? null;
  });

  readonly flooded = $derived.by(() => this.board.alarmLoad.flood_since !== null);

  /** The place whose alarms W takes, in a flood: the one with the next alarm. */
  readonly nextGroup = $derived.by((): Group | null => {
    const next = this.flooded ? this.nextAlarm?.id : undefined;
    if (!next) return null;
    const found = grouped(this.queue).find((e) => e.kind === 'group' && e.group.rows.some((r) => r.id === next));
    return found?.kind === 'group' ? found.group : null;
  });

  readonly calls = $derived.by(() => [...this.board.calls].sort(byWaiting));

  /** The call that T takes: the chosen one if it waits, else the one that rings, else the oldest missed one. */
  readonly nextCall = $derived.by((): CallRow | null => {
    const { chosen } = this.selection;
    const waiting = this.calls.filter((row) => row.waits);
    return waiting.find((row) => chosen.kind === 'call' && row.id === chosen.id) ?? waiting[0] ?? null;
  });

  readonly #keeping = new Map<string, Promise<boolean>>();

  /** What the place and the pin belong to: the card of the call in front of the operator, or the new call-out. */
  get draft(): Draft {
    const { chosen } = this.selection;
    return chosen.kind === 'call' ? this.cards.of(chosen.id) : this.newCallout;
  }

  constructor(host: Host) {
    this.host = host;
    this.detail = new DetailState((callout) => host.detail(callout));
    this.register = new RegisterState(host);
    this.board = new BoardState({
      link: (link) => this.clock.set(link.now, link.clock_rate),
      details: (stale) => this.detail.stale(stale),
      register: () => this.register.stale(),
    });
    this.prefs = new Prefs(host, (sentence) => this.toasts.show('error', sentence));
  }

  /** A call-out that is open in front of the operator has been heard. */
  hear(): void {
    const { chosen } = this.selection;
    const rings = (id: string, key: string) => this.opened.has(key) || (chosen.kind === 'callout' && chosen.id === id);
    const heard = this.board.callouts.flatMap((row) => {
      const key = ringKey(row);
      return key !== null && rings(row.id, key) ? [key] : [];
    });
    for (const row of this.board.callouts) {
      const key = ringKey(row);
      if (key !== null && heard.includes(key) && !this.opened.has(key)) this.host.heard(row.id);
    }
    // What is over is forgotten, so that it rings when it comes again.
    if (heard.length !== this.opened.size || heard.some((key) => !this.opened.has(key))) this.opened = new Set(heard);
  }

  /** What closing means, before it is done. */
  async askLeaving(): Promise<void> {
    try {
      this.overlay = { kind: 'leaving', what: await this.host.leaving() };
    } catch (error) {
      this.toasts.show('error', sentenceOf(error));
    }
  }

  /** Asks for a change. A refusal is shown as a sentence with its mend; so is silence. */
  async act(
    kind: string,
    target: string,
    body: Record<string, unknown> = {},
    onBehalfOf?: string,
  ): Promise<Acted | null> {
    const act = onBehalfOf ? { kind, target, body, on_behalf_of: onBehalfOf } : { kind, target, body };
    return this.during(`${kind} ${target}`, () => this.host.act(act));
  }

  /** Runs one request to the desk at a time per key: a second press while it runs does nothing twice. */
  async during<T extends Acted>(key: string, ask: () => Promise<T>): Promise<T | null> {
    if (this.busy.has(key)) return null;
    this.busy = new Set([...this.busy, key]);
    const free = () => {
      this.busy = new Set([...this.busy].filter((k) => k !== key));
    };
    const late = setTimeout(() => {
      free();
      this.toasts.show(
        'error',
        'The desk has not answered yet.',
        'It may still be done; look at the row before you do it again.',
      );
    }, ANSWER_WITHIN_MS);
    try {
      const acted = await ask();
      if (acted.refusal) this.toasts.show('error', acted.refusal.text, acted.refusal.mend);
      return acted;
    } catch (error) {
      this.toasts.show('error', sentenceOf(error));
      return null;
    } finally {
      clearTimeout(late);
      free();
    }
  }

  async resolve(conflict: string, choice: Resolution, reason: string): Promise<boolean> {
    const acted = await this.during(`resolve ${conflict}`, () => this.host.resolve(conflict, choice, reason));
    return acted !== null && acted.refusal === null;
  }

  /** Opens something in the panel. Opening a new alarm tells the hub that somebody looks at it. */
  choose(chosen: Chosen): void {
    const before = this.selection.chosen;
    // Looking at something else loses no word of a card.
    const elsewhere = before.kind === 'call' && !(chosen.kind === 'call' && chosen.id === before.id);
    if (elsewhere && this.cards.has(before.id)) {
      const draft = this.cards.of(before.id);
      draft.picking = false;
      void this.keepCard(draft);
    }
    // Made here and not where it is first read: what is made inside an effect ends with it.
    if (chosen.kind === 'call') this.cards.of(chosen.id);
    // What is chosen is shown in Live; letting go opens nothing.
    if (chosen.kind !== 'none') this.view = 'live';
    this.selection.choose(chosen);
    this.detail.show(chosen.kind === 'callout' ? chosen.id : null);
    if (chosen.kind === 'alarm' && this.board.alarm(chosen.id)?.state === 'new') this.#seen(chosen.id);
  }

  /** Nobody asked for this in words, so its failure interrupts nobody: the alarm just stays new. */
  #seen(alarm: string): void {
    this.host.act({ kind: 'alarm.view', target: alarm, body: {} }).catch(() => undefined);
  }

  /** The register, at a site when one is named. */
  openRegister(site?: string): void {
    this.view = 'register';
    if (site) this.register.choose(site);
    this.register.open();
  }

  letGo(): void {
    this.draft.picking = false;
    this.choose({ kind: 'none' });
  }

  async take(row: AlarmRow): Promise<void> {
    const acted = await this.act('alarm.take', row.id);
    if (!acted || acted.refusal) return;
    this.toasts.show('done', `Taken: ${row.title}, ${row.place}.`);
    // Only while the operator is still at it: a later choice is not overruled.
    const { chosen } = this.selection;
    if (chosen.kind !== 'none' && !this.selection.is('alarm', row.id)) return;
    if (acted.made) this.choose({ kind: 'callout', id: acted.made });
    else this.selection.choose({ kind: 'alarm', id: row.id });
  }

  /** Takes each alarm of a place: one command each, each on record. */
  async takeAll(group: Group): Promise<void> {
    const key = `take-all ${group.key}`;
    if (this.busy.has(key)) return;
    this.busy = new Set([...this.busy, key]);
    let [taken, made, refused] = [0, null as string | null, null as Acted['refusal']];
    try {
      for (const row of group.rows.filter(isWaiting)) {
        const acted = await this.host.act({ kind: 'alarm.take', target: row.id, body: {} });
        if (acted.refusal) refused = acted.refusal;
        else taken++;
        made ??= acted.made;
      }
    } catch (error) {
      this.toasts.show('error', sentenceOf(error), 'Look which alarms of this place are not taken yet.');
    } finally {
      this.busy = new Set([...this.busy].filter((k) => k !== key));
    }
    if (taken > 0) this.toasts.show('done', `Taken: ${taken} alarms, ${group.place}.`);
    if (refused) this.toasts.show('error', refused.text, refused.mend);
    if (made && this.selection.chosen.kind === 'none') this.choose({ kind: 'callout', id: made });
  }

  /** Takes a call that waits and opens its card. */
  async answer(row: CallRow): Promise<void> {
    // Open first: the caller is speaking already.
    this.choose({ kind: 'call', id: row.id });
    if (row.waits) await this.act('call.answer', row.id);
  }

  /** The call that waits, or one by hand. */
  telephone(): void {
    if (this.nextCall) void this.answer(this.nextCall);
    else this.callByHand();
  }

  /** A call that no exchange told of. */
  callByHand(): void {
    const id = uuid7();
    this.startedByHand.add(id);
    this.choose({ kind: 'call', id });
  }

  /** Puts what was written on the desk's disk. True when all of it is there. */
  async keepCard(draft: CallDraft): Promise<boolean> {
    const going = this.#keeping.get(draft.call);
    if (going) await going;
    if (!draft.dirty) return true;
    const put = (async () => {
      const act = draft.put();
      const acted = await this.act(act.kind, act.target, act.body);
      if (!acted || acted.refusal) return false;
      draft.kept(act);
      return true;
    })();
    this.#keeping.set(draft.call, put);
    try {
      return await put;
    } finally {
      this.#keeping.delete(draft.call);
    }
  }

  /** Keeps a card once the operator pauses. The answer calls it off. */
  keepSoon(draft: CallDraft): () => void {
    if (!draft.dirty) return () => undefined;
    const wait = this.startedByHand.has(draft.call) ? KEEP_NEW_AFTER_MS : KEEP_AFTER_MS;
    const timer = setTimeout(() => void this.keepCard(draft), wait);
    return () => clearTimeout(timer);
  }

  showOnMap(at: { lat: number | null; lon: number | null }): void {
    if (at.lat === null || at.lon === null) {
      this.toasts.show('info', 'There is no position for it.');
      return;
    }
    this.mapGoal = { turn: this.mapGoal.turn + 1, to: { lat: at.lat, lon: at.lon } };
  }

  fitMap(): void {
    this.mapGoal = { turn: this.mapGoal.turn + 1, to: 'all' };
  }

  ask(spec: FormSpec): void {
    this.overlay = { kind: 'form', spec };
  }

  closeOverlay(): void {
    this.overlay = { kind: 'none' };
  }
}

const KEY = Symbol('desk');

export const provideDesk = (desk: Desk): Desk => setContext(KEY, desk);
export const useDesk = (): Desk => getContext<Desk>(KEY);
