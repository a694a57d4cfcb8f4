/** Carries out what a key asks for. Which key that is, `keys.ts` says. */
import { tick } from 'svelte';
import { askClose, askOffer, askShelve, calloutOf, forms, newCallout } from '../panel/ask';
import { announcer } from '$lib/shared/announcer.svelte';
import { isWaiting } from './alarms';
import type { Desk } from './desk.svelte';
import { nextFilter, STATE_NAMES } from './filter';
import { commandFor, type KeyCommand } from './keys';
import type { ListName } from './selection.svelte';

const SHORT_MUTE_MINUTES = 2;

/** What keys do while the register is open. */
const IN_REGISTER: ReadonlySet<KeyCommand> = new Set([
  'palette',
  'help',
  'live',
  'register',
  'mute',
  'escape',
  'new-callout',
  'telephone',
  'handover',
]);

export function onKey(desk: Desk, event: KeyboardEvent): void {
  const command = commandFor(event, desk.overlay.kind !== 'none');
  if (!command) {
    // Leaving a field gives the keys back without losing a letter.
    if (event.key === 'Escape' && desk.overlay.kind === 'none' && document.activeElement instanceof HTMLElement)
      document.activeElement.blur();
    return;
  }
  // While setting up there are no lists to act on.
  if ((desk.settingUp || desk.board.service.empty) && !['palette', 'help'].includes(command)) return;
  // Nothing acts on a list or an alarm that is not in view.
  if (desk.view === 'register' && !IN_REGISTER.has(command)) return;
  event.preventDefault();
  run(desk, command);
}

function run(desk: Desk, command: KeyCommand): void {
  const { chosen } = desk.selection;
  const alarm = chosen.kind === 'alarm' ? desk.board.alarm(chosen.id) : undefined;
  const detail = desk.detail.detail;
  const row = chosen.kind === 'callout' ? desk.board.callout(chosen.id) : undefined;
  const needCallout = () => desk.toasts.show('info', 'Choose a call-out first.');
  const needAlarm = () => desk.toasts.show('info', 'Choose an alarm first.');
  switch (command) {
    case 'palette':
      desk.overlay = { kind: 'palette' };
      return;
    case 'help':
      desk.overlay = { kind: 'help' };
      return;
    case 'live':
      desk.view = 'live';
      return;
    case 'register':
      desk.openRegister(chosen.kind === 'site' ? chosen.id : (alarm?.site ?? detail?.site?.id));
      desk.register.searching = true;
      return;
    case 'escape':
      if (desk.view === 'register') {
        desk.view = 'live';
        return;
      }
      if (desk.draft.picking) desk.draft.picking = false;
      else desk.letGo();
      return;
    case 'next':
    case 'previous':
    case 'first':
    case 'last':
      move(desk, command);
      return;
    case 'list-alarms':
      goTo(desk, 'alarms');
      return;
    case 'list-callouts':
      goTo(desk, 'callouts');
      return;
    case 'list-patrols':
      goTo(desk, 'patrols');
      return;
    case 'list-calls':
      goTo(desk, 'calls');
      return;
    case 'telephone':
      desk.view = 'live';
      desk.telephone();
      toFirstField();
      return;
    case 'take':
      if (desk.nextAlarm) void desk.take(desk.nextAlarm);
      else desk.toasts.show('info', 'No alarm waits.');
      return;
    case 'shelve': {
      const which = alarm ?? desk.queue.find(isWaiting);
      if (which) askShelve(desk, which);
      else needAlarm();
      return;
    }
    case 'close':
      if (alarm) askClose(desk, alarm);
      else needAlarm();
      return;
    case 'callout':
      if (alarm) calloutOf(desk, alarm);
      else needAlarm();
      return;
    case 'offer':
      if (detail?.can.includes('assignment.offer')) askOffer(desk, detail);
      else if (detail) desk.toasts.show('info', 'It cannot be offered as it stands now.');
      else needCallout();
      return;
    case 'note':
      if (row) desk.ask(forms.note(row));
      else needCallout();
      return;
    case 'police':
      if (row) desk.ask(forms.liaison(row, desk.clock.exact(), 'police', detail?.brief));
      else needCallout();
      return;
    case 'ambulance':
    case 'fire':
      if (row) desk.ask(forms.liaison(row, desk.clock.exact(), command, detail?.brief));
      else needCallout();
      return;
    case 'contacts':
      if (row) showContacts();
      else needCallout();
      return;
    case 'handover':
      desk.overlay = { kind: 'handover' };
      return;
    case 'escalate':
      if (detail?.can.includes('escalation.raise')) desk.ask(forms.escalate(detail.row));
      else if (!detail) needCallout();
      return;
    case 'new-callout':
      newCallout(desk);
      toFirstField();
      return;
    case 'map':
      showChosen(desk);
      return;
    case 'fit':
      desk.fitMap();
      return;
    case 'take-all': {
      const group = desk.nextGroup;
      if (group) void desk.takeAll(group);
      else desk.toasts.show('info', 'Alarms are not grouped now: take them one by one.');
      return;
    }
    case 'filter':
      desk.filter = nextFilter(desk.filter);
      announcer.say(desk.filter === null ? 'All alarms show' : `Only ${STATE_NAMES[desk.filter]} alarms show`);
      return;
    case 'mute':
      if (desk.sound.mutedUntil === null) desk.sound.mute(SHORT_MUTE_MINUTES);
      else desk.sound.unmute();
      return;
  }
}

/** The operator asked for the card by a key, so the first field gets the letters. */
function toFirstField(): void {
  void tick().then(() => document.querySelector<HTMLElement>('[data-first]')?.focus());
}

/** Brings the ladder into view, with the focus on what came of the next number. */
function showContacts(): void {
  const fold = document.querySelector<HTMLElement>('[data-contacts]');
  const details = fold?.querySelector('details');
  if (!fold || !details) return;
  details.open = true;
  fold.scrollIntoView({ block: 'nearest' });
  (fold.querySelector<HTMLElement>('[data-testid="contact-answered"]') ?? fold.querySelector('summary'))?.focus();
}

function showChosen(desk: Desk): void {
  const { chosen } = desk.selection;
  const board = desk.board;
  const what =
    chosen.kind === 'alarm'
      ? board.alarm(chosen.id)
      : chosen.kind === 'callout'
        ? board.callout(chosen.id)
        : chosen.kind === 'unit'
          ? board.unit(chosen.id)
          : chosen.kind === 'site'
            ? board.site(chosen.id)
            : chosen.kind === 'call'
              ? (desk.draft.point ?? undefined)
              : (desk.nextAlarm ?? undefined);
  if (what) desk.showOnMap(what);
}

const rowsOf = (list: ListName): HTMLElement[] => [
  ...document.querySelectorAll<HTMLElement>(`[data-list="${list}"] [data-main]`),
];

/** To the list: onto its chosen row, or its first. */
function goTo(desk: Desk, list: ListName): void {
  desk.selection.list = list;
  const rows = rowsOf(list);
  (rows.find((r) => r.tabIndex === 0) ?? rows[0])?.focus();
}

/** Moves the focus; Enter opens. Moving opens nothing, so that passing an alarm does not mark it as seen. */
function move(desk: Desk, command: 'next' | 'previous' | 'first' | 'last'): void {
  const inside = document.activeElement?.closest<HTMLElement>('[data-list]')?.dataset['list'];
  const list = (inside as ListName | undefined) ?? desk.selection.list;
  desk.selection.list = list;
  const rows = rowsOf(list);
  if (rows.length === 0) return;
  const here = rows.findIndex((r) => r.closest('[data-row]')?.contains(document.activeElement));
  const start = here >= 0 ? here : rows.findIndex((r) => r.getAttribute('aria-current') === 'true');
  const to =
    command === 'first'
      ? 0
      : command === 'last'
        ? rows.length - 1
        : start < 0
          ? 0
          : Math.min(rows.length - 1, Math.max(0, start + (command === 'next' ? 1 : -1)));
  rows[to]?.focus();
  rows[to]?.closest('[data-row]')?.scrollIntoView({ block: 'nearest' });
}
