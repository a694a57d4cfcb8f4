/** What moves or matters now: units, open alarms, call-outs, and every word on the map. */
import type { AlarmRow } from '$lib/generated/AlarmRow';
import type { CalloutRow } from '$lib/generated/CalloutRow';
import type { EstateView } from '$lib/generated/EstateView';
import type { UnitRow } from '$lib/generated/UnitRow';
import type { MapBase } from '../host/host';
import { isWaiting } from '../state/alarms';
import type { Chosen } from '../state/selection.svelte';
import type { Colours } from './colours';
import type { Hit } from './hit';
import { Labels } from './labels';
import type { View } from './layer';
import { paintUnit } from './paint-unit';
import { estateName, groundNames, word } from './paint-words';

export interface Live {
  units: UnitRow[];
  alarms: AlarmRow[];
  callouts: CalloutRow[];
  estates: EstateView[];
  base: MapBase | null;
  chosen: Chosen;
  draftPoint: { lat: number; lon: number } | null;
  now: number;
  fontPx: number;
}

interface Stack {
  alarm: Marked;
  count: number;
}

/** Alarms of one place are one mark: the chosen or most urgent, with how many. The most urgent place is drawn last. */
function stacked(live: Live): Stack[] {
  const stacks = new Map<string, Stack>();
  for (const row of live.alarms) {
    if (!isWaiting(row) || row.lat === null || row.lon === null) continue;
    const place = `${row.lat.toFixed(5)} ${row.lon.toFixed(5)}`;
    const known = stacks.get(place);
    if (known) known.count++;
    const chosen = live.chosen.kind === 'alarm' && live.chosen.id === row.id;
    if (known && !chosen && row.priority >= known.alarm.priority) continue;
    stacks.set(place, { alarm: { ...row, lat: row.lat, lon: row.lon }, count: known?.count ?? 1 });
  }
  return [...stacks.values()].sort((a, b) => b.alarm.priority - a.alarm.priority);
}

type Priority = 'p1' | 'p2' | 'p3' | 'p4';
const key = (priority: number) => `p${Math.min(4, Math.max(1, priority))}` as Priority;

export function paintLive(view: View, colours: Colours, live: Live): Hit[] {
  const hits: Hit[] = [];
  const labels = new Labels();
  for (const callout of live.callouts) if (callout.open) line(view, colours, live, callout);
  for (const callout of live.callouts)
    if (callout.open) hits.push(mark(view, colours, live, labels, callout, 'callout'));
  for (const { alarm, count } of stacked(live)) hits.push(mark(view, colours, live, labels, alarm, 'alarm', count));
  const marks = [...hits];
  // Every body before any word, so that no unit covers another's name.
  const painted = live.units.flatMap((unit) => paintUnit(view, colours, live, labels, unit, marks) ?? []);
  for (const { hit, say } of painted) {
    hits.push(hit);
    say();
  }
  if (live.draftPoint) pin(view, colours, live.draftPoint);
  for (const estate of live.estates) estateName(view, colours, live.fontPx, labels, estate);
  if (live.base) groundNames(view, colours, live.fontPx - 1, labels, live.base);
  return hits;
}

/** Dotted from the unit that responds to where it is needed. */
function line(view: View, colours: Colours, live: Live, callout: CalloutRow): void {
  const unit = live.units.find(
    (u) => u.callout === callout.id || u.id === callout.unit || u.call_sign === callout.unit,
  );
  if (!unit || unit.lat === null || unit.lon === null) return;
  const from = view.at(unit.lat, unit.lon);
  const to = view.at(callout.lat, callout.lon);
  const { ctx } = view;
  ctx.save();
  ctx.beginPath();
  ctx.moveTo(from.x, from.y);
  ctx.lineTo(to.x, to.y);
  ctx.setLineDash([1, 7]);
  ctx.lineCap = 'round';
  ctx.lineWidth = 3;
  ctx.strokeStyle = callout.state === 'offering' ? colours.warn : colours.accent;
  ctx.stroke();
  ctx.restore();
}

function shape(ctx: CanvasRenderingContext2D, priority: number, x: number, y: number, r: number): void {
  ctx.beginPath();
  if (priority === 1) {
    ctx.moveTo(x, y - r);
    ctx.lineTo(x + r, y);
    ctx.lineTo(x, y + r);
    ctx.lineTo(x - r, y);
  } else if (priority === 2) {
    ctx.moveTo(x, y - r);
    ctx.lineTo(x + r, y + r * 0.85);
    ctx.lineTo(x - r, y + r * 0.85);
  } else if (priority === 3) {
    ctx.rect(x - r * 0.8, y - r * 0.8, r * 1.6, r * 1.6);
  } else {
    ctx.arc(x, y, r * 0.9, 0, 2 * Math.PI);
  }
  ctx.closePath();
}

interface Marked {
  id: string;
  priority: number;
  lat: number;
  lon: number;
  title: string;
}

/** A waiting alarm has rings around it; a call-out is the bare shape. */
function mark(
  view: View,
  colours: Colours,
  live: Live,
  labels: Labels,
  what: Marked,
  kind: 'alarm' | 'callout',
  count = 1,
): Hit {
  const { ctx } = view;
  const { x, y } = view.at(what.lat, what.lon);
  const r = kind === 'alarm' ? 11 : 10;
  const colour = colours[key(what.priority)];
  const chosen = live.chosen.kind === kind && live.chosen.id === what.id;
  ctx.save();
  if (kind === 'alarm' || chosen) {
    ctx.strokeStyle = chosen ? colours.text : colour;
    ctx.lineWidth = 2;
    ctx.beginPath();
    ctx.arc(x, y, r + 8, 0, 2 * Math.PI);
    ctx.stroke();
    if (kind === 'alarm' && what.priority === 1) {
      ctx.globalAlpha = 0.5;
      ctx.beginPath();
      ctx.arc(x, y, r + 20, 0, 2 * Math.PI);
      ctx.stroke();
      ctx.globalAlpha = 1;
    }
  }
  shape(ctx, what.priority, x, y, r);
  ctx.lineJoin = 'round';
  ctx.lineWidth = 4;
  ctx.strokeStyle = colours['map-halo'];
  ctx.stroke();
  ctx.fillStyle = colour;
  ctx.fill();
  ctx.fillStyle = colours[`${key(what.priority)}-ink`];
  ctx.font = `700 ${live.fontPx}px ${colours.font}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillText(String(what.priority), x, y + (what.priority === 2 ? 3 : 0.5));
  ctx.restore();
  labels.take({ x: x - r - 2, y: y - r - 2, w: r * 2 + 4, h: r * 2 + 4 });
  const title = [chosen ? what.title : '', count > 1 ? `×${count}` : ''].filter(Boolean).join(' ');
  if (title) word(view, colours, live.fontPx, labels, title, x, y, r + 8, colours.text, 600);
  return { kind, id: what.id, x, y, r: r + 8 };
}

function pin(view: View, colours: Colours, point: { lat: number; lon: number }): void {
  const { ctx } = view;
  const { x, y } = view.at(point.lat, point.lon);
  ctx.save();
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x - 8, y - 16);
  ctx.arc(x, y - 18, 9, Math.PI * 0.85, Math.PI * 0.15);
  ctx.closePath();
  ctx.lineWidth = 3;
  ctx.strokeStyle = colours['map-halo'];
  ctx.stroke();
  ctx.fillStyle = colours.focus;
  ctx.fill();
  ctx.restore();
}
