/** The evening itself: a board, who listens to it, and what each act does to it. */
import type { LetterView } from '$lib/generated/LetterView';
import type { OutsideView } from '$lib/generated/OutsideView';
import type { AlarmRow } from '$lib/generated/AlarmRow';
import type { Board } from '$lib/generated/Board';
import type { CalloutDetail } from '$lib/generated/CalloutDetail';
import type { CallRow } from '$lib/generated/CallRow';
import type { CalloutRow } from '$lib/generated/CalloutRow';
import type { HandoverView } from '$lib/generated/HandoverView';
import type { PlaceLookup } from '$lib/generated/PlaceLookup';
import type { TrackingView } from '$lib/generated/TrackingView';
import type { EntryView } from '$lib/generated/EntryView';
import type { Act, Acted, Attention, LeavingView, NewPanel, Patch, Resolution } from '../host';
import { callRow } from './calls';
import { detail } from './detail';
import { officers, units } from './people';
import { estates, sites } from './places';
import { alarm, alarms, callouts, rail, ringOf } from './queue';
import { apply } from './act';
import { panels, QUIET, RULES } from './panels';
import { handover, Talk } from './talk';

export const NO_PATCH: Patch = {
  alarms: [],
  alarms_gone: [],
  callouts: [],
  callouts_gone: [],
  calls: [],
  calls_gone: [],
  units: [],
  units_gone: [],
  officers: [],
  sites: [],
  estates: [],
  details_changed: [],
  panels: [],
};

const done = (made: string | null = null): Acted => ({ command: crypto.randomUUID(), made, refusal: null });

export class World {
  board: Board;
  listeners = new Set<(patch: Patch) => void>();
  acts: Act[] = [];
  resolved: { id: string; choice: Resolution; reason: string }[] = [];
  painted: { id: string; at: number }[] = [];
  /** Call-outs that the page said were open in front of the operator. */
  heard: string[] = [];
  /** The service is closed at this hour, and this is what callers are told. */
  closedWith: string | null = null;
  /** Answers look-ups of three words instead of the invented service. */
  outside: ((words: string) => Promise<PlaceLookup>) | null = null;
  attend: ((what: Attention) => void) | null = null;
  /** Presses the window's own close button. */
  close: (() => void) | null = null;
  left: ('stay' | 'window' | 'hub')[] = [];
  tracking = new Map<string, TrackingView>();
  entries = new Map<string, EntryView[]>();

  /** What was said and done on the threads beside what they begin with, and who signed. */
  talk = new Talk();

  handover(since: number | null): HandoverView {
    return handover(this.board, this.talk, since, Date.now());
  }

  leaving(): LeavingView {
    return {
      own_hub: true,
      panels: 14,
      shifts: this.board.units.filter((u) => u.status !== 'off').map((u) => u.call_sign),
      callouts: this.board.callouts.filter((c) => c.open).map((c) => c.number),
      alarms: this.board.alarms.filter((a) => a.rings).length,
      queued: this.board.link.queued,
    };
  }

  constructor(mode: string) {
    const now = Date.now();
    const empty = mode === 'empty';
    this.board = {
      service: {
        council: empty ? '' : 'Camden',
        name: 'Responsive Security Patrol',
        telephone: '',
        email: '',
        web: '',
        demonstration: mode === 'demo',
        empty,
        customer_min: [30, 30, 0, 0],
        control_min: [15, 30, 60, 120],
        handover_prompt_min: 30,
      },
      zone: 'Europe/London',
      link: {
        state: 'live',
        latency_ms: 9,
        heard_at: new Date(now).toISOString(),
        since: null,
        queued: 0,
        now: new Date(now).toISOString(),
        clock_rate: 1,
        problem: null,
        keyring: null,
      },
      me: { account: 'account-1', name: 'Operator', role: 'operator', desk: 'Desk 2' },
      shift: {
        start: '16:00',
        end: '03:00',
        starts_at: new Date(now - 5.8 * 3_600_000).toISOString(),
        ends_at: new Date(now + 5.2 * 3_600_000).toISOString(),
        hours: { start: '16:00', end: '03:00', outside: '', telephone: '' },
      },
      alarms: empty ? [] : alarms(now),
      callouts: empty ? [] : callouts(now),
      calls: [],
      units: empty ? [] : units(now),
      officers: empty ? [] : officers(now),
      sites: empty ? [] : sites,
      estates: empty ? [] : estates,
      conflicts: [],
      panels: empty ? [] : panels(now),
      load: { ...QUIET },
      alarm_rules: { ...RULES },
      handover: { due: false, ends_at: new Date(now + 5.2 * 3_600_000).toISOString(), signed_at: null },
      proposals: mode === 'proposal' ? 1 : 0,
    };
    if (mode === 'offline') this.offline(3);
    if (mode === 'conflict') this.board.conflicts = [this.conflict()];
  }

  /** Units walk, an alarm comes now and then, an offer runs out. */
  live(): void {
    setInterval(() => this.walk(), 4000);
    setInterval(() => this.raise(2 + Math.floor(Math.random() * 3)), 90_000);
    setInterval(
      () =>
        this.send({
          link: {
            ...this.board.link,
            now: new Date().toISOString(),
            heard_at: new Date().toISOString(),
            latency_ms: 6 + Math.floor(Math.random() * 8),
          },
        }),
      5000,
    );
  }

  send(change: Partial<Patch>): void {
    const b = this.board;
    const put = <T>(rows: T[], changed: T[] | undefined, gone: string[] | undefined, key: (row: T) => string): T[] => {
      const next = new Map(rows.map((r) => [key(r), r]));
      for (const row of changed ?? []) next.set(key(row), row);
      for (const id of gone ?? []) next.delete(id);
      return [...next.values()];
    };
    b.alarms = put(b.alarms, change.alarms, change.alarms_gone, (r) => r.id);
    b.callouts = put(b.callouts, change.callouts, change.callouts_gone, (r) => r.id);
    b.calls = put(b.calls, change.calls, change.calls_gone, (r) => r.id);
    b.units = put(b.units, change.units, change.units_gone, (r) => r.id);
    b.officers = put(b.officers, change.officers, [], (r) => r.id);
    b.sites = put(b.sites, change.sites, [], (r) => r.id);
    b.panels = put(b.panels, change.panels, [], (r) => r.id);
    if (change.load) b.load = change.load;
    if (change.alarm_rules) b.alarm_rules = change.alarm_rules;
    if (change.link) b.link = change.link;
    if (change.service) b.service = change.service;
    if (change.conflicts) b.conflicts = change.conflicts;
    if (change.handover) b.handover = change.handover;
    if (change.proposals !== undefined) b.proposals = change.proposals;
    const patch = structuredClone({ ...NO_PATCH, ...change });
    for (const listener of this.listeners) listener(patch);
  }

  raise(priority = 2, more: Partial<AlarmRow> = {}): string {
    const now = Date.now();
    const site = sites[Math.floor(Math.random() * sites.length)];
    const id = `alarm-${crypto.randomUUID()}`;
    const titles = ['Hold-up', 'Intruder', 'Door', 'Power fault'];
    this.send({
      alarms: [
        alarm(now, id, priority, titles[priority - 1] ?? 'Intruder', 0, {
          site: site?.id ?? null,
          zone: 'Zone 2',
          ...more,
        }),
      ],
    });
    return id;
  }

  /** The telephone, as an exchange tells it. */
  ring(from = '020 7946 0111', more: Partial<CallRow> = {}): string {
    const row = callRow(from, more);
    this.send({ calls: [row] });
    return row.id;
  }

  /** Many activations at once, as a power cut brings. */
  storm(count: number): void {
    for (let i = 0; i < count; i++) this.raise(1 + (i % 4));
  }

  /** A storm over so many places, which the desk calls a flood. */
  flood(count: number, places = 12): void {
    this.send({ load: { ...this.board.load, flood_since: new Date().toISOString(), ten_minutes: count, hour: count } });
    const now = Date.now();
    const rows = Array.from({ length: count }, (_, i) => {
      const site = sites[i % Math.min(places, sites.length)];
      const priority = 2 + (i % 3);
      const title = ['Intruder', 'Tamper', 'Power fault'][i % 3] ?? 'Intruder';
      return alarm(now, `flood-${i}`, priority, title, (count - i) * 100, {
        site: site?.id ?? null,
        account: `F${i % places}`,
        zone: `Zone ${1 + (i % 8)}`,
      });
    });
    this.send({ alarms: rows });
  }

  floodEnds(): void {
    this.send({ load: { ...this.board.load, flood_since: null } });
  }

  walk(): void {
    const now = new Date().toISOString();
    this.send({
      units: this.board.units
        .filter((u) => u.call_sign !== 'RSP-5' && u.call_sign !== 'RSP-4')
        .map((u) => ({
          ...u,
          lat: (u.lat ?? 51.54) + (Math.random() - 0.5) * 0.0003,
          lon: (u.lon ?? -0.15) + (Math.random() - 0.5) * 0.0004,
          fix_at: now,
        })),
    });
  }

  offline(queued: number): void {
    const heard = new Date(Date.now() - 95_000).toISOString();
    this.send({
      link: {
        ...this.board.link,
        state: 'offline',
        latency_ms: null,
        heard_at: heard,
        since: heard,
        queued,
        now: new Date().toISOString(),
      },
    });
  }

  conflict() {
    return {
      id: 'conflict-1',
      kind: 'assignment.offer',
      about: 'CO-26-01846',
      at: new Date(Date.now() - 40_000).toISOString(),
      did: 'Offered CO-26-01846 to RSP-4 as “nearer on foot”',
      refusal: 'RSP-3 had accepted it 4 seconds before.',
      mend: 'Withdraw RSP-3 first if RSP-4 must go.',
      parked: 1,
    };
  }

  resolve(id: string, choice: Resolution, reason: string): void {
    this.resolved.push({ id, choice, reason });
    this.send({ conflicts: this.board.conflicts.filter((c) => c.id !== id) });
  }

  act(act: Act): Promise<Acted> {
    this.acts.push(structuredClone(act));
    return Promise.resolve(apply(this, act) ?? done());
  }

  addPanel(panel: NewPanel): Promise<Acted> {
    this.acts.push({ kind: 'panel.put', target: panel.account, body: { ...panel } });
    return Promise.resolve(done(`panel-${panel.account}`));
  }

  callout(id: string): CalloutRow | undefined {
    return this.board.callouts.find((c) => c.id === id || c.number === id);
  }

  detailOf(id: string): Promise<CalloutDetail> {
    const row = this.callout(id);
    if (!row) return Promise.reject(new Error('This call-out is not on this desk.'));
    const made = this.talk.onto(detail(row, Date.now()), Date.now());
    const tracking = this.tracking.get(row.id) ?? null;
    const can = tracking && !tracking.revoked ? [...made.can, 'tracking.revoke'] : made.can;
    return Promise.resolve(
      structuredClone({
        ...made,
        tracking,
        can,
        timeline: [...made.timeline, ...(this.entries.get(row.id) ?? [])],
        ...this.more.get(row.id),
      }),
    );
  }

  /** What tests add to a call-out's panel. */
  more = new Map<string, Partial<CalloutDetail>>();
  /** What the customer looked at and where the report went; tests set it. */
  around: OutsideView | string = { opened: 0, views: [], letters: [], no_mail: null };
  sentAgain: string[] = [];

  outsideOf(id: string): Promise<OutsideView> {
    void id;
    const around = this.around;
    return typeof around === 'string' ? Promise.reject(new Error(around)) : Promise.resolve(structuredClone(around));
  }

  sendAgain(id: string): Promise<OutsideView> {
    this.sentAgain.push(id);
    if (typeof this.around !== 'string') {
      const again = (l: LetterView): LetterView =>
        l.state === 'sent' ? l : { ...l, state: 'queued', said: '', at: new Date().toISOString() };
      this.around = { ...this.around, letters: this.around.letters.map(again) };
    }
    return this.outsideOf(id);
  }

  trackingLink(id: string): Promise<Acted & { url?: string }> {
    const url = 'https://hub.example/t/5mUo3Zy7gkqQ2dVw';
    this.tracking.set(id, {
      url,
      expires_at: new Date(Date.now() + 7 * 86_400_000).toISOString(),
      revoked: false,
    });
    this.send({ details_changed: [id] });
    return Promise.resolve({ ...done(), url });
  }

  changeCallout(row: CalloutRow, change: Partial<CalloutRow>): void {
    const changed = { ...row, ...change };
    this.send({ callouts: [{ ...changed, ring: ringOf(changed) }], details_changed: [row.id] });
  }

  openCallout(id: string, from: Partial<CalloutRow>): CalloutRow {
    const number = `D2-${String(7 + this.board.callouts.length).padStart(4, '0')}`;
    const row: CalloutRow = {
      id,
      number,
      provisional: null,
      priority: 2,
      title: 'Intruder',
      place: '',
      estate: '',
      state: 'offering',
      line: 'Offered to RSP-4',
      rail: rail(0),
      created_at: new Date().toISOString(),
      due_at: null,
      due_since: null,
      site: null,
      offer_expires_at: new Date(Date.now() + 45_000).toISOString(),
      escalation: 0,
      needs_action: false,
      ring: null,
      lat: 51.54,
      lon: -0.15,
      unit: 'RSP-4',
      open: true,
      pending: true,
      unread: 0,
      attention: [],
      ...from,
    };
    this.send({ callouts: [row] });
    return row;
  }
}
