/** What the Live view shows, kept current by patches. Patches of one frame are applied together. */
import type { AlarmRow } from '$lib/generated/AlarmRow';
import type { AlarmRulesView } from '$lib/generated/AlarmRulesView';
import type { Board } from '$lib/generated/Board';
import type { CallRow } from '$lib/generated/CallRow';
import type { CalloutRow } from '$lib/generated/CalloutRow';
import type { ConflictView } from '$lib/generated/ConflictView';
import type { EstateView } from '$lib/generated/EstateView';
import type { HandoverPrompt } from '$lib/generated/HandoverPrompt';
import type { LinkView } from '$lib/generated/LinkView';
import type { LoadView } from '$lib/generated/LoadView';
import type { MeView } from '$lib/generated/MeView';
import type { OfficerRow } from '$lib/generated/OfficerRow';
import type { PanelView } from '$lib/generated/PanelView';
import type { Patch } from '$lib/generated/Patch';
import type { ServiceView } from '$lib/generated/ServiceView';
import type { ShiftClock } from '$lib/generated/ShiftClock';
import type { SiteView } from '$lib/generated/SiteView';
import type { UnitRow } from '$lib/generated/UnitRow';
import { LONDON } from '$lib/shared/time';
import { nextFrame } from './frame';
import { merge } from './rows';

const id = (row: { id: string }) => row.id;

export class BoardState {
  service = $state.raw<ServiceView>({
    council: '',
    name: '',
    telephone: '',
    email: '',
    web: '',
    demonstration: false,
    empty: false,
    customer_min: [30, 30, 0, 0],
    control_min: [15, 30, 60, 120],
    handover_prompt_min: 30,
  });
  zone = $state(LONDON);
  link = $state.raw<LinkView>({
    state: 'offline',
    latency_ms: null,
    heard_at: null,
    since: null,
    queued: 0,
    now: new Date().toISOString(),
    clock_rate: 1,
    problem: null,
    keyring: null,
  });
  me = $state.raw<MeView>({ account: '', name: '', role: '', desk: '' });
  shift = $state.raw<ShiftClock>({
    start: '',
    end: '',
    starts_at: '',
    ends_at: '',
    hours: { start: '', end: '', outside: '', telephone: '' },
  });
  alarms = $state.raw<AlarmRow[]>([]);
  callouts = $state.raw<CalloutRow[]>([]);
  calls = $state.raw<CallRow[]>([]);
  units = $state.raw<UnitRow[]>([]);
  officers = $state.raw<OfficerRow[]>([]);
  sites = $state.raw<SiteView[]>([]);
  estates = $state.raw<EstateView[]>([]);
  conflicts = $state.raw<ConflictView[]>([]);
  panels = $state.raw<PanelView[]>([]);
  alarmLoad = $state.raw<LoadView>({
    minute: 0,
    ten_minutes: 0,
    hour: 0,
    operators: 1,
    by_priority: [0, 0, 0, 0],
    flood_since: null,
    nuisances: [],
  });
  alarmRules = $state.raw<AlarmRulesView>({
    ageing_s: [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ],
    flap_times: 0,
    flap_minutes: 0,
    flap_quiet_minutes: 0,
    flood_begins: 0,
    flood_ends: 0,
  });
  handover = $state.raw<HandoverPrompt>({ due: false, ends_at: '', signed_at: null });
  /** Checklists that customers proposed and nobody has decided about. */
  proposals = $state(0);

  /** False until the first board: lists are not empty, they are unknown. */
  loaded = $state(false);

  #waiting: Patch[] = [];
  readonly #onLink: (link: LinkView) => void;
  readonly #onDetails: (callouts: Set<string>) => void;
  readonly #onRegister: () => void;
  readonly #schedule: (run: () => void) => void;

  constructor(
    on: {
      link?: (link: LinkView) => void;
      details?: (callouts: Set<string>) => void;
      register?: () => void;
    } = {},
    schedule: (run: () => void) => void = nextFrame,
  ) {
    this.#onLink = on.link ?? (() => undefined);
    this.#onDetails = on.details ?? (() => undefined);
    this.#onRegister = on.register ?? (() => undefined);
    this.#schedule = schedule;
  }

  load(board: Board): void {
    this.service = board.service;
    this.zone = board.zone || LONDON;
    this.link = board.link;
    this.me = board.me;
    this.shift = board.shift;
    this.alarms = board.alarms;
    this.callouts = board.callouts;
    this.calls = board.calls;
    this.units = board.units;
    this.officers = board.officers;
    this.sites = board.sites;
    this.estates = board.estates;
    this.conflicts = board.conflicts;
    this.panels = board.panels;
    this.alarmLoad = board.load;
    this.alarmRules = board.alarm_rules;
    this.handover = board.handover;
    this.proposals = board.proposals;
    this.loaded = true;
    this.#onLink(board.link);
    // Patches that came before the board are in it already or newer than it: in order they end at the newest.
    this.flush();
  }

  /** Takes a patch; it shows at the next frame. */
  receive(patch: Patch): void {
    this.#waiting.push(patch);
    // The clock is exact only at the moment the message came.
    if (patch.link) this.#onLink(patch.link);
    if (this.#waiting.length === 1) this.#schedule(() => this.flush());
  }

  flush(): void {
    if (!this.loaded || this.#waiting.length === 0) return;
    const patches = this.#waiting;
    this.#waiting = [];
    const stale = new Set<string>();
    for (const patch of patches) {
      this.#apply(patch);
      for (const callout of patch.details_changed) stale.add(callout);
      for (const row of patch.callouts) stale.add(row.id);
      for (const gone of patch.callouts_gone) stale.add(gone);
    }
    if (stale.size > 0) this.#onDetails(stale);
    if (patches.some((patch) => patch.register_changed)) this.#onRegister();
  }

  #apply(patch: Patch): void {
    if (patch.service) this.service = patch.service;
    if (patch.link) this.link = patch.link;
    if (patch.shift) this.shift = patch.shift;
    if (patch.conflicts) this.conflicts = patch.conflicts;
    if (patch.load) this.alarmLoad = patch.load;
    if (patch.alarm_rules) this.alarmRules = patch.alarm_rules;
    this.panels = merge(this.panels, patch.panels, [], id);
    if (patch.handover) this.handover = patch.handover;
    if (patch.proposals !== undefined) this.proposals = patch.proposals;
    this.alarms = merge(this.alarms, patch.alarms, patch.alarms_gone, id);
    this.callouts = merge(this.callouts, patch.callouts, patch.callouts_gone, id);
    this.calls = merge(this.calls, patch.calls, patch.calls_gone, id);
    this.units = merge(this.units, patch.units, patch.units_gone, id);
    this.officers = merge(this.officers, patch.officers, [], id);
    this.sites = merge(this.sites, patch.sites, [], id);
    this.estates = merge(this.estates, patch.estates, [], id);
  }

  alarm(which: string): AlarmRow | undefined {
    return this.alarms.find((row) => row.id === which);
  }

  callout(which: string): CalloutRow | undefined {
    return this.callouts.find((row) => row.id === which || row.number === which);
  }

  unit(which: string): UnitRow | undefined {
    return this.units.find((row) => row.id === which || row.call_sign === which);
  }

  site(which: string): SiteView | undefined {
    return this.sites.find((row) => row.id === which || row.reference === which);
  }

  officer(which: string): OfficerRow | undefined {
    return this.officers.find((row) => row.id === which || row.reference === which);
  }

  panelsOf(site: string): PanelView[] {
    return this.panels.filter((panel) => panel.site === site);
  }

  /** The officers who make up a unit this shift. */
  officersOf(unit: UnitRow): OfficerRow[] {
    return this.officers.filter((o) => o.unit === unit.id || o.unit === unit.call_sign);
  }
}
