/** A checklist being written. It outlives a look at another part of the register; nothing typed is lost. */
import type { ChecklistRecord } from '$lib/generated/ChecklistRecord';
import { bodyOf, itemOf, newItem, problems, retyped, type ItemPut } from './checklist';

type StoredItem = Partial<ItemPut> & { id: string; type: string };
interface Stored {
  title: string;
  items: StoredItem[];
}

/** What it begins with. */
export interface Beginning {
  reference: string;
  /** The version it is made from; 0 for none. */
  from: number;
  title: string;
  /** As they are stored, or as the builder had them. */
  items: unknown[];
  /** The customer's proposal that is being read, by its number. */
  proposal?: number;
  /** What the customer said with it. */
  said?: string;
}

/** A list of the register, with its draft if it has one; or what its customer proposed. */
export function beginning(record: ChecklistRecord, proposed = false): Beginning {
  const proposal = proposed ? record.proposal : null;
  const put = (proposal?.put ?? record.draft?.put ?? record.put) as unknown as Stored;
  const from = { reference: record.reference, from: record.version, title: put.title, items: put.items };
  return proposal ? { ...from, proposal: proposal.number, said: proposal.said } : from;
}

export class Builder {
  readonly from: number;
  readonly known: boolean;
  readonly proposal: number | null;
  readonly said: string;
  reference = $state('');
  title = $state('');
  items = $state<ItemPut[]>([]);
  /** The item whose fields are open, by id. */
  open = $state<string | null>(null);
  /** Somebody tried to approve it: what is wrong is said at each item. */
  tried = $state(false);
  /** What the desk or the hub said. */
  refusal = $state<string | null>(null);

  #saved = $state('');

  constructor(begin: Beginning | null) {
    this.from = begin?.from ?? 0;
    this.known = begin !== null;
    this.proposal = begin?.proposal ?? null;
    this.said = begin?.said ?? '';
    this.reference = begin?.reference ?? '';
    this.title = begin?.title ?? '';
    this.replace(begin?.items ?? []);
    this.#saved = this.#text();
  }

  wrong = $derived.by(() => problems(this.items));
  changed = $derived.by(() => this.#text() !== this.#saved);

  #text(): string {
    return JSON.stringify([this.reference, this.title, this.items]);
  }
  kept() {
    this.#saved = this.#text();
    this.refusal = null;
  }

  /** Other items, as they are stored or as a builder had them; they count as written here. */
  replace(items: unknown[]) {
    this.items = (structuredClone(items) as StoredItem[]).map(itemOf);
  }

  add(): string {
    const at = this.items.findIndex((i) => i.id === this.open);
    const item = newItem(this.items, at < 0 ? this.items.at(-1) : this.items[at]);
    this.items.splice(at < 0 ? this.items.length : at + 1, 0, item);
    this.open = item.id;
    return item.id;
  }

  /** Answers the item that takes its place, for the focus. */
  remove(id: string): string | null {
    const at = this.items.findIndex((i) => i.id === id);
    this.items = this.items.filter((i) => i.id !== id);
    if (this.open === id) this.open = null;
    return (this.items[at] ?? this.items[at - 1])?.id ?? null;
  }

  /** Whether it could move. */
  move(id: string, by: -1 | 1): boolean {
    const at = this.items.findIndex((i) => i.id === id);
    const to = at + by;
    if (at < 0 || to < 0 || to >= this.items.length) return false;
    const [item] = this.items.splice(at, 1);
    if (item) this.items.splice(to, 0, item);
    return true;
  }

  retype(id: string, type: string) {
    this.items = this.items.map((i) => (i.id === id ? retyped($state.snapshot(i) as ItemPut, type) : i));
  }

  /** Why it cannot be approved or sent; the item that must be put right is opened. */
  fault(): { text: string; item: string | null } | null {
    this.tried = true;
    if (!this.items.some((i) => i.type !== 'heading'))
      return { text: 'The list asks nothing yet. Add an item.', item: null };
    const [first] = this.wrong.keys();
    if (first === undefined) return null;
    this.open = first;
    const count = this.wrong.size;
    const text = count === 1 ? '1 item has to be put right first.' : `${count} items have to be put right first.`;
    return { text, item: first };
  }

  bodies(): Record<string, unknown>[] {
    return ($state.snapshot(this.items) as ItemPut[]).map(bodyOf);
  }

  body(draft: boolean): Record<string, unknown> {
    return {
      ref: this.reference.trim(),
      title: this.title.trim(),
      items: this.bodies(),
      draft,
      from_version: this.from,
      ...(this.proposal !== null && !draft ? { proposal: this.proposal } : {}),
    };
  }
}
