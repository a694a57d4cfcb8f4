/** UUIDs of version 7 (RFC 9562, 5.7), made where the person acted: in time order, and in order within one millisecond. */

let lastMs = 0;
let counter = 0;

export function uuidv7(now: number = Date.now()): string {
  const random = crypto.getRandomValues(new Uint8Array(10));
  // A clock that stands still or goes back must not break the order of one page's ids: the twelve bits after the
  // version count on, and borrow a millisecond when they run out.
  if (now > lastMs) {
    lastMs = now;
    counter = ((random[0]! & 0x07) << 8) | random[1]!;
  } else if (++counter > 0xfff) {
    lastMs += 1;
    counter = 0;
  }
  const bytes = new Uint8Array(16);
  let ms = lastMs;
  for (let i = 5; i >= 0; i--) {
    bytes[i] = ms % 256;
    ms = Math.floor(ms / 256);
  }
  bytes[6] = 0x70 | (counter >> 8);
  bytes[7] = counter & 0xff;
  bytes[8] = 0x80 | (random[2]! & 0x3f);
  bytes.set(random.subarray(3), 9);
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
