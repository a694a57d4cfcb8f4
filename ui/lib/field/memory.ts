import type { Kept, Picture } from './command';
import { form, FORMS, type FieldStore } from './store';

/** A store that forgets: for tests, and for a phone that keeps nothing (private windows). */
export class MemoryStore implements FieldStore {
  #values = new Map<string, unknown>();
  #commands = new Map<string, Kept>();
  #pictures = new Map<string, Picture>();
  #order = 0;

  async get<T>(key: string): Promise<T | undefined> {
    return this.#values.get(key) as T | undefined;
  }
  async set(key: string, value: unknown) {
    this.#values.set(key, structuredClone(value));
  }
  async remove(key: string) {
    this.#values.delete(key);
  }
  async removeForms(except: string | null) {
    const keep = form(except ?? '', '');
    for (const key of this.#values.keys()) if (key.startsWith(FORMS) && !key.startsWith(keep)) this.#values.delete(key);
  }
  async commands(): Promise<Kept[]> {
    return [...this.#commands.values()].sort((a, b) => a.order - b.order);
  }
  async keep(kept: Omit<Kept, 'order'>, form?: string): Promise<Kept> {
    const whole = { ...kept, order: ++this.#order };
    this.#commands.set(kept.command.id, whole);
    if (form !== undefined) this.#values.delete(form);
    return whole;
  }
  async settle(id: string, change: Partial<Kept>, named: string[] = []) {
    const kept = this.#commands.get(id);
    if (kept) this.#commands.set(id, { ...kept, ...change });
    for (const sha256 of named) await this.changePicture(sha256, { named: true });
  }
  async drop(id: string) {
    this.#commands.delete(id);
  }
  async pictures(): Promise<Picture[]> {
    return [...this.#pictures.values()];
  }
  async keepPicture(picture: Picture) {
    if (!this.#pictures.has(picture.sha256)) this.#pictures.set(picture.sha256, picture);
  }
  async changePicture(sha256: string, change: Partial<Picture>) {
    const picture = this.#pictures.get(sha256);
    if (picture) this.#pictures.set(sha256, { ...picture, ...change });
  }
  async dropPicture(sha256: string) {
    this.#pictures.delete(sha256);
  }
  async clear() {
    this.#values.clear();
    this.#commands.clear();
    this.#pictures.clear();
  }
}
