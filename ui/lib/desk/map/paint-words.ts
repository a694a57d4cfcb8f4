/** Words on the map, with a halo so that they read over anything. */
import type { EstateView } from '$lib/generated/EstateView';
import type { Colours } from './colours';
import type { MapBase } from '../host/host';
import { around, type Labels } from './labels';
import type { View } from './layer';

export function word(
  view: View,
  colours: Colours,
  fontPx: number,
  labels: Labels,
  text: string,
  x: number,
  y: number,
  reach: number,
  colour: string,
  weight: number,
): void {
  const { ctx } = view;
  ctx.save();
  ctx.font = `${weight} ${fontPx}px ${colours.font}`;
  const w = ctx.measureText(text).width;
  const h = fontPx * 1.3;
  const places = around(x, y, reach, w, h);
  // A call sign is never left out: with no free place it goes right, over what is there.
  const box = labels.place(places) ?? places[0];
  if (box) written(view, colours, text, box.x, box.y + h / 2, colour, 'left');
  ctx.restore();
}

function written(
  view: View,
  colours: Colours,
  text: string,
  x: number,
  y: number,
  colour: string,
  align: CanvasTextAlign,
): void {
  const { ctx } = view;
  ctx.textAlign = align;
  ctx.textBaseline = 'middle';
  ctx.lineJoin = 'round';
  ctx.lineWidth = 3.5;
  ctx.strokeStyle = colours['map-halo'];
  ctx.strokeText(text, x, y);
  ctx.fillStyle = colour;
  ctx.fillText(text, x, y);
}

/** Estate names give way to everything else; one that finds no room is left out. */
export function estateName(view: View, colours: Colours, fontPx: number, labels: Labels, estate: EstateView): void {
  const { ctx } = view;
  const { x, y } = view.at(estate.lat, estate.lon);
  ctx.save();
  ctx.font = `500 ${fontPx}px ${colours.font}`;
  const w = ctx.measureText(estate.name).width;
  const h = fontPx * 1.3;
  const reach = Math.max(14, view.metres(120, estate.lat));
  const box = labels.place(
    [0, -reach * 0.6, reach * 0.6, -reach, reach, reach * 1.5, -reach * 1.5].map((dy) => ({
      x: x - w / 2,
      y: y + dy - h / 2,
      w,
      h,
    })),
  );
  if (box) written(view, colours, estate.name, box.x, box.y + h / 2, colours.muted, 'left');
  ctx.restore();
}

/** Names of parks first, then of the wider roads; the narrow ones when there is room for them. */
const NAME_FROM_ZOOM = { park: 12.5, wide: 14, narrow: 15.5 };
const WIDE = 3;

/** Names of the ground are for finding one's way: they come last and only where nothing else wants the place. */
export function groundNames(view: View, colours: Colours, fontPx: number, labels: Labels, base: MapBase): void {
  const { ctx } = view;
  ctx.save();
  ctx.font = `400 ${fontPx}px ${colours.font}`;
  for (const feature of base.features) {
    const name = String(feature.properties?.['name'] ?? '');
    const g = feature.geometry;
    const points = g.type === 'LineString' ? g.coordinates : g.type === 'Polygon' ? (g.coordinates[0] ?? []) : [];
    const wide = Number(feature.properties?.['width'] ?? 0) >= WIDE;
    const from = NAME_FROM_ZOOM[g.type === 'Polygon' ? 'park' : wide ? 'wide' : 'narrow'];
    if (!name || points.length === 0 || view.zoom < from) continue;
    const spots = points.map(([lon, lat]) => view.at(lat ?? 0, lon ?? 0));
    const at = g.type === 'Polygon' ? [middle(spots)] : between(spots);
    const w = ctx.measureText(name).width;
    const h = fontPx * 1.3;
    const box = labels.place(at.map(({ x, y }) => ({ x: x - w / 2, y: y - h / 2, w, h })));
    if (box) written(view, colours, name, box.x, box.y + h / 2, colours.faint, 'left');
  }
  ctx.restore();
}

interface Spot {
  x: number;
  y: number;
}

function middle(spots: Spot[]): Spot {
  const sum = spots.reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }));
  return { x: sum.x / spots.length, y: sum.y / spots.length };
}

/** The middles of a line's pieces, from its middle outwards. */
function between(spots: Spot[]): Spot[] {
  const middles = spots.slice(1).map((b, i) => middle([spots[i] ?? b, b]));
  const centre = (middles.length - 1) / 2;
  return middles
    .map((spot, i) => ({ spot, far: Math.abs(i - centre) }))
    .sort((a, b) => a.far - b.far)
    .map((m) => m.spot);
}
