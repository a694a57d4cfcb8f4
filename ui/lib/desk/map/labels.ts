/** Words on the map that do not cover each other: each takes the first free place, or none. */
export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

export class Labels {
  #taken: Box[] = [];

  take(box: Box): void {
    this.#taken.push(box);
  }

  free(box: Box): boolean {
    return !this.#taken.some(
      (t) => box.x < t.x + t.w && box.x + box.w > t.x && box.y < t.y + t.h && box.y + box.h > t.y,
    );
  }

  /** The first of the places that is free, taken; null when all are covered. */
  place(boxes: Box[]): Box | null {
    const found = boxes.find((box) => this.free(box)) ?? null;
    if (found) this.take(found);
    return found;
  }
}

/** Right, left, below, above of a mark of this reach. */
export function around(x: number, y: number, reach: number, w: number, h: number): Box[] {
  const gap = reach + 4;
  return [
    { x: x + gap, y: y - h / 2, w, h },
    { x: x - gap - w, y: y - h / 2, w, h },
    { x: x - w / 2, y: y + gap, w, h },
    { x: x - w / 2, y: y - gap - h, w, h },
    { x: x + gap * 0.8, y: y + gap * 0.6, w, h },
    { x: x + gap * 0.8, y: y - gap * 0.6 - h, w, h },
  ];
}
