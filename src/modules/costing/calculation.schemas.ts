import { type Static, type TSchema, Type } from 'typebox';
import { DECIMAL_PATTERN } from '../../platform/money/index.ts';
import { validatorOf } from '../../platform/validation.ts';
import type { AllocationKey } from './allocation-keys.rules.ts';

/** Objects of calculation files are closed: a misspelt field must not be overlooked. */
function closed<Properties extends Record<string, TSchema>>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false });
}

const Id = Type.String({ minLength: 1, maxLength: 100 });
const Text = Type.String({ maxLength: 1000 });
const Cents = Type.Integer({ description: 'Integer cents, from -9007199254740991 to 9007199254740991' });
const DecimalText = Type.String({ pattern: DECIMAL_PATTERN, description: 'Exact decimal, e.g. "12.5"' });
const Day = Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' });
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Mode = Type.Enum(['cascade', 'composite']);
// Closed as well: the pattern of a record does not match keys with a line break, which would escape the check.
const Weights = Type.Record(Type.String(), DecimalText, { additionalProperties: false });

const EqualKey = closed({ type: Type.Literal('equal') });
const ValuesKey = closed({ type: Type.Literal('values'), values: Weights });
/** Spelled with `discriminator`, so that a wrong field is reported for the key type that was meant. */
const Key = Type.Unsafe<AllocationKey>({
  type: 'object',
  discriminator: { propertyName: 'type' },
  required: ['type'],
  oneOf: [EqualKey, ValuesKey],
});

/** Calculation file `allocation`: an amount, tranches and keys; nothing of it is stored anywhere. */
export const AllocationFile = closed({
  kind: Type.Literal('allocation'),
  amountCents: Cents,
  mode: Type.Optional(Mode),
  members: Type.Array(Id),
  tranches: Type.Array(closed({ id: Id, percent: DecimalText, key: Key })),
});
export type AllocationFile = Static<typeof AllocationFile>;

/**
 * A key version as it stood when the run was computed. `type` names what was counted (`population`, `cases`, …);
 * `equal` has no values, every other type has them. `asOf`, `basis` and `source` let an auditor find the figures.
 */
const RunKey = closed({
  type: Type.String({ pattern: '^[a-z][a-z0-9_]{0,49}$' }),
  keyVersionId: Type.Optional(Id),
  asOf: Type.Optional(Day),
  basis: Type.Optional(Text),
  source: Type.Optional(Text),
  values: Type.Optional(Weights),
});

/** How the net pool came about: cost less grants and other income. */
const Netting = closed({
  costCents: Cents,
  deductions: Type.Array(
    closed({ id: Id, type: Type.Enum(['grant', 'other_income']), label: Text, amountCents: Cents }),
  ),
});

const Pool = closed({
  id: Id,
  service: closed({ id: Id, code: Id, title: Text }),
  agreementVersionId: Id,
  amountCents: Cents,
  netting: Type.Optional(Netting),
  costLineIds: Type.Optional(Type.Array(Id)),
  mode: Mode,
  members: Type.Array(Id),
  tranches: Type.Array(closed({ id: Id, label: Text, percent: DecimalText, key: RunKey })),
});
export type RunPool = Static<typeof Pool>;

const runInput = {
  kind: Type.Literal('allocation-run'),
  algorithm: Type.Literal('allocation/1'),
  centre: closed({ id: Id, name: Text, code: Id }),
  period: closed({ code: Id, startsOn: Day, endsOn: Day }),
  runNumber: Id,
  corrects: Type.Optional(closed({ runNumber: Id, resultHash: Sha256 })),
  members: Type.Optional(Type.Array(closed({ member: Id, organisationId: Id, name: Text }))),
  pools: Type.Array(Pool),
};

/** Everything the cents of a run depend on, and what an auditor needs to find it in the books. */
export const AllocationRunInput = closed(runInput);
export type AllocationRunInput = Static<typeof AllocationRunInput>;

/**
 * Calculation file `allocation-run`: the snapshot and, once computed, its result. The result is not described any
 * closer: `--verify` must be able to report whatever stands there instead of refusing it.
 */
export const AllocationRunFile = closed({
  ...runInput,
  lines: Type.Optional(Type.Array(Type.Unknown())),
  totals: Type.Optional(Type.Unknown()),
  inputHash: Type.Optional(Type.String()),
  resultHash: Type.Optional(Type.String()),
});
export type AllocationRunFile = Static<typeof AllocationRunFile>;

/** @throws DomainError VALIDATION_FAILED */
export const readAllocationFile = validatorOf(AllocationFile);
/** @throws DomainError VALIDATION_FAILED */
export const readAllocationRunFile = validatorOf(AllocationRunFile);
