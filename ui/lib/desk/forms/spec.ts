/** A form as data: what is asked, and what the answers become. One component draws them all. */
import type { BriefLine } from '$lib/generated/BriefLine';
import type { Act, Acted } from '../host/host';

export interface Option {
  value: string;
  label: string;
}

interface Asked {
  name: string;
  label: string;
  help?: string;
  required?: boolean;
  value?: string;
  /** Asked only while this holds of the other answers. */
  when?: (values: Values) => boolean;
}

export type Field =
  | (Asked & { as: 'text' | 'area'; placeholder?: string; suggestions?: string[]; inputmode?: 'numeric' | 'decimal' })
  /** Few options, all in view. */
  | (Asked & { as: 'choice'; options: Option[] })
  | (Asked & { as: 'select'; options: Option[] })
  | (Asked & { as: 'check' });

export type Values = Record<string, string>;

export interface FormSpec {
  title: string;
  /** One line of context: what it is about and what will happen. */
  about?: string;
  /** To be read out while the form is filled in. */
  brief?: BriefLine[];
  submit: string;
  danger?: boolean;
  fields: Field[];
  /** What to say when done. */
  said?: string;
  /** What is wrong with the answers taken together, as a sentence. */
  check?: (values: Values) => string | null;
  /** What is sent, from the answers. */
  act: (values: Values) => Act;
  /** What does it, where that is not the desk's outbox alone: a link whose secret is made at this desk. */
  via?: (act: Act) => Promise<Acted>;
  after?: (acted: Acted) => void;
}

export const yes = (value: string | undefined): boolean => value === 'yes';

export const options = (...pairs: [value: string, label: string][]): Option[] =>
  pairs.map(([value, label]) => ({ value, label }));

export function initial(fields: Field[]): Values {
  return Object.fromEntries(
    fields.map((field) => {
      if (field.value !== undefined) return [field.name, field.value];
      if (field.as === 'select') return [field.name, field.required ? (field.options[0]?.value ?? '') : ''];
      return [field.name, ''];
    }),
  );
}

export const shown = (fields: Field[], values: Values): Field[] => fields.filter((f) => f.when?.(values) ?? true);

/** The first thing still missing, as a sentence; null when the form can be sent. */
export function missing(fields: Field[], values: Values): { name: string; says: string } | null {
  for (const field of shown(fields, values)) {
    if (field.required && field.as !== 'check' && !values[field.name]?.trim()) {
      return {
        name: field.name,
        says:
          field.as === 'choice' || field.as === 'select'
            ? `Choose: ${field.label.toLowerCase()}.`
            : `Fill in: ${field.label.toLowerCase()}.`,
      };
    }
  }
  return null;
}
