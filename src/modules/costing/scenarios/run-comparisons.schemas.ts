import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../../platform/http/own-centre.ts';
import { Cents, closed, Day, named, nullable, Uuid } from '../../../platform/http/schemas.ts';
import { Kind } from '../costs/cost-lines.schemas.ts';
import { AssumptionsSchema } from './run-assumptions.schemas.ts';

const clauseVersionId = Type.Optional({
  ...Uuid,
  description: 'Agreement version whose clause to apply where an agreement changed within the period',
});

/** What is compared, for routes that ask more than this. */
export const comparisonFields = {
  centreId: OwnCentreId,
  base: named(
    'ComparisonBaseQuestion',
    {
      runId: Type.Optional({ ...Uuid, description: 'A posted run' }),
      periodId: Type.Optional({ ...Uuid, description: 'Or a period as it stands' }),
      costKind: Type.Optional(Kind),
      clauseVersionId,
    },
    { description: 'What is: a posted run, or what a run of the period would be today' },
  ),
  scenario: named(
    'ComparisonScenarioQuestion',
    {
      periodId: Type.Optional({ ...Uuid, description: 'Left out: the period of the base' }),
      costKind: Type.Optional(Kind),
      clauseVersionId,
      assumptions: Type.Optional(AssumptionsSchema),
    },
    { description: 'What would be; a costKind left out is that of the base' },
  ),
};
export const CompareRuns = named('CompareAllocationRuns', comparisonFields);
export type CompareRuns = Static<typeof CompareRuns>;

export const ComparisonQuery = closed({
  format: Type.Enum(['json', 'csv', 'xlsx'], { default: 'json' }),
  locale: Type.Enum(['de', 'en'], { default: 'de', description: 'Of the files' }),
});
export type ComparisonQuery = Static<typeof ComparisonQuery>;

const Period = named('ComparisonPeriod', { code: Type.String(), startsOn: Day, endsOn: Day });
const sideFields = {
  period: Period,
  costKind: Kind,
  amountCents: Cents,
  inputHash: Type.String({ description: 'SHA-256 of the snapshot' }),
  resultHash: Type.String({ description: 'SHA-256 of snapshot and result' }),
};

const differenceFields = {
  presence: Type.Enum(['both', 'base', 'scenario'], { description: 'Which side knows it' }),
  baseCents: nullable({ ...Cents, description: 'Null: not there; counts as nothing in the difference' }),
  scenarioCents: nullable({ ...Cents, description: 'Null: not there; counts as nothing in the difference' }),
  differenceCents: { ...Cents, description: 'Scenario less base' },
  differencePercent: nullable(
    Type.String({
      description: 'Of the size of the base, half up to four digits; null where that is nothing',
      examples: ['-12.5'],
    }),
  ),
};
const memberFields = {
  organisationId: Uuid,
  member: Type.String({ description: 'AGS, or id of the organisation where it has none' }),
  memberName: Type.String(),
};
const serviceFields = { serviceId: Uuid, serviceCode: Type.String(), serviceTitle: Type.String() };

export const comparedMember = { ...memberFields, ...differenceFields };
export const comparedRow = { ...memberFields, ...serviceFields, ...differenceFields };

const Leaver = closed({
  ...memberFields,
  formerCents: { ...Cents, description: 'What it bore' },
  standbyCents: {
    ...Cents,
    description: 'Of it from tranches that no counted use shares out: it does not go with the member',
  },
  useCents: { ...Cents, description: 'The rest' },
  savedCents: { ...Cents, description: 'By how much the pool is assumed to sink' },
  tranches: Type.Array(
    closed({
      tranche: Type.String(),
      label: Type.String(),
      keyType: Type.String(),
      isStandby: Type.Boolean(),
      exactCents: Type.String({ description: 'Unrounded, as a fraction', examples: ['1000/3'] }),
      amountCents: nullable({ ...Cents, description: 'Null where only the whole share is rounded' }),
    }),
  ),
});

const ExitSchema = named('AllocationExit', {
  ...serviceFields,
  poolBeforeCents: Cents,
  poolAfterCents: Cents,
  leavers: Type.Array(Leaver),
  othersBeforeCents: { ...Cents, description: 'Of those who were members and stay' },
  othersAfterCents: Cents,
  othersMoreCents: Cents,
  holdHarmlessCents: {
    ...Cents,
    description:
      'By how much the pool would still have to sink so that those who stay together bear no more than before',
  },
  holdEachHarmlessCents: { ...Cents, description: 'The same, so that none of them does; by exact shares' },
  others: Type.Array(closed({ ...memberFields, beforeCents: Cents, afterCents: Cents, moreCents: Cents })),
});
export type ExitView = Static<typeof ExitSchema>;

/** Everything of a comparison but its members and rows, which other modules add to. */
export const comparisonHead = {
  base: named('ComparisonBase', {
    ...sideFields,
    runId: nullable(Uuid),
    runNumber: nullable(Type.String({ description: 'Null: the period as it stands' })),
    inputsChanged: nullable(
      Type.Boolean({
        description:
          'Whether the run would be another one if it were computed today; differences then have this cause too. Null without a run',
      }),
    ),
  }),
  scenario: named('ComparisonScenario', {
    ...sideFields,
    usagePeriod: nullable(Period),
    assumptions: Type.Object(
      {},
      { additionalProperties: true, description: 'As the calculation file of the simulation says them' },
    ),
  }),
  totals: named('ComparedTotals', differenceFields),
  services: Type.Array(named('ComparedService', { ...serviceFields, ...differenceFields })),
  exits: Type.Array(ExitSchema, { description: 'For each service that somebody leaves' }),
};
export const RunComparison = named('AllocationComparison', {
  ...comparisonHead,
  members: Type.Array(named('AllocationComparisonMember', comparedMember)),
  rows: Type.Array(named('AllocationComparisonRow', comparedRow)),
});
export type RunComparison = Static<typeof RunComparison>;
export type ComparisonRow = RunComparison['rows'][number];
export type ComparisonMember = RunComparison['members'][number];

/** A comparison in one of its formats. */
export const comparisonAnswer = (schema: object) => ({
  description: 'Member by member and service by service',
  content: {
    'application/json': { schema },
    'text/csv': { schema: { type: 'string' } },
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': {
      schema: { type: 'string', format: 'binary' },
    },
  },
});
