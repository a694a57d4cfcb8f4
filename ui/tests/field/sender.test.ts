import { createHash, randomBytes } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import type { Command, Kept, Kind, Picture } from '../../lib/field/command';
import { HubError, noSignal, type ChunkAnswer, type Hub, type Result, type Sent } from '../../lib/field/hub';
import { MemoryStore } from '../../lib/field/memory';
import { backoffMs, BATCH_MAX, Sender } from '../../lib/field/sender';
import { CHUNK_BYTES, upload } from '../../lib/field/upload';
import { uuidv7 } from '../../lib/field/uuidv7';

afterEach(() => vi.useRealTimers());

const OFFICER = 'sam';
type Media = { bytes: Buffer; total: number; done: boolean };

/** The sender with a store in memory and a hub that does as told. */
class Bench {
  store = new MemoryStore();
  sent: Sent[][] = [];
  heard: string[] = [];
  officer: string | null = OFFICER;
  hubNow = Date.parse('2026-11-22T22:00:00Z');
  media = new Map<string, Media>();
  chunks: string[] = [];
  answer: (commands: Sent[]) => Result[] = (commands) => commands.map((c, i) => accepted(c.id, i + 1));
  /** Stands before a chunk is taken. */
  chunk: (sha256: string, from: number) => ChunkAnswer | null = () => null;

  hub: Pick<Hub, 'commands' | 'mediaOffset' | 'mediaChunk'> = {
    commands: async (commands) => {
      this.sent.push(commands);
      return this.answer(commands);
    },
    mediaOffset: async (sha256) => this.media.get(sha256)?.bytes.length ?? 0,
    mediaChunk: async (sha256, blob, { from, total }) => {
      this.chunks.push(`${from}+${blob.size}`);
      const told = this.chunk(sha256, from);
      if (told) return told;
      const media = this.media.get(sha256) ?? { bytes: Buffer.alloc(0), total, done: false };
      this.media.set(sha256, media);
      if (media.done) return { status: 201, offset: total, error: null };
      if (from > media.bytes.length) return { status: 409, offset: media.bytes.length, error: null };
      // As the hub does it: what comes again is written over the same bytes, and a full file is looked at.
      const bytes = Buffer.from(await blob.arrayBuffer());
      const rest = media.bytes.subarray(from + bytes.length);
      media.bytes = Buffer.concat([media.bytes.subarray(0, from), bytes, rest]);
      if (media.bytes.length === total && createHash('sha256').update(media.bytes).digest('hex') !== sha256) {
        this.media.delete(sha256);
        return { status: 422, offset: null, error: error(422, 'digest_mismatch') };
      }
      media.done = media.bytes.length === total;
      return { status: media.done ? 201 : 202, offset: media.bytes.length, error: null };
    },
  };

  sender = new Sender({
    store: this.store,
    hub: this.hub,
    officer: () => this.officer,
    now: () => new Date('2026-11-22T22:00:00Z'),
    age: () => 1234,
    hubNow: () => this.hubNow,
    changed: () => undefined,
    heard: (how) => this.heard.push(how),
  });

  async keep(kind: Kind, body: object = {}, more: Partial<Kept> = {}): Promise<Kept> {
    const at = '2026-11-22T21:59:00.000Z';
    const command = { id: uuidv7(), at, kind, v: 1, target: 'co', after: [], body } as unknown as Command;
    const whole = { command, made: { at, steady_ms: 0, origin_ms: 0 }, officer: OFFICER, state: 'waiting' as const };
    return this.store.keep({ ...whole, seq: null, refusal: null, lapses_at: null, ...more });
  }

  async picture(size: number, more: Partial<Picture> = {}): Promise<string> {
    const bytes = randomBytes(size);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const blob = new Blob([bytes]);
    const picture = { sha256, blob, type: 'image/jpeg', bytes: size, taken_at: '', callout: 'co', officer: OFFICER };
    await this.store.keepPicture({ ...picture, named: true, confirmed: false, offset: 0, refusal: null, ...more });
    return sha256;
  }

  async drain(most = 50): Promise<string> {
    for (let i = 0; i < most; i++) {
      const round = await this.sender.round();
      if (round !== 'more') return round;
    }
    return 'never idle';
  }

  async states(): Promise<string[]> {
    return (await this.store.commands()).map((k) => `${k.command.kind} ${k.state}`);
  }
}

const accepted = (id: string, seq: number): Result => ({ id, outcome: 'accepted', seq: [seq, seq], refusal: null });
const refused = (id: string, code: string): Result => ({
  id,
  outcome: 'refused',
  seq: null,
  refusal: { code, text: 'Not so.', mend: null },
});
const error = (status: number, code: string) =>
  new HubError({ status, code, title: code }, status === 0 || status === 429 || status >= 500);

test('commands go in the order in which the officer acted, in bounded batches', async () => {
  const b = new Bench();
  for (let i = 0; i < 45; i++) await b.keep('note.add', { text: String(i) });
  expect(await b.drain()).toBe('idle');
  expect(b.sent.map((batch) => batch.length)).toEqual([BATCH_MAX, BATCH_MAX, 5]);
  expect(b.sent.flat().map((c) => (c.body as { text: string }).text)).toEqual(
    Array.from({ length: 45 }, (_, i) => String(i)),
  );
  expect(b.sent[0]![0]).toMatchObject({ sent_at: '2026-11-22T22:00:00.000Z', age_ms: 1234, v: 1 });
});

test('an emergency goes before everything else', async () => {
  const b = new Bench();
  await b.keep('rams.acknowledge');
  await b.keep('escalation.raise', { level: 3, emergency: true });
  await b.drain();
  expect(b.sent[0]!.map((c) => c.kind)).toEqual(['escalation.raise', 'rams.acknowledge']);
});

test('a duplicate is a success', async () => {
  const b = new Bench();
  await b.keep('rams.acknowledge');
  b.answer = ([c]) => [{ id: c!.id, outcome: 'duplicate', seq: [7, 8], refusal: null }];
  await b.drain();
  expect(await b.store.commands()).toMatchObject([{ state: 'confirmed', seq: 8 }]);
});

test('a refused command is kept with its reason and the others go on', async () => {
  const b = new Bench();
  await b.keep('rams.acknowledge');
  await b.keep('location.confirm');
  b.answer = (commands) =>
    commands.map((c) => (c.kind === 'rams.acknowledge' ? refused(c.id, 'old_version') : accepted(c.id, 2)));
  expect(await b.drain()).toBe('idle');
  expect(await b.states()).toEqual(['rams.acknowledge refused', 'location.confirm confirmed']);
  expect((await b.store.commands())[0]!.refusal?.code).toBe('old_version');
});

test('without signal everything stays and goes later, once', async () => {
  const b = new Bench();
  await b.keep('rams.acknowledge');
  const answer = b.answer;
  b.answer = () => {
    throw noSignal();
  };
  expect(await b.sender.round()).toBe('failed');
  expect(await b.sender.round()).toBe('failed');
  expect(b.heard).toEqual(['no_signal', 'no_signal']);
  b.answer = answer;
  expect(await b.drain()).toBe('idle');
  expect(await b.states()).toEqual(['rams.acknowledge confirmed']);
  expect(new Set(b.sent.flat().map((c) => c.id)).size).toBe(1);
});

test('an answer that names none of the commands is no answer', async () => {
  const b = new Bench();
  await b.keep('rams.acknowledge');
  b.answer = () => [];
  expect(await b.sender.round()).toBe('failed');
  expect(await b.states()).toEqual(['rams.acknowledge waiting']);
});

test('a phone that is no longer enrolled keeps its queue and says so', async () => {
  const b = new Bench();
  await b.keep('rams.acknowledge');
  b.answer = () => {
    throw error(401, 'not_enrolled');
  };
  expect(await b.sender.round()).toBe('not_enrolled');
  expect(b.heard).toEqual(['not_enrolled']);
  expect(await b.states()).toEqual(['rams.acknowledge waiting']);
});

test('one command that spoils a request is found, kept as refused, and the others go', async () => {
  const b = new Bench();
  await b.keep('rams.acknowledge');
  await b.keep('note.add', { text: 'poison' });
  await b.keep('location.confirm');
  b.answer = (commands) => {
    if (commands.some((c) => c.kind === 'note.add')) throw error(400, 'bad_request');
    return commands.map((c) => accepted(c.id, 1));
  };
  expect(await b.drain()).toBe('idle');
  expect(await b.states()).toEqual(['rams.acknowledge confirmed', 'note.add refused', 'location.confirm confirmed']);
});

test('another officer’s commands and pictures are never sent', async () => {
  const b = new Bench();
  await b.keep('rams.acknowledge', {}, { officer: 'another' });
  await b.picture(10, { officer: 'another' });
  expect(await b.drain()).toBe('idle');
  expect(b.sent).toEqual([]);
  expect(b.chunks).toEqual([]);
  b.officer = null;
  expect(await b.drain()).toBe('idle');
});

test('an answer to an offer lapses with it: a decline is shown, telemetry is forgotten', async () => {
  const b = new Bench();
  const lapses_at = '2026-11-22T21:59:59Z';
  await b.keep('assignment.decline', { reason: 'far' }, { lapses_at });
  await b.keep('assignment.seen', {}, { lapses_at });
  expect(await b.drain()).toBe('idle');
  expect(b.sent).toEqual([]);
  expect(await b.states()).toEqual(['assignment.decline refused']);
});

test('a picture goes after the command that names it, in chunks', async () => {
  const b = new Bench();
  const sha256 = await b.picture(CHUNK_BYTES * 2 + 100, { named: false });
  expect(await b.drain()).toBe('idle');
  expect(b.chunks).toEqual([]);
  await b.keep('checklist.answer', { item: 'door', pictures: [sha256] });
  expect(await b.drain()).toBe('idle');
  expect(b.chunks).toEqual([`0+${CHUNK_BYTES}`, `${CHUNK_BYTES}+${CHUNK_BYTES}`, `${CHUNK_BYTES * 2}+100`]);
  const bytes = b.media.get(sha256)!.bytes;
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  expect(await b.store.pictures()).toMatchObject([{ confirmed: true }]);
});

test('an upload goes on where the hub says it stands, whether asked (HEAD) or told (409)', async () => {
  const b = new Bench();
  const sha256 = await b.picture(CHUNK_BYTES + 500);
  const [picture] = await b.store.pictures();
  const whole = Buffer.from(await picture!.blob.arrayBuffer());
  b.media.set(sha256, { bytes: whole.subarray(0, 1000), total: whole.length, done: false });
  let moved = false;
  b.chunk = (_, from) => {
    // Another tab got further in between.
    if (from !== 1000 || moved) return null;
    moved = true;
    b.media.get(sha256)!.bytes = whole.subarray(0, 2000);
    return { status: 409, offset: 2000, error: null };
  };
  expect(await b.drain()).toBe('idle');
  expect(b.chunks.map((c) => c.split('+')[0])).toEqual(['1000', '2000']);
  expect(b.media.get(sha256)!.bytes.equals(whole)).toBe(true);
});

test('a picture that is there already is not sent again but for the byte that the hub answers to', async () => {
  const b = new Bench();
  const sha256 = await b.picture(500);
  b.media.set(sha256, { bytes: Buffer.alloc(500), total: 500, done: true });
  expect(await b.drain()).toBe('idle');
  expect(b.chunks).toEqual(['499+1']);
  expect(await b.store.pictures()).toMatchObject([{ confirmed: true }]);
});

test('a full part file is no delivered picture: one with other bytes is sent again from the start', async () => {
  const b = new Bench();
  const sha256 = await b.picture(500);
  const [picture] = await b.store.pictures();
  b.media.set(sha256, { bytes: Buffer.alloc(500), total: 500, done: false });
  expect(await b.drain()).toBe('idle');
  expect(b.chunks).toEqual(['499+1', '0+500']);
  expect(b.media.get(sha256)!.bytes.equals(Buffer.from(await picture!.blob.arrayBuffer()))).toBe(true);
  expect(await b.store.pictures()).toMatchObject([{ confirmed: true }]);
});

test('a hub that has every byte and says neither yes nor no has no picture', async () => {
  const b = new Bench();
  await b.picture(500);
  b.chunk = () => ({ status: 202, offset: 500, error: null });
  expect(await b.drain()).toBe('idle');
  expect(await b.store.pictures()).toMatchObject([{ confirmed: false, refusal: { code: 'upload_stuck' } }]);
});

test('two uploads of one picture leave it whole, and both know it by the hub’s word', async () => {
  const b = new Bench();
  const sha256 = await b.picture(CHUNK_BYTES * 3);
  const [picture] = await b.store.pictures();
  const done: string[] = [];
  const send = (who: string) =>
    upload(picture!, b.hub, new AbortController().signal, {
      progress: async () => true,
      done: async () => void done.push(`${who} ${b.media.get(sha256)!.done}`),
      refused: async ({ code }) => void done.push(`${who} ${code}`),
    });
  await Promise.all([send('one'), send('two')]);
  expect(done.sort()).toEqual(['one true', 'two true']);
  expect(b.media.get(sha256)!.bytes.equals(Buffer.from(await picture!.blob.arrayBuffer()))).toBe(true);
});

test('a cut in the middle of a picture keeps it, and the next try sends only the rest', async () => {
  const b = new Bench();
  await b.picture(CHUNK_BYTES * 3);
  let chunks = 0;
  b.chunk = () => {
    if (++chunks === 2) throw noSignal();
    return null;
  };
  expect(await b.drain()).toBe('failed');
  expect(await b.store.pictures()).toMatchObject([{ confirmed: false, offset: CHUNK_BYTES }]);
  expect(await b.drain()).toBe('idle');
  expect(b.chunks.filter((c) => c.startsWith('0+')).length).toBe(1);
});

test('a digest that does not match is sent once more from the start, then shown', async () => {
  const b = new Bench();
  await b.picture(100);
  b.chunk = () => ({ status: 422, offset: null, error: error(422, 'digest_mismatch') });
  expect(await b.drain()).toBe('idle');
  expect(b.chunks).toEqual(['0+100', '0+100']);
  expect(await b.store.pictures()).toMatchObject([{ confirmed: false, refusal: { code: 'digest_mismatch' } }]);
});

test('a picture the hub will not take is kept and shown, and the next one goes', async () => {
  const b = new Bench();
  await b.picture(100);
  await b.picture(200);
  b.chunk = (_, from) =>
    b.chunks.length === 1 && from === 0 ? { status: 413, offset: null, error: error(413, 'too_large') } : null;
  expect(await b.drain()).toBe('idle');
  expect(await b.store.pictures()).toMatchObject([{ refusal: { code: 'too_large' } }, { confirmed: true }]);
});

test('a command made during an upload goes before the next chunk', async () => {
  const b = new Bench();
  await b.picture(CHUNK_BYTES * 3);
  let order: string[] = [];
  b.chunk = (_, from) => {
    order = [...order, `chunk ${from}`];
    if (from === 0) void b.keep('check_call.answer');
    return null;
  };
  b.answer = (commands) => {
    order = [...order, commands[0]!.kind];
    return commands.map((c) => accepted(c.id, 1));
  };
  expect(await b.drain()).toBe('idle');
  expect(order).toEqual(['chunk 0', 'check_call.answer', `chunk ${CHUNK_BYTES}`, `chunk ${CHUNK_BYTES * 2}`]);
});

test('an emergency does not wait for the picture that is being sent', async () => {
  const b = new Bench();
  await b.picture(CHUNK_BYTES);
  let stuck: (() => void) | undefined;
  const original = b.hub.mediaChunk;
  b.hub.mediaChunk = (sha256, blob, range, cut) =>
    new Promise((done, fail) => {
      stuck = () => done({ status: 202, offset: 0, error: null });
      cut?.addEventListener('abort', () => fail(noSignal()));
    });
  const running = b.sender.round();
  while (!stuck) await new Promise((done) => setTimeout(done, 1));
  const kept = await b.keep('escalation.raise', { level: 3, emergency: true });
  await b.sender.urgent(kept);
  expect(b.sent[0]!.map((c) => c.kind)).toEqual(['escalation.raise']);
  expect(await running).toBe('more');
  b.hub.mediaChunk = original;
  expect(await b.drain()).toBe('idle');
  expect(await b.store.pictures()).toMatchObject([{ confirmed: true }]);
});

test('tries are 1, 2, 4 … 30 seconds apart', () => {
  expect([1, 2, 3, 4, 5, 6, 20].map((n) => backoffMs(n))).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

test('an emergency is tried again every three seconds at least', async () => {
  vi.useFakeTimers();
  const b = new Bench();
  await b.keep('rams.acknowledge');
  await b.keep('escalation.raise', { level: 3, emergency: true });
  b.answer = () => {
    throw noSignal();
  };
  const end = new AbortController();
  const running = b.sender.run(end.signal);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(b.sent.length).toBeGreaterThanOrEqual(20);
  end.abort();
  await running;
});

test('the loop rests when nothing is there and wakes when poked', async () => {
  const b = new Bench();
  const end = new AbortController();
  const running = b.sender.run(end.signal);
  await new Promise((done) => setTimeout(done, 5));
  await b.keep('rams.acknowledge');
  b.sender.poke();
  await expect.poll(() => b.states()).toEqual(['rams.acknowledge confirmed']);
  end.abort();
  await running;
});
