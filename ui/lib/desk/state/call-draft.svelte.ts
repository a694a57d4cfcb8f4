/**
 * The card of one telephone call while it is written: where, what, who, and the six questions. It outlives the panel and
 * a reload of the window; what is typed is nobody's to change but the operator's.
 */
import type { CallCard } from '$lib/generated/CallCard';
import type { CallQuestion } from '$lib/generated/CallQuestion';
import type { CallRow } from '$lib/generated/CallRow';
import type { ThriveView } from '$lib/generated/ThriveView';
import type { Act } from '../host/host';
import { ASPECTS } from './calls';
import { Draft } from './draft.svelte';

const noThrive = (): ThriveView => ({
  threat: { level: null, note: '' },
  harm: { level: null, note: '' },
  risk: { level: null, note: '' },
  investigation: { level: null, note: '' },
  vulnerability: { level: null, note: '' },
  engagement: { level: null, note: '' },
});

const EMPTY: CallCard = {
  caller: '',
  number: '',
  about: '',
  address: '',
  place: '',
  point: null,
  site: null,
  text: '',
};

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export class CallDraft extends Draft {
  readonly call: string;
  caller = $state('');
  number = $state('');
  thrive = $state<ThriveView>(noThrive());
  /** Why it is taken although the service is closed. */
  outOfHours = $state('');
  /** What the desk has of it. */
  #known = $state.raw<CallCard>(EMPTY);
  /** What the row showed last. */
  #seen: CallCard = EMPTY;
  #graded = $state.raw<{ thrive: ThriveView; priority: number } | null>(null);

  constructor(call: string) {
    super();
    this.call = call;
  }

  get card(): CallCard {
    return {
      caller: this.caller,
      number: this.number,
      about: this.about,
      address: this.address,
      place: this.place,
      point: this.point,
      site: this.site,
      text: this.text,
    };
  }

  /** Something was written that the desk does not have yet. */
  get dirty(): boolean {
    return !same(this.card, this.#known);
  }

  get asked(): boolean {
    return ASPECTS.some(([name]) => this.thrive[name].level !== null || this.thrive[name].note !== '');
  }

  get gradeDirty(): boolean {
    return this.asked && !same(this.#graded, { thrive: $state.snapshot(this.thrive), priority: this.priority });
  }

  /** What the desk has. A card that nobody here has written on follows it; what was typed here stays. */
  follow(row: CallRow): void {
    // A row that was on its way while the card was kept shows the card before it: that is no news.
    if (!same(row.card, this.#seen)) {
      const untouched = !this.dirty;
      this.#seen = row.card;
      this.#known = row.card;
      if (untouched) this.#fill(row.card);
    }
    if (row.grade && !this.gradeDirty && !same(row.grade.thrive, this.thrive)) {
      this.thrive = structuredClone(row.grade.thrive);
      this.priority = row.grade.priority;
    }
    if (row.grade) this.#graded = { thrive: row.grade.thrive, priority: row.grade.priority };
  }

  #fill(card: CallCard): void {
    this.caller = card.caller;
    this.number = card.number;
    this.about = card.about;
    this.address = card.address;
    this.place = card.place;
    this.point = card.point;
    this.site = card.site;
    this.text = card.text;
  }

  /** The card as it is to be kept. */
  put(): Act {
    const card = $state.snapshot(this.card);
    return { kind: 'call.put', target: this.call, body: { ...card } };
  }

  /** It is on the desk's disk: what is typed from now on is new again. */
  kept(act: Act): void {
    this.#known = act.body as unknown as CallCard;
  }

  gradeAct(): Act {
    const thrive = $state.snapshot(this.thrive);
    this.#graded = { thrive, priority: this.priority };
    return { kind: 'call.grade', target: this.call, body: { ...thrive, priority: this.priority } };
  }

  question(): CallQuestion {
    return {
      call: this.call,
      site: this.site,
      pin: this.point,
      address: this.address,
      place: this.place,
      number: this.number,
      thrive: $state.snapshot(this.thrive),
    };
  }

  override act(): Act {
    const act = super.act();
    act.body['call'] = this.call;
    if (this.outOfHours.trim()) act.body['out_of_hours'] = this.outOfHours.trim();
    return act;
  }

  /** For the reload of the window. */
  memory(): string {
    return JSON.stringify({
      card: this.card,
      thrive: this.thrive,
      priority: this.priority,
      offer: this.offer,
      outOfHours: this.outOfHours,
    });
  }

  recall(memory: string): void {
    const kept = JSON.parse(memory) as {
      card: CallCard;
      thrive: ThriveView;
      priority: number;
      offer: boolean;
      outOfHours: string;
    };
    this.#fill({ ...EMPTY, ...kept.card });
    this.thrive = { ...noThrive(), ...kept.thrive };
    this.priority = kept.priority;
    this.offer = kept.offer;
    this.outOfHours = kept.outOfHours;
  }
}
