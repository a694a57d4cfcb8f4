import type { Phone } from './phone.svelte';

/** What an item of a list needs of whoever keeps its answers: the phone, or the preview of the desk's builder. */
export type Keeper = Pick<
  Phone,
  'act' | 'takePicture' | 'dropPicture' | 'point' | 'readForm' | 'keepForm' | 'formKey' | 'pictures' | 'view'
> & {
  /** Where a picture of what good looks like is, when not at the hub's address. */
  hint?: (sha256: string) => Promise<string>;
};
