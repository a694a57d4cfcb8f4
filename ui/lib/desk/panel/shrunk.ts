/**
 * Pictures no larger than they are shown. A phone sends twelve megapixels: 48 MB once decoded, for as long as they show,
 * and an open call-out shows several.
 */

/** Pixels of the place it is shown in. */
export interface Place {
  width: number;
  height: number;
  /** Fills the place and is cut, or is whole inside it. */
  fit: 'cover' | 'contain';
}

const QUALITY = 0.9;

/** By how much to shrink; 1 for what fits as it is. */
export function scaleFor(width: number, height: number, place: Place): number {
  if (width === 0 || height === 0) return 1;
  const [x, y] = [place.width / width, place.height / height];
  return Math.min(1, place.fit === 'cover' ? Math.max(x, y) : Math.min(x, y));
}

let last: Promise<unknown> = Promise.resolve();

/** The address of a copy that fits; the given one is of no use after. One at a time: only one is decoded whole. */
export function shrunk(address: string, place: Place): Promise<string> {
  const mine = last.then(() => shrink(address, place));
  last = mine.catch(() => undefined);
  return mine;
}

async function shrink(address: string, place: Place): Promise<string> {
  const image = new Image();
  image.src = address;
  try {
    await image.decode();
  } catch {
    letGo(address);
    throw new Error('This picture cannot be shown.');
  }
  const scale = scaleFor(image.naturalWidth, image.naturalHeight, place);
  if (scale === 1) return address;
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  // What was decoded goes now, not when somebody collects it.
  image.removeAttribute('src');
  const copy = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
  if (!copy) return address;
  letGo(address);
  return URL.createObjectURL(copy);
}

/** The bytes behind an address of ours are kept until it is let go. */
export function letGo(address: string): void {
  if (address.startsWith('blob:')) URL.revokeObjectURL(address);
}
