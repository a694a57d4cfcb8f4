/** What an officer says over the air, recorded for them: the same commands their phone would send. */
import type { CalloutDetail } from '$lib/generated/CalloutDetail';
import type { Act } from '../host/host';
import type { Field, FormSpec, Option, Values } from './spec';
import { SPOKEN } from './spoken';

/** What can be said now: the kinds the desk allows, in the order they happen. */
export function sayable(detail: CalloutDetail): Option[] {
  return SPOKEN.filter(
    (s) => detail.can.includes(s.kind) && (s.kind !== 'checklist.answer' || detail.checklist.length > 0),
  ).map((s) => ({
    value: s.kind,
    label: s.label,
  }));
}

export function voice(detail: CalloutDetail, officers: Option[], officer: string, kind?: string): FormSpec {
  const allowed = sayable(detail);
  const chosen = kind ?? allowed[0]?.value ?? '';
  const fields: Field[] = [
    {
      as: 'select',
      name: 'officer',
      label: 'Officer who says it',
      required: true,
      value: officer || (officers[0]?.value ?? ''),
      options: officers,
    },
    { as: 'select', name: 'kind', label: 'What the officer says', required: true, value: chosen, options: allowed },
  ];
  for (const spoken of SPOKEN) {
    if (!allowed.some((a) => a.value === spoken.kind)) continue;
    for (const field of spoken.fields(detail)) {
      fields.push(scoped(spoken.kind, field));
    }
  }
  return {
    title: 'Record for the officer',
    about: `${detail.row.number}. It counts as the officer’s own, recorded by you.`,
    submit: 'Record',
    said: 'Recorded for the officer.',
    fields,
    act: (values): Act => {
      const spoken = SPOKEN.find((s) => s.kind === values['kind']);
      const own = unscoped(values['kind'] ?? '', values);
      return {
        kind: values['kind'] ?? '',
        target: detail.row.id,
        body: spoken?.body(own, detail) ?? {},
        on_behalf_of: values['officer'] ?? '',
      };
    },
  };
}

/** Several kinds share one form: each field's name carries its kind, and it shows only while its kind is chosen. */
function scoped(kind: string, field: Field): Field {
  const when = field.when;
  return {
    ...field,
    name: `${kind}:${field.name}`,
    when: (values) => values['kind'] === kind && (when?.(unscoped(kind, values)) ?? true),
  };
}

function unscoped(kind: string, values: Values): Values {
  const prefix = `${kind}:`;
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
}
