/** The hub's HTTP routes, as the officer page uses them. Every call has a time limit. */

import type { OfficerState } from '../generated/OfficerState';
import type { Command, Refusal } from './command';
import type { Fix } from './geo';

export interface Problem {
  status: number;
  code: string;
  title: string;
  detail?: string;
}

/** An answer that is no success. `transient`: trying again can help. */
export class HubError extends Error {
  constructor(
    readonly problem: Problem,
    readonly transient: boolean,
  ) {
    super(problem.detail ?? problem.title);
  }
}

export const noSignal = (): HubError =>
  new HubError({ status: 0, code: 'no_signal', title: 'No answer from the hub.' }, true);

export interface Sent extends Command {
  sent_at: string;
  age_ms?: number;
}

export interface Result {
  id: string;
  outcome: 'accepted' | 'duplicate' | 'refused';
  seq: [number, number] | null;
  refusal: Refusal | null;
}

export const COMMANDS_WAIT_MS = 20_000;
/** An acceptance without an answer by then is shown as not confirmed. */
export const ACCEPT_WAIT_MS = 5_000;
const SHORT_WAIT_MS = 10_000;
/** One chunk of 256 KiB at 2.5 kB/s, the worst that still makes sense. */
const CHUNK_WAIT_MS = 100_000;

/** 408, 425, 429 and 5xx pass; other answers stay the same however often one asks. */
const passes = (status: number) => status === 408 || status === 425 || status === 429 || status >= 500;

async function problemOf(response: Response): Promise<HubError> {
  let problem: Partial<Problem> = {};
  try {
    problem = (await response.json()) as Partial<Problem>;
  } catch {
    // A proxy's page instead of a problem document: the status has to do.
  }
  return new HubError(
    {
      status: response.status,
      code: problem.code ?? `http_${response.status}`,
      title: problem.title ?? `The hub answered ${response.status}.`,
      ...(problem.detail ? { detail: problem.detail } : {}),
    },
    passes(response.status),
  );
}

async function call(url: string, init: RequestInit, wait_ms: number, cut?: AbortSignal): Promise<Response> {
  const limit = AbortSignal.timeout(wait_ms);
  const signal = cut ? AbortSignal.any([limit, cut]) : limit;
  try {
    return await fetch(url, { credentials: 'same-origin', cache: 'no-store', ...init, signal });
  } catch {
    throw noSignal();
  }
}

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

async function read<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch {
    // Cut in the middle of the answer.
    throw noSignal();
  }
}

export interface ChunkAnswer {
  status: number;
  offset: number | null;
  error: HubError | null;
}

export interface Hub {
  enrol(code: string): Promise<{ officer: string }>;
  state(): Promise<OfficerState>;
  commands(commands: Sent[], wait_ms?: number): Promise<Result[]>;
  position(fix: Fix): Promise<void>;
  signOut(): Promise<void>;
  /** The hub's key for push services, and whether it calls this phone. */
  push(): Promise<{ key: string; on: boolean }>;
  subscribe(subscription: PushSubscriptionJSON, ring: boolean): Promise<void>;
  unsubscribe(): Promise<void>;
  mediaOffset(sha256: string, cut?: AbortSignal): Promise<number>;
  mediaChunk(
    sha256: string,
    chunk: Blob,
    range: { from: number; total: number; type: string },
    cut?: AbortSignal,
  ): Promise<ChunkAnswer>;
}

const offsetOf = (response: Response): number | null => {
  const text = response.headers.get('Upload-Offset');
  const offset = text === null ? NaN : Number(text);
  return Number.isSafeInteger(offset) && offset >= 0 ? offset : null;
};

export const hub: Hub = {
  async enrol(code) {
    const response = await call('/v1/enrol', json({ code }), SHORT_WAIT_MS);
    if (!response.ok) throw await problemOf(response);
    // The token in the answer is for programs; the page relies on its HttpOnly cookie and lets it go.
    return { officer: (await read<{ officer: string }>(response)).officer };
  },
  async state() {
    const response = await call('/v1/officer/state', {}, SHORT_WAIT_MS);
    if (!response.ok) throw await problemOf(response);
    return read<OfficerState>(response);
  },
  async commands(commands, wait_ms = COMMANDS_WAIT_MS) {
    const response = await call('/v1/commands', json({ commands }), wait_ms);
    if (!response.ok) throw await problemOf(response);
    return (await read<{ results: Result[] }>(response)).results;
  },
  async position(fix) {
    const { lat, lon, accuracy_m, at } = fix;
    const response = await call('/v1/officer/position', json({ lat, lon, accuracy_m, at }), SHORT_WAIT_MS);
    if (!response.ok) throw await problemOf(response);
  },
  async signOut() {
    const response = await call('/v1/officer/sign_out', { method: 'POST' }, SHORT_WAIT_MS);
    if (!response.ok && response.status !== 401) throw await problemOf(response);
  },
  async push() {
    const response = await call('/v1/officer/push', {}, SHORT_WAIT_MS);
    if (!response.ok) throw await problemOf(response);
    return read<{ key: string; on: boolean }>(response);
  },
  async subscribe(subscription, ring) {
    const response = await call('/v1/officer/push', json({ ...subscription, try: ring }), SHORT_WAIT_MS);
    if (!response.ok) throw await problemOf(response);
  },
  async unsubscribe() {
    const response = await call('/v1/officer/push', { method: 'DELETE' }, SHORT_WAIT_MS);
    if (!response.ok && response.status !== 401) throw await problemOf(response);
  },
  async mediaOffset(sha256, cut) {
    const response = await call(`/v1/media/${sha256}`, { method: 'HEAD' }, SHORT_WAIT_MS, cut);
    if (response.status === 404) return 0;
    if (!response.ok) throw await problemOf(response);
    return offsetOf(response) ?? 0;
  },
  async mediaChunk(sha256, chunk, { from, total, type }, cut) {
    const to = from + chunk.size - 1;
    const headers = { 'Content-Type': type, 'Content-Range': `bytes ${from}-${to}/${total}` };
    const response = await call(`/v1/media/${sha256}`, { method: 'PUT', headers, body: chunk }, CHUNK_WAIT_MS, cut);
    const going = response.ok || response.status === 409;
    return {
      status: response.status,
      offset: offsetOf(response),
      error: going ? null : await problemOf(response),
    };
  },
};
