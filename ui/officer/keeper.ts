import type { Phone } from './phone.svelte';

/** What an item of a list needs of whoever keeps its answers: the phone, or the preview of the desk's builder. */
export type Keeper = Pick<
  Phone,
  'act' | 'takePicture' | 'dropPicture' | 'point' | 'readForm' | 'keepForm' | 'formKey' | 'pictures' | 'view'
>;
