/**
 * Everything the page needs from outside itself. In the window it is the desk (`tauri.ts`); in a browser and in tests
 * it is an invented evening (`mock.ts`). Nothing else in the page knows which.
 */
import type { FeatureCollection } from 'geojson';
import type { Act } from '$lib/generated/Act';
import type { Acted } from '$lib/generated/Acted';
import type { Board } from '$lib/generated/Board';
import type { CallHelp } from '$lib/generated/CallHelp';
import type { CallQuestion } from '$lib/generated/CallQuestion';
import type { CalloutDetail } from '$lib/generated/CalloutDetail';
import type { HandoverView } from '$lib/generated/HandoverView';
import type { LeavingView } from '$lib/generated/LeavingView';
import type { OutsideView } from '$lib/generated/OutsideView';
import type { Patch } from '$lib/generated/Patch';
import type { PastCallout } from '$lib/generated/PastCallout';
import type { PinView } from '$lib/generated/PinView';
import type { PlaceLookup } from '$lib/generated/PlaceLookup';
import type { PlaceQuestion } from '$lib/generated/PlaceQuestion';
import type { PlaceView } from '$lib/generated/PlaceView';
import type { ImportPreview } from '$lib/generated/ImportPreview';
import type { RegisterView } from '$lib/generated/RegisterView';
import type { SiteRecord } from '$lib/generated/SiteRecord';

export type { Act, Acted, Board, CalloutDetail, LeavingView, Patch };

/** What to do about an action the hub refused. */
export type Resolution = 'redo' | 'keep' | 'drop';

export interface NewPanel {
  account: string;
  site: string;
  key?: string;
}

export interface EnrolCode {
  code: string;
  url: string;
  qr_svg: string;
  expires_at: string;
}

/** What a desktop notification was about when its "Show" was pressed. */
export interface Attention {
  alarm?: string;
  callout?: string;
}

/** Roads and outlines to draw under everything else: lines and polygons in WGS 84. */
export type MapBase = FeatureCollection;

export interface Host {
  board(): Promise<Board>;
  /** Patches from now on, in order. The answer ends it. */
  subscribe(onPatch: (patch: Patch) => void): Promise<() => void>;
  detail(callout: string): Promise<CalloutDetail>;
  /** Done here or refused here; the hub's word comes later as a patch or a conflict. */
  act(act: Act): Promise<Acted>;
  /** What a typed place means and whether it fits: without any network. */
  place(question: PlaceQuestion): Promise<PlaceView>;
  /** What helps with a telephone call while it is written down: without any network. */
  callHelp(question: CallQuestion): Promise<CallHelp>;
  /** What somebody outside says about three words; an answer also when nobody says anything. */
  lookUpWords(words: string, near: PinView | null): Promise<PlaceLookup>;
  wordsAt(pin: PinView): Promise<PlaceLookup>;
  resolve(conflict: string, choice: Resolution, reason: string): Promise<Acted>;
  /** An address for an <img>; rejects with a sentence. */
  picture(callout: string, sha256: string): Promise<string>;
  trackingLink(callout: string): Promise<Acted & { url?: string }>;
  /** A link by which a customer writes a checklist; it lives so many days. */
  writingLink(
    checklist: string,
    link: { days: number; to: string; message: string },
  ): Promise<Acted & { url?: string }>;
  /** Saves and opens the report, as it stands or a version that was kept; answers where it lies. */
  reportPdf(callout: string, version?: number): Promise<string>;
  /** What only the hub knows: what the customer looked at, where the report went; rejects with a sentence. */
  outside(callout: string): Promise<OutsideView>;
  /** Sends again what was refused or given up. */
  sendAgain(callout: string): Promise<OutsideView>;
  /** Puts a signed PDF onto the hub; answers its digest, rejects with a sentence. */
  attachDocument(file: Uint8Array): Promise<string>;
  /** The same for a picture of what good looks like. */
  attachPicture(file: Uint8Array): Promise<string>;
  /** An address for an <img> of such a picture; rejects with a sentence. */
  hintPicture(sha256: string): Promise<string>;
  /** Saves and opens a document; answers where it lies. */
  openDocument(sha256: string, name: string): Promise<string>;
  /** Keys, documents and panels of the register, from this desk's replica. */
  register(): Promise<RegisterView>;
  /** One site as a form needs it. */
  siteRecord(site: string): Promise<SiteRecord>;
  /** The last call-outs of a site, newest first, from this desk's own records. */
  siteHistory(site: string): Promise<PastCallout[]>;
  /** What would become of a file of the register, row by row; nothing is done. */
  previewRegister(file: Uint8Array): Promise<ImportPreview>;
  applyRegister(file: Uint8Array): Promise<ImportPreview>;
  /** Saves a part of the register; answers where it lies. */
  exportRegister(what: string): Promise<string>;
  addPanel(panel: NewPanel): Promise<Acted>;
  enrolCode(officer: string): Promise<EnrolCode>;
  mapBase(): Promise<MapBase | null>;
  prefs(): Promise<Record<string, string>>;
  setPref(key: string, value: string): Promise<void>;
  /** The operator has this call-out open: what it rings for now rings no more. */
  heard(callout: string): void;
  /** Measurement: these alarms' rows were painted at this time, milliseconds since 1970. */
  painted(alarmIds: string[], paintedAtMs: number): void;
  onAttend(cb: (what: Attention) => void): Promise<() => void>;
  /** What one operator hands over to the next; with a log position, what is new since. */
  handover(since: number | null): Promise<HandoverView>;
  /** What goes on while the operator leaves. */
  leaving(): Promise<LeavingView>;
  /** The window was asked to close while something goes on. The answer ends listening. */
  onLeaving(cb: (what: LeavingView) => void): Promise<() => void>;
  /** The operator stays after all. */
  stay(): Promise<void>;
  /** Closes the window; with `stopHub` its own hub ends too. */
  leave(stopHub: boolean): Promise<void>;
}

/** A sentence for the operator, whatever was thrown. */
export function sentenceOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (error instanceof Error) return error.message;
  if (error && typeof error === 'object' && 'text' in error) return String((error as { text: unknown }).text);
  return 'The desk did not say why.';
}
