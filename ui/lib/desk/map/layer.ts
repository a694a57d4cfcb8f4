/**
 * One canvas on a Leaflet map. It is larger than the view, so dragging moves it for free; it is drawn again only when
 * the view came to rest or `redraw` says that the data changed.
 */
import L from 'leaflet';

/** Share of the view drawn beyond each edge. */
const PADDING = 0.3;

export interface View {
  ctx: CanvasRenderingContext2D;
  /** Canvas pixels of a place. */
  at: (lat: number, lon: number) => { x: number; y: number };
  /** Pixels of so many metres there. */
  metres: (metres: number, lat: number) => number;
  width: number;
  height: number;
  /** The part of the canvas that is in view. */
  inset: { x: number; y: number };
  zoom: number;
}

export class CanvasLayer extends L.Layer {
  #canvas: HTMLCanvasElement | null = null;
  #frame = 0;
  #origin = L.point(0, 0);
  readonly #draw: (view: View) => void;
  readonly #order: number;

  constructor(draw: (view: View) => void, order: number) {
    super();
    this.#draw = draw;
    this.#order = order;
  }

  override onAdd(map: L.Map): this {
    const canvas = document.createElement('canvas');
    canvas.style.position = 'absolute';
    canvas.style.zIndex = String(this.#order);
    canvas.style.pointerEvents = 'none';
    map.getPanes().overlayPane.appendChild(canvas);
    this.#canvas = canvas;
    this.#place();
    return this;
  }

  override onRemove(): this {
    cancelAnimationFrame(this.#frame);
    this.#canvas?.remove();
    this.#canvas = null;
    return this;
  }

  override getEvents(): Record<string, L.LeafletEventHandlerFn> {
    const place = () => this.#place();
    return { moveend: place, zoomend: place, viewreset: place, resize: place };
  }

  /** At the next frame, once, however often it was asked for. */
  redraw(): void {
    if (this.#frame !== 0 || !this.#canvas) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  #place(): void {
    const map = this._map;
    const canvas = this.#canvas;
    if (!map || !canvas) return;
    const size = map.getSize();
    const pad = L.point(Math.round(size.x * PADDING), Math.round(size.y * PADDING));
    this.#origin = map.containerPointToLayerPoint(L.point(-pad.x, -pad.y)).round();
    const width = size.x + pad.x * 2;
    const height = size.y + pad.y * 2;
    const scale = window.devicePixelRatio || 1;
    if (canvas.width !== width * scale || canvas.height !== height * scale) {
      canvas.width = width * scale;
      canvas.height = height * scale;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    L.DomUtil.setPosition(canvas, this.#origin);
    this.#paint();
  }

  #paint(): void {
    const map = this._map;
    const canvas = this.#canvas;
    const ctx = canvas?.getContext('2d');
    if (!map || !canvas || !ctx) return;
    const scale = window.devicePixelRatio || 1;
    const width = canvas.width / scale;
    const height = canvas.height / scale;
    const size = map.getSize();
    ctx.setTransform(scale, 0, 0, scale, 0, 0);
    ctx.clearRect(0, 0, width, height);
    const origin = this.#origin;
    const zoom = map.getZoom();
    this.#draw({
      ctx,
      at: (lat, lon) => {
        const p = map.latLngToLayerPoint([lat, lon]);
        return { x: p.x - origin.x, y: p.y - origin.y };
      },
      metres: (metres, lat) => (metres * 256 * 2 ** zoom) / (40_075_016.7 * Math.cos((lat * Math.PI) / 180)),
      width,
      height,
      inset: { x: (width - size.x) / 2, y: (height - size.y) / 2 },
      zoom,
    });
  }
}
