/** The answer to a checklist's item as an officer says it over the air, asked for as its type asks. */
import type { AnswerView } from '$lib/generated/AnswerView';
import type { CalloutDetail } from '$lib/generated/CalloutDetail';
import { options, yes, type Field, type Option, type Values } from './spec';

const YES_NO_NA = options(['yes', 'Yes'], ['no', 'No'], ['na', 'Does not apply']);
/** What stands on the phone alone. */
const NEEDS_PHONE = ['photo', 'signature'];
const choices = (list: string[]): Option[] => list.map((o) => ({ value: o, label: o }));
const trimmed = (value: string | undefined): string => value?.trim() ?? '';

export function itemFields(detail: CalloutDetail): Field[] {
  const items = detail.checklist;
  const kind = (v: Values) => items.find((a) => a.item === v['item'])?.kind ?? '';
  return [
    {
      as: 'select',
      name: 'item',
      label: 'Item',
      required: true,
      options: items.map((a) => ({ value: a.item, label: a.place ? `${a.question} (${a.place})` : a.question })),
    },
    {
      as: 'choice',
      name: 'can',
      label: 'Can it be answered?',
      required: true,
      value: 'yes',
      options: options(['yes', 'Yes'], ['no', 'No']),
      when: (v) => !NEEDS_PHONE.includes(kind(v)),
    },
    ...items.flatMap((item) =>
      own(item).map((field): Field => {
        const { when } = field;
        return { ...field, when: (v) => v['item'] === item.item && yes(v['can']) && (when?.(v) ?? true) };
      }),
    ),
    {
      as: 'text',
      name: 'unable',
      label: 'Why not',
      help: 'A picture or a signature needs the phone. One that is sent later answers the item.',
      required: true,
      when: (v) => !yes(v['can']) || NEEDS_PHONE.includes(kind(v)),
    },
    { as: 'text', name: 'note', label: 'Note' },
  ];
}

/** The fields of one item. Their names carry its id: items of the same kind share a form. */
function own(item: AnswerView): Field[] {
  const name = `value-${item.item}`;
  const which: Field[] =
    item.assets.length > 1
      ? [
          {
            as: 'select',
            name: `asset-${item.item}`,
            label: 'Which one',
            required: true,
            options: choices(item.assets),
          },
        ]
      : [];
  const text = (label: string, help = ''): Field => ({ as: 'text', name, label, help, required: true });
  switch (item.kind) {
    case 'photo':
    case 'signature':
      return [];
    case 'instruction':
      return [
        { as: 'choice', name, label: 'Done?', required: true, value: 'done', options: options(['done', 'Done']) },
      ];
    case 'yes_no':
      return [{ as: 'choice', name, label: 'Answer', required: true, options: YES_NO_NA }];
    case 'choice':
    case 'asset':
      return [...which, { as: 'select', name, label: 'Answer', required: true, options: choices(item.options) }];
    case 'multi_choice':
      return item.options.map((o, i): Field => ({ as: 'check', name: `pick-${item.item}-${i}`, label: o }));
    case 'number':
    case 'meter':
      return [
        ...which,
        {
          as: 'text',
          name,
          label: item.unit ? `Reading in ${item.unit}` : 'Number',
          required: true,
          inputmode: 'decimal',
        },
      ];
    case 'time':
      return [text('Time', 'As 21:45.')];
    case 'scan':
      return [text('What the tag says', 'Have it read out letter by letter.')];
    default:
      return [text('Answer')];
  }
}

export function itemBody(detail: CalloutDetail, v: Values): Record<string, unknown> {
  const item = detail.checklist.find((a) => a.item === v['item']);
  const note = trimmed(v['note']);
  const id = v['item'] ?? '';
  if (!item || !yes(v['can']) || NEEDS_PHONE.includes(item.kind))
    return { item: id, note, unable: trimmed(v['unable']) };
  const picked = item.options.filter((_, i) => yes(v[`pick-${id}-${i}`])).join('; ');
  const said = item.kind === 'multi_choice' ? picked : trimmed(v[`value-${id}`]);
  const value = item.kind === 'number' || item.kind === 'meter' ? said.replace(',', '.') : said;
  return { item: id, note, value, ...(v[`asset-${id}`] ? { asset: v[`asset-${id}`] } : {}) };
}
