/**
 * The phone's storage as the page may rely on it: nothing here throws, and nobody waits long.
 *
 * Every change is made in memory first, then on the disk. What the disk does not take, because it fails, is full or
 * hangs, stays in memory and is tried again by itself. A call for help must not depend on a disk.
 */

import { folded, make, replaces, subject, type Change } from './change';
import type { Kept, Picture } from './command';
import { MemoryStore } from './memory';
import { backoffMs } from './sender';
import type { FieldStore } from './store';

/** A working phone answers in milliseconds. Longer than this, and the officer would press again. */
const WAIT_MS = 2_000;
/** A picture of 25 MB on a slow phone. */
const PICTURE_WAIT_MS = 10_000;
/** The first try after a failure: browsers drop a connection now and then, and a new one works at once. */
const FIRST_AGAIN_MS = 100;

export interface Disk extends FieldStore {
  close(): void;
}

/** What would be lost with the page, while the storage does not do its work. */
export interface Loose {
  commands: string[];
  pictures: string[];
}

export interface SureDeps {
  open: () => Promise<Disk>;
  /** Null: everything is on the disk. */
  loose: (loose: Loose | null) => void;
  /** The disk took what had waited, or can be read again. */
  recovered: () => void;
  wait_ms?: number;
}

interface Waiting {
  change: Change;
  tried: () => void;
}

class TookTooLong extends Error {}

export class SureStore implements FieldStore {
  #memory = new MemoryStore();
  #disk: Disk | null = null;
  /** Not on the disk yet, oldest first. */
  #waiting: Waiting[] = [];
  /** The one the disk is busy with. */
  #now: Waiting | null = null;
  #busy = false;
  /** What the disk took since each reading began: such a reading may not hold it. */
  #readings = new Set<Change[]>();
  #failures = 0;
  #again: ReturnType<typeof setTimeout> | undefined;
  #told = false;

  constructor(private deps: SureDeps) {}

  async open() {
    await this.#opened();
    this.#look();
  }

  async get<T>(key: string): Promise<T | undefined> {
    const pending = this.#waiting.some((w) => w.change.do === 'clear' || subject(w.change) === `value ${key}`);
    const read = pending ? null : await this.#read((disk) => disk.get<T>(key));
    return read ? read.rows : this.#memory.get<T>(key);
  }
  set(key: string, value: unknown) {
    return this.#change({ do: 'set', key, value });
  }
  remove(key: string) {
    return this.#change({ do: 'remove', key });
  }
  removeForms(except: string | null) {
    return this.#change({ do: 'remove_forms', except });
  }

  async commands(): Promise<Kept[]> {
    await this.#read(
      (disk) => disk.commands(),
      (rows) => this.#memory.holdCommands(rows),
    );
    return this.#memory.commands();
  }
  async keep(kept: Omit<Kept, 'order'>, form?: string): Promise<Kept> {
    const tried = this.#change({ do: 'keep', kept, form });
    // Asked for now: when the disk has tried, it may have been sent and gone.
    const whole = this.#memory.keep(kept);
    await tried;
    return whole;
  }
  settle(id: string, change: Partial<Kept>, named: string[] = []) {
    return this.#change({ do: 'settle', id, change, named });
  }
  drop(id: string) {
    return this.#change({ do: 'drop', id });
  }

  async pictures(): Promise<Picture[]> {
    await this.#read(
      (disk) => disk.pictures(),
      (rows) => this.#memory.holdPictures(rows),
    );
    return this.#memory.pictures();
  }
  keepPicture(picture: Picture) {
    return this.#change({ do: 'keep_picture', picture });
  }
  changePicture(sha256: string, change: Partial<Picture>) {
    return this.#change({ do: 'change_picture', sha256, change });
  }
  dropPicture(sha256: string) {
    return this.#change({ do: 'drop_picture', sha256 });
  }
  clear() {
    return this.#change({ do: 'clear' });
  }

  /** In memory before this returns; its promise waits until the disk has tried. */
  #change(change: Change): Promise<void> {
    void make(this.#memory, change).catch(() => undefined);
    return new Promise((tried) => {
      this.#line({ change, tried });
      if (this.#disk) void this.#write();
      else tried();
      this.#look();
    });
  }

  /** Puts a change behind the others. What it makes pointless goes, so that what waits is bounded by what there is. */
  #line(next: Waiting) {
    const gone = this.#waiting.filter((w) => w !== this.#now && replaces(next.change, w.change));
    this.#waiting = this.#waiting.filter((w) => !gone.includes(w));
    for (const w of gone) w.tried();
    for (const w of this.#waiting) {
      if (w !== this.#now) w.change = folded(w.change, next.change) ?? w.change;
    }
    this.#waiting.push(next);
  }

  /** Makes on the disk what waits, one after the other. */
  async #write() {
    if (this.#busy) return;
    this.#busy = true;
    const done = new Set<Waiting>();
    const failed = new Set<string>();
    let next: Waiting | undefined;
    while ((next = this.#waiting.find((w) => !done.has(w))) && this.#disk) {
      done.add(next);
      const about = subject(next.change);
      if (!failed.has(about) && !(await this.#took(next))) failed.add(about);
      next.tried();
    }
    for (const w of this.#waiting) w.tried();
    this.#busy = false;
    this.#look();
  }

  async #took(waiting: Waiting): Promise<boolean> {
    const { change } = waiting;
    const disk = this.#disk!;
    this.#now = waiting;
    try {
      await inTime(make(disk, change), change.do === 'keep_picture' ? PICTURE_WAIT_MS : this.#wait());
    } catch (error) {
      if (broken(error)) this.#lost(disk);
      return false;
    } finally {
      this.#now = null;
    }
    this.#waiting = this.#waiting.filter((w) => w !== waiting);
    for (const since of this.#readings) since.push(change);
    return true;
  }

  /** Reads the disk, and holds in memory what it says with everything on top that it cannot know yet. */
  async #read<T>(read: (disk: Disk) => Promise<T>, hold?: (rows: T) => void): Promise<{ rows: T } | null> {
    const disk = this.#disk;
    if (!disk) return null;
    const since: Change[] = [];
    this.#readings.add(since);
    try {
      const rows = await inTime(read(disk), this.#wait());
      if (hold) {
        hold(rows);
        this.#onTop(since);
      }
      return { rows };
    } catch {
      this.#lost(disk);
      return null;
    } finally {
      this.#readings.delete(since);
    }
  }

  #onTop(since: Change[]) {
    for (const change of [...since, ...this.#waiting.map((w) => w.change)]) {
      void make(this.#memory, change).catch(() => undefined);
    }
  }

  async #opened() {
    const opening = this.deps.open();
    try {
      this.#disk = await inTime(opening, this.#wait());
    } catch {
      // One that opens after all is not needed any more.
      void opening.then(
        (disk) => disk.close(),
        () => undefined,
      );
    }
  }

  /** This connection is of no use any more; a new one may be. */
  #lost(disk: Disk) {
    if (this.#disk !== disk) return;
    this.#disk = null;
    try {
      disk.close();
    } catch {
      // It was closed by whatever broke it.
    }
    this.#look();
  }

  async #tryAgain() {
    if (!this.#disk) await this.#opened();
    // Opening alone proves little: some phones open a database that they cannot read.
    if (this.#disk && (await this.#read((disk) => disk.commands()))) await this.#write();
    this.#failures++;
    this.#again = undefined;
    const well = this.#disk !== null && this.#waiting.length === 0;
    this.#look();
    if (well) this.deps.recovered();
  }

  /** Says how things stand, and sees to the next try. */
  #look() {
    const well = this.#disk !== null && (this.#busy || this.#waiting.length === 0);
    if (well) {
      if (this.#busy) return;
      this.#failures = 0;
      if (this.#told) this.deps.loose(null);
      this.#told = false;
      return;
    }
    if (!this.#busy && (this.#failures > 0 || this.#waiting.length > 0)) {
      this.#told = true;
      this.deps.loose({
        commands: this.#waiting.flatMap(({ change: c }) => (c.do === 'keep' ? [c.kept.command.id] : [])),
        pictures: this.#waiting.flatMap(({ change: c }) => (c.do === 'keep_picture' ? [c.picture.sha256] : [])),
      });
    }
    const wait = this.#failures === 0 ? FIRST_AGAIN_MS : backoffMs(this.#failures);
    this.#again ??= setTimeout(() => void this.#tryAgain(), wait);
  }

  #wait(): number {
    return this.deps.wait_ms ?? WAIT_MS;
  }
}

/** These say that the connection is dead. After others, a full disk above all, the next change may well go. */
const broken = (error: unknown): boolean =>
  error instanceof TookTooLong ||
  (error instanceof Error && (error.name === 'InvalidStateError' || error.name === 'UnknownError'));

async function inTime<T>(work: Promise<T>, wait_ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new TookTooLong()), wait_ms);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
