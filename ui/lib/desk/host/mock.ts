/**
 * An invented evening in memory: for a browser without the desk, for pictures and for tests.
 *
 * `?mock=still` holds everything still but the clock, `empty` is a new installation, `offline` has lost its hub,
 * `demo` is a demonstration, `conflict` has a refused action waiting, `proposal` a customer's checklist to be read. Tests reach it as `window.watchhouseMock`.
 */
import type { Act, Acted, Attention, Host, LeavingView, MapBase, Patch } from './host';
import demonstrationMap from '../../../../docs/examples/map.geojson?raw';
import { helpWith } from './mock/calls';
import { lookUp, placeOf } from './mock/lookup';
import { World } from './mock/world';
import { pastOf } from './mock/past';
import * as register from './mock/register';

export type MockWindow = Window & { watchhouseMock?: World };

export function mockHost(): Host {
  const mode = new URLSearchParams(location.search).get('mock') ?? '';
  const world = new World(mode);
  (window as MockWindow).watchhouseMock = world;
  if (mode === '' || mode === 'lively') world.live();

  return {
    board: () => Promise.resolve(structuredClone(world.board)),
    subscribe(onPatch: (patch: Patch) => void) {
      world.listeners.add(onPatch);
      return Promise.resolve(() => void world.listeners.delete(onPatch));
    },
    detail: (callout) => world.detailOf(callout),
    act: (act: Act) => world.act(act),
    callHelp: (question) => Promise.resolve(helpWith(world, question)),
    place: (question) => Promise.resolve(placeOf(question)),
    lookUpWords: (words) => (world.outside ?? lookUp)(words),
    wordsAt: () => lookUp('///filled.count.soap'),
    resolve(conflict, choice, reason): Promise<Acted> {
      world.resolve(conflict, choice, reason);
      return Promise.resolve({ command: crypto.randomUUID(), made: null, refusal: null });
    },
    picture: (_callout, sha256) => Promise.resolve(drawn(sha256)),
    trackingLink: (callout) => world.trackingLink(callout),
    writingLink: (checklist, link) => Promise.resolve(register.invite(world, checklist, link)),
    reportPdf: (callout, version) =>
      Promise.resolve(`/home/operator/Reports/${callout}${version ? `-v${version}` : ''}.pdf`),
    attachDocument: (file) =>
      new TextDecoder().decode(file.slice(0, 5)) === '%PDF-'
        ? Promise.resolve('d'.repeat(64))
        : Promise.reject(new Error('This file is no PDF. Save or print the document as a PDF and attach that.')),
    attachPicture: (file) =>
      file[0] === 0xff && file[1] === 0xd8
        ? Promise.resolve('c'.repeat(64))
        : Promise.reject(new Error('This file is no JPEG, PNG or WebP picture.')),
    hintPicture: (sha256) => Promise.resolve(drawn(sha256)),
    openDocument: (_sha256, name) => Promise.resolve(`/home/operator/Documents/${name}`),
    outside: (callout) => world.outsideOf(callout),
    sendAgain: (callout) => world.sendAgain(callout),
    register: () => Promise.resolve(register.view(world)),
    siteHistory: (site) => Promise.resolve(pastOf(world, site)),
    siteRecord: (site) => Promise.resolve(register.record(world, site)),
    previewRegister: (file) => Promise.resolve(register.preview(file)),
    applyRegister: (file) => Promise.resolve(register.applied(world, file)),
    exportRegister: (what) =>
      Promise.resolve(`/home/operator/exports/${what}.${what === 'places' ? 'geojson' : 'csv'}`),
    addPanel: (panel) => world.addPanel(panel),
    enrolCode: () =>
      Promise.resolve({
        code: 'K7QD-M2XF',
        url: 'https://hub.example/officer/#K7QD-M2XF',
        qr_svg: qr(),
        expires_at: new Date(Date.now() + 15 * 60_000).toISOString(),
      }),
    mapBase: () => Promise.resolve(JSON.parse(demonstrationMap) as MapBase),
    prefs: () => Promise.resolve(Object.fromEntries(Object.entries(localStorage))),
    setPref: (key, value) => Promise.resolve(localStorage.setItem(key, value)),
    heard: (callout) => void world.heard.push(callout),
    painted: (ids, at) => void world.painted.push(...ids.map((id) => ({ id, at }))),
    handover: (since) => Promise.resolve(structuredClone(world.handover(since))),
    leaving: () => Promise.resolve(world.leaving()),
    onLeaving(cb: (what: LeavingView) => void) {
      world.close = () => cb(world.leaving());
      return Promise.resolve(() => (world.close = null));
    },
    stay: () => Promise.resolve(void world.left.push('stay')),
    leave: (stopHub) => Promise.resolve(void world.left.push(stopHub ? 'hub' : 'window')),
    onAttend(cb: (what: Attention) => void) {
      world.attend = cb;
      return Promise.resolve(() => (world.attend = null));
    },
  };
}

/** A stand-in photograph: a flat door in a wall. */
/** As large as a phone's. */
function drawn(sha256: string): string {
  const hue = (sha256.charCodeAt(0) * 37) % 360;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="3000" viewBox="0 0 320 240"><rect width="320" height="240" fill="hsl(${hue} 12% 28%)"/><rect x="110" y="50" width="100" height="190" fill="hsl(${hue} 20% 18%)"/><circle cx="195" cy="150" r="6" fill="#c9a94c"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Looks like a QR code, is none. */
function qr(): string {
  let cells = '';
  for (let y = 0; y < 25; y++)
    for (let x = 0; x < 25; x++)
      if ((x * 7 + y * 13 + ((x * y) % 5)) % 3 === 0) cells += `<rect x="${x}" y="${y}" width="1" height="1"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 29 29" width="200" height="200"><rect x="-2" y="-2" width="29" height="29" fill="#fff"/>${cells}</svg>`;
}
