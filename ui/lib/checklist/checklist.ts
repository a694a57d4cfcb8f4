/** A checklist as the builder has it: bodies of `checklist.put`, what is wrong with an item, and how a phone shows it. */
import { BETWEEN, OUT_OF_RANGE } from '$lib/field/answers';
import type { ItemView } from '$lib/generated/ItemView';

export interface Option {
  value: string;
  label: string;
}

export const TYPES: [string, string][] = [
  ['yes_no', 'Yes or no'],
  ['choice', 'One of several'],
  ['multi_choice', 'Several of a list'],
  ['number', 'Number'],
  ['text', 'Text'],
  ['photo', 'Picture'],
  ['time', 'Time'],
  ['meter', 'Meter reading'],
  ['asset', 'Part of the place'],
  ['scan', 'Scan of a tag or code'],
  ['signature', 'Signature'],
  ['instruction', 'Something to do'],
  ['heading', 'Heading'],
];
export const typeName = (type: string): string => TYPES.find(([id]) => id === type)?.[1] ?? type;

export interface EvidencePut {
  pictures: number;
  note: boolean;
  when: string | null;
}

/** Every field of every type; what a type does not have is left out when it is sent. */
export interface ItemPut {
  id: string;
  type: string;
  text: string;
  section: string;
  elevation: string | null;
  floor: number | null;
  mandatory: boolean;
  share: boolean;
  gate: string;
  help: string;
  help_picture: string | null;
  show_if: { item: string; value: string } | null;
  evidence: EvidencePut | null;
  options: string[];
  min: number | null;
  max: number | null;
  step: number | null;
  warn: boolean;
  unit: string;
  role: string;
  tags: string[];
  assets: string[];
  states: string[];
  fail: string | null;
  picture_if: string | null;
}

const EMPTY: Omit<ItemPut, 'id' | 'type'> = {
  text: '',
  section: 'general',
  elevation: null,
  floor: null,
  mandatory: true,
  share: true,
  gate: 'after_dra',
  help: '',
  help_picture: null,
  show_if: null,
  evidence: null,
  options: [],
  min: null,
  max: null,
  step: null,
  warn: false,
  unit: '',
  role: '',
  tags: [],
  assets: [],
  states: [],
  fail: null,
  picture_if: null,
};

/** From a stored body; what it does not say is as the hub takes it. */
export const itemOf = (stored: Partial<ItemPut> & { id: string; type: string }): ItemPut => ({ ...EMPTY, ...stored });

export function newItem(items: readonly ItemPut[], after: ItemPut | undefined): ItemPut {
  let n = items.length + 1;
  while (items.some((i) => i.id === `q${n}`)) n++;
  const { section, gate } = after ?? EMPTY;
  return { ...EMPTY, id: `q${n}`, type: 'yes_no', section, gate };
}

/** Another type of the same question: what is asked for stays, rules about answers it does not have go. */
export function retyped(item: ItemPut, type: string): ItemPut {
  const next = { ...item, type };
  if (type === 'signature') next.share = false;
  if (type === 'heading') next.evidence = null;
  if (type === 'photo') [next.min, next.max] = [1, null];
  else if (item.type === 'photo' || type === 'multi_choice') [next.min, next.max] = [null, null];
  const known = answersOf(next).map((a) => a.value);
  if (next.evidence?.when && !known.includes(next.evidence.when)) next.evidence = { ...next.evidence, when: null };
  if (type !== 'yes_no') [next.fail, next.picture_if] = [null, null];
  return next;
}

/** What goes to the hub: only what the type has. */
export function bodyOf(item: ItemPut): Record<string, unknown> {
  const { id, type, text, section, mandatory, share, gate, help, show_if } = item;
  const list = (all: string[]) => all.map((o) => o.trim()).filter(Boolean);
  const own: Record<string, Record<string, unknown>> = {
    yes_no: { picture_if: item.picture_if, fail: item.fail },
    choice: { options: list(item.options) },
    multi_choice: { options: list(item.options), min: item.min ?? 1, max: item.max },
    number: { unit: item.unit, min: item.min, max: item.max, step: item.step, warn: item.warn },
    text: { max: item.max },
    photo: { min: item.min ?? 1, max: item.max },
    signature: { role: item.role },
    scan: { tags: list(item.tags) },
    meter: { assets: list(item.assets), unit: item.unit, min: item.min, max: item.max },
    asset: { assets: list(item.assets), states: list(item.states) },
  };
  return {
    ...{ id, type, text: text.trim(), section, mandatory: type !== 'heading' && mandatory, share, gate, help, show_if },
    ...(item.elevation ? { elevation: item.elevation } : {}),
    ...(item.floor === null ? {} : { floor: item.floor }),
    ...(item.help_picture ? { help_picture: item.help_picture } : {}),
    ...(item.evidence ? { evidence: item.evidence } : {}),
    ...(own[type] ?? {}),
  };
}

/** The answers a condition or a rule can name; none: it cannot be named. */
export function answersOf(item: ItemPut): Option[] {
  const all = (list: string[]) =>
    list.filter((o) => o.trim() !== '').map((o) => ({ value: o.trim(), label: o.trim() }));
  switch (item.type) {
    case 'yes_no':
      return [
        { value: 'yes', label: 'Yes' },
        { value: 'no', label: 'No' },
        { value: 'na', label: 'Does not apply' },
      ];
    case 'choice':
    case 'multi_choice':
      return all(item.options);
    case 'asset':
      return all(item.states);
    case 'instruction':
      return [{ value: 'done', label: 'Done' }];
    case 'number':
    case 'meter':
      return item.min === null && item.max === null ? [] : [{ value: OUT_OF_RANGE, label: 'Out of range' }];
    default:
      return [];
  }
}

/** Why an item cannot be approved, as a sentence each; the hub decides. */
export function problems(items: readonly ItemPut[]): Map<string, string> {
  const found = new Map<string, string>();
  items.forEach((item, i) => {
    const fault = faultOf(item) ?? conditionFault(item, items.slice(0, i)) ?? evidenceFault(item);
    if (fault) found.set(item.id, fault);
  });
  return found;
}

function faultOf(item: ItemPut): string | null {
  if (item.text.trim() === '') return 'Say what is asked.';
  const options = item.options.map((o) => o.trim()).filter(Boolean);
  const twice = (all: string[]) => new Set(all.map((o) => o.trim())).size < all.length;
  switch (item.type) {
    case 'choice':
    case 'multi_choice':
      if (options.length < 2) return 'Give two options or more, one a line.';
      if (twice(options)) return 'An option is there twice.';
      if (item.type === 'choice') return null;
      if (options.some((o) => o.includes(BETWEEN.trim()))) return 'An option has a semicolon in it. Write a comma.';
      if ((item.min ?? 1) < 1 || (item.min ?? 1) > Math.min(item.max ?? options.length, options.length))
        return 'Nobody can choose so many. Put the numbers right.';
      return (item.max ?? 0) > options.length ? 'There are not so many options.' : null;
    case 'number':
    case 'meter':
      if (item.min !== null && item.max !== null && item.min > item.max) return 'The range ends before it begins.';
      return item.type === 'number' && item.step !== null && item.step <= 0 ? 'A step is more than 0.' : null;
    case 'photo':
      if ((item.min ?? 1) < 1) return 'Ask for one picture or more.';
      return item.max !== null && item.max < (item.min ?? 1) ? 'It takes fewer pictures than it asks for.' : null;
    case 'asset':
      if (item.assets.every((a) => a.trim() === '')) return 'Name one part of the place or more, one a line.';
      return item.states.filter((s) => s.trim() !== '').length < 2
        ? 'Say how a part may be: two or more, one a line.'
        : null;
    default:
      return null;
  }
}

function conditionFault(item: ItemPut, before: readonly ItemPut[]): string | null {
  if (!item.show_if) return null;
  const of = before.find((i) => i.id === item.show_if?.item);
  if (!of) return 'The item it waits for does not come before it. Move it down, or choose another.';
  return answersOf(of).some((a) => a.value === item.show_if?.value)
    ? null
    : `“${of.text}” has no such answer. Choose what it waits for again.`;
}

function evidenceFault(item: ItemPut): string | null {
  const rule = item.evidence;
  if (!rule) return null;
  if (rule.pictures === 0 && !rule.note) return 'The rule asks for nothing: choose pictures or a note.';
  if (rule.when !== null && !answersOf(item).some((a) => a.value === rule.when))
    return 'The rule names an answer that it does not have.';
  return null;
}

const SIDES: Record<string, string> = { left: 'left side', right: 'right side' };
const FLOORS: Record<number, string> = {
  [-1]: 'basement',
  0: 'ground floor',
  1: 'first floor',
  2: 'second floor',
  3: 'third floor',
};

function placeOf(item: ItemPut): string {
  const side = item.elevation ? (SIDES[item.elevation] ?? item.elevation) : '';
  const { floor } = item;
  const level = floor === null ? '' : (FLOORS[floor] ?? (floor < 0 ? `basement ${-floor}` : `floor ${floor}`));
  const words = [side, level].filter(Boolean).join(', ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** As the hub sends it to a phone, with nothing answered. */
export function viewOf(item: ItemPut): ItemView {
  const list = (all: string[]) => all.map((o) => o.trim()).filter(Boolean);
  const { id, type, section, text, unit, role, help, help_picture } = item;
  const ranged = type === 'number' || type === 'meter';
  return {
    ...{ id, type, section, text: text || 'What is asked?', unit, role, help, help_picture },
    place: placeOf(item),
    options: list(type === 'asset' ? item.states : item.options),
    choose_min: type === 'multi_choice' ? (item.min ?? 1) : 0,
    choose_max: type === 'multi_choice' ? item.max : null,
    assets: type === 'meter' || type === 'asset' ? list(item.assets) : [],
    tags: type === 'scan' ? list(item.tags) : [],
    min: ranged ? item.min : null,
    max: ranged ? item.max : null,
    step: type === 'number' ? item.step : null,
    warn: type === 'meter' || item.warn,
    text_max: type === 'text' ? item.max : null,
    pictures_min: type === 'photo' ? (item.min ?? 1) : type === 'signature' ? 1 : 0,
    pictures_max: type === 'photo' ? item.max : null,
    picture_if: type === 'yes_no' ? item.picture_if : null,
    evidence_pictures: item.evidence?.pictures ?? 0,
    evidence_note: item.evidence?.note ?? false,
    evidence_when: item.evidence?.when ?? null,
    mandatory: type !== 'heading' && item.mandatory,
    show_if_item: item.show_if?.item ?? null,
    show_if_value: item.show_if?.value ?? null,
    before_dra: item.gate === 'before_dra',
    ...{ value: null, unable: null, note: '', pictures: [], asset: null, scanned: false },
  };
}
