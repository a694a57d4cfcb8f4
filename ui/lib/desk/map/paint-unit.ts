/** A unit: its kind is its shape, its status its colour, the age of its position how solid it is. */
import type { UnitRow } from '$lib/generated/UnitRow';
import { age } from '$lib/shared/time';
import { FRESHNESS_ALPHA, fixAge, freshness } from '../state/units';
import type { Colours } from './colours';
import type { Hit } from './hit';
import type { Labels } from './labels';
import type { View } from './layer';
import type { Live } from './paint-live';
import { word } from './paint-words';

/** A drawn unit, and its name still to be written. */
interface PaintedUnit {
  hit: Hit;
  say: () => void;
}

export function paintUnit(
  view: View,
  colours: Colours,
  live: Live,
  labels: Labels,
  unit: UnitRow,
  marks: Hit[],
): PaintedUnit | null {
  if (unit.lat === null || unit.lon === null) return null;
  const ageS = fixAge(unit, live.now);
  const fresh = freshness(ageS);
  const alpha = unit.status === 'off' ? FRESHNESS_ALPHA.lost : FRESHNESS_ALPHA[fresh];
  if (alpha === 0) return null;
  const { ctx } = view;
  const spot = view.at(unit.lat, unit.lon);
  const { x, y } = beside(spot, marks);
  const r = unit.kind === 'foot' ? 8.5 : 9.5;
  const chosen = live.chosen.kind === 'unit' && live.chosen.id === unit.id;
  const colour =
    unit.status === 'busy'
      ? colours.busy
      : unit.status === 'offered'
        ? colours.warn
        : unit.status === 'off'
          ? colours.off
          : colours.free;
  ctx.save();
  if (chosen && unit.accuracy_m !== null) {
    ctx.beginPath();
    ctx.arc(x, y, Math.max(r, view.metres(unit.accuracy_m, unit.lat)), 0, 2 * Math.PI);
    ctx.fillStyle = colours['map-area'];
    ctx.strokeStyle = colours['map-edge'];
    ctx.lineWidth = 1;
    ctx.fill();
    ctx.stroke();
  }
  if (x !== spot.x || y !== spot.y) {
    ctx.beginPath();
    ctx.moveTo(spot.x, spot.y);
    ctx.lineTo(x, y);
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.5;
    ctx.stroke();
  }
  ctx.globalAlpha = alpha;
  body(ctx, unit.kind, x, y, r);
  ctx.lineWidth = 4;
  ctx.strokeStyle = colours['map-halo'];
  ctx.stroke();
  if (fresh === 'stale' || fresh === 'lost') {
    ctx.fillStyle = colours['map-bg'];
    ctx.fill();
    ctx.lineWidth = 2;
    ctx.strokeStyle = colour;
    if (fresh === 'lost') ctx.setLineDash([3, 3]);
    ctx.stroke();
    ctx.setLineDash([]);
  } else {
    ctx.fillStyle = colour;
    ctx.fill();
  }
  ctx.restore();
  if (chosen) {
    ctx.save();
    ctx.strokeStyle = colours.text;
    ctx.lineWidth = 2;
    ctx.beginPath();
    ctx.arc(x, y, r + 5, 0, 2 * Math.PI);
    ctx.stroke();
    ctx.restore();
  }
  labels.take({ x: x - r, y: y - r, w: r * 2, h: r * 2 });
  const old = fresh === 'live' || ageS === null ? '' : ` · ${age(ageS)} ago`;
  const colourOfWord = fresh === 'live' ? colours.text : colours.muted;
  const reach = chosen ? r + 5 : r;
  return {
    hit: { kind: 'unit', id: unit.id, x, y, r: r + 6 },
    say: () => word(view, colours, live.fontPx, labels, unit.call_sign + old, x, y, reach, colourOfWord, 700),
  };
}

/** How far a unit stands from the mark it would cover. */
const BESIDE_PX = 25;

/** A unit at its call-out would hide it: it stands beside it, with a line to where it is. */
function beside(at: { x: number; y: number }, marks: Hit[]): { x: number; y: number } {
  const near = marks.find((m) => Math.hypot(m.x - at.x, m.y - at.y) < BESIDE_PX - 4);
  if (!near) return at;
  const dx = at.x - near.x;
  const dy = at.y - near.y;
  const far = Math.hypot(dx, dy);
  // Exactly on it has no direction of its own: down and to the left.
  const [ux, uy] = far < 3 ? [-0.8, 0.6] : [dx / far, dy / far];
  return { x: near.x + ux * BESIDE_PX, y: near.y + uy * BESIDE_PX };
}

/** Foot a circle, car a rounded box, the hot-spot vehicle a hexagon. */
function body(ctx: CanvasRenderingContext2D, kind: string, x: number, y: number, r: number): void {
  ctx.beginPath();
  if (kind === 'vehicle') ctx.roundRect(x - r * 1.15, y - r * 0.8, r * 2.3, r * 1.6, 4);
  else if (kind === 'hot_spot') {
    for (let i = 0; i < 6; i++) {
      const turn = (i * Math.PI) / 3;
      ctx.lineTo(x + r * 1.15 * Math.cos(turn), y + r * 1.15 * Math.sin(turn));
    }
  } else ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.closePath();
}
