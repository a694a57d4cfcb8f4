/** A call-out as the hub sends it, for tests of both pages. */
import alarmResponse from '../../../crates/domain/procedures/alarm_response.v2.json';
import noiseNuisance from '../../../crates/domain/procedures/noise_nuisance.v1.json';
import type { GateView } from '../../lib/generated/GateView';
import type { ItemView } from '../../lib/generated/ItemView';
import type { OfferView } from '../../lib/generated/OfferView';
import type { OfficerCallout } from '../../lib/generated/OfficerCallout';
import type { MessageView } from '../../lib/generated/MessageView';
import type { OfficerState } from '../../lib/generated/OfficerState';
import type { ServiceView } from '../../lib/generated/ServiceView';
import type { StepView } from '../../lib/generated/StepView';
import type { TrackState } from '../../lib/generated/TrackState';

export const OFFICER = '0198a000-0000-7000-8000-000000000001';
export const CALLOUT = '0198a000-0000-7000-8000-0000000000c0';
export const ASSIGNMENT = '0198a000-0000-7000-8000-0000000000a5';

export const service: ServiceView = {
  council: 'Camden',
  name: 'Responsive Security Patrol',
  telephone: '020 7974 4444',
  email: 'control@example.org',
  web: '',
  demonstration: false,
  empty: false,
  customer_min: [30, 30, 0, 0],
  control_min: [15, 30, 60, 120],
  handover_prompt_min: 30,
};

const titles: [string, string][] = [
  ['accept', 'Call-out accepted'],
  ['rams', 'RAMS read and signed'],
  ['location', 'Location confirmed'],
  ['arrive', 'Arrived and parked'],
  ['checklist', 'Site checklist'],
  ['dra', 'Dynamic risk assessment'],
  ['inspection', 'Visual inspection, outside and inside'],
  ['forced_entry', 'Forced-entry inspection'],
  ['secure', 'Secure the premises, reset the alarm'],
  ['inform', 'Keep customer and control room informed'],
  ['escalate', 'Escalate if needed'],
  ['report', 'Report'],
];

export const steps = (): StepView[] =>
  titles.map(([id, title], i) => ({
    n: i + 1,
    id,
    title,
    state: i === 0 ? 'done' : i === 1 ? 'current' : 'pending',
    at: i === 0 ? '2026-11-22T21:45:00Z' : null,
    detail: i === 0 ? 'RSP-3, nearest of 4' : '',
  }));

interface Shipped {
  steps: {
    n: number;
    id: string;
    title: string;
    done_when: string;
    requires: string[];
    after?: string[];
    when?: { step: string; is: string[] };
    may_skip?: boolean;
    leaves?: boolean;
    ask?: {
      text: string;
      hint?: string;
      many?: boolean;
      options: { id: string; text: string; note?: boolean; picture?: boolean; escalates?: number }[];
    };
  }[];
}

/** A shipped procedure as the hub sends it with a call-out. */
export const gates = (procedure: Shipped): GateView[] =>
  procedure.steps.map(({ id, title, done_when, requires, ...more }) => ({
    id,
    title,
    done_when,
    requires,
    after: more.after ?? [],
    when_step: more.when?.step ?? null,
    when_is: more.when?.is ?? [],
    ask: more.ask
      ? {
          text: more.ask.text,
          hint: more.ask.hint ?? '',
          many: more.ask.many ?? false,
          options: more.ask.options.map((o) => ({
            id: o.id,
            text: o.text,
            note: o.note ?? false,
            picture: o.picture ?? false,
            escalates: o.escalates ?? 0,
          })),
        }
      : null,
    may_skip: more.may_skip ?? false,
    leaves: more.leaves ?? false,
    answer: null,
    skipped: null,
  }));

/** A call-out about noise: a short procedure with questions that branch. */
export const noise = (more: Partial<OfficerCallout> = {}): OfficerCallout => ({
  ...callout(),
  title: 'Noise nuisance',
  text: 'Loud music from number 14 since ten, caller is at number 12.',
  hazards: [],
  keys: [],
  rams: null,
  items: [],
  steps: noiseNuisance.steps.map(({ n, id, title }) => ({
    n,
    id,
    title,
    state: n === 1 ? 'done' : n === 2 ? 'current' : 'pending',
    at: n === 1 ? '2026-11-22T21:45:00Z' : null,
    detail: '',
  })),
  gates: gates(noiseNuisance),
  ...more,
});

export function item(id: string, more: Partial<ItemView>): ItemView {
  return {
    id,
    section: 'general',
    text: id,
    type: 'yes_no',
    place: '',
    options: [],
    choose_min: 0,
    choose_max: null,
    assets: [],
    tags: [],
    role: '',
    unit: '',
    min: null,
    max: null,
    step: null,
    warn: false,
    text_max: null,
    pictures_min: 0,
    pictures_max: null,
    picture_if: null,
    evidence_pictures: 0,
    evidence_note: false,
    evidence_when: null,
    mandatory: true,
    show_if_item: null,
    show_if_value: null,
    before_dra: false,
    help: '',
    help_picture: null,
    asset: null,
    scanned: false,
    value: null,
    unable: null,
    note: '',
    pictures: [],
    ...more,
  };
}

export const items = (): ItemView[] => [
  item('vehicles', { text: 'Any vehicle in front of the gate?', before_dra: true, section: 'outside' }),
  item('door-closed', {
    text: 'Is the boiler house door closed and locked?',
    picture_if: 'no',
    section: 'outside',
  }),
  item('door-picture', { text: 'Take a picture of the door', type: 'photo', pictures_min: 1, section: 'outside' }),
  item('why-open', {
    text: 'What keeps the door from closing?',
    type: 'text',
    show_if_item: 'door-closed',
    show_if_value: 'no',
    section: 'outside',
  }),
  item('meter', {
    text: 'Meter cupboard reading',
    type: 'number',
    unit: 'm³',
    min: 0,
    max: 99999,
    section: 'inside',
    help: 'Black figures only.',
  }),
  item('panel', {
    text: 'What does the panel show?',
    type: 'choice',
    options: ['Fault', 'Fire', 'Nothing'],
    section: 'inside',
  }),
  item('lamp', { text: 'Leave the lamp over the door on', type: 'instruction', section: 'inside', mandatory: false }),
];

export const offer = (expires_at: string): OfferView => ({
  assignment: ASSIGNMENT,
  callout: CALLOUT,
  number: 'CO-26-01846',
  priority: 2,
  title: 'Intruder alarm, boiler house',
  place: 'Boiler house',
  estate: 'Gospel Oak Estate',
  address: 'Lismore Circus NW5',
  distance_m: 900,
  travel_s: 230,
  by_road: false,
  travel_by: 'foot',
  expires_at,
  backs_up: null,
  hazards: ['Dog on site', 'No lighting behind block C', 'Do not enter alone'],
  lat: 51.5521,
  lon: -0.1553,
});

export const callout = (more: Partial<OfficerCallout> = {}): OfficerCallout => ({
  assignment: ASSIGNMENT,
  callout: CALLOUT,
  number: 'CO-26-01846',
  priority: 2,
  title: 'Intruder alarm, boiler house',
  place: 'Boiler house',
  estate: 'Gospel Oak Estate',
  address: 'Lismore Circus NW5',
  lat: 51.5521,
  lon: -0.1553,
  grid_reference: 'TQ 2810 8540',
  place_given: '',
  plus_code: '9C3XHR2V+RV',
  what3words: 'slurs.this.shark',
  hazards: ['Dog on site', 'No lighting behind block C', 'Do not enter alone'],
  access: 'Key safe left of the door.',
  keys: ['BH-1, seal 0412'],
  floors: [],
  plans: [],
  entrances: [
    {
      name: 'Plant room door',
      lat: 51.5522,
      lon: -0.1551,
      what3words: 'slurs.this.shark',
      grid_reference: 'TQ 28106 85309',
      plus_code: '9C3XHR2V+VX',
      parking: 'Bay 4, facing the circus',
      parking_at: { lat: 51.5523, lon: -0.1549 },
    },
  ],
  contacts: [{ id: '', role: 'Keyholder', name: 'Ada Marsh', telephone: '07700 900123' }],
  text: 'Zone 3, door contact, then movement.',
  stage: 'accepted',
  arrival_unconfirmed: false,
  acknowledge_en_route: false,
  backs_up: null,
  lead_withdrew: false,
  known_safe: false,
  steps: steps(),
  gates: gates(alarmResponse),
  rams: {
    title: 'Alarm response, plant rooms',
    version: 4,
    first: 'Do not go in alone. Wait for a second officer if the door is open.',
    hazards: ['Hot pipes at head height', 'Wet floor by the pump'],
    controls: ['Torch and gloves on', 'Keep the door in sight'],
    ppe: ['Gloves', 'Torch', 'High-visibility vest'],
    no_go: ['The roof', 'The pump pit'],
    emergency: 'Defibrillator at the tenants’ hall. Nearest emergency department: Royal Free.',
    minimum_crew: 1,
    expired: false,
    pdf: null,
    pdf_name: '',
    allowed: false,
    signed: null,
  },
  rams_signed: false,
  location_confirmed: false,
  parked: false,
  checklist_title: 'Site checklist',
  items: items(),
  assessment: null,
  assessment_due_at: null,
  inspected_outside: false,
  inspected_inside: false,
  forced_entry: null,
  secured: false,
  report_submitted: false,
  report_returned: null,
  escalation: 0,
  stood_down: null,
  check_call_due: null,
  seems_en_route: false,
  not_moving_since: null,
  seems_left_since: null,
  was_there: false,
  messages: [],
  draft: 'Alarm received 21:43. Accepted 21:45. Arrived 21:49 and parked in bay 4.',
  ...more,
});

export const officerState = (more: Partial<OfficerState> = {}): OfficerState => ({
  service,
  zone: 'Europe/London',
  now: new Date().toISOString(),
  clock_rate: 1,
  seq: 1,
  officer: OFFICER,
  name: 'Sam Okoro',
  reference: 'O-17',
  call_sign: null,
  on_shift_since: null,
  units: [
    { call_sign: 'RSP-1', kind: 'vehicle', taken_by: 1 },
    { call_sign: 'RSP-3', kind: 'foot', taken_by: 0 },
    { call_sign: 'HOT SPOT', kind: 'hot_spot', taken_by: 0 },
  ],
  offer: null,
  callout: null,
  alert: null,
  ...more,
});

export const messageView = (more: Partial<MessageView> = {}): MessageView => ({
  at: new Date().toISOString(),
  who: 'Control',
  text: '',
  mine: false,
  seq: 1,
  to: 'officer',
  unread: false,
  undelivered: false,
  read_at: null,
  read_by: '',
  ...more,
});

export const trackState = (more: Partial<TrackState> = {}): TrackState => {
  const now = Date.now();
  const ago = (min: number) => new Date(now - min * 60_000).toISOString();
  return {
    service,
    zone: 'Europe/London',
    now: new Date(now).toISOString(),
    number: 'CO-26-01846',
    title: 'Alarm at the boiler house',
    place: 'Boiler house',
    estate: 'Gospel Oak',
    stage: 'at_site',
    headline: 'An officer is at your site',
    rail: ['done', 'done', 'done', 'done', 'current', ...Array<string>(7).fill('pending')],
    times: [
      { label: 'Alarm received', at: ago(14) },
      { label: 'Officer accepted', at: ago(12) },
      { label: 'Arrived', at: ago(8) },
    ],
    ticks: [
      { item: 'door-closed', text: 'Boiler house door closed and locked', done: true, answer: 'Yes', at: ago(5) },
      { item: 'door-picture', text: 'Picture of the door', done: true, answer: '', at: ago(4) },
      { item: 'meter', text: 'Meter cupboard reading', done: false, answer: '', at: null },
    ],
    ticks_done: 2,
    ticks_all: 3,
    pictures: ['a', 'b', 'c'].map((c, i) => ({
      sha256: c.repeat(64),
      caption: `Picture of the door ${i + 1}`,
      taken_at: ago(4),
    })),
    officer_position: { lat: 51.5544, lon: -0.1571, at: ago(0.4) },
    lat: 51.5521,
    lon: -0.1553,
    expires_at: new Date(now + 7 * 86_400_000).toISOString(),
    outcome: null,
    messages: [],
    may_write: true,
    test: false,
    rating: null,
    may_rate: false,
    ...more,
  };
};
