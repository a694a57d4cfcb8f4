/** Everything the palette can find or do, made from what is on the desk now. */
import type { PanelView } from '$lib/generated/PanelView';
import { COUNTED, isWaiting, mayClose, mayShelve, mayTake, spoken } from '../state/alarms';
import { fromWhom } from '../state/calls';
import type { Desk } from '../state/desk.svelte';
import { STATE_NAMES, type Filter } from '../state/filter';
import { alarmRules, putOnTest } from '../forms/panel';
import type { FormSpec } from '../forms/spec';
import { MUTE_MINUTES } from '../state/sound.svelte';
import { askClose, askOffer, askShelve, askVoice, forms, newCallout } from '../panel/ask';
import type { TABS } from '../state/register.svelte';
import { calloutRules, managersForm, serviceForm, signOff, signOn } from '../forms/people';

export interface Entry {
  id: string;
  group: 'Do' | 'Alarms' | 'Call-outs' | 'Patrols' | 'Sites';
  title: string;
  hint?: string;
  priority?: number;
  key?: string;
  /** Only shown once searched for: the list without words stays short. */
  rare?: boolean;
  /** Words it is found by beside the title. */
  words?: string;
  run: () => Stage | undefined | void;
}

/** What the palette asks next: a line of text, or a further choice. */
export type Stage =
  | { asks: 'line'; prompt: string; submit: (text: string) => Promise<boolean> }
  | { asks: 'choice'; prompt: string; entries: Entry[] };

export function entries(desk: Desk): Entry[] {
  return [...doing(desk), ...registerEntries(desk), ...alarms(desk), ...callouts(desk), ...units(desk), ...sites(desk)];
}

function doing(desk: Desk): Entry[] {
  const list: Entry[] = [];
  const next = desk.nextAlarm;
  if (next)
    list.push({
      id: 'take',
      group: 'Do',
      title: `Take: ${spoken(next)}`,
      key: 'A',
      priority: next.priority,
      words: 'next alarm',
      run: () => void desk.take(next),
    });
  const { chosen } = desk.selection;
  const alarm = chosen.kind === 'alarm' ? desk.board.alarm(chosen.id) : undefined;
  if (alarm && mayShelve(alarm))
    list.push({
      id: 'shelve',
      group: 'Do',
      title: `Shelve: ${spoken(alarm)}`,
      key: 'S',
      run: () => askShelve(desk, alarm),
    });
  if (alarm && mayClose(alarm))
    list.push({
      id: 'close',
      group: 'Do',
      title: `Close: ${spoken(alarm)}`,
      key: 'X',
      run: () => askClose(desk, alarm),
    });
  const detail = desk.detail.detail;
  if (detail) {
    const { row } = detail;
    if (detail.can.includes('note.add')) list.push(noteOn(desk, row.id, row.number));
    if (detail.can.includes('assignment.offer')) list.push(offerOf(desk));
    list.push({
      id: 'voice',
      group: 'Do',
      title: `Record for the officer on ${row.number}`,
      run: () => askVoice(desk, detail),
    });
    const rare: [kind: string, title: string, spec: () => FormSpec][] = [
      ['callout.hold', `Put ${row.number} off`, () => forms.hold(row, desk.clock.exact(), desk.board.zone)],
      ['callout.reopen', `Go back to ${row.number}`, () => forms.reopen(row)],
      ['police.wait on', `Wait for the police on ${row.number}`, () => forms.policeWait(row)],
      ['cancel.request', `Customer wishes to cancel ${row.number}`, () => forms.cancelRequest(row)],
      ['assignment.offer', `Officer was there unasked on ${row.number}`, () => forms.attend(row, desk.board.officers)],
    ];
    for (const [kind, title, spec] of rare)
      if (detail.can.includes(kind)) list.push({ id: kind, group: 'Do', title, run: () => desk.ask(spec()) });
    for (const who of detail.crew)
      if (who.can.includes('assignment.release'))
        list.push({
          id: `release-${who.officer}`,
          group: 'Do',
          title: `Release ${who.call_sign} from ${row.number}`,
          run: () => desk.ask(forms.release(row, who)),
        });
    if (detail.can.includes('callout.stand_down'))
      list.push({
        id: 'stand-down',
        group: 'Do',
        title: `Stand down ${row.number}`,
        run: () => desk.ask(forms.standDown(row)),
      });
  }
  for (const row of desk.callouts)
    if (row.open && row.id !== detail?.row.id) list.push({ ...noteOn(desk, row.id, row.number), rare: true });
  const call = desk.nextCall;
  list.push({
    id: 'telephone',
    group: 'Do',
    title: call
      ? `${call.phase === 'ringing' ? 'Answer' : 'Ring back'}: ${fromWhom(call)}`
      : 'Write a telephone call down',
    key: 'T',
    words: 'telephone call ring phone',
    run: () => desk.telephone(),
  });
  list.push({
    id: 'new',
    group: 'Do',
    title: 'New call-out',
    key: 'N',
    words: 'create by hand',
    run: () => newCallout(desk),
  });
  list.push({
    id: 'handover',
    group: 'Do',
    title: 'Hand over',
    key: 'H',
    words: 'handover shift end next operator sign',
    run: () => void (desk.overlay = { kind: 'handover' }),
  });
  list.push({ id: 'fit', group: 'Do', title: 'Fit the map to the borough', key: 'F', run: () => desk.fitMap() });
  if (desk.sound.mutedUntil !== null)
    list.push({ id: 'unmute', group: 'Do', title: 'Unmute', words: 'sound', run: () => desk.sound.unmute() });
  for (const m of MUTE_MINUTES)
    list.push({
      id: `mute-${m}`,
      group: 'Do',
      title: `Mute for ${m} minutes`,
      hint: 'priority 1 still sounds',
      words: 'sound silence',
      run: () => desk.sound.mute(m),
    });
  for (const theme of ['dark', 'light', 'system'] as const) {
    list.push({
      id: `theme-${theme}`,
      group: 'Do',
      title: theme === 'system' ? 'Theme as the system' : `Theme ${theme}`,
      words: 'colour',
      run: () => desk.prefs.setTheme(theme),
    });
  }
  list.push({
    id: 'help',
    group: 'Do',
    title: 'Every key',
    key: '?',
    words: 'help shortcuts',
    run: () => void (desk.overlay = { kind: 'help' }),
  });
  if (desk.board.conflicts.length > 0)
    list.push({
      id: 'conflicts',
      group: 'Do',
      title: 'Answer the open questions',
      words: 'conflict refused',
      run: () => void (desk.overlay = { kind: 'conflicts' }),
    });
  for (const officer of desk.board.officers) {
    list.push({
      id: `enrol-${officer.id}`,
      rare: true,
      group: 'Do',
      title: `Enrol a phone for ${officer.name}`,
      hint: officer.reference,
      words: 'officer code qr',
      run: () => void (desk.overlay = { kind: 'enrol', officer: officer.id }),
    });
    list.push(
      officer.on_shift_since
        ? {
            id: `off-${officer.id}`,
            rare: true,
            group: 'Do',
            title: `Sign ${officer.name} off`,
            hint: officer.reference,
            words: 'shift end',
            run: () => desk.ask(signOff(officer)),
          }
        : {
            id: `on-${officer.id}`,
            rare: true,
            group: 'Do',
            title: `Sign ${officer.name} on`,
            hint: officer.reference,
            words: 'shift start',
            run: () => desk.ask(signOn(officer, desk.board.units)),
          },
    );
  }
  list.push(...aboutAlarms(desk));
  list.push({
    id: 'setup',
    group: 'Do',
    title: 'Register a site, a panel or an officer',
    words: 'set up first run add unit',
    run: () => void (desk.settingUp = true),
  });
  list.push({
    id: 'leave',
    group: 'Do',
    title: 'Close the window or quit',
    words: 'exit stop hub end',
    run: () => void desk.askLeaving(),
  });
  list.push({
    id: 'settings',
    group: 'Do',
    title: 'Settings of the service',
    words: 'council name contact shift times',
    run: () => desk.ask(serviceForm(desk.board.service, desk.board.shift, desk.board.zone)),
  });
  list.push({
    id: 'managers',
    group: 'Do',
    title: 'Duty managers',
    words: 'settings emergency call tree ring sms level 3',
    run: () => desk.ask(managersForm(desk.board.service)),
  });
  list.push({
    id: 'callout-rules',
    group: 'Do',
    title: 'Clocks and rules of call-outs',
    words: 'settings timers accept arrival check call stand down approve supervisor',
    run: () => desk.ask(calloutRules(desk.board.service, desk.board.shift, desk.board.zone)),
  });
  return list;
}

/** Filters, panels on test, and the settings of alarms. */
function aboutAlarms(desk: Desk): Entry[] {
  const show = ([filter, title]: [Filter, string]): Entry => ({
    id: `filter-${filter ?? 'all'}`,
    group: 'Do',
    title,
    key: 'V',
    rare: true,
    words: 'filter queue alarms',
    run: () => void (desk.filter = filter),
  });
  const panel = (p: PanelView): Entry =>
    p.test
      ? {
          id: `off-test-${p.id}`,
          group: 'Do',
          title: `End the test: ${p.place}`,
          hint: p.account,
          words: 'panel maintenance',
          run: () => void desk.act('panel.off_test', p.account),
        }
      : {
          id: `on-test-${p.id}`,
          group: 'Do',
          rare: true,
          title: `Put on test: ${p.place}`,
          hint: p.account,
          words: 'panel maintenance engineer',
          run: () => desk.ask(putOnTest(p.account, p.place, desk.clock.exact(), desk.board.zone)),
        };
  const filters: [Filter, string][] = [
    [null, 'Show all alarms'],
    ...COUNTED.map((state): [Filter, string] => [state, `Show only ${STATE_NAMES[state].toLowerCase()} alarms`]),
  ];
  return [
    ...filters.map(show),
    ...desk.board.panels.map(panel),
    {
      id: 'alarm-settings',
      group: 'Do',
      title: 'Settings of alarms',
      words: 'ageing flapping flood thresholds',
      run: () => desk.ask(alarmRules(desk.board.alarmRules, desk.board.service, desk.board.shift, desk.board.zone)),
    },
  ];
}

function noteOn(desk: Desk, id: string, number: string): Entry {
  return {
    id: `note-${id}`,
    group: 'Do',
    title: `Note on ${number}`,
    words: 'write add',
    run: () => ({
      asks: 'line',
      prompt: `Note on ${number}`,
      submit: async (text) => {
        const acted = await desk.act('note.add', id, { text });
        if (!acted || acted.refusal) return false;
        desk.toasts.show('done', `Note added to ${number}.`);
        return true;
      },
    }),
  };
}

function offerOf(desk: Desk): Entry {
  const detail = desk.detail.detail;
  return {
    id: 'offer',
    group: 'Do',
    title: `Offer ${detail?.row.number ?? ''} to …`,
    key: 'O',
    run: () =>
      detail
        ? {
            asks: 'choice',
            prompt: `Offer ${detail.row.number} to`,
            entries: detail.candidates.map((c) => ({
              id: c.officer,
              group: 'Do' as const,
              title: c.call_sign,
              hint: c.excluded ?? c.reasons.join(', '),
              run: () => askOffer(desk, detail, c.officer),
            })),
          }
        : undefined,
  };
}

function alarms(desk: Desk): Entry[] {
  return desk.queue.flatMap((row): Entry[] => {
    const go: Entry = {
      id: `alarm-${row.id}`,
      group: 'Alarms',
      title: `${row.title} · ${row.place}`,
      hint: [row.estate, row.zone, row.state].filter(Boolean).join(' · '),
      priority: row.priority,
      words: row.signal || row.text,
      run: () => desk.choose({ kind: 'alarm', id: row.id }),
    };
    const take: Entry = {
      ...go,
      id: `take-${row.id}`,
      group: 'Do',
      title: `Take: ${spoken(row)}`,
      run: () => void desk.take(row),
    };
    return mayTake(row) && isWaiting(row) && row.id !== desk.nextAlarm?.id ? [go, take] : [go];
  });
}

function callouts(desk: Desk): Entry[] {
  return desk.callouts.map((row) => ({
    id: `callout-${row.id}`,
    group: 'Call-outs',
    title: `${row.number} ${row.title}`,
    hint: [row.place, row.estate, row.line].filter(Boolean).join(' · '),
    priority: row.priority,
    ...(row.provisional && { words: row.provisional }),
    run: () => desk.choose({ kind: 'callout', id: row.id }),
  }));
}

function units(desk: Desk): Entry[] {
  return desk.units.map((unit) => ({
    id: `unit-${unit.id}`,
    group: 'Patrols',
    title: unit.call_sign,
    hint: [unit.officers.join(', '), unit.line].filter(Boolean).join(' · '),
    run: () => {
      desk.choose({ kind: 'unit', id: unit.id });
      if (unit.lat !== null) desk.showOnMap(unit);
    },
  }));
}

function registerEntries(desk: Desk): Entry[] {
  const to = (tab: (typeof TABS)[number]['id'], title: string, words: string): Entry => ({
    id: `register-${tab}`,
    group: 'Do',
    title,
    words,
    rare: tab !== 'sites',
    ...(tab === 'sites' ? { key: 'R' } : {}),
    run: () => {
      desk.register.tab = tab;
      desk.openRegister();
    },
  });
  return [
    to('sites', 'Open the register', 'sites contacts hazards panels urn'),
    to('keys', 'Register: keys', 'issue return lost overdue'),
    to('rams', 'Register: RAMS', 'risk assessment method statement expiry'),
    to('checklists', 'Register: checklists', 'items'),
    to('files', 'Register: import and export', 'csv geojson file load save'),
  ];
}

function sites(desk: Desk): Entry[] {
  return desk.board.sites.map((site) => ({
    id: `site-${site.id}`,
    group: 'Sites',
    title: site.name,
    hint: [site.estate, site.address].filter(Boolean).join(' · '),
    words: site.reference,
    run: () => {
      desk.choose({ kind: 'site', id: site.id });
      desk.showOnMap(site);
    },
  }));
}
