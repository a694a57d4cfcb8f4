/** What the pointer is on: our own test, because a canvas has no parts. */
export interface Hit {
  kind: 'alarm' | 'callout' | 'unit';
  id: string;
  x: number;
  y: number;
  r: number;
}

/** The nearest within its reach; units before call-outs before alarms at the same distance, as they are drawn. */
export function hitAt(hits: Hit[], x: number, y: number): Hit | null {
  let best: Hit | null = null;
  let nearest = Infinity;
  for (let i = hits.length - 1; i >= 0; i--) {
    const hit = hits[i];
    if (!hit) continue;
    const distance = Math.hypot(hit.x - x, hit.y - y);
    if (distance <= hit.r && distance < nearest) {
      best = hit;
      nearest = distance;
    }
  }
  return best;
}
