/**
 * Keeps the row under the pointer where it is while rows come and go above it: the list scrolls by as much, or slides
 * up where it cannot scroll. It lets go when the pointer leaves or rests, so that nothing urgent stays out of view.
 */
import { tick } from 'svelte';

/** A pointer that rests this long is not about to press. */
const RESTS_MS = 4000;

export class Steady {
  /** Rows have come in above the view. */
  above = $state(false);
  /** The row the pointer is on; null when none, or when it rests. */
  held = $state<string | null>(null);

  #list: HTMLElement | null = null;
  #slid = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  attach = (list: HTMLElement) => {
    this.#list = list;
    const moved = (event: Event) => this.#moved(event.target);
    const left = () => this.release();
    list.addEventListener('pointermove', moved);
    list.addEventListener('pointerdown', moved);
    list.addEventListener('pointerleave', left);
    return () => {
      clearTimeout(this.#timer);
      list.removeEventListener('pointermove', moved);
      list.removeEventListener('pointerdown', moved);
      list.removeEventListener('pointerleave', left);
      this.#list = null;
    };
  };

  #moved(target: EventTarget | null): void {
    this.held = target instanceof Element ? (target.closest<HTMLElement>('[data-row]')?.dataset['row'] ?? null) : null;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.release(), RESTS_MS);
  }

  /** To be called before the rows change: what was under the pointer is put back there after. */
  before(): void {
    const list = this.#list;
    const row = this.held === null ? null : list?.querySelector<HTMLElement>(`[data-row="${CSS.escape(this.held)}"]`);
    if (!list || !row) return;
    const top = row.getBoundingClientRect().top;
    void tick().then(() => {
      if (row.isConnected) this.#shift(list, row.getBoundingClientRect().top - top);
    });
  }

  #shift(list: HTMLElement, moved: number): void {
    if (Math.abs(moved) < 1) return;
    const was = list.scrollTop;
    list.scrollTop += moved;
    // What scrolling could not take, because the list is short, the rows slide.
    const rest = moved - (list.scrollTop - was);
    if (Math.abs(rest) >= 1) this.#slide(list, this.#slid - rest);
    this.above = list.scrollTop > 0 || this.#slid < 0;
  }

  #slide(list: HTMLElement, by: number): void {
    this.#slid = by;
    for (const child of list.children) {
      if (child instanceof HTMLElement) child.style.translate = by === 0 ? '' : `0 ${by}px`;
    }
  }

  release(): void {
    clearTimeout(this.#timer);
    this.held = null;
    const list = this.#list;
    if (!list) return;
    if (this.#slid !== 0) this.#slide(list, 0);
    if (this.above) list.scrollTo({ top: 0 });
    this.above = false;
  }
}
