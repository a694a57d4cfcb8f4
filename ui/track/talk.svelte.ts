/** What the customer writes: kept on the page until the hub has it, sent again under the same id, never sent twice. */
import { uuidv7 } from '$lib/field/uuidv7';

export const MESSAGE_CHARS_MAX = 2000;
const WAIT_MS = 10_000;
const AGAIN_MS = 5_000;

interface Waiting {
  id: string;
  text: string;
  /** The hub has it; it stays here until the page shows what the hub says. */
  sent: boolean;
}

export class Talk {
  text = $state('');
  problem = $state('');
  sending = $state(false);
  waiting = $state.raw<Waiting[]>([]);

  #told = 0;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly token: string) {}

  get unsent(): Waiting[] {
    return this.waiting.filter((w) => !w.sent);
  }

  async send(): Promise<void> {
    if (this.sending) return;
    const text = this.text.trim();
    if (text === '' && this.unsent.length === 0) {
      this.problem = 'Write the message first.';
      return;
    }
    if ([...text].length > MESSAGE_CHARS_MAX) {
      this.problem = `A message has at most ${MESSAGE_CHARS_MAX} characters.`;
      return;
    }
    if (text !== '') {
      this.waiting = [...this.waiting, { id: uuidv7(), text, sent: false }];
      this.text = '';
    }
    await this.#empty();
  }

  /** The messages up to here are on a screen in front of somebody. */
  show(upTo: number): (() => void) | undefined {
    if (upTo <= this.#told) return undefined;
    const tell = () => {
      if (document.visibilityState !== 'visible' || upTo <= this.#told) return;
      this.#told = upTo;
      void this.#post('read', { up_to: upTo }).catch(() => (this.#told = 0));
    };
    tell();
    document.addEventListener('visibilitychange', tell);
    return () => document.removeEventListener('visibilitychange', tell);
  }

  async #empty(): Promise<void> {
    clearTimeout(this.#again);
    this.problem = '';
    this.sending = true;
    try {
      for (const message of this.unsent) {
        const response = await this.#post('messages', { id: message.id, text: message.text });
        if (response.status >= 500) throw new Error('the hub');
        this.waiting = this.waiting
          .filter((w) => w.id !== message.id || response.ok)
          .map((w) => (w.id === message.id ? { ...w, sent: true } : w));
        if (!response.ok) {
          const problem = (await response.json().catch(() => ({}))) as { title?: string; detail?: string };
          this.problem = [problem.title, problem.detail].filter(Boolean).join(' ') || 'The message was not taken.';
          // What was not taken is not lost: it can be changed, and sent once more.
          if (this.text === '') this.text = message.text;
        }
      }
    } catch {
      this.problem = 'Not sent yet: no connection. It goes out by itself, or ring us.';
      this.#again = setTimeout(() => void this.#empty(), AGAIN_MS);
    } finally {
      this.sending = false;
    }
  }

  #post(where: 'messages' | 'read', body: object): Promise<Response> {
    return fetch(`/t/${encodeURIComponent(this.token)}/${where}`, {
      method: 'POST',
      credentials: 'omit',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(WAIT_MS),
    });
  }
}
