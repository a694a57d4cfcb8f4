/** What was written and not sent, in this browser: a closed tab loses nothing. One entry a link. */
export interface Kept {
  /** The version it was begun from. */
  from: number;
  title: string;
  items: unknown[];
  said: string;
}

const key = (token: string) => `writing:${token}`;

export function kept(token: string): Kept | null {
  try {
    const text = localStorage.getItem(key(token));
    const read = text === null ? null : (JSON.parse(text) as Kept);
    return read && Array.isArray(read.items) && typeof read.from === 'number' ? read : null;
  } catch {
    return null;
  }
}

/** False: this browser keeps nothing. */
export function keep(token: string, what: Kept): boolean {
  try {
    localStorage.setItem(key(token), JSON.stringify(what));
    return true;
  } catch {
    return false;
  }
}

export function forget(token: string): void {
  try {
    localStorage.removeItem(key(token));
  } catch {
    // Nothing was kept then.
  }
}
