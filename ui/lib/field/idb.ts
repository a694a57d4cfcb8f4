import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Kept, Picture } from './command';
import { form, FORMS } from './store';
import type { Disk } from './sure';

interface Schema extends DBSchema {
  /** The last state, half-filled forms, small marks. */
  values: { key: string; value: unknown };
  /** The queue. The key is given by the database, so two tabs of one phone share one order. */
  commands: { key: number; value: Kept; indexes: { id: string } };
  pictures: { key: string; value: Picture };
}

/** Everything in IndexedDB. Every change may be made again: the page cannot know whether one that hung was made. */
export class IdbStore implements Disk {
  private constructor(private db: IDBPDatabase<Schema>) {}

  static async open(name = 'watchhouse-officer'): Promise<IdbStore> {
    const db = await openDB<Schema>(name, 1, {
      upgrade(db) {
        db.createObjectStore('values');
        db.createObjectStore('commands', { keyPath: 'order', autoIncrement: true }).createIndex('id', 'command.id', {
          unique: true,
        });
        db.createObjectStore('pictures', { keyPath: 'sha256' });
      },
    });
    return new IdbStore(db);
  }

  close() {
    this.db.close();
  }

  async get<T>(key: string): Promise<T | undefined> {
    return (await this.db.get('values', key)) as T | undefined;
  }
  async set(key: string, value: unknown) {
    await this.db.put('values', value, key);
  }
  async remove(key: string) {
    await this.db.delete('values', key);
  }
  async removeForms(except: string | null) {
    const keep = form(except ?? '', '');
    const tx = this.db.transaction('values', 'readwrite');
    const keys = await tx.store.getAllKeys(IDBKeyRange.bound(FORMS, `${FORMS}\uffff`));
    await Promise.all(keys.filter((key) => !key.startsWith(keep)).map((key) => tx.store.delete(key)));
    await tx.done;
  }

  async commands(): Promise<Kept[]> {
    return this.db.getAll('commands');
  }
  async keep(kept: Omit<Kept, 'order'>, form?: string): Promise<Kept> {
    // `strict`: the phone may lose its battery right after the screen said "saved".
    const tx = this.db.transaction(['commands', 'values'], 'readwrite', { durability: 'strict' });
    const commands = tx.objectStore('commands');
    const known = await commands.index('id').getKey(kept.command.id);
    const order = known ?? (await commands.add({ ...kept } as Kept));
    if (form !== undefined) await tx.objectStore('values').delete(form);
    await tx.done;
    return { ...kept, order };
  }
  async settle(id: string, change: Partial<Kept>, named: string[] = []) {
    const tx = this.db.transaction(['commands', 'pictures'], 'readwrite');
    const commands = tx.objectStore('commands');
    const kept = await commands.index('id').get(id);
    if (kept) await commands.put({ ...kept, ...change });
    const pictures = tx.objectStore('pictures');
    for (const sha256 of named) {
      const picture = await pictures.get(sha256);
      if (picture) await pictures.put({ ...picture, named: true });
    }
    await tx.done;
  }
  async drop(id: string) {
    const tx = this.db.transaction('commands', 'readwrite');
    const key = await tx.store.index('id').getKey(id);
    if (key !== undefined) await tx.store.delete(key);
    await tx.done;
  }

  async pictures(): Promise<Picture[]> {
    return this.db.getAll('pictures');
  }
  async keepPicture(picture: Picture) {
    const tx = this.db.transaction('pictures', 'readwrite', { durability: 'strict' });
    if ((await tx.store.getKey(picture.sha256)) === undefined) await tx.store.put(picture);
    await tx.done;
  }
  async changePicture(sha256: string, change: Partial<Picture>) {
    const tx = this.db.transaction('pictures', 'readwrite');
    const picture = await tx.store.get(sha256);
    if (picture) await tx.store.put({ ...picture, ...change });
    await tx.done;
  }
  async dropPicture(sha256: string) {
    await this.db.delete('pictures', sha256);
  }
  async clear() {
    const tx = this.db.transaction(['values', 'commands', 'pictures'], 'readwrite');
    await Promise.all([
      tx.objectStore('values').clear(),
      tx.objectStore('commands').clear(),
      tx.objectStore('pictures').clear(),
    ]);
    await tx.done;
  }
}
