import { expect, test } from 'vitest';
import type { Command, Kept, Picture } from '../../lib/field/command';
import { MemoryStore } from '../../lib/field/memory';
import { SureStore, type Disk, type Loose } from '../../lib/field/sure';

type Fault = 'fails' | 'is full' | 'hangs' | null;

/** What lies on the phone, whoever opens it. */
class Phone {
  disk = new MemoryStore();
  fault: Fault = null;
  /** Only this method has the fault. */
  only: string | null = null;
  opens = 0;
  loose: (Loose | null)[] = [];
  recovered = 0;
  #held: (() => void)[] = [];

  sure = new SureStore({
    open: async () => {
      this.opens++;
      await this.#meet('open');
      return this.#connection();
    },
    loose: (loose) => this.loose.push(loose),
    recovered: () => this.recovered++,
    wait_ms: 30,
  });

  /** The disk does again what it should, and what hung goes on. */
  mend() {
    this.fault = null;
    for (const go of this.#held.splice(0)) go();
  }

  #meet(method: string): Promise<void> {
    if (!this.fault || (this.only && this.only !== method)) return Promise.resolve();
    if (this.fault === 'hangs') return new Promise((go) => this.#held.push(go));
    throw new DOMException('Not now.', this.fault === 'is full' ? 'QuotaExceededError' : 'UnknownError');
  }

  #connection(): Disk {
    return new Proxy(this.disk, {
      get: (disk, method: string) => {
        if (method === 'close') return () => undefined;
        if (!(method in disk)) return undefined;
        return async (...args: unknown[]) => {
          await this.#meet(method);
          return (disk as unknown as Record<string, (...a: unknown[]) => unknown>)[method]!(...args);
        };
      },
    }) as unknown as Disk;
  }
}

const kept = (id: string): Omit<Kept, 'order'> => {
  const at = '2026-11-22T21:59:00.000Z';
  const command = { id, at, kind: 'note.add', v: 1, target: 'co', after: [], body: {} } as unknown as Command;
  const whole = { command, made: { at, steady_ms: 0, origin_ms: 0 }, officer: 'sam', state: 'waiting' as const };
  return { ...whole, seq: null, refusal: null, lapses_at: null };
};
const picture = (sha256: string): Picture => {
  const rest = { type: 'image/jpeg', bytes: 1, taken_at: '', callout: 'co', officer: 'sam', refusal: null };
  return { sha256, blob: new Blob(['x']), ...rest, named: false, confirmed: false, offset: 0 };
};
const ids = async (store: { commands: () => Promise<Kept[]> }) => (await store.commands()).map((k) => k.command.id);

for (const fault of ['fails', 'is full', 'hangs'] as const) {
  test(`a disk that ${fault} loses nothing that was done, and has it all once it works`, async () => {
    const p = new Phone();
    await p.sure.open();
    await p.sure.keep(kept('a'));
    p.fault = fault;
    await p.sure.keep(kept('b'));
    await p.sure.settle('a', { state: 'confirmed', seq: 4 });
    await p.sure.keepPicture(picture('p'));
    await p.sure.set('mark', 1);
    expect(await ids(p.sure)).toEqual(['a', 'b']);
    expect((await p.sure.commands())[0]).toMatchObject({ state: 'confirmed', seq: 4 });
    expect(await p.sure.get('mark')).toBe(1);
    expect(p.loose.at(-1)).toEqual({ commands: ['b'], pictures: ['p'] });
    p.mend();
    await expect.poll(() => p.loose.at(-1), { timeout: 5000 }).toBeNull();
    expect(p.recovered).toBe(1);
    expect(await ids(p.disk)).toEqual(['a', 'b']);
    expect((await p.disk.commands())[0]).toMatchObject({ state: 'confirmed', seq: 4 });
    expect(await p.disk.pictures()).toMatchObject([{ sha256: 'p' }]);
    expect(await p.disk.get('mark')).toBe(1);
  });
}

test('a disk that does not open holds nobody up, and what lay on it comes when it opens', async () => {
  const p = new Phone();
  await p.disk.keep(kept('old'));
  p.fault = 'hangs';
  await p.sure.open();
  await p.sure.keep(kept('new'));
  expect(await ids(p.sure)).toEqual(['new']);
  p.mend();
  await expect.poll(() => p.recovered, { timeout: 5000 }).toBe(1);
  expect(await ids(p.sure)).toEqual(['old', 'new']);
});

test('a picture too large for the disk keeps no command off it', async () => {
  const p = new Phone();
  await p.sure.open();
  p.fault = 'is full';
  p.only = 'keepPicture';
  await p.sure.keepPicture(picture('p'));
  await p.sure.keep(kept('a'));
  expect(await ids(p.disk)).toEqual(['a']);
  expect(p.loose.at(-1)).toEqual({ commands: [], pictures: ['p'] });
  // Named meanwhile, it is named when there is room.
  await p.sure.settle('a', { state: 'confirmed' }, ['p']);
  expect(await p.sure.pictures()).toMatchObject([{ named: true }]);
  p.mend();
  await expect.poll(() => p.loose.at(-1), { timeout: 5000 }).toBeNull();
  expect(await p.disk.pictures()).toMatchObject([{ sha256: 'p', named: true }]);
});

test('one dropped read is no trouble: the next connection is tried at once', async () => {
  const p = new Phone();
  await p.sure.open();
  await p.sure.keep(kept('a'));
  p.fault = 'fails';
  expect(await ids(p.sure)).toEqual(['a']);
  p.mend();
  await expect.poll(() => p.opens).toBe(2);
  await p.disk.keep(kept('b'));
  await expect.poll(() => ids(p.sure)).toEqual(['a', 'b']);
  expect(p.loose).toEqual([]);
});

test('what was dropped before the disk took it never reaches the disk', async () => {
  const p = new Phone();
  await p.sure.open();
  p.fault = 'is full';
  await p.sure.keep(kept('a'));
  await p.sure.keep(kept('b'));
  await p.sure.drop('a');
  expect(await ids(p.sure)).toEqual(['b']);
  p.mend();
  await expect.poll(() => p.loose.at(-1), { timeout: 5000 }).toBeNull();
  expect(await ids(p.disk)).toEqual(['b']);
});

test('a read that began before a command was kept does not hide it', async () => {
  const p = new Phone();
  await p.sure.open();
  const reading = ids(p.sure);
  await p.sure.keep(kept('a'));
  await reading;
  p.fault = 'fails';
  expect(await ids(p.sure)).toEqual(['a']);
});

test('forgetting the phone while its disk is out forgets it once the disk is back', async () => {
  const p = new Phone();
  await p.sure.open();
  await p.sure.keep(kept('a'));
  await p.sure.set('state', { name: 'Sam' });
  p.fault = 'fails';
  await p.sure.keep(kept('b'));
  await p.sure.clear();
  expect(await ids(p.sure)).toEqual([]);
  expect(await p.sure.get('state')).toBeUndefined();
  p.mend();
  await expect.poll(() => p.loose.at(-1), { timeout: 5000 }).toBeNull();
  expect(await ids(p.disk)).toEqual([]);
  expect(await p.disk.get('state')).toBeUndefined();
});

test('a command that the hub’s state shows before the disk has its answer still lets its pictures go', async () => {
  const p = new Phone();
  await p.sure.open();
  await p.sure.keepPicture(picture('p'));
  await p.sure.keep(kept('a'));
  // A busy phone: the disk takes nothing until both have been asked of it.
  p.fault = 'is full';
  await p.sure.settle('a', { state: 'confirmed', seq: 4 }, ['p']);
  await p.sure.drop('a');
  p.mend();
  await expect.poll(async () => (await p.disk.pictures())[0]?.named, { timeout: 5000 }).toBe(true);
  expect((await p.sure.pictures())[0]?.named).toBe(true);
  expect(await ids(p.disk)).toEqual([]);
});
