/** One picture's bytes to the hub, in chunks, from wherever the last try ended. */

import type { Picture, Refusal } from './command';
import type { Hub } from './hub';

export const CHUNK_BYTES = 256 * 1024;
/** A digest that does not match is sent once more from the start; then it is no accident of the line. */
const FRESH_STARTS_MAX = 2;
/** Answers that move nothing on: more than a hub should ever need to agree on an offset. */
const STANDSTILLS_MAX = 5;

export interface UploadEvents {
  /** The hub has so many bytes; false stops here for now. */
  progress: (offset: number) => Promise<boolean>;
  done: () => Promise<void>;
  refused: (refusal: Refusal) => Promise<void>;
}

type Media = Pick<Hub, 'mediaOffset' | 'mediaChunk'>;

/**
 * Throws when trying later can help.
 *
 * Only the hub's last word, 201 or 200, says that it has the picture: it looks at the digest first. So many bytes alone
 * may be another upload's, or what was left when the hub was stopped. To get that word the last byte is sent again.
 */
export async function upload(picture: Picture, hub: Media, cut: AbortSignal, on: UploadEvents): Promise<void> {
  const total = picture.bytes;
  let offset = await hub.mediaOffset(picture.sha256, cut);
  let whole = offset === 0;
  let freshStarts = 0;
  let standstills = 0;
  for (;;) {
    const from = Math.min(offset, Math.max(0, total - 1));
    const chunk = picture.blob.slice(from, Math.min(total, from + CHUNK_BYTES));
    const answer = await hub.mediaChunk(picture.sha256, chunk, { from, total, type: picture.type }, cut);
    if (answer.status === 201 || answer.status === 200) return on.done();
    if (answer.error?.transient || answer.error?.problem.status === 401) throw answer.error;
    // What was there before is not our fault; what we sent from its first byte is.
    if (answer.error?.problem.code === 'digest_mismatch' && (!whole || ++freshStarts < FRESH_STARTS_MAX)) {
      offset = 0;
      whole = true;
      continue;
    }
    if (answer.error) {
      const { code } = answer.error.problem;
      return on.refused({ code, text: answer.error.message, mend: 'Take the picture again.' });
    }
    const next = Math.min(total, answer.offset ?? (answer.status === 202 ? from + chunk.size : offset));
    if (next <= offset && ++standstills > STANDSTILLS_MAX) {
      return on.refused({ code: 'upload_stuck', text: 'The picture does not get through.', mend: 'Tell control.' });
    }
    offset = next;
    if (offset < total && !(await on.progress(offset))) return;
  }
}
