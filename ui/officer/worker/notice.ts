/** A push as the hub writes it (`crates/hub/src/push/message.rs`), and what the phone shows for it. */

export const KINDS = ['offer', 'over', 'check_call', 'escalation', 'reminder', 'stand_down', 'try'] as const;

export interface Pushed {
  what: (typeof KINDS)[number];
  /** What replaces one another on the screen: an offer and its end. */
  tag: string;
  title: string;
  body: string;
  assignment?: string;
  callout?: string;
}

/** A notification as browsers take it; their TypeScript types leave out what only phones do. */
export interface Notice extends NotificationOptions {
  renotify: boolean;
  vibrate?: number[];
}

const RINGS = [400, 150, 400, 150, 400, 150, 400];

/** Null: not from our hub, or from a newer one. */
export function read(data: unknown): Pushed | null {
  const pushed = data as Partial<Pushed> | null;
  const texts = [pushed?.what, pushed?.tag, pushed?.title, pushed?.body];
  return texts.every((t) => typeof t === 'string') && KINDS.includes(pushed!.what!) ? (pushed as Pushed) : null;
}

/** Shown when a push cannot be read: every push must show something, and it may be an offer. */
export const UNREADABLE: Pushed = {
  what: 'offer',
  tag: 'unreadable',
  title: 'Call from control',
  body: 'Open the page.',
};

/**
 * `watched`: the page is on the screen and rings by itself. What is over replaces the ringing quietly.
 */
export function notice(pushed: Pushed, watched: boolean): Notice {
  const over = pushed.what === 'over';
  const quiet = over || watched;
  return {
    body: pushed.body,
    tag: pushed.tag,
    icon: '/officer/icon-192.png',
    requireInteraction: !over && pushed.what !== 'try',
    // The same tag replaces without a sound unless it is told to ring again.
    renotify: !quiet,
    silent: quiet,
    // Browsers refuse a silent notification that shakes.
    ...(quiet ? {} : { vibrate: RINGS }),
    data: { what: pushed.what },
  };
}
