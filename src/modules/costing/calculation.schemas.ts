import { validatorOf } from '../../platform/calculations/file-checks.ts';
import {
  Cents,
  closed,
  Day,
  DecimalText,
  Id,
  list,
  mapOf,
  only,
  Text,
  variants,
} from '../../platform/calculations/schema-parts.ts';
import type { AllocationFile, AllocationRunFile } from './calculation.types.ts';
import { Assumptions, KeyType } from './scenarios/run-assumptions.file-schema.ts';

const Sha256 = { type: 'string', pattern: '^[0-9a-f]{64}$', examples: ['0f'.repeat(32)] };
const Mode = { enum: ['cascade', 'composite'] };
const Weights = mapOf(DecimalText);

const Key = variants('type', [
  closed({ type: only('equal') }),
  closed({ type: only('values'), values: Weights }),
]);

const AllocationFileSchema = closed(
  {
    kind: only('allocation'),
    amountCents: Cents,
    members: list(Id),
    tranches: list(closed({ id: Id, percent: DecimalText, key: Key })),
  },
  { mode: Mode },
);

const Origin = {
  type: 'object',
  discriminator: { propertyName: 'kind' },
  required: ['kind'],
  oneOf: [
    closed({ kind: only('cost_clause') }),
    closed(
      {
        kind: only('usage_events'),
        eventCount: { type: 'integer', minimum: 0 },
        startsOn: Day,
        endsOn: Day,
      },
      { assumedFor: list(Id) },
    ),
  ],
};

const Inhabitants = { type: 'string', pattern: '^(0|[1-9][0-9]{0,17})$', examples: ['12345'] };
const Formula = variants('kind', [
  closed({ kind: only('weighted_cases'), equivalents: Weights, quantities: mapOf(Weights) }),
  closed({
    kind: only('graded_population'),
    grades: list(
      closed({
        upTo: { ...Inhabitants, type: ['string', 'null'] },
        factor: DecimalText,
      }),
    ),
    populations: mapOf(Inhabitants),
  }),
]);

const RunKey = closed(
  { type: KeyType },
  {
    keyVersionId: Id,
    asOf: Day,
    basis: Text,
    source: Text,
    origin: Origin,
    formula: Formula,
    values: Weights,
  },
);

const Netting = closed({
  costCents: Cents,
  deductions: list(
    closed({ id: Id, type: { enum: ['grant', 'other_income'] }, label: Text, amountCents: Cents }),
  ),
});

const Secondary = closed(
  {
    method: { enum: ['direct', 'step_down', 'reciprocal'] },
    costCentres: list(
      closed(
        {
          id: Id,
          name: Text,
          type: { enum: ['support', 'final'] },
          primaryCents: Cents,
          costLineIds: list(Id),
        },
        { pool: Id, netting: Netting },
      ),
    ),
    use: mapOf(Weights),
  },
  {
    plan: closed({ id: Id, number: { type: 'integer', minimum: 1 }, asOf: Day, source: Text }),
    order: list(Id),
  },
);

const costOfService = { id: Id, service: closed({ id: Id, code: Id, title: Text }), amountCents: Cents };
const sources = { netting: Netting, directCents: Cents, costLineIds: list(Id) };

const Pool = closed(
  {
    ...costOfService,
    agreementVersionId: Id,
    mode: Mode,
    members: list(Id),
    tranches: list(closed({ id: Id, label: Text, percent: DecimalText, key: RunKey })),
  },
  { ...sources, furtherAgreementVersionIds: list(Id) },
);

/**
 * The result is not described any closer: `--verify` must be able to report whatever stands there instead of
 * refusing it.
 */
const AllocationRunFileSchema = closed(
  {
    kind: only('allocation-run'),
    algorithm: only('allocation/1'),
    centre: closed({ id: Id, name: Text, code: Id }),
    period: closed({ code: Id, startsOn: Day, endsOn: Day }),
    runNumber: Id,
    pools: list(Pool),
  },
  {
    corrects: closed({ runNumber: Id, resultHash: Sha256 }),
    costKind: only('budget'),
    assumptions: Assumptions,
    members: list(closed({ member: Id, organisationId: Id, name: Text })),
    secondary: Secondary,
    unshared: list(closed(costOfService, sources)),
    secondaryResult: {},
    lines: list({}),
    totals: {},
    inputHash: { type: 'string' },
    resultHash: { type: 'string' },
  },
);

/** @throws DomainError VALIDATION_FAILED */
export const readAllocationFile = validatorOf<AllocationFile>(AllocationFileSchema);
/** @throws DomainError VALIDATION_FAILED */
export const readAllocationRunFile = validatorOf<AllocationRunFile>(AllocationRunFileSchema);
