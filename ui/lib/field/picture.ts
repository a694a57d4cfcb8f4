/** From a file the camera gave to bytes with a digest. */

import type { Picture } from './command';

/** The hub takes no more a picture (413). */
export const PICTURE_BYTES_MAX = 25 * 1024 * 1024;
const KEPT_TYPES = new Set(['image/jpeg', 'image/png', 'image/webp']);
/** The longer side after making a picture smaller: enough to read a lock's maker. */
const SIDE_PX_MAX = 4096;

export async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, '0')).join('');
}

export class PictureError extends Error {}

export interface Prepared {
  blob: Blob;
  sha256: string;
  type: string;
}

/** Keeps the original bytes; makes a JPEG only of what the hub would not take. */
export async function prepare(file: Blob, bytes_max = PICTURE_BYTES_MAX, side_px_max = SIDE_PX_MAX): Promise<Prepared> {
  const keep = KEPT_TYPES.has(file.type) && file.size <= bytes_max;
  const blob = keep ? file : await toJpeg(file, bytes_max, side_px_max);
  const bytes = await blob.arrayBuffer();
  // A copy in memory of its own: the file behind a camera's File may be gone after a reload.
  return { blob: new Blob([bytes], { type: blob.type }), sha256: await sha256(bytes), type: blob.type };
}

/** A picture just taken, as the phone keeps it. */
export async function take(file: Blob, callout: string, officer: string): Promise<Picture> {
  const { blob, sha256, type } = await prepare(file);
  const taken_at = new Date().toISOString();
  const sent = { named: false, confirmed: false, offset: 0, refusal: null };
  return { sha256, blob, type, bytes: blob.size, taken_at, callout, officer, ...sent };
}

async function toJpeg(file: Blob, bytes_max: number, side_px_max: number): Promise<Blob> {
  let image: ImageBitmap;
  try {
    image = await createImageBitmap(file);
  } catch {
    throw new PictureError('This file is no picture the phone can read. Take it with the camera.');
  }
  const scale = Math.min(1, side_px_max / Math.max(image.width, image.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  const jpeg = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.9));
  if (!jpeg || jpeg.size > bytes_max) throw new PictureError('The picture is too large to send.');
  return jpeg;
}
