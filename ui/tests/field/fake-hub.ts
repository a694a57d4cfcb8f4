/** A hub in memory: the routes both pages use, one officer, one call-out. Rules are the page's own reducer. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command, Refusal } from '../../lib/field/command';
import { apply } from '../../lib/field/reducer';
import type { OfficerState } from '../../lib/generated/OfficerState';
import type { TrackState } from '../../lib/generated/TrackState';
import { callout, officerState, trackState } from './fixtures';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};
/** What a strict hub would send: the pages must live with it. */
const POLICY =
  "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

interface Received extends Command {
  sent_at: string;
  age_ms?: number;
}

export interface Subscribed {
  endpoint: string;
  keys: { p256dh: string; auth: string };
  try: boolean;
}

export class FakeHub {
  state: OfficerState = officerState();
  track: TrackState = trackState();
  trackEnded: string | null = null;
  looks: string[] = [];
  ratings: unknown[] = [];
  refuseRating: string | null = null;
  /** Every delivery, in order; the same id twice is a delivery twice. */
  deliveries: Received[] = [];
  /** What was taken: each id once. */
  taken: Received[] = [];
  documents = new Map<string, { type: string; bytes: Buffer }>();
  documentsGiven: string[] = [];
  media = new Map<string, { total: number; bytes: Buffer; done: boolean }>();
  positions: unknown[] = [];
  views = 0;
  /** What the customer wrote, each id once, and up to where was read. */
  said: { id: string; text: string }[] = [];
  readTo = 0;
  /** Refuses what the customer writes, with this sentence. */
  sayNo: string | null = null;
  /** Kinds the hub refuses, with what it says. */
  refuse = new Map<string, Refusal>();
  /** How long an answer to commands takes. */
  delay_ms = 0;
  /** Cuts a picture's chunk after so many have come. */
  chunksUntilCut = Infinity;
  requests: string[] = [];
  /** A P-256 point, and who subscribed with it. */
  push = { key: `BA${'B'.repeat(85)}`, on: false, subscriptions: [] as Subscribed[] };

  #server: Server;
  #streams = new Set<{ res: ServerResponse; track: boolean }>();
  #ping: NodeJS.Timeout;
  #base = '';

  constructor() {
    this.#server = createServer((req, res) => void this.#route(req, res).catch(() => res.destroy()));
    this.#ping = setInterval(() => {
      const data = { head: this.state.seq, now: new Date().toISOString(), clock_rate: this.state.clock_rate };
      for (const s of this.#streams) s.res.write(`event: ping\ndata: ${JSON.stringify(data)}\n\n`);
    }, 5000);
  }

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    this.#base = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this.#base;
  }

  async close() {
    clearInterval(this.#ping);
    for (const s of this.#streams) s.res.end();
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  /** As if a backup had been restored: an earlier log, and nothing that came after it. */
  restore(state: OfficerState) {
    this.state = state;
    this.taken = [];
    this.media.clear();
    for (const s of this.#streams) s.res.destroy();
  }

  /** Changes the state as if the control room had acted, and tells the phone. */
  change(change: Partial<OfficerState>) {
    this.state = { ...this.state, ...change, seq: this.state.seq + 1, now: new Date().toISOString() };
    this.#tell();
  }

  changeTrack(change: Partial<TrackState>) {
    this.track = { ...this.track, ...change, now: new Date().toISOString() };
    for (const s of this.#streams) if (s.track) s.res.write(`event: state\ndata: ${JSON.stringify(this.track)}\n\n`);
  }

  of(kind: string): Received[] {
    return this.taken.filter((c) => c.kind === kind);
  }

  #tell() {
    const data = JSON.stringify(this.state);
    for (const s of this.#streams) if (!s.track) s.res.write(`event: state\ndata: ${data}\n\n`);
  }

  async #route(req: IncomingMessage, res: ServerResponse) {
    const url = new URL(req.url ?? '/', this.#base);
    const path = url.pathname;
    this.requests.push(`${req.method} ${path}`);
    if (path.startsWith('/t/')) return this.#tracking(req, res, path);
    if (path.startsWith('/officer/documents/')) {
      const found = this.documents.get(path.slice('/officer/documents/'.length));
      if (!found) return json(res, 404, { code: 'not_found', title: 'There is no such document.' });
      this.documentsGiven.push(path);
      res.writeHead(200, { 'content-type': found.type });
      return void res.end(found.bytes);
    }
    if (path === '/officer' || path.startsWith('/officer/'))
      return this.#asset(res, 'officer', path.slice(9) || 'index.html');
    if (path === '/v1/enrol') return this.#enrol(req, res);
    if (!(req.headers.cookie ?? '').includes('watchhouse=ok'))
      return problem(res, 401, 'not_enrolled', 'Not enrolled.');
    if (path === '/v1/officer/state') return json(res, 200, { ...this.state, now: new Date().toISOString() });
    if (path === '/v1/officer/live') return this.#stream(req, res, false);
    if (path === '/v1/officer/sign_out') {
      res.setHeader('Set-Cookie', 'watchhouse=; Path=/; Max-Age=0');
      return res.writeHead(204).end();
    }
    if (path === '/v1/officer/push') return this.#push(req, res);
    if (path === '/v1/officer/position') {
      this.positions.push(JSON.parse((await body(req)).toString()));
      return res.writeHead(204).end();
    }
    if (path === '/v1/commands') return this.#commands(req, res);
    if (path.startsWith('/v1/media/')) return this.#media(req, res, path.slice('/v1/media/'.length));
    problem(res, 404, 'not_found', 'Nothing here.');
  }

  #asset(res: ServerResponse, page: string, name: string) {
    const file = join(DIST, page, name.replace(/^\//, '') || 'index.html');
    if (!file.startsWith(DIST) || !existsSync(file)) return problem(res, 404, 'not_found', 'No such file.');
    const ext = extname(file);
    const headers: Record<string, string> = { 'Content-Type': TYPES[ext] ?? 'application/octet-stream' };
    if (ext === '.html') Object.assign(headers, { 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache' });
    res.writeHead(200, headers).end(readFileSync(file));
  }

  async #enrol(req: IncomingMessage, res: ServerResponse) {
    const { code } = JSON.parse((await body(req)).toString()) as { code: string };
    if (code === 'OLDX-OLDX') return problem(res, 410, 'enrol_code_expired', 'The code ran out.');
    if (code !== 'ABCD-EFGH') return problem(res, 404, 'enrol_code_unknown', 'No such code.');
    res.setHeader('Set-Cookie', 'watchhouse=ok; Path=/; HttpOnly; SameSite=Strict');
    json(res, 200, { token: 'not-for-the-page', officer: this.state.officer });
  }

  async #push(req: IncomingMessage, res: ServerResponse) {
    if (req.method === 'GET') return json(res, 200, { key: this.push.key, on: this.push.on });
    if (req.method === 'DELETE') {
      this.push.on = false;
      return res.writeHead(204).end();
    }
    if (this.state.call_sign === null) return problem(res, 409, 'off_shift', 'On shift only.');
    this.push.on = true;
    this.push.subscriptions.push(JSON.parse((await body(req)).toString()) as Subscribed);
    json(res, 201, { on: true });
  }

  #stream(req: IncomingMessage, res: ServerResponse, track: boolean) {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    const stream = { res, track };
    this.#streams.add(stream);
    req.on('close', () => this.#streams.delete(stream));
    res.write(
      `event: state\ndata: ${JSON.stringify({ ...(track ? this.track : this.state), now: new Date().toISOString() })}\n\n`,
    );
  }

  async #commands(req: IncomingMessage, res: ServerResponse) {
    const { commands } = JSON.parse((await body(req)).toString()) as { commands: Received[] };
    if (this.delay_ms > 0) await new Promise((done) => setTimeout(done, this.delay_ms));
    const results = commands.map((command) => {
      this.deliveries.push(command);
      const known = this.taken.find((c) => c.id === command.id);
      if (known) return { id: command.id, outcome: 'duplicate', seq: [this.state.seq, this.state.seq], refusal: null };
      const refusal = this.refuse.get(command.kind);
      if (refusal) return { id: command.id, outcome: 'refused', seq: null, refusal };
      this.taken.push(command);
      this.#take(command);
      return { id: command.id, outcome: 'accepted', seq: [this.state.seq, this.state.seq], refusal: null };
    });
    json(res, 200, { results });
    this.#tell();
  }

  #take(command: Received) {
    const seq = this.state.seq + 1;
    const next =
      command.kind === 'assignment.accept'
        ? { ...this.state, offer: null, callout: callout() }
        : apply(this.state, command);
    this.state = { ...next, seq, now: new Date().toISOString() };
  }

  async #media(req: IncomingMessage, res: ServerResponse, sha256: string) {
    const known = this.media.get(sha256);
    if (req.method === 'GET') {
      if (!known?.done) return problem(res, 404, 'not_found', 'Not here yet.');
      return res.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(known.bytes);
    }
    if (req.method === 'HEAD') {
      if (!known) return res.writeHead(404).end();
      return res.writeHead(200, { 'Upload-Offset': String(known.bytes.length) }).end();
    }
    if (--this.chunksUntilCut < 0) return req.destroy();
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(String(req.headers['content-range']));
    if (!range) return problem(res, 400, 'bad_range', 'Content-Range is missing.');
    const [from, to, total] = range.slice(1).map(Number) as [number, number, number];
    const bytes = await body(req);
    const upload = known ?? { total, bytes: Buffer.alloc(0), done: false };
    this.media.set(sha256, upload);
    res.setHeader('Upload-Offset', String(upload.bytes.length));
    if (upload.done) return res.writeHead(201).end();
    if (from > upload.bytes.length || bytes.length !== to - from + 1) return res.writeHead(409).end();
    const rest = upload.bytes.subarray(from + bytes.length);
    upload.bytes = Buffer.concat([upload.bytes.subarray(0, from), bytes, rest]);
    res.setHeader('Upload-Offset', String(upload.bytes.length));
    if (upload.bytes.length < total) return res.writeHead(202).end();
    if (createHash('sha256').update(upload.bytes).digest('hex') !== sha256) {
      this.media.delete(sha256);
      return problem(res, 422, 'digest_mismatch', 'The bytes have another digest.');
    }
    upload.done = true;
    res.writeHead(201).end();
  }

  async #said(req: IncomingMessage, res: ServerResponse, what: 'messages' | 'read') {
    const sent = JSON.parse((await body(req)).toString()) as { id: string; text: string; up_to: number };
    if (what === 'read') {
      this.readTo = sent.up_to;
      return res.writeHead(204).end();
    }
    if (this.sayNo) return problem(res, 429, 'too_many_messages', this.sayNo);
    if (!this.said.some((s) => s.id === sent.id)) {
      this.said.push(sent);
      const messages = this.track.messages;
      const seq = 100 + messages.length;
      const at = new Date().toISOString();
      this.changeTrack({ messages: [...messages, { seq, at, text: sent.text, mine: true, read: false }] });
    }
    res.writeHead(204).end();
  }

  #tracking(req: IncomingMessage, res: ServerResponse, path: string) {
    if (path.startsWith('/t/assets/')) return this.#asset(res, 'track', path.slice(3));
    const [, , , what, sha256] = path.split('/');
    if (what === undefined) return this.#asset(res, 'track', 'index.html');
    if (this.trackEnded) return problem(res, this.trackEnded === 'link_unknown' ? 404 : 410, this.trackEnded, 'Over.');
    if (what === 'state') return json(res, 200, { ...this.track, now: new Date().toISOString() });
    if (what === 'live') return this.#stream(req, res, true);
    if (what === 'view') {
      void body(req).then((bytes) => {
        if (bytes.length === 0) this.views++;
        else this.looks.push((JSON.parse(bytes.toString()) as { picture: string }).picture);
        res.writeHead(204).end();
      });
      return;
    }
    if (what === 'rating') {
      void body(req).then((bytes) => {
        if (this.refuseRating) return problem(res, 422, 'already_rated', this.refuseRating);
        this.ratings.push(JSON.parse(bytes.toString()));
        res.writeHead(204).end();
      });
      return;
    }
    if (what === 'messages' || what === 'read') return this.#said(req, res, what);
    if (what === 'media' && sha256) {
      return res.writeHead(200, { 'Content-Type': 'image/svg+xml' }).end(PICTURE);
    }
    problem(res, 404, 'not_found', 'Nothing here.');
  }
}

const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300"><rect width="400" height="300" fill="#33424f"/><rect x="140" y="50" width="120" height="230" fill="#7b5a3a"/><circle cx="240" cy="170" r="7" fill="#d8c36a"/></svg>';

async function body(req: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function json(res: ServerResponse, status: number, value: unknown) {
  res.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(JSON.stringify(value));
}

function problem(res: ServerResponse, status: number, code: string, title: string) {
  res.writeHead(status, { 'Content-Type': 'application/problem+json' }).end(JSON.stringify({ status, code, title }));
}
