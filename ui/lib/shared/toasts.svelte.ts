/** Short messages: what was done, or why not and what to do about it. An error stays until dismissed. */
export type ToastTone = 'done' | 'info' | 'error';

export interface Toast {
  id: number;
  tone: ToastTone;
  text: string;
  mend?: string | undefined;
}

/** More would be a list nobody reads; the oldest leaves. */
const TOASTS_MAX = 4;
const STAYS_MS = 5000;

export class Toasts {
  list = $state.raw<Toast[]>([]);
  #next = 1;

  show(tone: ToastTone, text: string, mend?: string | null): number {
    const id = this.#next++;
    const same = (t: Toast) => t.text === text && t.tone === tone;
    this.list = [...this.list.filter((t) => !same(t)), { id, tone, text, mend: mend ?? undefined }].slice(-TOASTS_MAX);
    if (tone !== 'error') setTimeout(() => this.dismiss(id), STAYS_MS);
    return id;
  }

  dismiss(id: number): void {
    this.list = this.list.filter((t) => t.id !== id);
  }
}
