/** The register of the invented evening: keys, panels, documents. A plausible desk, not the real one. */
import type { ImportPreview } from '$lib/generated/ImportPreview';
import type { ChecklistRecord } from '$lib/generated/ChecklistRecord';
import type { KeyRecord } from '$lib/generated/KeyRecord';
import type { PanelRecord } from '$lib/generated/PanelRecord';
import type { RamsRecord } from '$lib/generated/RamsRecord';
import type { RegisterView } from '$lib/generated/RegisterView';
import type { SiteRecord } from '$lib/generated/SiteRecord';
import type { SiteView } from '$lib/generated/SiteView';
import type { UrnView } from '$lib/generated/UrnView';
import type { SitePut } from '../../register/put';
import type { Act, Acted } from '../host';
import { NO_PATCH, type World } from './world';
import { invited, linesOf, proposed, settle, type ListPut } from './proposal';

const HOUR = 3_600_000;
const iso = (back: number) => new Date(Date.now() - back).toISOString();
const answer = (): Acted => ({ command: crypto.randomUUID(), made: null, refusal: null });

interface Kept {
  puts: Map<string, SitePut>;
  keys: KeyRecord[];
  lists: ChecklistRecord[];
}
const kept = new WeakMap<World, Kept>();

function of(world: World): Kept {
  const known = kept.get(world);
  if (known) return known;
  const made = {
    puts: new Map(world.board.sites.map((s) => [s.id, putOf(s)])),
    keys: world.board.service.empty ? [] : keys(),
    lists: world.board.service.empty ? [] : lists(),
  };
  if (world.board.proposals > 0) made.lists.forEach(proposed);
  kept.set(world, made);
  return made;
}

function putOf(site: SiteView): SitePut {
  return {
    ref: site.reference,
    name: site.name,
    estate: null,
    address: site.address,
    lat: site.lat,
    lon: site.lon,
    radius_m: site.radius_m,
    customer: 'Housing',
    entrances: site.entrances.map((e) => ({
      name: e.name,
      point: { lat: e.lat, lon: e.lon },
      what3words: e.what3words,
      parking: e.parking_at ? { point: e.parking_at, note: e.parking ?? '' } : null,
    })),
    zones:
      site.id === 'site-amp-office'
        ? [
            { zone: '3', partition: null, name: 'Reception' },
            { zone: '5', partition: null, name: 'Back door' },
          ]
        : [],
    hazards: site.hazards,
    access: site.access,
    keys: [],
    response: site.response,
    what3words: site.what3words,
    rams: site.id === 'site-amp-office' ? 'RAMS-ALARM' : null,
    checklist: site.id === 'site-amp-office' ? 'CL-OFFICE' : null,
    contacts: site.contacts.map((c, i) => ({ ...c, id: `person-${i}`, email: '' })),
    policy: {
      callout_on_take: true,
      acknowledge_en_route: false,
      keys_needed: false,
      pictures_at_once: true,
      confirmation: 'none',
      updates: null,
    },
  };
}

function key(number: string, site: string | null, site_name: string, more: Partial<KeyRecord> = {}): KeyRecord {
  const nothing = { opens: '', seal: '', kept: '', holder: '', since: null, due: null, why: '', history: [] };
  const put = { number, site, opens: '', seal: '', kept: '' };
  return { id: `key-${number}`, number, site, site_name, state: 'in', pending: false, put, ...nothing, ...more };
}

const keys = (): KeyRecord[] => [
  key('K-014', 'site-amp-office', 'Community office', {
    opens: 'Front door and shutter',
    seal: 'S-2041',
    kept: 'Cabinet A, hook 4',
    state: 'overdue',
    holder: 'P. Whitlock (CSP-402)',
    since: iso(30 * HOUR),
    due: iso(6 * HOUR),
    why: 'Night shift',
    history: [{ at: iso(30 * HOUR), by: 'S. Rahman', text: 'Given to P. Whitlock (CSP-402): Night shift' }],
  }),
  key('K-015', 'site-amp-office', 'Community office', { opens: 'Staff door', kept: 'Cabinet A, hook 5' }),
  key('K-031', 'site-wen-boiler', 'Boiler house', {
    opens: 'Gates and boiler house',
    state: 'out',
    holder: 'Ann Keane, Keane Locks Ltd',
    since: iso(2 * HOUR),
    due: iso(-3 * HOUR),
    why: 'New cylinder',
  }),
  key('K-040', null, '', {
    opens: 'Lift motor rooms',
    state: 'lost',
    holder: 'K. Ali (CSP-404)',
    since: iso(50 * HOUR),
    why: 'Not on the ring',
  }),
];

export const urn = (standing: string, words: string, more: Partial<UrnView> = {}): UrnView => ({
  account: '1414',
  kind: 'intruder',
  number: 'CAM-20417/3',
  force: 'Metropolitan Police',
  level: 'level1',
  standing,
  words,
  false_calls: 2,
  eases_on: '2027-03-01',
  ...more,
});

const WARNED = 'Warning notice (intruder): 2 false calls in 12 months. One more and the police come no longer.';

const panels = (): PanelRecord[] => [
  {
    account: '1414',
    site: 'site-amp-office',
    line_fault_since: null,
    urns: [urn('warned', WARNED)],
    police_calls: [
      {
        at: '2026-09-14T20:10:00Z',
        kind: 'intruder',
        number: 'CO-26-00911',
        cause: 'user_error',
        cause_word: 'user error',
        is_false: true,
        counts: true,
      },
      {
        at: '2026-05-02T22:10:00Z',
        kind: 'intruder',
        number: 'CO-26-00412',
        cause: 'genuine',
        cause_word: 'genuine',
        is_false: false,
        counts: false,
      },
      {
        at: '2026-02-28T23:40:00Z',
        kind: 'intruder',
        number: '',
        cause: 'equipment_fault',
        cause_word: 'equipment fault',
        is_false: true,
        counts: true,
      },
    ],
    put: {
      account: '1414',
      site: 'AMP-OFFICE',
      time_check: true,
      supervision_s: 3600,
      refuse_unknown: false,
      urns: [{ kind: 'intruder', number: 'CAM-20417/3', force: 'Metropolitan Police', level: 'level1' }],
    },
  },
];

function rams(reference: string, title: string, first: string, more: Partial<RamsRecord>): RamsRecord {
  const put = {
    ref: reference,
    title,
    first,
    hazards: ['Intruder on site'],
    controls: ['Torch'],
    ppe: ['Gloves'],
    no_go: ['Roof'],
    emergency: '',
    minimum_crew: 1,
    owner: 'Security manager',
    valid_until: null,
    sites: [],
    kinds: [],
    hours: null,
    pdf: null,
  };
  return {
    id: reference,
    reference,
    version: 3,
    title,
    first,
    owner: 'Security manager',
    valid_until: null,
    days_left: null,
    used_for: '',
    sites: [],
    pdf: null,
    pdf_name: '',
    put,
    ...more,
  };
}

const library = (): RamsRecord[] => [
  rams(
    'RAMS-ALARM',
    'Alarm response, unoccupied premises',
    'Look from outside before you go near a door. If anything is open or broken, stay outside and call control.',
    {
      ...{ used_for: '1 site', valid_until: iso(-400 * 24 * HOUR), days_left: 400 },
      ...{ pdf: 'd'.repeat(64), pdf_name: 'RAMS-ALARM signed.pdf' },
    },
  ),
  rams('RAMS-NIGHT', 'Work at night', 'Two officers, lights on, in sight of the vehicle.', {
    used_for: '22:00 to 06:00',
    valid_until: iso(-12 * 24 * HOUR),
    days_left: 12,
  }),
  rams('RAMS-PLANT', 'Plant rooms', 'Nobody goes in alone.', {
    used_for: '2 sites',
    valid_until: iso(9 * 24 * HOUR),
    days_left: -10,
    owner: '',
  }),
];

const lists = (): ChecklistRecord[] => {
  const put: ListPut = {
    ref: 'CL-OFFICE',
    title: 'Community office',
    items: [
      { id: 'bell', section: 'outside', text: 'Is the bell silent?', type: 'yes_no' },
      { id: 'door', section: 'outside', text: 'Is the door shut?', type: 'yes_no' },
      { id: 'meter', section: 'inside', text: 'Meter', type: 'number', mandatory: false },
    ],
  };
  Object.assign(put.items[0]!, { gate: 'before_dra' });
  Object.assign(put.items[1]!, { picture_if: 'no' });
  Object.assign(put.items[2]!, { unit: 'bar', min: 0, max: 10 });
  return [
    {
      id: 'cl',
      reference: 'CL-OFFICE',
      version: 2,
      title: put.title,
      sites: ['Community office'],
      put: put as unknown as Record<string, unknown>,
      draft: null,
      writing: null,
      proposal: null,
      items: linesOf(put),
    },
  ];
};

function putList(register: Kept, act: Act): Acted['refusal'] {
  const put = act.body as unknown as ListPut;
  const found = register.lists.find((l) => l.reference === put.ref);
  if (put.from_version !== undefined && put.from_version !== (found?.version ?? 0))
    return {
      code: 'checklist_version',
      text: `Version ${found?.version ?? 0} of “${put.ref}” has been approved meanwhile.`,
      mend: 'Open the list again and make the change on that version.',
    };
  const body = { ref: put.ref, title: put.title, items: put.items } as unknown as Record<string, unknown>;
  if (put.proposal !== undefined && !put.draft) {
    const refusal = settle(found, put.proposal, { state: 'approved', version: (found?.version ?? 0) + 1 });
    if (refusal) return refusal;
  }
  const list: ChecklistRecord = found ?? {
    ...{ id: put.ref, reference: put.ref, version: 0, title: put.title, items: [], sites: [] },
    ...{ put: body, draft: null, writing: null, proposal: null },
  };
  if (!found) register.lists.push(list);
  if (put.draft) list.draft = { title: put.title, items: linesOf(put), put: body };
  else
    Object.assign(list, { title: put.title, items: linesOf(put), put: body, draft: null, version: list.version + 1 });
  return null;
}

export function view(world: World): RegisterView {
  const empty = world.board.service.empty;
  return {
    keys: structuredClone(of(world).keys),
    rams: empty ? [] : library(),
    checklists: structuredClone(of(world).lists),
    procedures: [
      { id: 'alarm_response', title: 'Alarm response' },
      { id: 'patrol_find', title: 'Patrol find' },
      { id: 'welfare_check', title: 'Welfare check' },
    ],
    panels: empty ? [] : panels(),
    may_edit: ['supervisor', 'administrator'].includes(world.board.me.role),
  };
}

export function record(world: World, site: string): SiteRecord {
  const put = of(world).puts.get(site);
  if (!put) throw new Error('This site is not on this desk.');
  return { id: site, put: structuredClone(put) as unknown as Record<string, unknown>, pending: false };
}

/** A site that is there already, a key, a panel: not the first run's. */
export function isRegister(world: World, act: Act): boolean {
  if (act.kind === 'site.put') return world.board.sites.some((s) => s.reference === act.target);
  const lists = ['checklist.put', 'checklist.uninvite', 'checklist.return'];
  return act.kind.startsWith('key.') || ['panel.put', 'panel.police_call', 'rams.put', ...lists].includes(act.kind);
}

export function onRegister(world: World, act: Act): Acted {
  if (!['supervisor', 'administrator'].includes(world.board.me.role) && act.kind.endsWith('.put'))
    return {
      ...answer(),
      refusal: {
        code: 'not_allowed',
        text: `The role ${world.board.me.role} may not do this (${act.kind}).`,
        mend: 'Ask a supervisor or the control room.',
      },
    };
  if (act.kind === 'checklist.put') {
    const refusal = putList(of(world), act);
    if (refusal) return { ...answer(), refusal };
  } else if (act.kind.startsWith('checklist.')) {
    const list = of(world).lists.find((l) => l.id === act.target);
    if (act.kind === 'checklist.uninvite' && list?.writing) list.writing.ended = true;
    const comment = String(act.body['comment']);
    const refusal =
      act.kind === 'checklist.return'
        ? settle(list, Number(act.body['proposal']), { state: 'returned', comment, settled_by: 'Operator' })
        : null;
    if (refusal) return { ...answer(), refusal };
  } else if (act.kind === 'site.put') putSite(world, act);
  else if (act.kind.startsWith('key.')) {
    const refusal = onKey(of(world), act);
    if (refusal) return { ...answer(), refusal };
  }
  const proposals = of(world).lists.filter((l) => l.proposal?.state === 'waiting').length;
  world.send({ ...NO_PATCH, register_changed: true, proposals });
  return answer();
}

export function invite(
  world: World,
  checklist: string,
  link: { days: number; to: string; message: string },
): Acted & { url?: string } {
  const list = of(world).lists.find((l) => l.id === checklist);
  if (!list) return answer();
  world.acts.push({ kind: 'checklist.invite', target: checklist, body: link });
  list.writing = invited(link);
  world.send({ ...NO_PATCH, register_changed: true });
  return { ...answer(), url: list.writing.url ?? '' };
}

function putSite(world: World, act: Act): void {
  const put = act.body as unknown as SitePut;
  const old = world.board.sites.find((s) => s.reference === act.target);
  if (!old) return;
  of(world).puts.set(old.id, structuredClone(put));
  const site: SiteView = {
    ...old,
    ...{ name: put.name, address: put.address, lat: put.lat, lon: put.lon, radius_m: put.radius_m },
    ...{ hazards: put.hazards, access: put.access, response: put.response, what3words: put.what3words },
    contacts: put.contacts.map(({ id, role, name, telephone }, i) => ({
      id: id ?? `person-${i}`,
      role,
      name,
      telephone,
    })),
    entrances: put.entrances.map((e) => ({
      name: e.name,
      ...e.point,
      what3words: e.what3words ?? null,
      grid_reference: null,
      plus_code: '',
      parking: e.parking?.note ?? null,
      parking_at: e.parking?.point ?? null,
    })),
  };
  world.send({ ...NO_PATCH, sites: [site] });
}

function onKey(register: Kept, act: Act): Acted['refusal'] {
  const found = register.keys.find((k) => k.number === act.target);
  const b = act.body;
  if (act.kind === 'key.put') {
    const next = { opens: String(b['opens']), kept: String(b['kept']), seal: String(b['seal']) };
    if (found) Object.assign(found, next);
    else register.keys.push(key(act.target, null, '', next));
    return null;
  }
  if (!found) return { code: 'not_found', text: `There is no key “${act.target}”.`, mend: 'Check the reference.' };
  if (act.kind === 'key.issue')
    Object.assign(found, {
      state: 'out',
      holder: String(b['name'] || 'An officer'),
      since: iso(0),
      due: String(b['due']),
      why: String(b['why']),
    });
  else if (act.kind === 'key.return') {
    if (b['seal_intact'] === false && !b['note'])
      return {
        code: 'missing',
        text: 'The seal is broken, and nobody says why.',
        mend: 'Write down what happened to it.',
      };
    Object.assign(found, { state: 'in', holder: '', since: null, due: null, why: '' });
  } else Object.assign(found, { state: 'lost', since: iso(0), due: null, why: String(b['reason']) });
  return null;
}

export function preview(file: Uint8Array): ImportPreview {
  const text = new TextDecoder().decode(file);
  const nothing = { problem: null, taken: [], same: 0, refused: [] };
  if (!text.startsWith('ref,')) return { ...nothing, problem: 'The first line names no table of the register.' };
  const lines = text.trim().split('\n').slice(1);
  const row = (line: string, i: number) => ({
    place: `line ${i + 2}`,
    name: line.split(',')[0] ?? '',
    what: 'site.put',
  });
  const rows = lines.map(row);
  const bad = (i: number) => /north/.test(lines[i] ?? '');
  return {
    ...nothing,
    taken: rows.filter((_, i) => !bad(i)),
    same: 0,
    refused: rows.filter((_, i) => bad(i)).map((r) => ({ ...r, what: '“north” in lat is not a number.' })),
  };
}

export function applied(world: World, file: Uint8Array): ImportPreview {
  world.send({ ...NO_PATCH, register_changed: true });
  return preview(file);
}
