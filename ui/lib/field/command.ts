/** The commands an officer's phone makes: names and bodies as `crates/domain/src/command.rs` reads them. */

import { stamp, type Stamp } from './clock';
import type { Point } from './geo';
import { uuidv7 } from './uuidv7';

export type Decision = 'proceed' | 'proceed_with_controls' | 'external_only' | 'wait' | 'withdraw';
export type Verdict = 'none' | 'attempted' | 'entry' | 'cannot_tell';
export type Stroke = [number, number][];

export interface Risk {
  likelihood: number;
  severity: number;
}

export interface HazardFound extends Risk {
  kind: string;
}

/** Where at the site: a side as seen from the main door, a floor, a pin on one of the site's plans. */
export interface Spot {
  side: string | null;
  floor: number | null;
  pin: { plan: string; x: number; y: number } | null;
}

export interface Finding {
  what: string;
  result: 'ok' | 'issue' | 'not_checked';
  severity: 'low' | 'medium' | 'high' | null;
  place: Spot | null;
  note: string;
  pictures: string[];
}

export interface Opening {
  what: string;
  result: 'intact' | 'attempted' | 'forced' | 'not_checked';
  methods: string[];
  place: Spot | null;
  note: string;
  pictures: string[];
}

/** What a report says beside the account. */
export interface Beside {
  follow_ups: { what: string; owner: string; due: string | null }[];
  exhibits: { reference: string; what: string; held: string }[];
  injury: { near_miss: boolean; riddor: boolean; text: string } | null;
  safeguarding: string;
}

type Nothing = Record<string, never>;

export interface Bodies {
  'shift.sign_on': { unit: string };
  'shift.sign_off': Nothing;
  'assignment.delivered': Nothing;
  'assignment.seen': Nothing;
  'assignment.accept': { assignment: string };
  'assignment.decline': { reason: string };
  'rams.acknowledge': { version: number; opened_ms: number };
  'location.confirm': { method: 'pin' | 'grid' | 'what3words' | 'address'; value: string | null };
  'assignment.en_route': Nothing;
  'assignment.arrive': { source: 'manual'; point: Point | null; reason: string | null };
  'assignment.park': {
    exit_clear: boolean;
    obstructs: boolean;
    facing_out: boolean;
    point: Point | null;
    note: string;
  };
  'checklist.answer': {
    item: string;
    value: string | null;
    pictures: string[];
    unable: string | null;
    note: string;
    point: Point | null;
    asset: string | null;
    scanned: boolean;
  };
  'dra.record': {
    people: string;
    lighting: string;
    ground: string;
    weather: string;
    alone: boolean;
    hazards: HazardFound[];
    controls: string[];
    residual: Risk;
    decision: Decision;
    note: string;
    safe_place: boolean;
    point: Point | null;
  };
  'inspection.record': { section: 'outside' | 'inside'; findings: Finding[]; not_entered: string | null };
  'forced_entry.record': {
    openings: Opening[];
    verdict: Verdict;
    police: { informed: boolean; reference: string; reason: string } | null;
    scene_preserved: boolean | null;
    still_insecure: boolean | null;
    marks: string;
    missing: string;
    seen: string;
    cameras: { from: string; to: string } | null;
    note: string;
  };
  'premises.secure': {
    status: string;
    alarm: string;
    reset_by: string | null;
    cover: string;
    told: string;
    keys: string;
    omitted: string;
    utilities: string;
    handed_over: { to: string; name: string; id_checked: boolean } | null;
  };
  'step.answer': { step: string; choices: string[]; note: string; pictures: string[]; point: Point | null };
  'step.skip': { step: string; reason: string };
  'assignment.leave': Nothing;
  'stand_down.acknowledge': Nothing;
  'note.add': { text: string; to: string | null; pictures: string[] };
  'liaison.record': { whom: string; channel: string; summary: string; reference: string; outcome: string };
  'police.wait': { on: boolean; reference: string };
  'escalation.raise': { level: number; reason: string; emergency: boolean; point: Point | null };
  'officer.emergency': { reason: string; point: Point | null };
  'check_call.answer': { ok: boolean; note: string };
  'message.delivered': { up_to: number };
  'message.read': { up_to: number };
  'contact.tried': { contact: string; outcome: string; note: string };
  'report.submit': { narrative: string; signature: { name: string; strokes: Stroke[] }; cause: string } & Beside;
}

export type Kind = keyof Bodies;

/** What goes to the hub. */
export interface Command<K extends Kind = Kind> {
  id: string;
  at: string;
  kind: K;
  v: 1;
  target: string;
  after: string[];
  body: Bodies[K];
}

export interface Refusal {
  code: string;
  text: string;
  mend: string | null;
}

/** A command as the phone keeps it until the hub has it and the screen shows the hub's answer. */
export interface Kept<K extends Kind = Kind> {
  /** Place in the queue, given by the store; smaller goes first. */
  order: number;
  command: Command<K>;
  made: Stamp;
  /** Whose it is: another officer's phone session never sends it. */
  officer: string;
  /**
   * `waiting`: not sent, or no answer yet. `confirmed`: the hub has it; replayed until a state of `seq` or later
   * arrives. `refused`: shown until the officer has understood.
   */
  state: 'waiting' | 'confirmed' | 'refused';
  seq: number | null;
  refusal: Refusal | null;
  /** Hub time after which it says nothing any more: an answer to an offer lapses with the offer. */
  lapses_at: string | null;
}

/** A new command as the phone keeps it, made this moment. */
export function waiting<K extends Kind>(
  kind: K,
  target: string,
  body: Bodies[K],
  of: { after: string[]; officer: string; lapses_at: string | null },
): Omit<Kept, 'order'> {
  const made = stamp();
  const command: Command<K> = { id: uuidv7(), at: made.at, kind, v: 1, target, after: of.after, body };
  return {
    command: command as unknown as Command,
    made,
    officer: of.officer,
    state: 'waiting',
    seq: null,
    refusal: null,
    lapses_at: of.lapses_at,
  };
}

/** A picture as the phone keeps it until the hub has its bytes. */
export interface Picture {
  sha256: string;
  blob: Blob;
  type: string;
  bytes: number;
  taken_at: string;
  callout: string;
  officer: string;
  /** A command that names it is with the hub, so its bytes may follow. */
  named: boolean;
  /** The hub has every byte. The blob stays for the screen until the call-out leaves the phone. */
  confirmed: boolean;
  /** Bytes the hub has, for the progress on screen. */
  offset: number;
  refusal: Refusal | null;
}

export const isEmergency = (kept: Kept): boolean =>
  kept.command.kind === 'officer.emergency' ||
  (kept.command.kind === 'escalation.raise' && (kept.command.body as Bodies['escalation.raise']).emergency);

/** Digests a command names. */
export function picturesOf(command: Command): string[] {
  const body = command.body as {
    pictures?: string[];
    findings?: { pictures: string[] }[];
    openings?: { pictures: string[] }[];
  };
  return [
    ...(body.pictures ?? []),
    ...(body.findings ?? []).flatMap((f) => f.pictures),
    ...(body.openings ?? []).flatMap((o) => o.pictures),
  ];
}

const KIND_WORDS: Record<Kind, string> = {
  'shift.sign_on': 'Signing on',
  'shift.sign_off': 'Signing off',
  'assignment.delivered': 'Offer received',
  'assignment.seen': 'Offer seen',
  'assignment.accept': 'Acceptance',
  'assignment.decline': 'Declining the call-out',
  'rams.acknowledge': 'RAMS signature',
  'location.confirm': 'Location',
  'assignment.en_route': 'On my way',
  'assignment.arrive': 'Arrival',
  'assignment.park': 'Parking',
  'checklist.answer': 'Checklist answer',
  'dra.record': 'Risk assessment',
  'inspection.record': 'Inspection',
  'forced_entry.record': 'Forced-entry inspection',
  'premises.secure': 'Securing the premises',
  'step.answer': 'Answer',
  'step.skip': 'Step left out',
  'assignment.leave': 'Leaving',
  'stand_down.acknowledge': 'Stand-down',
  'note.add': 'Message',
  'liaison.record': 'Call record',
  'police.wait': 'Waiting for the police',
  'escalation.raise': 'Call for help',
  'officer.emergency': 'Emergency',
  'check_call.answer': 'Check call',
  'message.delivered': 'Messages received',
  'message.read': 'Messages read',
  'contact.tried': 'Call record',
  'report.submit': 'Report',
};

/** "Checklist answer", with what it said where that helps a person to find it again. */
export function describe(command: Command): string {
  const words = KIND_WORDS[command.kind] ?? command.kind;
  const body = command.body as {
    text?: string;
    value?: string | null;
    narrative?: string;
    reason?: string | null;
    note?: string;
  };
  const said = body.text ?? body.narrative ?? body.value ?? body.reason ?? body.note ?? '';
  if (!said) return words;
  return `${words}: ${said.length > 80 ? `${said.slice(0, 79)}…` : said}`;
}
