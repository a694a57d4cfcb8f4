/** What an answer to a checklist's item may be, mirrored so that the phone can say it without signal. The hub decides. */

import type { ItemView } from '../generated/ItemView';

/** Between the chosen options of one answer, as in `crates/domain/src/documents.rs`. */
export const BETWEEN = '; ';
export const OUT_OF_RANGE = 'out_of_range';
const SCAN_CHARS_MAX = 200;

export const chosen = (value: string | null): string[] => (value ? value.split(BETWEEN) : []);

/** With the option in, or out when it was in, in the order of the list. */
export function toggledOption(item: ItemView, value: string | null, option: string): string | null {
  const now = chosen(value);
  const next = item.options.filter((o) => (o === option ? !now.includes(o) : now.includes(o)));
  return next.length > 0 ? next.join(BETWEEN) : null;
}

/** "1,5" is what a keyboard for numbers may give. */
export const plainNumber = (text: string): number | null => {
  const number = Number(text.replace(',', '.').trim());
  return text.trim() === '' || !Number.isFinite(number) ? null : number;
};

export function outOfRange(item: ItemView, value: string | null): boolean {
  if (item.type !== 'number' && item.type !== 'meter') return false;
  const number = plainNumber(value ?? '');
  if (number === null) return false;
  return (item.min !== null && number < item.min) || (item.max !== null && number > item.max);
}

/** Whether a given value is, or contains, what a condition or a rule names. */
export function said(item: ItemView, value: string | null, wanted: string): boolean {
  if (value === null) return false;
  if (item.type === 'multi_choice') return chosen(value).includes(wanted);
  if (wanted === OUT_OF_RANGE) return outOfRange(item, value);
  return value === wanted;
}

/** What must come with an answer. */
export function wanted(item: ItemView, value: string | null): { pictures: number; note: boolean } {
  const own =
    item.type === 'photo'
      ? Math.max(1, item.pictures_min)
      : item.type === 'signature' || (item.picture_if !== null && item.picture_if === value)
        ? 1
        : 0;
  const holds = item.evidence_when === null ? value !== null : said(item, value, item.evidence_when);
  const rule = holds || (item.type === 'photo' && item.evidence_when === null);
  return {
    pictures: Math.max(own, rule ? item.evidence_pictures : 0),
    note: (item.type === 'yes_no' && value === 'na') || (rule && item.evidence_note),
  };
}

/** Items that apply as the answers stand: what depends on an item that does not apply does not either. */
export function visible(items: readonly ItemView[]): ItemView[] {
  const shown = new Map<string, ItemView>();
  for (const item of items) {
    const of = item.show_if_item === null ? undefined : shown.get(item.show_if_item);
    if (item.show_if_item === null || (of && said(of, of.value, item.show_if_value ?? ''))) shown.set(item.id, item);
  }
  return [...shown.values()];
}

/** "0 to 4 bar" */
export function range(item: ItemView): string {
  const { min, max, unit } = item;
  if (min === null && max === null) return '';
  const words = min === null ? `up to ${max}` : max === null ? `${min} or more` : `${min} to ${max}`;
  return `${words} ${unit}`.trim();
}

/** What is wrong with an answer, as a sentence; null: it can be recorded once its pictures and note are there. */
export function fault(item: ItemView, value: string | null, asset: string | null): string | null {
  const text = (value ?? '').trim();
  if (item.assets.length > 1 && !item.assets.includes(asset ?? '')) return 'Choose which one it is first.';
  switch (item.type) {
    case 'number':
    case 'meter': {
      const number = plainNumber(text);
      if (number === null) return 'Type a number.';
      if (item.warn || item.type === 'meter') return steps(item, number);
      if (item.min !== null && number < item.min) return `It must be ${item.min} ${item.unit} or more.`;
      if (item.max !== null && number > item.max) return `It must be ${item.max} ${item.unit} or less.`;
      return steps(item, number);
    }
    case 'text':
      if (text === '') return 'Write an answer.';
      return item.text_max !== null && [...text].length > item.text_max
        ? `Write ${item.text_max} characters at most.`
        : null;
    case 'time':
      return /^([01]\d|2[0-3]):[0-5]\d$/.test(text) ? null : 'Write the time as 21:45.';
    case 'scan':
      if (text === '') return 'Read the tag, or type what it says.';
      if ([...text].length > SCAN_CHARS_MAX) return 'That is longer than any tag. Type what it says.';
      return item.tags.length === 0 || item.tags.some((tag) => tag.trim().toLowerCase() === text.toLowerCase())
        ? null
        : `“${text}” is not the tag of this place. Read the right one, or say why you cannot.`;
    case 'multi_choice': {
      const count = chosen(value).length;
      if (count < Math.max(1, item.choose_min)) return `Choose ${Math.max(1, item.choose_min)} or more.`;
      return item.choose_max !== null && count > item.choose_max ? `Choose ${item.choose_max} at most.` : null;
    }
    case 'signature':
      return text === '' ? 'Write the name of who signs.' : null;
    default:
      return value === null && item.type !== 'photo' ? 'Choose an answer.' : null;
  }
}

function steps(item: ItemView, number: number): string | null {
  if (item.step === null) return null;
  const count = (number - (item.min ?? 0)) / item.step;
  return Math.abs(count - Math.round(count)) < 1e-6 ? null : `Give it in steps of ${item.step} ${item.unit}.`;
}
