/** Words on the map, with a halo so that they read over anything. */
import type { EstateView } from '$lib/generated/EstateView';
import type { Colours } from './colours';
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
