/** What stands still: graticule, roads and outlines if there are any, estates, sites. */
import type { Feature } from 'geojson';
import type { EstateView } from '$lib/generated/EstateView';
import type { SiteView } from '$lib/generated/SiteView';
import type { MapBase } from '../host/host';
import type { Colours } from './colours';
import type { View } from './layer';

/** Sites show from here on; further out they would be dust. */
const SITES_FROM_ZOOM = 14;

/** A road is for finding one's way, not for measuring. */
const WIDTH_PX_MAX = 14;

/** What `kind` of a base feature is drawn as; without one a line is a road and a polygon an outline. */
type Kind = 'park' | 'water' | 'rail' | 'road';
/** From the ground up. */
const ORDER: Kind[] = ['park', 'water', 'rail', 'road'];

export interface Base {
  estates: EstateView[];
  sites: SiteView[];
  base: MapBase | null;
}

export function paintBase(view: View, colours: Colours, what: Base): void {
  graticule(view, colours);
  if (what.base) ground(view, colours, what.base);
  for (const estate of what.estates) area(view, colours, estate);
  if (view.zoom >= SITES_FROM_ZOOM) for (const site of what.sites) place(view, colours, site);
}

/** Lines of latitude and longitude, a sensible distance apart: they show how the map moved and how large it is. */
function graticule(view: View, colours: Colours): void {
  const { ctx } = view;
  const step = 360 / 2 ** Math.round(view.zoom) / 2;
  const corner = invert(view, 0, 0);
  const far = invert(view, view.width, view.height);
  ctx.beginPath();
  for (let lon = Math.floor(corner.lon / step) * step; lon < far.lon; lon += step) {
    const x = Math.round(view.at(corner.lat, lon).x) + 0.5;
    ctx.moveTo(x, 0);
    ctx.lineTo(x, view.height);
  }
  const stepLat = step * Math.cos((corner.lat * Math.PI) / 180);
  for (let lat = Math.floor(far.lat / stepLat) * stepLat; lat < corner.lat; lat += stepLat) {
    const y = Math.round(view.at(lat, corner.lon).y) + 0.5;
    ctx.moveTo(0, y);
    ctx.lineTo(view.width, y);
  }
  ctx.strokeStyle = colours['map-grid'];
  ctx.lineWidth = 1;
  ctx.stroke();
}

/** Canvas pixels back to a place, from two known points: exact enough for lines a screen wide. */
function invert(view: View, x: number, y: number): { lat: number; lon: number } {
  const a = view.at(51, 0);
  const b = view.at(52, 1);
  const lon = (x - a.x) / (b.x - a.x);
  // Mercator is not linear in latitude; go through its own formula.
  const mercator = (lat: number) => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
  const m = mercator(51) + ((y - a.y) / (b.y - a.y)) * (mercator(52) - mercator(51));
  return { lat: (Math.atan(Math.exp(m)) * 360) / Math.PI - 90, lon };
}

function ground(view: View, colours: Colours, base: MapBase): void {
  const kindOf = (f: Feature): Kind => ORDER.find((k) => k === f.properties?.['kind']) ?? 'road';
  view.ctx.save();
  view.ctx.lineJoin = 'round';
  view.ctx.lineCap = 'round';
  for (const kind of ORDER)
    for (const feature of base.features) if (kindOf(feature) === kind) drawn(view, colours, feature, kind);
  view.ctx.restore();
}

function drawn(view: View, colours: Colours, feature: Feature, kind: Kind): void {
  const { ctx } = view;
  const g = feature.geometry;
  const isArea = g.type === 'Polygon' || g.type === 'MultiPolygon';
  const width = Number(feature.properties?.['width'] ?? 2);
  ctx.beginPath();
  if (g.type === 'LineString') trace(view, g.coordinates);
  else if (g.type === 'MultiLineString' || g.type === 'Polygon') for (const part of g.coordinates) trace(view, part);
  else if (g.type === 'MultiPolygon')
    for (const polygon of g.coordinates) for (const ring of polygon) trace(view, ring);
  if (isArea && (kind === 'park' || kind === 'water')) {
    ctx.fillStyle = colours[`map-${kind}`];
    ctx.fill('evenodd');
    return;
  }
  ctx.strokeStyle = kind === 'water' ? colours['map-water'] : colours['map-road'];
  ctx.lineWidth = isArea ? 1.25 : Math.min(WIDTH_PX_MAX, Math.max(1, width * 2 ** ((view.zoom - 13) / 2)));
  if (kind === 'rail') {
    ctx.lineWidth = 1.5;
    ctx.setLineDash([7, 5]);
  }
  ctx.stroke();
  ctx.setLineDash([]);
}

function trace(view: View, line: number[][]): void {
  line.forEach(([lon, lat], i) => {
    const p = view.at(lat ?? 0, lon ?? 0);
    if (i === 0) view.ctx.moveTo(p.x, p.y);
    else view.ctx.lineTo(p.x, p.y);
  });
}

function area(view: View, colours: Colours, estate: EstateView): void {
  if (estate.outline.length < 3) return;
  const { ctx } = view;
  ctx.beginPath();
  estate.outline.forEach(([lat, lon], i) => {
    const p = view.at(lat, lon);
    if (i === 0) ctx.moveTo(p.x, p.y);
    else ctx.lineTo(p.x, p.y);
  });
  ctx.closePath();
  ctx.fillStyle = colours['map-area'];
  ctx.strokeStyle = colours['map-edge'];
  ctx.lineWidth = 1.25;
  ctx.fill();
  ctx.stroke();
}

function place(view: View, colours: Colours, site: SiteView): void {
  const { x, y } = view.at(site.lat, site.lon);
  const { ctx } = view;
  ctx.fillStyle = colours.p4;
  ctx.strokeStyle = colours['map-halo'];
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.rect(Math.round(x) - 3.5, Math.round(y) - 3.5, 7, 7);
  ctx.stroke();
  ctx.fill();
}
