/** Pictures of what good looks like, wherever the list is written: at a desk, or behind a customer's link. */
export interface Pictures {
  /** Puts one onto the hub; answers its digest, rejects with a sentence. */
  attach(file: Uint8Array<ArrayBuffer>): Promise<string>;
  /** An address for an <img>; rejects with a sentence. */
  show(sha256: string): Promise<string>;
}
