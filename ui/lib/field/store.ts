/** Where the phone keeps what must outlive the page: the last state, the queue, pictures and half-filled forms. */

import type { Kept, Picture } from './command';

export interface FieldStore {
  get<T>(key: string): Promise<T | undefined>;
  set(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
  /** Forgets half-filled forms of every other call-out. */
  removeForms(except: string | null): Promise<void>;

  /** Commands in the order in which the officer acted. */
  commands(): Promise<Kept[]>;
  /** Keeps a new command, gives it its place in the queue and forgets the form it came from: all or nothing, once. */
  keep(kept: Omit<Kept, 'order'>, form?: string): Promise<Kept>;
  /** Changes a command and marks the pictures it names, in one go. */
  settle(id: string, change: Partial<Kept>, named?: string[]): Promise<void>;
  drop(id: string): Promise<void>;

  pictures(): Promise<Picture[]>;
  keepPicture(picture: Picture): Promise<void>;
  changePicture(sha256: string, change: Partial<Picture>): Promise<void>;
  dropPicture(sha256: string): Promise<void>;

  clear(): Promise<void>;
}

export const STATE = 'state';
/** Keys of forms, and whether one belongs to a call-out. */
export const FORMS = 'form:';
export const form = (callout: string, name: string): string => `${FORMS}${callout}:${name}`;
