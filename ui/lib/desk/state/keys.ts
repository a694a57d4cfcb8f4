/** Which key does what. The help overlay lists this table; nothing else decides on keys. */
export type KeyCommand =
  | 'palette'
  | 'help'
  | 'escape'
  | 'next'
  | 'previous'
  | 'first'
  | 'last'
  | 'list-alarms'
  | 'list-callouts'
  | 'list-patrols'
  | 'list-calls'
  | 'telephone'
  | 'take'
  | 'shelve'
  | 'close'
  | 'callout'
  | 'offer'
  | 'new-callout'
  | 'note'
  | 'police'
  | 'ambulance'
  | 'fire'
  | 'contacts'
  | 'handover'
  | 'escalate'
  | 'map'
  | 'fit'
  | 'mute'
  | 'take-all'
  | 'filter'
  | 'live'
  | 'register';

interface Binding {
  keys: string[];
  command: KeyCommand;
  group: 'Move' | 'Alarms' | 'Call-outs' | 'Telephone' | 'Anywhere';
  says: string;
}

export const BINDINGS: readonly Binding[] = [
  { keys: ['j', 'ArrowDown'], command: 'next', group: 'Move', says: 'Next row' },
  { keys: ['k', 'ArrowUp'], command: 'previous', group: 'Move', says: 'Row before' },
  { keys: ['Home'], command: 'first', group: 'Move', says: 'First row' },
  { keys: ['End'], command: 'last', group: 'Move', says: 'Last row' },
  { keys: ['1'], command: 'list-alarms', group: 'Move', says: 'Go to the alarms' },
  { keys: ['2'], command: 'list-callouts', group: 'Move', says: 'Go to the call-outs' },
  { keys: ['3'], command: 'list-patrols', group: 'Move', says: 'Go to the patrols' },
  { keys: ['4'], command: 'list-calls', group: 'Move', says: 'Go to the telephone calls' },
  { keys: ['a'], command: 'take', group: 'Alarms', says: 'Take the chosen alarm, or the next one' },
  { keys: ['s'], command: 'shelve', group: 'Alarms', says: 'Shelve it, with a reason and a time' },
  { keys: ['x'], command: 'close', group: 'Alarms', says: 'Close it, with a reason' },
  { keys: ['c'], command: 'callout', group: 'Alarms', says: 'Its call-out: open it, or create one' },
  { keys: ['w'], command: 'take-all', group: 'Alarms', says: 'In a flood: take the whole next place' },
  { keys: ['v'], command: 'filter', group: 'Alarms', says: 'Show new ones only, viewed, taken, shelved, all' },
  { keys: ['o'], command: 'offer', group: 'Call-outs', says: 'Offer to an officer' },
  { keys: ['m'], command: 'note', group: 'Call-outs', says: 'Add a note' },
  { keys: ['p'], command: 'police', group: 'Call-outs', says: 'Record a call to the police' },
  { keys: ['b'], command: 'ambulance', group: 'Call-outs', says: 'Record a call to the ambulance' },
  { keys: ['i'], command: 'fire', group: 'Call-outs', says: 'Record a call to the fire brigade' },
  { keys: ['l'], command: 'contacts', group: 'Call-outs', says: 'Ring the contacts: the next number' },
  { keys: ['e'], command: 'escalate', group: 'Call-outs', says: 'Escalate' },
  {
    keys: ['t'],
    command: 'telephone',
    group: 'Telephone',
    says: 'Answer the call that rings, ring back one that was missed, or write one down by hand',
  },
  { keys: ['0'], command: 'live', group: 'Anywhere', says: 'Live: alarms, call-outs, patrols, map' },
  { keys: ['r'], command: 'register', group: 'Anywhere', says: 'The register: sites, keys, RAMS, checklists' },
  { keys: ['n'], command: 'new-callout', group: 'Anywhere', says: 'New call-out' },
  { keys: ['h'], command: 'handover', group: 'Anywhere', says: 'Hand over' },
  { keys: ['g'], command: 'map', group: 'Anywhere', says: 'Show what is chosen on the map' },
  { keys: ['f'], command: 'fit', group: 'Anywhere', says: 'Fit the map to the borough' },
  { keys: ['/', 'Ctrl+k'], command: 'palette', group: 'Anywhere', says: 'Search or do anything' },
  { keys: ['q'], command: 'mute', group: 'Anywhere', says: 'Mute for 2 minutes, or unmute (never priority 1)' },
  { keys: ['?'], command: 'help', group: 'Anywhere', says: 'These keys' },
  { keys: ['Escape'], command: 'escape', group: 'Anywhere', says: 'Close, or let go of what is chosen' },
];

type KeyLike = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat' | 'defaultPrevented'> & {
  target: EventTarget | null;
};

/** Where letters are letters. */
export function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return (
    target instanceof HTMLInputElement && !['button', 'checkbox', 'radio', 'submit', 'reset'].includes(target.type)
  );
}

/** Commands that may repeat while the key is held; doing something twice by leaning on a key must not happen. */
const REPEATS: ReadonlySet<KeyCommand> = new Set(['next', 'previous']);

export function commandFor(event: KeyLike, dialogOpen: boolean): KeyCommand | null {
  if (event.defaultPrevented) return null;
  const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && letter === 'k') return dialogOpen ? null : 'palette';
  if (event.ctrlKey || event.metaKey || event.altKey || dialogOpen) return null;
  if (isTextField(event.target)) return null;
  const found = BINDINGS.find((b) => b.keys.includes(letter))?.command ?? null;
  return found && event.repeat && !REPEATS.has(found) ? null : found;
}
