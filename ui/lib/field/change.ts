/** What can be done to a store, as data: done in memory at once, and on the disk when the disk is able to. */

import type { Kept, Picture } from './command';
import type { FieldStore } from './store';

export type Change =
  | { do: 'set'; key: string; value: unknown }
  | { do: 'remove'; key: string }
  | { do: 'remove_forms'; except: string | null }
  | { do: 'keep'; kept: Omit<Kept, 'order'>; form: string | undefined }
  | { do: 'settle'; id: string; change: Partial<Kept>; named: string[] }
  | { do: 'drop'; id: string }
  | { do: 'keep_picture'; picture: Picture }
  | { do: 'change_picture'; sha256: string; change: Partial<Picture> }
  | { do: 'drop_picture'; sha256: string }
  | { do: 'clear' };

export function make(store: FieldStore, c: Change): Promise<unknown> {
  switch (c.do) {
    case 'set':
      return store.set(c.key, c.value);
    case 'remove':
      return store.remove(c.key);
    case 'remove_forms':
      return store.removeForms(c.except);
    case 'keep':
      return store.keep(c.kept, c.form);
    case 'settle':
      return store.settle(c.id, c.change, c.named);
    case 'drop':
      return store.drop(c.id);
    case 'keep_picture':
      return store.keepPicture(c.picture);
    case 'change_picture':
      return store.changePicture(c.sha256, c.change);
    case 'drop_picture':
      return store.dropPicture(c.sha256);
    case 'clear':
      return store.clear();
  }
}

/** What it is about. Changes of one subject are made in their order; others need not wait for them. */
export function subject(c: Change): string {
  switch (c.do) {
    case 'set':
    case 'remove':
      return `value ${c.key}`;
    case 'remove_forms':
      return 'forms';
    case 'keep':
      return `command ${c.kept.command.id}`;
    case 'settle':
    case 'drop':
      return `command ${c.id}`;
    case 'keep_picture':
      return `picture ${c.picture.sha256}`;
    case 'change_picture':
    case 'drop_picture':
      return `picture ${c.sha256}`;
    case 'clear':
      return 'everything';
  }
}

/** Whether a later change leaves nothing of an earlier one. */
export function replaces(later: Change, earlier: Change): boolean {
  switch (later.do) {
    case 'clear':
      return true;
    case 'drop':
      // That the hub has the command also lets its pictures go: this must outlive the command.
      return subject(later) === subject(earlier) && !(earlier.do === 'settle' && earlier.named.length > 0);
    case 'set':
    case 'remove':
    case 'remove_forms':
    case 'drop_picture':
      return subject(later) === subject(earlier);
    case 'keep':
    case 'settle':
    case 'keep_picture':
    case 'change_picture':
      return false;
  }
}

/** An earlier change of a picture with a later one in it; null when they stay two. */
export function folded(earlier: Change, later: Change): Change | null {
  const more =
    later.do === 'change_picture'
      ? { sha256: [later.sha256], change: later.change }
      : later.do === 'settle'
        ? { sha256: later.named, change: { named: true } }
        : null;
  if (!more) return null;
  if (earlier.do === 'keep_picture' && more.sha256.includes(earlier.picture.sha256)) {
    return { ...earlier, picture: { ...earlier.picture, ...more.change } };
  }
  if (earlier.do === 'change_picture' && later.do === 'change_picture' && earlier.sha256 === later.sha256) {
    return { ...earlier, change: { ...earlier.change, ...later.change } };
  }
  return null;
}
