/** How a telephone call ends without a call-out. */
import { options, type FormSpec } from './spec';

export function closeCall(call: string, missed: boolean, outside: boolean, alternative: string): FormSpec {
  const outcomes = options(
    ['advice', 'Advice given'],
    ['passed_on', 'Passed on to somebody else'],
    ['out_of_hours', 'Out-of-hours alternative given'],
    ['no_reply', 'Rung back, no reply'],
    ['nuisance', 'Nuisance call'],
    ['test', 'Test call'],
  ).filter(({ value }) => value !== 'no_reply' || missed);
  return {
    title: 'Close the call',
    about: 'It leaves the list and stays in the log.',
    submit: 'Close the call',
    said: 'Call closed.',
    fields: [
      {
        as: 'choice',
        name: 'outcome',
        label: 'What came of it',
        required: true,
        options: outcomes,
        value: outside && alternative ? 'out_of_hours' : missed ? 'no_reply' : 'advice',
      },
      {
        as: 'text',
        name: 'told',
        label: 'Passed to whom',
        required: true,
        suggestions: ['Police, 101', 'Noise team', 'Housing repairs', 'Ambulance, 999'],
        when: (v) => v['outcome'] === 'passed_on',
      },
      {
        as: 'area',
        name: 'note',
        label: 'What the caller was told',
        required: true,
        value: outside ? alternative : '',
        when: (v) => v['outcome'] === 'advice' || v['outcome'] === 'out_of_hours',
      },
    ],
    act: (v) => ({
      kind: 'call.close',
      target: call,
      body: { outcome: v['outcome'], told: v['told']?.trim() ?? '', note: v['note']?.trim() ?? '' },
    }),
  };
}
