/** A grant as a centre applies for it. The figures of the rule are those of the guideline; all else is invented. */
export interface GrantSpec {
  readonly title: string;
  /** Where the money is set off. */
  readonly service: string;
  readonly tag: string;
  readonly costBeforeCents: number;
  readonly costAfterCents: number;
  readonly plannedEligibleCents: number;
  readonly awardedCents: number;
  /** What was spent so far. */
  readonly spent: { readonly costType: string; readonly text: string; readonly amountCents: number };
}

export const PROGRAMME = {
  name: 'Interkommunale Zusammenarbeit',
  authority: 'Bezirksregierung (erfundener Vorgang)',
  reference: {
    title: 'Richtlinien über die Gewährung von Zuwendungen zur Förderung der interkommunalen Zusammenarbeit',
    date: '2021-08-31',
  },
} as const;

export const RULE = {
  validFrom: '2021-08-31',
  baseCents: 17_500_000,
  stepCents: 3_500_000,
  singlePartyCents: 7_500_000,
  percent: '90',
  savingsPercent: '15',
  purposeYears: 5,
  proofDueMonths: 6,
  source: 'Richtlinie vom 31.8.2021',
} as const;

/** By centre. */
export const GRANTS: Readonly<Record<string, GrantSpec>> = {
  SOE: {
    title: 'Aufbau des gemeinsamen Standesamts (erfunden)',
    service: 'birth-certificate',
    tag: 'IKZ-STANDESAMT',
    costBeforeCents: 64_000_000,
    costAfterCents: 51_000_000,
    plannedEligibleCents: 16_000_000,
    awardedCents: 14_400_000,
    spent: {
      costType: 'Sachkosten',
      text: 'Digitalisierung der Register, erste Rechnung (erfunden)',
      amountCents: 4_800_000,
    },
  },
};
