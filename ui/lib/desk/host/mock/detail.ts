/** The call-out panel of an invented call-out, made from its row and what was done to it. */
import type { CalloutDetail } from '$lib/generated/CalloutDetail';
import type { CalloutRow } from '$lib/generated/CalloutRow';
import type { NextView } from '$lib/generated/NextView';
import type { StepView } from '$lib/generated/StepView';
import { FOUND, LOOKED_AT, PLAN } from './found';
import { ago } from './people';
import { sites } from './places';

const STEPS: [id: string, title: string][] = [
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
const SAID = [
  'RSP-1, nearest of 4, 0.9 km, 3 min',
  'Hold-up response v4',
  '///filled.count.soap',
  'by geofence, confirmed, 2 min 58 s after acceptance',
  '3 of 7 done',
];

export const CAN_ALWAYS = [
  'contact.tried',
  'contacts.settle',
  'escalation.plan',
  'note.add',
  'liaison.record',
  'escalation.raise',
  'tracking.issue',
  'callout.stand_down',
];

function steps(row: CalloutRow, now: number): StepView[] {
  return STEPS.map(([id, title], i) => {
    const state = row.rail[i] ?? 'pending';
    return {
      n: i + 1,
      id,
      title,
      state,
      at:
        state === 'done'
          ? ago(now, Math.max(0, (Date.parse(ago(now, 0)) - Date.parse(row.created_at)) * (1 - (i + 1) / 9)))
          : null,
      detail: state === 'done' ? (SAID[i] ?? '') : '',
    };
  });
}

function next(row: CalloutRow): NextView {
  switch (row.state) {
    case 'offering':
      return {
        text: `Offered to ${row.unit ?? 'the nearest officer'}`,
        then: 'No answer by then offers it to RSP-4.',
        due_at: row.offer_expires_at,
        tone: 'act',
      };
    case 'in_review':
      return {
        text: 'The report waits for your review',
        then: 'Approving it closes the call-out.',
        due_at: null,
        tone: 'act',
      };
    case 'stood_down':
      return { text: 'Stood down', then: '', due_at: null, tone: 'done' };
    case 'unresourced':
      return {
        text: 'Nobody has it',
        then: 'Offer it to somebody, or call the keyholder.',
        due_at: null,
        tone: 'danger',
      };
    default:
      return {
        text: `${row.unit ?? 'The officer'} is doing the dynamic risk assessment`,
        then: 'No answer by then raises a check call.',
        due_at: row.due_at,
        tone: 'wait',
      };
  }
}

function can(row: CalloutRow): string[] {
  switch (row.state) {
    case 'offering':
    case 'unresourced':
      return [...CAN_ALWAYS, 'assignment.offer', 'assignment.withdraw', 'assignment.accept', 'assignment.decline'];
    case 'in_review':
      return ['note.add', 'report.review', 'tracking.issue'];
    case 'stood_down':
      return ['note.add'];
    default:
      return [
        ...CAN_ALWAYS,
        'assignment.en_route',
        'assignment.arrive',
        'assignment.park',
        'location.confirm',
        'checklist.answer',
        'dra.record',
        'inspection.record',
        'forced_entry.record',
        'premises.secure',
        'check_call.answer',
        'report.submit',
      ];
  }
}

/** An item without choices, meters or a place of its own. */
const AS_ASKED = { place: '', options: [], assets: [], unit: '' };

export function detail(row: CalloutRow, now: number): CalloutDetail {
  const site = sites.find((s) => s.name === row.place && s.estate === row.estate) ?? null;
  const onSite = row.state === 'on_scene';
  const pictures = onSite
    ? [
        {
          sha256: 'a'.repeat(64),
          caption: 'Front door',
          taken_at: ago(now, 95_000),
          here: true,
          share: false,
          waits: false,
          item: 'door',
        },
        {
          sha256: 'b'.repeat(64),
          caption: 'Shutter',
          taken_at: ago(now, 70_000),
          here: true,
          share: false,
          waits: true,
          item: 'shutter',
        },
        {
          sha256: 'c'.repeat(64),
          caption: 'Panel',
          taken_at: ago(now, 30_000),
          here: false,
          share: false,
          waits: false,
          item: 'panel',
        },
      ]
    : [];
  return {
    row,
    site,
    address: site?.address ?? row.place,
    place: '',
    calls: [],
    source: row.state === 'in_review' ? 'by telephone, resident' : 'by alarm SIA-DCS PA, zone 3 reception',
    signal_at: ago(now, now - Date.parse(row.created_at) + 6000),
    taken_after_s: 6,
    text: row.title === 'Hold-up' ? 'Button under the reception desk pressed once. Not restored.' : '',
    steps: steps(row, now),
    gates: [],
    next: next(row),
    owner: { name: 'Desk 2', me: true },
    waits: [],
    linked: [],
    brief: [
      {
        letter: 'E',
        heading: 'Exact location',
        says: `${row.place}, ${row.estate}, ${row.lat.toFixed(5)}, ${row.lon.toFixed(5)}`,
      },
      { letter: 'T', heading: 'Type of incident', says: row.title.toLowerCase() },
      { letter: 'H', heading: 'Hazards', says: 'dog on site, poor light in the yard' },
      { letter: 'A', heading: 'Access', says: 'gate code from control, Robert Street entrance' },
      { letter: 'N', heading: 'Number of casualties', says: 'not known' },
      { letter: 'E', heading: 'Emergency services', says: `ours on site: ${row.unit ?? 'nobody'}` },
    ],
    crew: row.unit
      ? [
          {
            officer: 'officer-1',
            call_sign: row.unit,
            part: 'lead',
            line: 'On site',
            check_call_due: null,
            unanswered: false,
            can: ['assignment.release'],
          },
        ]
      : [],
    candidates:
      row.state === 'offering' || onSite
        ? [
            {
              officer: 'officer-4',
              call_sign: 'RSP-3',
              distance_m: 240,
              travel_s: 170,
              by_road: true,
              fix_age_s: 6,
              reasons: ['3 min by road, on foot', 'position 6 s old'],
              excluded: null,
              busy: false,
            },
            {
              officer: 'officer-5',
              call_sign: 'RSP-4',
              distance_m: 1400,
              travel_s: 1000,
              by_road: false,
              fix_age_s: 240,
              reasons: ['1.4 km, about 17 min, straight line', 'position 240 s old'],
              excluded: null,
              busy: false,
            },
            {
              officer: 'officer-1',
              call_sign: 'HOT SPOT',
              distance_m: 900,
              travel_s: 110,
              by_road: false,
              fix_age_s: 4,
              reasons: [],
              excluded: 'dwelling at Maitland Park until 21:55',
              busy: false,
            },
          ]
        : [],
    checklist: onSite
      ? [
          {
            item: 'door',
            ...AS_ASKED,
            kind: 'yes_no',
            question: 'Is the front door closed and locked?',
            answer: 'Yes',
            state: 'done',
            at: ago(now, 100_000),
            note: '',
            pictures: ['a'.repeat(64)],
          },
          {
            item: 'shutter',
            ...AS_ASKED,
            kind: 'yes_no',
            question: 'Is the shutter down?',
            answer: 'No',
            state: 'issue',
            at: ago(now, 75_000),
            note: 'Stuck a hand’s width open',
            pictures: ['b'.repeat(64)],
          },
          {
            item: 'panel',
            ...AS_ASKED,
            kind: 'text',
            question: 'What does the alarm panel show?',
            answer: 'PA zone 3',
            state: 'done',
            at: ago(now, 31_000),
            note: '',
            pictures: ['c'.repeat(64)],
          },
          {
            item: 'staff',
            ...AS_ASKED,
            kind: 'yes_no',
            question: 'Has a member of staff been spoken to?',
            answer: 'not answered yet',
            state: 'open',
            at: null,
            note: '',
            pictures: [],
          },
        ]
      : [],
    assessments:
      row.rail[5] === 'done'
        ? [
            {
              at: ago(now, 600_000),
              who: row.unit ?? 'RSP-2',
              decision: 'Safe to go on, with controls',
              hazards: ['poor lighting'],
              controls: ['torch on', 'check call every 5 min'],
              likelihood: 2,
              severity: 3,
              about: ['alone', 'people: none seen', 'lighting: dark', 'ground: wet'],
              note: '',
            },
          ]
        : [],
    found: row.rail[6] === 'done' ? FOUND : [],
    looked_at: row.rail[6] === 'done' ? LOOKED_AT : [],
    plans: row.rail[6] === 'done' ? [{ sha256: PLAN, name: 'Ground floor', floor: 0 }] : [],
    left: [],
    pictures,
    timeline: [
      {
        seq: 41,
        at: row.created_at,
        recorded_at: row.created_at,
        who: 'Receiver',
        text: `${row.title} raised at ${row.place}`,
        pending: false,
      },
      {
        seq: 44,
        at: ago(now, 180_000),
        recorded_at: ago(now, 60_000),
        who: row.unit ?? 'Officer',
        text: 'Arrived and parked, facing out',
        pending: false,
      },
      {
        seq: 45,
        at: ago(now, 50_000),
        recorded_at: ago(now, 50_000),
        who: 'Operator',
        text: 'Note: reception says nobody is hurt',
        pending: false,
      },
    ],
    tracking: null,
    rating: null,
    kept_reports: [],
    can: can(row),
    thread: [],
    ladder: { rungs: [], nobody_since: null, settled: null },
    services: [],
    plan: null,
    major_at: null,
    managers: { rungs: [], nobody_since: null, settled: null },
    report:
      row.state === 'in_review'
        ? {
            submitted_at: ago(now, 90_000),
            narrative:
              'Music from flat 12 heard from the landing at 21:20. Resident spoken to, volume turned down, no further noise after ten minutes. No offence seen.',
            signed_by: 'T. Bell',
            returned: null,
            missing_pictures: 0,
            cause: '',
            follow_ups: ['Noise diary for the neighbour · Housing'],
            exhibits: [],
            injury: '',
            safeguarding: '',
          }
        : null,
    grid_reference: site?.grid_reference ?? null,
    plus_code: site?.plus_code ?? '',
  };
}
