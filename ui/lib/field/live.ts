/**
 * A live stream of states with everything a phone does to it: silence, sleep, dead cells, a hub that is gone.
 *
 * EventSource gives up for good on an HTTP error and never notices a line that went silent; this does neither. While
 * the stream is down it asks for the state instead.
 */

export type Link = 'live' | 'degraded' | 'offline';

export interface LiveOptions<T> {
  url: string;
  /** Fetches the state once; throws when there is no answer. */
  ask: () => Promise<T>;
  state: (state: T) => void;
  ping?: (ping: { head: number; now: string; clock_rate: number }) => void;
  link: (link: Link) => void;
  /** An answer that no retry will change, such as 401 or 410. The stream ends. */
  ended?: (error: unknown) => boolean;
  /** Longer silence than this means the line is dead; null when the stream has no heartbeat. */
  silence_ms: number | null;
  /** How often to ask while there is no stream. */
  poll_ms: number;
}

const RETRY_MAX_MS = 15_000;
/** A stream without a heartbeat is checked by a question every third poll. */
const POLLS_A_CHECK = 3;

export class Live<T> {
  #source: EventSource | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #poll: ReturnType<typeof setInterval> | undefined;
  #failures = 0;
  #closed = false;
  #asking = false;
  #missed = 0;

  constructor(private o: LiveOptions<T>) {}

  start() {
    addEventListener('online', this.#online);
    addEventListener('offline', this.#offline);
    document.addEventListener('visibilitychange', this.#visible);
    let polls = 0;
    this.#poll = setInterval(() => {
      const open = this.#source?.readyState === EventSource.OPEN;
      const check = this.o.silence_ms === null && ++polls % POLLS_A_CHECK === 0;
      if (!open || check) void this.refresh();
    }, this.o.poll_ms);
    this.#open();
    void this.refresh();
  }

  stop() {
    this.#closed = true;
    removeEventListener('online', this.#online);
    removeEventListener('offline', this.#offline);
    document.removeEventListener('visibilitychange', this.#visible);
    clearInterval(this.#poll);
    this.#drop();
  }

  /** Asks for the state now. True when the hub answered. */
  async refresh(): Promise<boolean> {
    if (this.#closed || this.#asking) return false;
    this.#asking = true;
    try {
      const state = await this.o.ask();
      this.#missed = 0;
      if (this.#closed) return true;
      this.o.state(state);
      this.o.link(this.#source?.readyState === EventSource.OPEN ? 'live' : 'degraded');
      return true;
    } catch (error) {
      if (this.o.ended?.(error)) this.stop();
      else {
        // A stream can look open long after the line has gone; two questions without an answer tell.
        this.#missed++;
        const open = this.#source?.readyState === EventSource.OPEN;
        this.o.link(open && this.#missed < 2 ? 'degraded' : 'offline');
      }
      return false;
    } finally {
      this.#asking = false;
    }
  }

  #online = () => {
    this.#failures = 0;
    this.#open();
    void this.refresh();
  };

  #offline = () => {
    this.#drop();
    this.o.link('offline');
  };

  #visible = () => {
    // A phone that was in a pocket may hold a stream that has been dead for an hour.
    if (document.visibilityState === 'visible') void this.refresh();
  };

  #drop() {
    clearTimeout(this.#retry);
    clearTimeout(this.#watch);
    this.#source?.close();
    this.#source = null;
  }

  #open() {
    if (this.#closed) return;
    this.#drop();
    const source = new EventSource(this.o.url);
    this.#source = source;
    source.onopen = () => {
      this.#failures = 0;
      this.#heard();
      this.o.link('live');
    };
    source.addEventListener('state', (event) => {
      this.#heard();
      this.o.link('live');
      const state = parse<T>(event.data);
      if (state) this.o.state(state);
    });
    source.addEventListener('ping', (event) => {
      this.#heard();
      this.o.link('live');
      const ping = parse<{ head: number; now: string; clock_rate: number }>(event.data);
      if (ping) this.o.ping?.(ping);
    });
    source.onerror = () => this.#again();
    // A connection attempt that hangs is as dead as a silent stream.
    this.#heard();
  }

  #heard() {
    clearTimeout(this.#watch);
    if (this.o.silence_ms !== null) this.#watch = setTimeout(() => this.#again(), this.o.silence_ms);
  }

  #again() {
    this.#drop();
    if (this.#closed) return;
    this.o.link(navigator.onLine ? 'degraded' : 'offline');
    void this.refresh();
    const wait = Math.min(RETRY_MAX_MS, 1000 * 2 ** this.#failures++);
    this.#retry = setTimeout(() => this.#open(), wait);
  }
}

function parse<T>(data: unknown): T | null {
  try {
    return JSON.parse(String(data)) as T;
  } catch {
    return null;
  }
}
