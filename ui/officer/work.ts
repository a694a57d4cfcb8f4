/** What the parts of a call-out's screens share: where the officer is among the steps, and the menu. */
import { getContext, setContext, type Snippet } from 'svelte';
import type { StepId } from '$lib/field/gates';

export interface Work {
  /** The officer moved to another step since the page opened. */
  readonly moved: boolean;
  readonly unread: number;
  /** The step on the screen. */
  readonly step: StepId | null;
  openMenu(): void;
  /** Puts a step's main action at the foot until the returned function is called. */
  show(action: Snippet | undefined): () => void;
  go(step: StepId): void;
  /** The step is recorded: on to what comes next. */
  next(): void;
  /** Signs the RAMS on the way. */
  ramsLater(): void;
}

const KEY = Symbol('work');

export const setWork = (work: Work): Work => setContext(KEY, work);
export const useWork = (): Work => getContext<Work>(KEY);
