import type { AllocationRunInput } from '../../src/modules/costing/calculation.types.ts';

/** As runs were exported when the program wrote where figures come from as an English text. */
export const OLD_RUN: AllocationRunInput = {
  kind: 'allocation-run',
  algorithm: 'allocation/1',
  centre: { id: 'c', name: 'Standesamtverbund', code: 'SVH' },
  runNumber: 'SVH-2026-1',
  period: { code: '2026-Q3', startsOn: '2026-07-01', endsOn: '2026-10-01' },
  pools: [
    {
      id: 'MAR',
      service: { id: 's1', code: 'MAR', title: 'Eheschließung' },
      agreementVersionId: 'av1',
      amountCents: 100,
      mode: 'cascade',
      members: ['05974004', '05974016'],
      tranches: [
        {
          id: '1',
          label: 'Vorhaltung',
          percent: '50',
          key: { type: 'fixed', source: 'cost clause', values: { '05974004': '1', '05974016': '3' } },
        },
        {
          id: '2',
          label: 'Nutzung',
          percent: '50',
          key: {
            type: 'cases',
            basis: 'cases (Stück)',
            source: '17 usage events from 2026-07-01 until before 2026-10-01',
            values: { '05974004': '5', '05974016': '12' },
          },
        },
      ],
    },
  ],
};
