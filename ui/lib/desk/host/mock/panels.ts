/** Panels and the load of alarms as the evening stands at its start. */
import type { AlarmRulesView } from '$lib/generated/AlarmRulesView';
import type { LoadView } from '$lib/generated/LoadView';
import type { PanelView } from '$lib/generated/PanelView';
import { ago } from './people';
import { sites } from './places';

const MINUTE = 60_000;

export const QUIET: LoadView = {
  minute: 1,
  ten_minutes: 3,
  hour: 5,
  operators: 2,
  by_priority: [1, 2, 1, 1],
  flood_since: null,
  nuisances: [
    { what: 'Intruder · Agar Grove office · zone 1', site: 'site-agr-office', count: 4 },
    { what: 'Power fault · account 7731', site: null, count: 2 },
  ],
};

export const RULES: AlarmRulesView = {
  ageing_s: [
    [15, 30],
    [45, 90],
    [150, 300],
    [300, 900],
  ],
  flap_times: 5,
  flap_minutes: 10,
  flap_quiet_minutes: 10,
  flood_begins: 10,
  flood_ends: 4,
};

export function panels(now: number): PanelView[] {
  const one = (account: string, site: string, more: Partial<PanelView> = {}): PanelView => ({
    id: `panel-${account}`,
    account,
    site,
    place: sites.find((s) => s.id === site)?.name ?? `Account ${account}`,
    armed: [],
    line_fault_since: null,
    test: null,
    ...more,
  });
  return [
    one('2041', 'site-oss-nursery', { armed: [{ partition: null, how: 'set', since: ago(now, 190 * MINUTE) }] }),
    one('2042', 'site-agr-office', {
      armed: [
        { partition: '1', how: 'set', since: ago(now, 200 * MINUTE) },
        { partition: '2', how: 'unset', since: ago(now, 95 * MINUTE) },
      ],
    }),
    one('2043', 'site-amp-office'),
  ];
}
