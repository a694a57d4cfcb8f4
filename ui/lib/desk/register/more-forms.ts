/** Forms about keys, panels with their police numbers, and RAMS. */
import { clockMinute, dayAndTime } from '$lib/shared/time';
import type { KeyRecord } from '$lib/generated/KeyRecord';
import type { OfficerRow } from '$lib/generated/OfficerRow';
import type { PanelRecord } from '$lib/generated/PanelRecord';
import type { PoliceCallView } from '$lib/generated/PoliceCallView';
import type { RamsRecord } from '$lib/generated/RamsRecord';
import type { SiteView } from '$lib/generated/SiteView';
import { CAUSES } from '../forms/causes';
import { options, type FormSpec, type Values } from '../forms/spec';
import { as, body, lines, type PanelPut, type RamsPut, type UrnPut } from './put';

const text = (v: Values, name: string): string => v[name]?.trim() ?? '';

export function putKey(key: KeyRecord | null, sites: SiteView[], site: string | null = null): FormSpec {
  const here = key?.site ?? site ?? '';
  return {
    title: key ? `Change key ${key.number}` : 'Register a key',
    about: 'A tag tells a number, never the place.',
    submit: 'Save',
    said: 'Saved.',
    fields: [
      ...(key
        ? []
        : [{ as: 'text' as const, name: 'number', label: 'Number on the tag', required: true, placeholder: 'K-114' }]),
      {
        as: 'select',
        name: 'site',
        label: 'Site',
        value: here,
        options: [{ value: '', label: 'None' }, ...sites.map((s) => ({ value: s.id, label: s.name }))],
      },
      { as: 'text', name: 'opens', label: 'What it opens', value: key?.opens ?? '' },
      { as: 'text', name: 'kept', label: 'Where it is kept', value: key?.kept ?? '', placeholder: 'Cabinet A, hook 4' },
      { as: 'text', name: 'seal', label: 'Number of its seal', value: key?.seal ?? '' },
    ],
    act: (v) => {
      const number = key?.number ?? text(v, 'number');
      return {
        kind: 'key.put',
        target: number,
        body: {
          number,
          site: v['site'] || null,
          opens: text(v, 'opens'),
          kept: text(v, 'kept'),
          seal: text(v, 'seal'),
        },
      };
    },
  };
}

const HOURS = [1, 4, 12, 24 * 7];

export function issueKey(
  key: KeyRecord,
  officers: OfficerRow[],
  now: number,
  zone: string,
  shiftEnds: string,
): FormSpec {
  const at = (instant: number) => new Date(instant).toISOString();
  const due = [
    ...(Date.parse(shiftEnds) > now
      ? [{ value: shiftEnds, label: `End of shift (${clockMinute(shiftEnds, zone)})` }]
      : []),
    ...HOURS.map((h) => {
      const then = now + h * 3_600_000;
      return { value: at(then), label: h < 24 ? `${h} h (${clockMinute(then, zone)})` : `${h / 24} days` };
    }),
  ];
  return {
    title: key.state === 'in' ? `Give out key ${key.number}` : `Give key ${key.number} for longer`,
    about: [key.site_name, key.opens, key.seal && `sealed ${key.seal}`].filter(Boolean).join(' · '),
    submit: 'Give it out',
    said: `Key ${key.number} is out.`,
    fields: [
      {
        as: 'select',
        name: 'officer',
        label: 'To',
        options: [
          ...officers.map((o) => ({ value: o.id, label: `${o.name} (${o.reference})` })),
          { value: '', label: 'Somebody else: name below' },
        ],
        value: officers[0]?.id ?? '',
      },
      { as: 'text', name: 'name', label: 'Name and company', required: true, when: (v) => !v['officer'] },
      {
        as: 'text',
        name: 'why',
        label: 'What for',
        required: true,
        suggestions: ['Night shift', 'Call-out', 'Repair', 'Inspection'],
      },
      { as: 'choice', name: 'due', label: 'Back by', required: true, options: due, value: due[0]?.value ?? '' },
    ],
    act: (v) => ({
      kind: 'key.issue',
      target: key.number,
      body: { officer: v['officer'] || null, name: text(v, 'name'), why: text(v, 'why'), due: v['due'] },
    }),
  };
}

export function returnKey(key: KeyRecord, me: string): FormSpec {
  const sealed = key.seal !== '';
  return {
    title: key.state === 'lost' ? `Key ${key.number} was found` : `Take back key ${key.number}`,
    about: [key.holder && `From ${key.holder}`, key.kept && `belongs at ${key.kept}`].filter(Boolean).join(' · '),
    submit: 'It is back',
    said: `Key ${key.number} is back.`,
    fields: [
      { as: 'text', name: 'to', label: 'Taken back by', required: true, value: me },
      ...(sealed
        ? [
            {
              as: 'choice' as const,
              name: 'intact',
              label: `Seal ${key.seal}`,
              required: true,
              options: options(['yes', 'Intact'], ['no', 'Broken or gone']),
            },
            { as: 'text' as const, name: 'seal', label: 'Its new seal', when: (v: Values) => v['intact'] === 'no' },
          ]
        : []),
      { as: 'area', name: 'note', label: 'Note', help: sealed ? 'Asked for when the seal is broken.' : '' },
    ],
    act: (v) => ({
      kind: 'key.return',
      target: key.number,
      body: {
        to: text(v, 'to'),
        seal_intact: sealed ? v['intact'] === 'yes' : null,
        seal: text(v, 'seal') || null,
        note: text(v, 'note'),
      },
    }),
  };
}

export function loseKey(key: KeyRecord): FormSpec {
  return {
    title: `Key ${key.number} is lost`,
    about: `${key.site_name || 'No site'}. Tell the customer; the lock may have to be changed.`,
    submit: 'Record it as lost',
    danger: true,
    said: `Key ${key.number} is recorded as lost.`,
    fields: [{ as: 'area', name: 'reason', label: 'What happened', required: true }],
    act: (v) => ({ kind: 'key.lose', target: key.number, body: { reason: text(v, 'reason') } }),
  };
}

const KINDS = [
  ['intruder', 'Intruder'],
  ['hold_up', 'Hold-up'],
] as const;

/** Blanks at the ends go, and the form says so; one within is for the police's letter to settle. */
export function urns(panel: PanelRecord): FormSpec {
  const put = as<PanelPut>(panel.put);
  const of = (kind: string): UrnPut | undefined => put.urns.find((u) => u.kind === kind);
  return {
    title: `Police numbers of panel ${panel.account}`,
    about: 'As in the police’s letter. Blanks around a number are cut off; one within is refused.',
    submit: 'Save',
    said: 'Saved.',
    fields: [
      ...KINDS.flatMap(([kind, label]) => [
        { as: 'text' as const, name: kind, label: `${label} URN`, value: of(kind)?.number ?? '' },
        {
          as: 'choice' as const,
          name: `${kind}_level`,
          label: `${label}: response`,
          value: of(kind)?.level ?? 'level1',
          options: options(['level1', 'Level 1'], ['level3', 'Level 3: withdrawn']),
          when: (v: Values) => text(v, kind) !== '',
        },
      ]),
      { as: 'text', name: 'force', label: 'Police force', value: put.urns[0]?.force ?? '' },
    ],
    act: (v) => ({
      kind: 'panel.put',
      target: panel.account,
      body: body({
        ...put,
        urns: KINDS.filter(([kind]) => text(v, kind)).map(([kind]) => ({
          kind,
          number: text(v, kind),
          force: text(v, 'force'),
          level: v[`${kind}_level`] ?? 'level1',
        })),
      }),
    }),
  };
}

export function correctCall(panel: PanelRecord, call: PoliceCallView): FormSpec {
  return {
    title: 'Put a call to the police right',
    about: call.number ? `${call.number} on panel ${panel.account}` : `Panel ${panel.account}`,
    submit: 'Save',
    said: 'Saved.',
    fields: [
      { as: 'choice', name: 'cause', label: 'What it was', required: true, options: CAUSES, value: call.cause },
      { as: 'text', name: 'reason', label: 'Who says so', required: true, placeholder: 'Police letter of 12 May' },
    ],
    act: (v) => ({
      kind: 'panel.police_call',
      target: panel.account,
      body: {
        at: call.at,
        callout: call.number || null,
        kind: call.kind,
        cause: v['cause'],
        reason: text(v, 'reason'),
      },
    }),
  };
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const HOUR = /^([01]\d|2[0-3]):[0-5]\d$/;

export function putRams(rams: RamsRecord | null): FormSpec {
  const old = rams && as<RamsPut>(rams.put);
  return {
    title: rams ? `New version of ${rams.reference}` : 'Add RAMS',
    about: rams
      ? 'Officers sign the new version again. Call-outs that run keep theirs.'
      : 'Risk assessment and method statement.',
    submit: rams ? `Save version ${rams.version + 1}` : 'Add it',
    said: 'Saved.',
    fields: [
      ...(rams
        ? []
        : [{ as: 'text' as const, name: 'ref', label: 'Reference', required: true, placeholder: 'RAMS-ALARM' }]),
      { as: 'text', name: 'title', label: 'Title', required: true, value: old?.title ?? '' },
      { as: 'area', name: 'first', label: 'The paragraph that matters first', required: true, value: old?.first ?? '' },
      {
        as: 'area',
        name: 'hazards',
        label: 'Hazards',
        value: old?.hazards.join('\n') ?? '',
        help: 'One a line, as in the lists below.',
      },
      { as: 'area', name: 'controls', label: 'What to do about them', value: old?.controls.join('\n') ?? '' },
      { as: 'area', name: 'ppe', label: 'Wear and carry', value: old?.ppe.join('\n') ?? '' },
      { as: 'area', name: 'no_go', label: 'Do not go', value: old?.no_go.join('\n') ?? '' },
      { as: 'area', name: 'emergency', label: 'In an emergency', value: old?.emergency ?? '' },
      {
        as: 'text',
        name: 'crew',
        label: 'Officers at least',
        value: String(old?.minimum_crew ?? 1),
        inputmode: 'numeric',
      },
      { as: 'text', name: 'owner', label: 'Owner', value: old?.owner ?? '' },
      {
        as: 'text',
        name: 'until',
        label: 'Valid until',
        value: old?.valid_until?.slice(0, 10) ?? '',
        placeholder: '2027-11-30',
      },
      {
        as: 'area',
        name: 'kinds',
        label: 'Kinds of work',
        value: old?.kinds.join('\n') ?? '',
        help: 'One a line: intruder, hold_up, noise_nuisance. None: every kind.',
      },
      {
        as: 'area',
        name: 'sites',
        label: 'Sites by reference',
        value: old?.sites.join('\n') ?? '',
        help: 'One a line. None of sites, kinds and hours: only where a site names it.',
      },
      { as: 'text', name: 'from', label: 'From', value: old?.hours?.from ?? '', placeholder: '22:00' },
      { as: 'text', name: 'to', label: 'To', value: old?.hours?.to ?? '', placeholder: '06:00' },
    ],
    check: (v) => {
      const until = text(v, 'until');
      if (until && (!DAY.test(until) || Number.isNaN(Date.parse(`${until}T12:00:00Z`))))
        return 'Write the last valid day as 2027-11-30.';
      const [from, to] = [text(v, 'from'), text(v, 'to')];
      if ((from || to) && !(HOUR.test(from) && HOUR.test(to)))
        return 'Write both hours as 22:00 and 06:00, or neither.';
      if (!/^\d{1,2}$/.test(text(v, 'crew') || '1')) return 'Write how many officers as a number.';
      return null;
    },
    act: (v) => {
      const [from, to, until] = [text(v, 'from'), text(v, 'to'), text(v, 'until')];
      const reference = old?.ref ?? text(v, 'ref');
      return {
        kind: 'rams.put',
        target: '',
        body: body({
          ...(old ?? {}),
          ref: reference,
          title: text(v, 'title'),
          first: text(v, 'first'),
          hazards: lines(v['hazards']),
          controls: lines(v['controls']),
          ppe: lines(v['ppe']),
          no_go: lines(v['no_go']),
          emergency: text(v, 'emergency'),
          minimum_crew: Number(text(v, 'crew') || '1'),
          owner: text(v, 'owner'),
          valid_until: until ? `${until}T23:59:59Z` : null,
          kinds: lines(v['kinds']),
          sites: lines(v['sites']),
          hours: from ? { from, to } : null,
        }),
      };
    },
  };
}

/** "due 21:40", with the day when it is another one. */
export const dueWords = (key: KeyRecord, now: number, zone: string): string =>
  key.due ? `${key.state === 'overdue' ? 'was due' : 'due'} ${dayAndTime(key.due, now, zone)}` : '';
