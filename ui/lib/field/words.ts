/** The choices an officer is offered, with the value that goes to the hub and what the button says. */

import type { Risk } from './command';

export interface Word<T extends string = string> {
  value: T;
  text: string;
}

const words = <T extends string>(pairs: Record<T, string>): Word<T>[] =>
  Object.entries(pairs).map(([value, text]) => ({ value: value as T, text: text as string }));

export const text = (list: readonly Word[], value: string | null | undefined): string =>
  list.find((w) => w.value === value)?.text ?? value ?? '';

export const DECLINE_REASONS: readonly string[] = [
  'Dealing with something else',
  'Too far away',
  'On a break',
  'Vehicle problem',
  'Not equipped for this',
  'I am injured or unwell',
];

export const PEOPLE = words({
  'none seen': 'None seen',
  'people, calm': 'People, calm',
  'people, hostile': 'People, hostile',
  'cannot tell': 'Cannot tell',
});
export const LIGHTING = words({ good: 'Good', poor: 'Poor', dark: 'Dark' });
export const WEATHER = words({ dry: 'Dry', rain: 'Rain', 'snow or ice': 'Snow, ice', fog: 'Fog', wind: 'Storm' });
/** Who is there beside the officer. */
export const COMPANY = words({
  alone: 'Nobody',
  with_officer: 'An officer',
  with_police: 'Police',
  with_other: 'Somebody else',
});
export const GROUND = words({ dry: 'Dry', wet: 'Wet', icy: 'Icy', uneven: 'Uneven' });

export interface HazardWord extends Word, Risk {}

/** Kinds of facts section 7, with the likelihood and severity a first look usually gives. */
export const HAZARDS: readonly HazardWord[] = [
  { value: 'persons_present', text: 'People on site', likelihood: 3, severity: 2 },
  { value: 'aggressive_person', text: 'Aggressive person', likelihood: 3, severity: 4 },
  { value: 'weapon', text: 'Weapon', likelihood: 3, severity: 5 },
  { value: 'intruder_on_site', text: 'Intruder inside', likelihood: 4, severity: 4 },
  { value: 'dog', text: 'Dog or animal', likelihood: 3, severity: 3 },
  { value: 'fire', text: 'Fire or smoke', likelihood: 3, severity: 5 },
  { value: 'gas', text: 'Gas', likelihood: 2, severity: 5 },
  { value: 'electricity', text: 'Electricity', likelihood: 2, severity: 4 },
  { value: 'slip', text: 'Flood, ice, slip', likelihood: 3, severity: 2 },
  { value: 'structure', text: 'Unsafe structure, height', likelihood: 2, severity: 4 },
  { value: 'sharps', text: 'Sharps or drugs', likelihood: 3, severity: 3 },
  { value: 'crowd', text: 'Crowd', likelihood: 3, severity: 3 },
  { value: 'traffic', text: 'Traffic', likelihood: 2, severity: 4 },
  { value: 'confined_space', text: 'Confined space', likelihood: 2, severity: 4 },
  { value: 'unknown_substance', text: 'Unknown substance', likelihood: 2, severity: 4 },
  { value: 'poor_communications', text: 'Poor signal or radio', likelihood: 3, severity: 2 },
  { value: 'other', text: 'Something else', likelihood: 3, severity: 3 },
];

export const CONTROLS = words({
  torch: 'Torch and PPE on',
  stay_in_sight: 'Stay in sight',
  exit_clear: 'Keep my exit clear',
  radio_open: 'Radio open',
  bwv: 'Body camera on',
  check_calls: 'Check call every 5 min',
  backup: 'Wait for back-up',
  two_person: 'Go in as two',
  police: 'Wait for police',
  keyholder: 'Ring the keyholder',
  isolate: 'Isolate it',
  stay_in_vehicle: 'Stay in the vehicle',
});

export const DECISIONS = words({
  proceed: 'Safe: go on',
  proceed_with_controls: 'Safe with controls: go on',
  external_only: 'Outside only',
  wait: 'Wait here',
  withdraw: 'Withdraw and call for back-up',
});

export const OUTSIDE = words({
  perimeter: 'Fence and gates',
  doors: 'Doors',
  windows: 'Windows',
  roof: 'Roof and rooflights',
  walls: 'Walls',
  shutters: 'Shutters',
  climb_aids: 'Bins and other climbing aids',
  lighting: 'Lighting',
  people: 'People about',
  vehicles: 'Vehicles',
  bell_box: 'Bell box and strobe',
  cameras: 'Cameras',
});

export const INSIDE = words({
  panel: 'Alarm panel: zones and times',
  doors: 'Inner doors and fire exits',
  windows: 'Windows from inside',
  rooms: 'Every room walked',
  lights: 'Lights',
  valuables: 'Valuables disturbed?',
  water: 'Water, gas, smell',
  people: 'People inside',
});

/** As somebody in front of the main door has them. */
export const WALKED_SIDES = words({ front: 'Front', left: 'Left side', rear: 'Rear', right: 'Right side' });
export const SIDES = [...WALKED_SIDES, ...words({ roof: 'Roof', perimeter: 'Perimeter' })] as const;

const FLOORS: Record<number, string> = {
  [-1]: 'Basement',
  0: 'Ground floor',
  1: 'First floor',
  2: 'Second floor',
  3: 'Third floor',
};
/** As `floor_words` of the domain says it. */
export const floorName = (floor: number): string =>
  FLOORS[floor] ?? (floor < 0 ? `Basement ${-floor}` : `Floor ${floor}`);

export const SEVERITIES = words({ low: 'Can wait', medium: 'Soon', high: 'Now' });

export const RESULTS = words({ ok: 'OK', issue: 'Issue', not_checked: 'Not checked' });

export const OPENINGS = words({
  door: 'Doors',
  window: 'Windows',
  roof: 'Roof and rooflights',
  wall: 'Walls',
  shutter: 'Shutters',
  lock: 'Locks and cylinders',
});

export const METHODS = words({
  levered: 'Levered',
  kicked: 'Kicked',
  cut: 'Cut',
  drilled: 'Drilled',
  smashed: 'Smashed',
  cylinder_snapped: 'Cylinder snapped',
  no_force: 'Key, or no force',
});

export const OPENING_RESULTS = words({
  intact: 'Intact',
  attempted: 'Attempted',
  forced: 'Forced',
  not_checked: 'Not checked',
});

export const VERDICTS = words({
  none: 'No sign of it',
  attempted: 'Somebody tried',
  entry: 'Somebody got in',
  cannot_tell: 'Cannot tell',
});

export const SECURE_STATUS = words({
  secure: 'Secure',
  secure_temporary: 'Secured for now',
  insecure_customer_aware: 'Not secure, customer knows',
  insecure_police_on_scene: 'Not secure, police are here',
  not_accessible: 'Could not get to it',
});

export const ALARM_LEFT = words({
  set: 'Set',
  part_set: 'Part set, zones left out',
  unset_agreed: 'Unset, as agreed',
  faulty: 'Faulty',
  cannot_set: 'Cannot be set',
  no_alarm: 'No alarm here',
});

export const RESET_BY = words({
  officer: 'Me',
  user: 'Keyholder or user',
  engineer: 'Engineer',
  remote: 'Remotely',
  not_reset: 'Not reset',
});

/** As `whom` of a call on record. */
export const OUTSIDE_CALLS = words({
  police: 'Police',
  ambulance: 'Ambulance',
  fire: 'Fire',
  council: 'Council',
  resident: 'Resident',
});
export const SAID = words({
  answered: 'Told them',
  no_reply: 'No reply',
  attending: 'They are coming',
  arrived: 'They are here',
  done: 'They have left',
});

export const HANDED_TO = words({
  nobody: 'Nobody',
  keyholder: 'Keyholder',
  customer: 'Customer',
  police: 'Police',
  contractor: 'Contractor',
});

export const CAUSES = words({
  genuine: 'Genuine intrusion',
  attempted: 'Attempted intrusion',
  user_error: 'User error',
  equipment_fault: 'Equipment fault',
  power_comms: 'Power or line fault',
  animal_environment: 'Animal or weather',
  cleaner_contractor: 'Cleaner or contractor',
  test: 'Test',
  unknown: 'Cannot tell',
});
