/** The desk as the page knows it: what it shows, what is chosen, and the one way to ask for a change. */
import { getContext, setContext } from 'svelte';
import { HubClock } from '$lib/shared/clock.svelte';
import { Toasts } from '$lib/shared/toasts.svelte';
import type { AlarmRow } from '$lib/generated/AlarmRow';
import { sentenceOf, type Acted, type Host, type LeavingView, type Resolution } from '../host/host';
import type { FormSpec } from '../forms/spec';
import { isWaiting, mayTake, queue } from './alarms';
import { ringKey } from './ring';
import { BoardState } from './board.svelte';
import { byNeed } from './callouts';
import { DetailState } from './detail.svelte';
import { Draft } from './draft.svelte';
import { Prefs } from './prefs.svelte';
import { RegisterState } from './register.svelte';
import { Selection, type Chosen } from './selection.svelte';
import { Sound } from './sound.svelte';
import { byCallSign } from './units';

/** What covers the page: one at a time. */
export type Overlay =
  | { kind: 'none' }
  | { kind: 'palette' }
  | { kind: 'help' }
  | { kind: 'form'; spec: FormSpec }
  | { kind: 'conflicts' }
  | { kind: 'enrol'; officer: string }
  | { kind: 'leaving'; what: LeavingView }
  | { kind: 'picture'; callout: string; sha256: string };

/** After this the button works again and the operator is told. */
export const ANSWER_WITHIN_MS = 8000;

export class Desk {
  readonly host: Host;
  readonly clock = new HubClock();
  readonly toasts = new Toasts();
  readonly selection = new Selection();
  readonly sound = new Sound();
  readonly draft = new Draft();
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
