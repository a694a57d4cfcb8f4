import type { Kept, Picture } from './command';
import { form, FORMS, type FieldStore } from './store';

/** A store that forgets: what `SureStore` works on, and for tests. Each change is made before its call returns. */
export class MemoryStore implements FieldStore {
  #values = new Map<string, unknown>();
  #commands = new Map<string, Kept>();
  #pictures = new Map<string, Picture>();
  #order = 0;

  /** What was read elsewhere, instead of what is here. */
  holdCommands(commands: readonly Kept[]) {
    this.#commands = new Map(commands.map((k) => [k.command.id, k]));
    this.#order = Math.max(this.#order, ...commands.map((k) => k.order));
  }
  holdPictures(pictures: readonly Picture[]) {
    this.#pictures = new Map(pictures.map((p) => [p.sha256, p]));
  }

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
    const whole = this.#commands.get(kept.command.id) ?? { ...kept, order: ++this.#order };
    this.#commands.set(kept.command.id, whole);
    if (form !== undefined) this.#values.delete(form);
    return whole;
  }
  async settle(id: string, change: Partial<Kept>, named: string[] = []) {
    const kept = this.#commands.get(id);
    if (kept) this.#commands.set(id, { ...kept, ...change });
    for (const sha256 of named) void this.changePicture(sha256, { named: true });
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
