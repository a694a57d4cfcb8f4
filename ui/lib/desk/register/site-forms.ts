/** Forms that change one part of a site and send the whole of it back. */
import { readMinutes, readPoint, referenceOf } from '../forms/register';
import { options, yes, type Field, type FormSpec, type Values } from '../forms/spec';
import type { RegisterView } from '$lib/generated/RegisterView';
import { as, at, body, lines, withOne, type ContactPut, type EntrancePut, type SitePut, type ZonePut } from './put';

const text = (v: Values, name: string): string => v[name]?.trim() ?? '';
const orNull = (v: Values, name: string): string | null => text(v, name) || null;

const badPoint = (what: string) => `Write ${what} as latitude, longitude: 51.53262, -0.13782.`;

/** A form about this site: `change` gets a copy of its record and the answers. */
function form(
  put: Record<string, unknown>,
  spec: Omit<FormSpec, 'act'>,
  change: (site: SitePut, v: Values) => void,
): FormSpec {
  return {
    ...spec,
    act: (v) => {
      const site = as<SitePut>(put);
      change(site, v);
      return { kind: 'site.put', target: site.ref, body: body(site) };
    },
  };
}

const pointCheck =
  (name: string, label: string, optional = false) =>
  (v: Values) =>
    (optional && !text(v, name)) || readPoint(v[name] ?? '') ? null : badPoint(label);

export function place(put: Record<string, unknown>, estates: { name: string }[]): FormSpec {
  const site = as<SitePut>(put);
  const fields: Field[] = [
    { as: 'text', name: 'name', label: 'Name', required: true, value: site.name },
    {
      as: 'area',
      name: 'address',
      label: 'Address',
      required: true,
      value: site.address,
      help: 'Kept as typed; no look-up rewrites it.',
    },
    { as: 'text', name: 'point', label: 'Latitude and longitude', required: true, value: at(site) },
    {
      as: 'text',
      name: 'radius',
      label: 'Radius in metres',
      required: true,
      value: String(site.radius_m),
      inputmode: 'numeric',
      help: 'Within it an officer counts as there.',
    },
    { as: 'text', name: 'what3words', label: 'what3words', value: site.what3words ?? '' },
    {
      as: 'select',
      name: 'estate',
      label: 'Estate',
      value: site.estate ?? '',
      options: [
        { value: '', label: 'None' },
        // Its own reference first: the names beside it are found as well as references are.
        ...(site.estate ? [{ value: site.estate, label: `As now (${site.estate})` }] : []),
        ...estates.map((e) => ({ value: e.name, label: e.name })),
      ],
    },
    { as: 'text', name: 'customer', label: 'Customer', value: site.customer ?? '' },
  ];
  const spec = {
    title: 'Change name and place',
    about: site.ref,
    submit: 'Save',
    said: 'Saved.',
    fields,
    check: (v: Values) =>
      pointCheck('point', 'the place')(v) ??
      (Number.isFinite(Number(text(v, 'radius'))) ? null : 'Write the radius as a number of metres.'),
  };
  return form(put, spec, (s, v) => {
    Object.assign(s, readPoint(v['point'] ?? ''));
    s.name = text(v, 'name');
    s.address = v['address'] ?? '';
    s.radius_m = Number(text(v, 'radius'));
    s.what3words = orNull(v, 'what3words');
    s.estate = orNull(v, 'estate');
    s.customer = orNull(v, 'customer');
  });
}

export function entrance(put: Record<string, unknown>, index: number | null): FormSpec {
  const site = as<SitePut>(put);
  const old = index === null ? undefined : site.entrances[index];
  const spec = {
    title: old ? 'Change the entrance' : 'Add an entrance',
    about: site.name,
    submit: 'Save',
    said: 'Saved.',
    fields: [
      {
        as: 'text',
        name: 'name',
        label: 'Name',
        required: true,
        value: old?.name ?? '',
        placeholder: 'Staff door, rear yard',
      },
      {
        as: 'text',
        name: 'point',
        label: 'Pin',
        required: true,
        value: at(old?.point ?? site),
        help: 'Latitude, longitude of the door itself.',
      },
      { as: 'text', name: 'what3words', label: 'what3words', value: old?.what3words ?? '' },
      {
        as: 'text',
        name: 'parking',
        label: 'Parking place',
        value: old?.parking ? at(old.parking.point) : '',
        help: 'Latitude, longitude: secure, unobtrusive, ready to leave.',
      },
      { as: 'text', name: 'note', label: 'About the parking', value: old?.parking?.note ?? '' },
    ] satisfies Field[],
    check: (v: Values) => pointCheck('point', 'the pin')(v) ?? pointCheck('parking', 'the parking place', true)(v),
  };
  return form(put, spec, (s, v) => {
    const parking = readPoint(v['parking'] ?? '');
    const value: EntrancePut = {
      name: text(v, 'name'),
      point: readPoint(v['point'] ?? '') ?? { lat: s.lat, lon: s.lon },
      what3words: orNull(v, 'what3words'),
      parking: parking && { point: parking, note: text(v, 'note') },
    };
    s.entrances = withOne(s.entrances, index, value);
  });
}

export function contact(put: Record<string, unknown>, index: number | null): FormSpec {
  const site = as<SitePut>(put);
  const old = index === null ? undefined : site.contacts[index];
  const spec = {
    title: old ? 'Change the contact' : 'Add a contact',
    about: `${site.name}. They are rung in the order of the list.`,
    submit: 'Save',
    said: 'Saved.',
    fields: [
      {
        as: 'text',
        name: 'role',
        label: 'Role',
        required: true,
        value: old?.role ?? '',
        suggestions: ['Keyholder', 'Caretaker', 'Manager', 'Out of hours'],
      },
      { as: 'text', name: 'name', label: 'Name', required: true, value: old?.name ?? '' },
      { as: 'text', name: 'telephone', label: 'Telephone', value: old?.telephone ?? '' },
      { as: 'text', name: 'email', label: 'E-mail', value: old?.email ?? '' },
      {
        as: 'select',
        name: 'reports',
        label: 'Approved reports by mail',
        value: old?.reports ?? '',
        options: options(['', 'None'], ['customer', 'The customer’s version'], ['full', 'The full report']),
      },
    ] satisfies Field[],
  };
  return form(put, spec, (s, v) => {
    const value: ContactPut = {
      id: old?.id ?? null,
      role: text(v, 'role'),
      name: text(v, 'name'),
      telephone: text(v, 'telephone'),
      email: text(v, 'email'),
      ...(v['reports'] === 'customer' || v['reports'] === 'full' ? { reports: v['reports'] } : {}),
    };
    s.contacts = withOne(s.contacts, index, value);
  });
}

export function safety(put: Record<string, unknown>): FormSpec {
  const site = as<SitePut>(put);
  const spec = {
    title: 'Change risks and access',
    about: `${site.name}. Risks head every officer’s view.`,
    submit: 'Save',
    said: 'Saved.',
    fields: [
      { as: 'area', name: 'hazards', label: 'Known risks', value: site.hazards.join('\n'), help: 'One a line.' },
      { as: 'area', name: 'access', label: 'Access', value: site.access, help: 'The way in. Never write down a code.' },
      {
        as: 'area',
        name: 'keys',
        label: 'Notes about keys',
        value: site.keys.join('\n'),
        help: 'One a line. Where each key is stands under Keys.',
      },
      {
        as: 'text',
        name: 'response',
        label: 'Response',
        value: site.response,
        suggestions: ['bells only', 'keyholder', 'police level 1, then keyholder'],
      },
    ] satisfies Field[],
  };
  return form(put, spec, (s, v) => {
    s.hazards = lines(v['hazards']);
    s.access = text(v, 'access');
    s.keys = lines(v['keys']);
    s.response = text(v, 'response');
  });
}

const FLOOR = 'A number: 0 is the ground floor, -1 the basement.';
const floorOf = (v: Values, name: string): number | null => (text(v, name) === '' ? null : Number(text(v, name)));
const isFloor = (floor: number | null) => floor === null || Number.isInteger(floor);

/** What a picture that was just put with the hub, or one that is there, is a plan of. */
export function plan(put: Record<string, unknown>, index: number | null, sha256: string): FormSpec {
  const site = as<SitePut>(put);
  const old = index === null ? undefined : site.plans?.[index];
  const spec = {
    title: old ? 'Change the plan' : 'Add a plan',
    about: `${site.name}. Officers put a pin on it where they found something.`,
    submit: 'Save',
    said: 'Saved.',
    check: (v: Values) => (isFloor(floorOf(v, 'floor')) ? null : 'The floor is a whole number.'),
    fields: [
      {
        as: 'text',
        name: 'name',
        label: 'Name',
        required: true,
        value: old?.name ?? '',
        suggestions: ['Site from above', 'Ground floor', 'First floor', 'Basement'],
      },
      {
        as: 'text',
        name: 'floor',
        label: 'Floor',
        value: old?.floor == null ? '' : String(old.floor),
        help: `${FLOOR} Empty for the site from above.`,
        inputmode: 'numeric',
      },
    ] satisfies Field[],
  };
  return form(put, spec, (s, v) => {
    s.plans = withOne(s.plans ?? [], index, { sha256, name: text(v, 'name'), floor: floorOf(v, 'floor') });
  });
}

export function floors(put: Record<string, unknown>): FormSpec {
  const site = as<SitePut>(put);
  const spec = {
    title: 'Change the floors',
    about: `${site.name}. Officers say of each one that they walked it.`,
    submit: 'Save',
    said: 'Saved.',
    check: (v: Values) => {
      const [low, high] = [floorOf(v, 'lowest'), floorOf(v, 'highest')];
      if (!isFloor(low) || !isFloor(high)) return 'A floor is a whole number.';
      if ((low === null) !== (high === null)) return 'Give both, or neither.';
      return low !== null && high !== null && low > high ? 'The lowest floor is above the highest.' : null;
    },
    fields: [
      {
        as: 'text',
        name: 'lowest',
        label: 'Lowest floor',
        value: site.floors ? String(site.floors.lowest) : '',
        help: `${FLOOR} Both empty: they are not told apart.`,
        inputmode: 'numeric',
      },
      {
        as: 'text',
        name: 'highest',
        label: 'Highest floor',
        value: site.floors ? String(site.floors.highest) : '',
        inputmode: 'numeric',
      },
    ] satisfies Field[],
  };
  return form(put, spec, (s, v) => {
    const [lowest, highest] = [floorOf(v, 'lowest'), floorOf(v, 'highest')];
    s.floors = lowest === null || highest === null ? null : { lowest, highest };
  });
}

export function documents(put: Record<string, unknown>, view: RegisterView): FormSpec {
  const site = as<SitePut>(put);
  const choose = (list: { reference: string; title: string }[]) => [
    { value: '', label: 'None' },
    ...list.map((d) => ({ value: d.reference, label: `${d.title} (${d.reference})` })),
  ];
  const spec = {
    title: 'Choose RAMS and checklist',
    about: `${site.name}. Call-outs that run keep theirs.`,
    submit: 'Save',
    said: 'Saved.',
    fields: [
      {
        as: 'select',
        name: 'rams',
        label: 'RAMS',
        value: site.rams ?? '',
        options: choose(view.rams),
        help: 'One of the library that fits kind and hour better wins.',
      },
      {
        as: 'select',
        name: 'checklist',
        label: 'Checklist',
        value: site.checklist ?? '',
        options: choose(view.checklists),
      },
    ] satisfies Field[],
  };
  return form(put, spec, (s, v) => {
    s.rams = orNull(v, 'rams');
    s.checklist = orNull(v, 'checklist');
  });
}

export function policy(put: Record<string, unknown>, view: RegisterView): FormSpec {
  const site = as<SitePut>(put);
  const flag = (on: boolean) => (on ? 'yes' : '');
  const asked = (name: string) => (v: Values) => yes(v[name]);
  const { confirmation, updates } = site.policy;
  const sequential = confirmation === 'none' ? null : confirmation.sequential;
  const spec = {
    title: 'Change policies',
    about: site.name,
    submit: 'Save',
    said: 'Saved.',
    fields: [
      {
        as: 'check',
        name: 'callout_on_take',
        label: 'Taking an alarm opens the call-out and asks the nearest officer',
        value: flag(site.policy.callout_on_take),
      },
      {
        as: 'check',
        name: 'acknowledge_en_route',
        label: 'In an emergency the RAMS may be signed on the way',
        value: flag(site.policy.acknowledge_en_route),
      },
      {
        as: 'check',
        name: 'keys_needed',
        label: 'Only who holds the keys is asked by itself',
        value: flag(site.policy.keys_needed),
      },
      {
        as: 'check',
        name: 'pictures_at_once',
        label: 'The customer sees pictures of shared checklist items at once',
        value: flag(site.policy.pictures_at_once),
        help: 'Otherwise each waits until somebody has looked at it. Call-outs that run go on as they began.',
      },
      {
        as: 'check',
        name: 'confirms',
        label: 'A second detector confirms an intruder alarm',
        value: flag(sequential !== null),
      },
      {
        as: 'text',
        name: 'window',
        label: 'Within how many minutes',
        required: true,
        inputmode: 'numeric',
        value: String(sequential?.window_minutes ?? 60),
        when: asked('confirms'),
      },
      {
        as: 'check',
        name: 'lower',
        label: 'Until then it is one priority lower',
        value: flag(sequential?.lower_unconfirmed ?? true),
        when: asked('confirms'),
      },
      {
        as: 'select',
        name: 'procedure',
        label: 'Alarms here follow',
        value: site.policy.procedure ?? '',
        options: [
          { value: '', label: 'Alarm response, as everywhere' },
          ...view.procedures.filter((p) => p.id !== 'alarm_response').map((p) => ({ value: p.id, label: p.title })),
        ],
        help: 'Call-outs that run keep theirs.',
      },
      {
        as: 'check',
        name: 'own_updates',
        label: 'This site says itself how often somebody is told',
        value: flag(updates !== null),
      },
      {
        as: 'text',
        name: 'customer_min',
        label: 'The customer is told something every … minutes',
        required: true,
        value: (updates?.customer_min ?? [30, 30, 0, 0]).join(' '),
        help: 'For priority 1 to 4. 0 is never.',
        when: asked('own_updates'),
      },
      {
        as: 'text',
        name: 'control_min',
        label: 'The control room hears something new every … minutes',
        required: true,
        value: (updates?.control_min ?? [15, 30, 60, 120]).join(' '),
        when: asked('own_updates'),
      },
    ] satisfies Field[],
    check: (v: Values) =>
      yes(v['own_updates']) && !(readMinutes(v['customer_min']) && readMinutes(v['control_min']))
        ? 'Write the minutes of priority 1 to 4 as 30 30 0 0.'
        : yes(v['confirms']) && !/^[1-9]\d{0,3}$/.test(text(v, 'window'))
          ? 'Write the minutes as a number: 60.'
          : null,
  };
  return form(put, spec, (s, v) => {
    s.policy = {
      ...s.policy,
      callout_on_take: yes(v['callout_on_take']),
      acknowledge_en_route: yes(v['acknowledge_en_route']),
      keys_needed: yes(v['keys_needed']),
      pictures_at_once: yes(v['pictures_at_once']),
      confirmation: yes(v['confirms'])
        ? { sequential: { window_minutes: Number(text(v, 'window')), lower_unconfirmed: yes(v['lower']) } }
        : 'none',
      updates: yes(v['own_updates'])
        ? { customer_min: readMinutes(v['customer_min']) ?? [], control_min: readMinutes(v['control_min']) ?? [] }
        : null,
      ...(v['procedure'] ? { procedure: v['procedure'] } : {}),
    };
    if (!v['procedure']) delete s.policy.procedure;
  });
}

/** `5 = Back door`, or `1/6 = Hall` with the partition first. */
export const zoneLine = (z: ZonePut): string => `${z.partition ? `${z.partition}/` : ''}${z.zone} = ${z.name}`;

export function readZone(line: string): ZonePut | null {
  const split = line.indexOf('=');
  if (split < 0) return null;
  const number = line.slice(0, split).trim();
  const name = line.slice(split + 1).trim();
  const [first, second] = number.split('/').map((n) => n.trim());
  if (!first || !name) return null;
  return second === undefined ? { zone: first, partition: null, name } : { zone: second, partition: first, name };
}

export function zones(put: Record<string, unknown>): FormSpec {
  const site = as<SitePut>(put);
  const spec = {
    title: 'Change the zones',
    about: `${site.name}. The name is what the officer reads.`,
    submit: 'Save',
    said: 'Saved.',
    fields: [
      {
        as: 'area',
        name: 'zones',
        label: 'Zones',
        value: site.zones.map(zoneLine).join('\n'),
        help: 'One a line: 5 = Back door. With a partition: 1/6 = Hall.',
      },
    ] satisfies Field[],
    check: (v: Values) => {
      const wrong = lines(v['zones']).find((line) => readZone(line) === null);
      return wrong === undefined ? null : `“${wrong}” is not number = name.`;
    },
  };
  return form(put, spec, (s, v) => {
    s.zones = lines(v['zones']).flatMap((line) => readZone(line) ?? []);
  });
}

export function newSite(): FormSpec {
  return {
    title: 'Add a site',
    about: 'Everything else is added on its page.',
    submit: 'Add it',
    said: 'Added.',
    fields: [
      { as: 'text', name: 'name', label: 'Name', required: true, placeholder: 'Community office' },
      {
        as: 'text',
        name: 'reference',
        label: 'Reference',
        placeholder: 'ELM-OFFICE',
        help: 'How files and programs call it; made from the name when empty.',
      },
      { as: 'area', name: 'address', label: 'Address', required: true },
      { as: 'text', name: 'point', label: 'Latitude and longitude', required: true, placeholder: '51.53262, -0.13782' },
    ],
    check: pointCheck('point', 'the place'),
    act: (v) => {
      const reference = text(v, 'reference') || referenceOf(v['name'] ?? '');
      const pin = readPoint(v['point'] ?? '');
      return {
        kind: 'site.put',
        target: reference,
        body: { ref: reference, name: text(v, 'name'), address: v['address'] ?? '', ...pin },
      };
    },
  };
}
