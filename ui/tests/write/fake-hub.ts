/** A hub in memory: what the page behind a writing link asks, and a supervisor who can be made to answer. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SentProposal } from '../../lib/generated/SentProposal';
import type { WriteState } from '../../lib/generated/WriteState';
import { service } from '../field/fixtures';

const DIST = fileURLToPath(new URL('../../dist/write', import.meta.url));
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
};
/** As the hub sends it: the page must live with it. */
const POLICY =
  "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
const DAY = 86_400_000;

export interface Posted {
  id: string;
  title: string;
  items: (Record<string, unknown> & { id: string; text: string })[];
  from_version: number;
  said: string;
}

export const items = () => [
  { id: 'bell', section: 'outside', text: 'Is the bell silent?', type: 'yes_no', gate: 'before_dra' },
  { id: 'door', section: 'outside', text: 'Is the door shut?', type: 'yes_no', picture_if: 'no' },
];

export class FakeHub {
  state: WriteState = {
    service,
    zone: 'Europe/London',
    now: new Date().toISOString(),
    expires_at: new Date(Date.now() + 10 * DAY).toISOString(),
    reference: 'CL-OFFICE',
    title: 'Community office',
    version: 2,
    items: items(),
    sites: ['Community office', 'Oak House'],
    message: 'Please add the plant room.',
    sent: null,
    pictures_left: 20,
  };
  ended: string | null = null;
  /** Refuses what is sent, with this sentence. */
  refuse: string | null = null;
  /** Takes what is sent and cuts the line before the answer. */
  cut = false;
  posted: Posted[] = [];
  pictures = new Map<string, Buffer>();

  #server: Server = createServer((req, res) => void this.#route(req, res).catch(() => res.destroy()));

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close() {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  /** What the supervisor makes of what was sent. */
  settle(how: Partial<SentProposal>) {
    const settled_at = new Date().toISOString();
    if (this.state.sent) this.state = { ...this.state, sent: { ...this.state.sent, settled_at, ...how } };
  }

  async #route(req: IncomingMessage, res: ServerResponse) {
    const [, , token, what, sha256] = new URL(req.url ?? '/', 'http://hub').pathname.split('/');
    if (token === 'assets') return this.#asset(res, `assets/${what}`);
    if (what === undefined) return this.#asset(res, 'index.html');
    if (this.ended) return problem(res, this.ended === 'link_unknown' ? 404 : 410, this.ended, 'Over.');
    if (what === 'state') return json(res, 200, this.#now());
    if (what === 'proposal') return this.#proposal(req, res);
    if (what === 'pictures' && sha256) {
      if (req.method !== 'PUT')
        return res.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(this.pictures.get(sha256));
      const bytes = await body(req);
      if (createHash('sha256').update(bytes).digest('hex') !== sha256)
        return problem(res, 422, 'digest_mismatch', 'The bytes are not the ones that were named.');
      this.pictures.set(sha256, bytes);
      return res.writeHead(201).end();
    }
    problem(res, 404, 'not_found', 'Nothing here.');
  }

  #now(): WriteState {
    return { ...this.state, now: new Date().toISOString() };
  }

  async #proposal(req: IncomingMessage, res: ServerResponse) {
    const sent = JSON.parse((await body(req)).toString()) as Posted;
    if (this.refuse) return problem(res, 422, 'bad_item', this.refuse);
    this.posted.push(sent);
    const { title, said, from_version } = sent;
    this.state = {
      ...this.state,
      sent: {
        ...{ number: (this.state.sent?.number ?? 0) + 1, at: new Date().toISOString() },
        ...{ title, said, from_version, items: sent.items },
        ...{ state: 'waiting', settled_at: null, comment: '', version: null },
      },
    };
    if (this.cut) return res.destroy();
    json(res, 200, this.#now());
  }

  #asset(res: ServerResponse, path: string) {
    const headers = { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream' };
    res.writeHead(200, { ...headers, 'Content-Security-Policy': POLICY }).end(readFileSync(join(DIST, path)));
  }
}

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
