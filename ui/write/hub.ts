/** What the page asks of the hub, and what can come back: an answer, no connection, a link that has ended, a sentence. */
import { prepare, PictureError } from '$lib/field/picture';
import type { Pictures } from '$lib/checklist/pictures';
import type { WriteState } from '$lib/generated/WriteState';

const WAIT_MS = 15_000;
/** Every phone that gets the list loads it over its signal. */
const PICTURE_BYTES_MAX = 5 * 1024 * 1024;
/** What a larger one is made smaller to. */
const PICTURE_SIDE_PX = 1600;

export type Ended = 'link_unknown' | 'link_expired' | 'link_revoked';
const ENDS = ['link_unknown', 'link_expired', 'link_revoked'];

/** The link leads nowhere any more. */
export class Gone extends Error {
  constructor(readonly why: Ended) {
    super(why);
  }
}
/** The hub has said no, and why. */
export class Refused extends Error {}
/** The hub was not reached, or could not answer: what was asked may be asked again. */
export class Offline extends Error {
  constructor() {
    super('No connection. Try again in a moment.');
  }
}

export interface Proposed {
  id: string;
  title: string;
  items: Record<string, unknown>[];
  from_version: number;
  said: string;
}

export class Hub implements Pictures {
  readonly #base: string;

  constructor(token: string) {
    this.#base = `/w/${encodeURIComponent(token)}`;
  }

  async state(): Promise<WriteState> {
    const response = await this.#fetch('state', { cache: 'no-store' });
    return (await response.json()) as WriteState;
  }

  async propose(proposed: Proposed): Promise<WriteState> {
    const response = await this.#fetch('proposal', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(proposed),
    });
    return (await response.json()) as WriteState;
  }

  async attach(file: Uint8Array<ArrayBuffer>): Promise<string> {
    const { blob, sha256 } = await picture(new Blob([file], { type: typeOf(file) }));
    await this.#fetch(`pictures/${sha256}`, { method: 'PUT', body: blob });
    return sha256;
  }

  show(sha256: string): Promise<string> {
    return Promise.resolve(`${this.#base}/pictures/${sha256}`);
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`${this.#base}/${path}`, {
        ...init,
        credentials: 'omit',
        signal: AbortSignal.timeout(WAIT_MS),
      });
    } catch {
      throw new Offline();
    }
    if (response.ok) return response;
    const problem = (await response.json().catch(() => ({}))) as { code?: string; title?: string; detail?: string };
    if (problem.code && ENDS.includes(problem.code)) throw new Gone(problem.code as Ended);
    if (response.status >= 500) throw new Offline();
    throw new Refused([problem.title, problem.detail].filter(Boolean).join(' ') || 'The service did not take it.');
  }
}

/** Small enough for every phone; what a browser cannot read is no picture. */
async function picture(file: Blob) {
  try {
    return await prepare(file, PICTURE_BYTES_MAX, PICTURE_SIDE_PX);
  } catch (error) {
    throw error instanceof PictureError
      ? new Refused('This file is no picture that can be shown. Choose another.')
      : error;
  }
}

/** By its first bytes, as the hub looks at it. */
function typeOf(bytes: Uint8Array): string {
  const starts = (...of: number[]) => of.every((byte, i) => bytes[i] === byte);
  if (starts(0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (starts(0x89, 0x50, 0x4e, 0x47)) return 'image/png';
  return starts(0x52, 0x49, 0x46, 0x46) && bytes[8] === 0x57 ? 'image/webp' : '';
}
