import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../../platform/http/own-centre.ts';
import {
  Cents,
  closed,
  Day,
  Moment,
  named,
  nullable,
  PageQuery,
  pageOf,
  text,
  Uuid,
} from '../../../platform/http/schemas.ts';
import { Kind } from '../costs/cost-lines.schemas.ts';
import { AssumptionsSchema } from '../scenarios/run-assumptions.schemas.ts';

export const CreateRun = named('CreateAllocationRun', {
  centreId: OwnCentreId,
  periodId: Uuid,
  clauseVersionId: Type.Optional({
    ...Uuid,
    description: 'Agreement version whose clause to apply where an agreement changed within the period',
  }),
  billingPeriodId: Type.Optional({
    ...Uuid,
    description:
      'A correction only: the period in which it is billed, where it is another than that of the usage',
  }),
  costKind: Type.Optional(Kind),
  simulate: Type.Optional(
    Type.Boolean({
      description:
        'true: only compute; the answer is a calculation file and nothing is stored. Only so the costKind may be budget, and only so something may be assumed',
    }),
  ),
  assumptions: Type.Optional(AssumptionsSchema),
});
export type CreateRun = Static<typeof CreateRun>;

export const RunStatusSchema = Type.Enum(
  ['draft', 'in_review', 'approved', 'posted', 'superseded', 'rejected'],
  { title: 'AllocationRunStatus' },
);
const Person = nullable(closed({ id: Uuid, name: Type.String() }));
const Step = { by: Person, at: Moment };

const runView = {
  id: Uuid,
  centreId: Uuid,
  number: Type.String({ examples: ['SOE-U-2026-001'] }),
  period: closed({ id: Uuid, code: Type.String(), startsOn: Day, endsOn: Day }),
  status: RunStatusSchema,
  amountCents: { ...Cents, description: 'Sum of the lines you may see' },
  algorithm: Type.String(),
  inputHash: Type.String({ description: 'SHA-256 of the snapshot' }),
  resultHash: Type.String({ description: 'SHA-256 of snapshot and result; what an approval signs' }),
  clauseVersionId: nullable(Uuid),
  correctsRunId: nullable(Uuid),
  billingPeriod: nullable(
    closed({ id: Uuid, code: Type.String() }, { description: 'Where a correction is billed' }),
  ),
  created: closed(Step),
  submitted: nullable(closed(Step)),
  approved: nullable(closed({ ...Step, resultHash: Type.String() })),
  posted: nullable(closed(Step)),
  ended: nullable(closed({ ...Step, reason: Type.String() })),
  availableActions: Type.Array(Type.Enum(['submit', 'approve', 'reject', 'post', 'supersede']), {
    description: 'What you can do now. Whether the inputs have changed is seen when the run is posted',
  }),
  version: Type.Integer(),
};
export const RunView = named('AllocationRunSummary', runView, {
  description: 'Members of the centre see no names of its staff',
});
export type RunView = Static<typeof RunView>;
export const RunPage = pageOf(RunView);

const ServiceAmount = closed({
  serviceId: Uuid,
  serviceCode: Type.String(),
  serviceTitle: Type.String(),
  amountCents: Cents,
});

export const RunDetailView = named('AllocationRun', {
  ...runView,
  pools: Type.Array(ServiceAmount),
  members: Type.Array(
    closed({ organisationId: Uuid, member: Type.String(), memberName: Type.String(), amountCents: Cents }),
  ),
  unsharedCost: Type.Array(ServiceAmount, {
    description:
      'Cost that is shared out to nobody: of services that all members pay by price, and what comes to nothing where no clause could share it; for the centre only',
  }),
});
export type RunDetailView = Static<typeof RunDetailView>;

/** A calculation file, as `verbund compute` reads it; described by its own schema there. */
export const CalculationFile = Type.Object(
  { kind: Type.String() },
  { title: 'CalculationFile', additionalProperties: true },
);

const KeyOrigin = Type.Union(
  [
    closed({ kind: Type.Literal('cost_clause') }),
    closed({
      kind: Type.Literal('usage_events'),
      eventCount: Type.Integer(),
      startsOn: Day,
      endsOn: { ...Day, description: 'The day after the last' },
    }),
  ],
  { description: 'Where the program itself took the figures from' },
);

/** What members who bear a service read of its pool. */
export const poolSumsFields = {
  amountCents: { ...Cents, description: 'What was shared out' },
  costCents: { ...Cents, description: 'Before grants and other income' },
  deductions: Type.Array(
    closed({ type: Type.Enum(['grant', 'other_income']), label: Type.String(), amountCents: Cents }),
    { description: 'Grants and other income by cost type, set off before allocation' },
  ),
};
const PoolSums = named('AllocationPoolSums', poolSumsFields);

const LinePart = named('AllocationRunLinePart', {
  tranche: Type.String(),
  label: Type.String(),
  pool: Type.Optional(PoolSums),
  percent: Type.String(),
  trancheCents: nullable({
    ...Cents,
    description: 'Rounded amount of the tranche; null where only the line is rounded',
  }),
  key: closed({
    type: Type.String(),
    keyVersionId: Type.Optional(Uuid),
    asOf: Type.Optional(Day),
    basis: Type.Optional(Type.String()),
    source: Type.Optional(
      Type.String({ description: 'Where the figures come from, as a person wrote it down' }),
    ),
    origin: Type.Optional(KeyOrigin),
    formula: Type.Optional(
      Type.String({
        description: 'How the weight follows from the figures of the member',
        examples: ['10 × 1 + 3 × 2.5'],
      }),
    ),
  }),
  weight: Type.String(),
  weightTotal: Type.String(),
  share: Type.String({ description: 'Weight over the sum of weights, as a fraction', examples: ['3/7'] }),
  exactCents: Type.String({ description: 'Unrounded, as a fraction', examples: ['1000/3'] }),
});
export type LinePart = Static<typeof LinePart>;

export const RunLineView = named('AllocationRunLine', {
  position: Type.Integer(),
  serviceId: Uuid,
  serviceCode: Type.String(),
  serviceTitle: Type.String(),
  organisationId: Uuid,
  member: Type.String({ description: 'AGS, or id of the organisation where it has none' }),
  memberName: Type.String(),
  trancheId: nullable(Type.String({ description: 'Null where the clause rounds once over all tranches' })),
  parts: Type.Array(LinePart, {
    description: 'Where the amount comes from: one entry for each tranche in the line',
  }),
  exactCents: Type.String(),
  roundingCents: Type.Integer({ description: 'The cent that rounding added, or took from a credit' }),
  amountCents: Cents,
});
export type RunLineView = Static<typeof RunLineView>;
export const RunLinePage = pageOf(RunLineView);

export const RunQuery = closed({
  ...PageQuery,
  periodId: Type.Optional(Uuid),
  status: Type.Optional(RunStatusSchema),
});
export type RunQuery = Static<typeof RunQuery>;

export const RunLineQuery = closed({
  ...PageQuery,
  organisationId: Type.Optional(Uuid),
  serviceId: Type.Optional(Uuid),
});
export type RunLineQuery = Static<typeof RunLineQuery>;

export const ExportQuery = closed({
  format: Type.Enum(['csv', 'json'], { default: 'csv' }),
  locale: Type.Enum(['de', 'en'], { default: 'de' }),
  organisationId: Type.Optional({ ...Uuid, description: 'Only the lines of this member' }),
});
export type ExportQuery = Static<typeof ExportQuery>;

export const ApproveRun = named('ApproveAllocationRun', {
  resultHash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'The result you approve' }),
});
export const EndRun = named('EndAllocationRun', { reason: text(500) });
