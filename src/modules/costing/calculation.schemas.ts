import { DECIMAL_PATTERN } from '../../platform/money/index.ts';
import { validatorOf } from '../../platform/validation.ts';
import type { AllocationFile, AllocationRunFile } from './calculation.types.ts';

/**
 * Plain JSON Schema, without the schema library: `verbund compute` is started anew for each file, and loading the
 * library takes longer than most calculations.
 */
type Schema = Readonly<Record<string, unknown>>;

/** Objects of calculation files are closed: a misspelt field must not be overlooked. */
function closed(required: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}) {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(required),
    properties: { ...required, ...optional },
  };
}

const list = (items: Schema): Schema => ({ type: 'array', items });
const only = (value: string): Schema => ({ const: value });

const Id = { type: 'string', minLength: 1, maxLength: 100 };
const Text = { type: 'string', maxLength: 1000 };
const Cents = { type: 'integer', description: 'Integer cents, from -9007199254740991 to 9007199254740991' };
const DecimalText = { type: 'string', pattern: DECIMAL_PATTERN, description: 'Exact decimal, e.g. "12.5"' };
const Day = { type: 'string', pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' };
const Sha256 = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const Mode = { enum: ['cascade', 'composite'] };
// Closed as well: the pattern does not match names with a line break, which would escape the check.
const Weights = { type: 'object', patternProperties: { '^.*$': DecimalText }, additionalProperties: false };

/** Spelled with `discriminator`, so that a wrong field is reported for the key type that was meant. */
const Key = {
  type: 'object',
  discriminator: { propertyName: 'type' },
  required: ['type'],
  oneOf: [closed({ type: only('equal') }), closed({ type: only('values'), values: Weights })],
};

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
    closed({
      kind: only('usage_events'),
      eventCount: { type: 'integer', minimum: 0 },
      startsOn: Day,
      endsOn: Day,
    }),
  ],
};

const RunKey = closed(
  { type: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,49}$' } },
  { keyVersionId: Id, asOf: Day, basis: Text, source: Text, origin: Origin, values: Weights },
);

const Netting = closed({
  costCents: Cents,
  deductions: list(
    closed({ id: Id, type: { enum: ['grant', 'other_income'] }, label: Text, amountCents: Cents }),
  ),
});

const Pool = closed(
  {
    id: Id,
    service: closed({ id: Id, code: Id, title: Text }),
    agreementVersionId: Id,
    amountCents: Cents,
    mode: Mode,
    members: list(Id),
    tranches: list(closed({ id: Id, label: Text, percent: DecimalText, key: RunKey })),
  },
  { furtherAgreementVersionIds: list(Id), netting: Netting, costLineIds: list(Id) },
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
    members: list(closed({ member: Id, organisationId: Id, name: Text })),
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
