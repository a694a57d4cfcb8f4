const SECRET = new Set(['code', 'pin', 'passcode', 'keysafe', 'combination']);

/** "code 4711", "PIN: 0815": a word for a secret with the digits after it, as the hub's `holds_code` sees it. */
export function holdsCode(text: string): boolean {
  const words = text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  return words.some((word, at) => SECRET.has(word) && words.slice(at + 1, at + 4).some((w) => /^\d{4,8}$/.test(w)));
}
