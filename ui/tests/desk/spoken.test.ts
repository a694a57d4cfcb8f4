/** What an officer says over the air, and what the record gets of it. */
import { expect, test } from 'vitest';
import type { CalloutDetail } from '$lib/generated/CalloutDetail';
import { SPOKEN } from '$lib/desk/forms/spoken';

const inspection = (values: Record<string, string>) =>
  SPOKEN.find((s) => s.kind === 'inspection.record')!.body(values, {} as CalloutDetail);

test('a floor that was said is a number, or stays in the words', () => {
  const inside = {
    section: 'inside',
    entered: 'yes',
    result: 'issue',
    note: 'Drawers out',
    side: '',
    severity: 'high',
  };
  expect(inspection({ ...inside, floor: '-1' })).toMatchObject({
    findings: [{ severity: 'high', place: { floor: -1 }, note: 'Drawers out' }],
  });
  const said = inspection({ ...inside, floor: 'the mezzanine' }) as { findings: Record<string, unknown>[] };
  expect(said.findings[0]).toMatchObject({ note: 'Floor: the mezzanine. Drawers out' });
  expect(said.findings[0]).not.toHaveProperty('place');
});
