/** What each kind of act does to the invented evening; a plausible desk, not the real one. */
import type { AlarmRow } from '$lib/generated/AlarmRow';
import type { TestView } from '$lib/generated/TestView';
import type { Act, Acted } from '../host';
import { onCall } from './calls';
import { isRegister, onRegister } from './register';
import type { World } from './world';

const answer = (made: string | null = null): Acted => ({ command: crypto.randomUUID(), made, refusal: null });
const refuse = (code: string, text: string, mend: string | null = null): Acted => ({
  command: crypto.randomUUID(),
  made: null,
  refusal: { code, text, mend },
});

export function apply(world: World, act: Act): Acted | null {
  if (act.kind.startsWith('call.')) return onCall(world, act);
  if (isRegister(world, act)) return onRegister(world, act);
  if (act.kind.startsWith('alarm.')) return onAlarm(world, act);
  if (act.kind.startsWith('panel.o')) return onPanel(world, act);
  if (act.kind === 'callout.create') return create(world, act);
  if (act.kind.startsWith('handover.')) return world.talk.handOver(act);
  if (act.kind === 'managers.put') return answer();
  if (['site.put', 'officer.put', 'unit.put', 'settings.put'].includes(act.kind)) return register(world, act);
  return onCallout(world, act);
}

function onAlarm(world: World, act: Act): Acted | null {
  const row = world.board.alarms.find((a) => a.id === act.target);
  if (!row) return refuse('not_found', `There is no alarm “${act.target}”.`);
  const change = (to: Partial<AlarmRow>) => world.send({ alarms: [{ ...row, ...to }] });
  const now = new Date().toISOString();
  switch (act.kind) {
    case 'alarm.view':
      if (row.state === 'new') change({ state: 'viewed' });
      return answer();
    case 'alarm.take': {
      if (row.state === 'taken')
        return refuse(
          'already_taken',
          `${row.taken_by ?? 'Somebody'} has taken it.`,
          'Ask them, or watch it in the list.',
        );
      const callout = row.opens_callout ? world.openCallout(`callout-${crypto.randomUUID()}`, fromAlarm(row)).id : null;
      change({ state: 'taken', taken_at: now, taken_by: 'Operator', rings: false, pending: true, callout });
      setTimeout(
        () => change({ state: 'taken', taken_at: now, taken_by: 'Operator', rings: false, pending: false, callout }),
        600,
      );
      return answer(callout);
    }
    case 'alarm.shelve':
      change({
        state: 'shelved',
        rings: false,
        shelved_until: String(act.body['until']),
        shelved_reason: String(act.body['reason']),
      });
      return answer();
    case 'alarm.close':
      world.send({ alarms_gone: [row.id] });
      return answer();
    default:
      return null;
  }
}

function onPanel(world: World, act: Act): Acted {
  const panel = world.board.panels.find((p) => p.account === act.target);
  if (!panel) return refuse('not_found', `There is no panel “${act.target}”.`, 'Look in the register.');
  const test: TestView = {
    by: 'Operator',
    reason: String(act.body['reason']),
    from: new Date().toISOString(),
    until: String(act.body['until']),
    zones: (act.body['zones'] as string[] | undefined) ?? [],
    also_life_safety: act.body['also_life_safety'] === true,
    count: 0,
    last_at: null,
    standing: [],
  };
  world.send({ panels: [{ ...panel, test: act.kind === 'panel.on_test' ? test : null }] });
  return answer();
}

function fromAlarm(row: AlarmRow) {
  return {
    priority: row.priority,
    title: row.title,
    place: row.place,
    estate: row.estate,
    lat: row.lat ?? 51.54,
    lon: row.lon ?? -0.15,
  };
}

function create(world: World, act: Act): Acted {
  const site = world.board.sites.find((s) => s.id === act.body['site']);
  const point = act.body['point'] as { lat: number; lon: number } | undefined;
  if (!site && !point && !act.body['alarm'])
    return refuse('no_place', 'The call-out has no place.', 'Choose a site or put a point on the map.');
  world.openCallout(act.target, {
    priority: Number(act.body['priority'] ?? 3),
    title: String(act.body['type'] ?? 'intruder').replaceAll('_', ' '),
    place: site?.name ?? String(act.body['address'] ?? ''),
    estate: site?.estate ?? '',
    lat: site?.lat ?? point?.lat ?? 51.54,
    lon: site?.lon ?? point?.lon ?? -0.15,
  });
  if (act.body['call']) world.send({ calls_gone: [String(act.body['call'])] });
  const alarm = world.board.alarms.find((a) => a.id === act.body['alarm']);
  if (alarm) world.send({ alarms: [{ ...alarm, callout: act.target }] });
  return answer(act.target);
}

function onCallout(world: World, act: Act): Acted | null {
  const row = world.callout(act.target);
  if (!row) return act.target ? refuse('not_found', `There is no call-out “${act.target}”.`) : null;
  const log = (text: string) => {
    const at = new Date().toISOString();
    const list = world.entries.get(row.id) ?? [];
    world.entries.set(row.id, [
      ...list,
      { seq: 100 + list.length, at, recorded_at: at, who: 'Operator', text, pending: true },
    ]);
  };
  if (act.kind === 'note.add') log(`Note: ${String(act.body['text'])}`);
  if (act.kind === 'liaison.record')
    log(`${String(act.body['whom'])}: ${String(act.body['outcome'])} ${String(act.body['reference'] ?? '')}`);
  if (world.talk.takes(act)) {
    world.changeCallout(row, world.talk.rowAfter(row, act));
    world.send({ details_changed: [row.id] });
    return answer();
  }
  switch (act.kind) {
    case 'liaison.record':
      break;
    case 'assignment.offer':
      world.changeCallout(row, {
        state: 'offering',
        line: `Offered to ${String(act.body['officer'] ?? 'the nearest')}`,
        offer_expires_at: new Date(Date.now() + 45_000).toISOString(),
        needs_action: false,
      });
      return answer();
    case 'assignment.accept':
      world.changeCallout(row, {
        state: 'accepted',
        line: `${row.unit ?? ''} accepted by voice`,
        offer_expires_at: null,
        needs_action: false,
        rail: row.rail.map((s, i) => (i === 0 ? 'done' : i === 1 ? 'current' : s)),
      });
      return answer();
    case 'callout.stand_down':
      world.changeCallout(row, {
        state: 'stood_down',
        line: `Stood down: ${String(act.body['reason'])}`,
        open: false,
        needs_action: false,
        offer_expires_at: null,
      });
      return answer();
    case 'escalation.raise':
      world.changeCallout(row, { escalation: Number(act.body['level']), needs_action: true });
      return answer();
    case 'escalation.stand_down':
      world.changeCallout(row, { escalation: 0, needs_action: false });
      return answer();
    case 'report.review':
      if (act.body['approve']) world.send({ callouts_gone: [row.id] });
      else world.changeCallout(row, { state: 'on_scene', line: 'Report returned', needs_action: false });
      return answer();
    case 'tracking.revoke': {
      const link = world.tracking.get(row.id);
      if (link) world.tracking.set(row.id, { ...link, revoked: true });
      break;
    }
    default:
      log(act.kind);
  }
  world.send({ details_changed: [row.id] });
  return answer();
}

function register(world: World, act: Act): Acted {
  const b = act.body;
  if (act.kind === 'site.put') {
    world.send({
      sites: [
        {
          id: `site-${act.target}`,
          reference: act.target,
          name: String(b['name']),
          estate: '',
          address: String(b['address']),
          lat: Number(b['lat']),
          lon: Number(b['lon']),
          radius_m: 75,
          hazards: [],
          access: '',
          response: String(b['response'] ?? ''),
          what3words: null,
          grid_reference: null,
          plus_code: '',
          contacts: [],
          entrances: [],
          urns: [],
        },
      ],
      service: { ...world.board.service, empty: false },
    });
  }
  if (act.kind === 'officer.put') {
    world.send({
      officers: [
        {
          id: `officer-${act.target}`,
          reference: act.target,
          name: String(b['name']),
          unit: null,
          on_shift_since: null,
        },
      ],
    });
  }
  if (act.kind === 'unit.put') {
    world.send({
      units: [
        {
          id: `unit-${act.target}`,
          call_sign: String(b['call_sign']),
          kind: String(b['kind']),
          status: 'off',
          line: 'Nobody signed on',
          officers: [],
          callout: null,
          lat: null,
          lon: null,
          accuracy_m: null,
          fix_at: null,
          battery_pct: null,
          check_call_due: null,
          clock_skew_s: null,
        },
      ],
    });
  }
  if (act.kind === 'settings.put') {
    world.send({ service: { ...world.board.service, council: String(b['council']), name: String(b['service_name']) } });
  }
  return answer();
}
