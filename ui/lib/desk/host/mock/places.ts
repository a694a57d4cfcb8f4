/** Estates that exist in Camden; sites, people and numbers that do not (numbers from Ofcom's range for drama). */
import type { EntranceView } from '$lib/generated/EntranceView';
import type { EstateView } from '$lib/generated/EstateView';
import type { SiteView } from '$lib/generated/SiteView';

const METRES_PER_DEGREE = 111_320;

/** A lumpy outline around a centre, the same every time. */
function outline(lat: number, lon: number, radius: number, seed: number): [number, number][] {
  return Array.from({ length: 7 }, (_, i) => {
    const turn = (i / 7) * 2 * Math.PI + seed;
    const reach = radius * (0.72 + 0.28 * Math.sin(seed * 3.1 + i * 2.3));
    return [
      lat + (Math.sin(turn) * reach) / METRES_PER_DEGREE,
      lon + (Math.cos(turn) * reach) / (METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180)),
    ];
  });
}

const ESTATES: [id: string, name: string, lat: number, lon: number, radius: number][] = [
  ['ampthill', 'Ampthill Square', 51.53262, -0.13782, 190],
  ['ossulston', 'Ossulston', 51.53037, -0.12929, 170],
  ['regents', 'Regent’s Park', 51.5291, -0.1442, 260],
  ['agar', 'Agar Grove', 51.54269, -0.13339, 230],
  ['clarence', 'Clarence Way', 51.54395, -0.14659, 180],
  ['maitland', 'Maitland Park', 51.5488, -0.1573, 240],
  ['wendling', 'Wendling', 51.5516, -0.1535, 170],
  ['kiln', 'Kiln Place', 51.55445, -0.1486, 160],
  ['dunboyne', 'Dunboyne Road', 51.5536, -0.16, 140],
  ['chalcots', 'Chalcots', 51.54447, -0.16304, 250],
  ['hilgrove', 'Hilgrove', 51.54193, -0.17716, 190],
  ['alexandra', 'Alexandra and Ainsworth', 51.53985, -0.18458, 260],
  ['cromer', 'Cromer Street', 51.52765, -0.12065, 180],
  ['bourne', 'Bourne', 51.5209, -0.11192, 160],
  ['whittington', 'Whittington', 51.56452, -0.14251, 230],
];

export const estates: EstateView[] = ESTATES.map(([id, name, lat, lon, radius], i) => ({
  id: `estate-${id}`,
  name,
  lat,
  lon,
  outline: outline(lat, lon, radius, i * 0.7),
}));

function entrance(name: string, lat: number, lon: number, more: Partial<EntranceView> = {}): EntranceView {
  const nothing = { what3words: null, grid_reference: null, plus_code: '', parking: null, parking_at: null };
  return { name, lat, lon, ...nothing, ...more };
}

function site(
  id: string,
  name: string,
  estate: string,
  address: string,
  at: [number, number],
  more: Partial<SiteView> = {},
): SiteView {
  return {
    id: `site-${id}`,
    reference: id.toUpperCase(),
    name,
    estate,
    address,
    lat: at[0],
    lon: at[1],
    radius_m: 75,
    hazards: [],
    access: '',
    response: 'keyholder',
    what3words: null,
    grid_reference: null,
    plus_code: '',
    contacts: [],
    entrances: [entrance('Main entrance', at[0] + 0.0002, at[1])],
    urns: [],
    ...more,
  };
}

export const sites: SiteView[] = [
  site(
    'amp-office',
    'Community office',
    'Ampthill Square',
    'Ampthill Square Estate, Hampstead Road NW1',
    [51.53262, -0.13782],
    {
      hazards: ['Staff work alone until 22:00', 'Glass screen at reception has been broken before'],
      access: 'Key 14 in the patrol safe. Alarm panel behind the reception desk.',
      response: 'police level 1, then keyholder',
      what3words: 'filled.count.soap',
      grid_reference: 'TQ 29262 83166',
      plus_code: '9C3XGVM6+2V',
      contacts: [
        { id: 'contact-okafor', role: 'Keyholder', name: 'D. Okafor', telephone: '020 7946 0114' },
        { id: 'contact-rahman', role: 'Neighbourhood manager', name: 'S. Rahman', telephone: '020 7946 0127' },
      ],
      entrances: [
        entrance('Reception, Hampstead Road', 51.53276, -0.13796, {
          what3words: 'filled.count.soap',
          grid_reference: 'TQ 29252 83181',
          plus_code: '9C3XGVM6+4R',
          parking: 'Loading bay, leave facing out',
          parking_at: { lat: 51.5328, lon: -0.1381 },
        }),
        entrance('Staff door, rear yard', 51.53244, -0.13762),
      ],
    },
  ),
  site('wen-boiler', 'Boiler house', 'Wendling', 'Wendling Estate, Haverstock Road NW5', [51.5516, -0.1535], {
    hazards: ['No lighting behind block C', 'Dog reported on site'],
    access: 'Key 31. Second gate is chained after 20:00.',
    response: 'keyholder',
    grid_reference: 'TQ 28093 85240',
    contacts: [
      {
        id: 'contact-heating',
        role: 'Heating contractor, out of hours',
        name: 'Duty desk',
        telephone: '020 7946 0198',
      },
    ],
  }),
  site('reg-hall', 'Tenants’ hall', 'Regent’s Park', 'Regent’s Park Estate, Robert Street NW1', [51.5287, -0.1434], {
    hazards: ['Low ceiling at the back stairs'],
    grid_reference: 'TQ 28850 82710',
  }),
  site('ale-office', 'Housing office', 'Alexandra and Ainsworth', 'Rowley Way NW8', [51.53985, -0.18458], {
    grid_reference: 'TQ 25990 83890',
  }),
  site('mai-depot', 'Caretakers’ depot', 'Maitland Park', 'Maitland Park Villas NW3', [51.5488, -0.1573], {
    response: 'bells only',
  }),
  site('agr-office', 'Community centre', 'Agar Grove', 'Agar Grove NW1', [51.5427, -0.1334]),
  site('kil-lift', 'Lift motor room', 'Kiln Place', 'Kiln Place NW5', [51.5543, -0.1487], { response: 'bells only' }),
  site('chl-plant', 'Plant room', 'Chalcots', 'Fellows Road NW3', [51.5446, -0.1628]),
  site('oss-nursery', 'Nursery', 'Ossulston', 'Ossulston Street NW1', [51.5303, -0.1291]),
];
