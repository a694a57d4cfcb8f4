/** A checklist being written. It outlives a look at another part of the register; nothing typed is lost. */
import type { ChecklistRecord } from '$lib/generated/ChecklistRecord';
import { bodyOf, itemOf, newItem, problems, retyped, type ItemPut } from './checklist';

interface Stored {
  title: string;
  items: (Partial<ItemPut> & { id: string; type: string })[];
}

export class Builder {
  /** The version it was made from; 0 for none. */
  readonly from: number;
  readonly known: boolean;
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

  constructor(record: ChecklistRecord | null) {
    this.from = record?.version ?? 0;
    this.known = record !== null;
    const put = (record?.draft?.put ?? record?.put ?? null) as unknown as Stored | null;
    this.reference = record?.reference ?? '';
    this.title = put?.title ?? '';
    this.items = structuredClone(put?.items ?? []).map(itemOf);
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

  body(draft: boolean): Record<string, unknown> {
    return {
      ref: this.reference.trim(),
      title: this.title.trim(),
      items: ($state.snapshot(this.items) as ItemPut[]).map(bodyOf),
      draft,
      from_version: this.from,
    };
  }
}
