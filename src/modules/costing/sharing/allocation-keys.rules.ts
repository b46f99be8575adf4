import { DomainError, type FieldError, type Problem } from '../../../platform/errors.ts';
import {
  ALLOCATION_KEY_EMPTY,
  alignDecimals,
  compareIds,
  formatDecimal,
  NEGATIVE_WEIGHT,
  parseDecimal,
  readUnits,
  type Units,
} from '../../../platform/money/index.ts';
import {
  KEY_VALUE_MISSING,
  KEY_VALUE_UNKNOWN_MEMBER,
  MEMBER_DUPLICATE,
  TRANCHE_DUPLICATE,
  TRANCHE_PERCENT_SUM,
} from '../costing.errors.ts';

/** `equal` counts every member once; `values` gives each member its weight as a decimal string. */
export type AllocationKey =
  | { readonly type: 'equal' }
  | { readonly type: 'values'; readonly values: Readonly<Record<string, string>> };

export interface TrancheInput {
  readonly id: string;
  /** Decimal string; the percentages of a pool add up to exactly 100. */
  readonly percent: string;
  readonly key: AllocationKey;
}

/** A tranche whose key is complete: weights stand in the order of the sorted members. */
export interface ResolvedTranche {
  readonly id: string;
  readonly percent: string;
  /** Percentage in integer units common to all tranches of the pool. */
  readonly percentUnits: bigint;
  /** The weights as the key spells them. */
  readonly weights: readonly string[];
  /** The weights in integer units common to this tranche; their sum is above zero. */
  readonly units: Units;
  /** That sum as a decimal string. */
  readonly weightTotal: string;
}

export interface ResolvedPool {
  /** Ascending by id. */
  readonly members: readonly string[];
  /** Ascending by id. */
  readonly tranches: readonly ResolvedTranche[];
  /** Units that make 100 percent. */
  readonly percentUnitsTotal: bigint;
}

/**
 * Checks members, percentages and keys of one pool and brings them into canonical order.
 * @param at JSON pointer of the pool, in front of every pointer in errors
 * @throws DomainError MEMBER_DUPLICATE, TRANCHE_DUPLICATE, TRANCHE_PERCENT_SUM, KEY_VALUE_MISSING,
 *   KEY_VALUE_UNKNOWN_MEMBER, NEGATIVE_WEIGHT, ALLOCATION_KEY_EMPTY (also when a tranche of 0 % has an empty key:
 *   a key nobody could use is a mistake), DECIMAL_INVALID
 */
export function resolvePool(
  pool: { readonly members: readonly string[]; readonly tranches: readonly TrancheInput[] },
  at = '',
): ResolvedPool {
  refuseDuplicates(pool.members, MEMBER_DUPLICATE, (index) => `${at}/members/${index}`);
  refuseDuplicates(
    pool.tranches.map((tranche) => tranche.id),
    TRANCHE_DUPLICATE,
    (index) => `${at}/tranches/${index}/id`,
  );
  const percent = resolvePercentages(pool.tranches, at);
  const members = [...pool.members].sort(compareIds);
  const tranches = pool.tranches.map((tranche, index) => ({
    id: tranche.id,
    percent: tranche.percent,
    percentUnits: percent.units[index] as bigint,
    ...resolveKey(tranche, members, `${at}/tranches/${index}/key`),
  }));
  return {
    members,
    tranches: tranches.sort((a, b) => compareIds(a.id, b.id)),
    percentUnitsTotal: percent.total,
  };
}

function refuseDuplicates(
  ids: readonly string[],
  problem: Problem,
  pointerAt: (index: number) => string,
): void {
  const seen = new Set<string>();
  for (const [index, id] of ids.entries()) {
    if (seen.has(id)) throw new DomainError(problem, `${id} occurs twice`, { pointer: pointerAt(index) });
    seen.add(id);
  }
}

function resolvePercentages(
  tranches: readonly TrancheInput[],
  at: string,
): { units: readonly bigint[]; total: bigint } {
  const decimals = tranches.map((tranche, index) => {
    const pointer = `${at}/tranches/${index}/percent`;
    const decimal = parseDecimal(tranche.percent, () => pointer);
    if (decimal.units < 0n) {
      throw new DomainError(NEGATIVE_WEIGHT, `Tranche ${tranche.id} has a negative percentage`, { pointer });
    }
    return decimal;
  });
  const { units, scale } = alignDecimals(decimals);
  const sum = units.reduce((a, b) => a + b, 0n);
  const total = 100n * 10n ** BigInt(scale);
  if (sum !== total) {
    throw new DomainError(
      TRANCHE_PERCENT_SUM,
      `The percentages add up to ${formatDecimal({ units: sum, scale })} instead of 100`,
      { pointer: `${at}/tranches` },
    );
  }
  return { units, total };
}

type ResolvedKey = Pick<ResolvedTranche, 'weights' | 'units' | 'weightTotal'>;

function resolveKey(tranche: TrancheInput, members: readonly string[], at: string): ResolvedKey {
  const weights = tranche.key.type === 'equal' ? members.map(() => '1') : listedWeights(tranche, members, at);
  const units = readUnits(weights, (index) => valuePointer(at, members[index] as string));
  const negative = units.kind === 'bigint' ? units.values.findIndex((unit) => unit < 0n) : -1;
  if (negative >= 0) {
    const member = members[negative] as string;
    throw new DomainError(
      NEGATIVE_WEIGHT,
      `Tranche ${tranche.id} has the negative weight ${weights[negative]} for member ${member}`,
      { pointer: valuePointer(at, member) },
    );
  }
  const total = BigInt(units.total);
  if (total === 0n) {
    throw new DomainError(ALLOCATION_KEY_EMPTY, `The weights of tranche ${tranche.id} add up to zero`, {
      pointer: at,
    });
  }
  return { weights, units, weightTotal: formatDecimal({ units: total, scale: units.scale }) };
}

/** The values of a list key in member order; it must name exactly the members. */
function listedWeights(tranche: TrancheInput, members: readonly string[], at: string): string[] {
  const values: Readonly<Record<string, unknown>> = tranche.key.type === 'values' ? tranche.key.values : {};
  const weights: string[] = [];
  for (const member of members) {
    const weight = values[member];
    if (typeof weight === 'string') weights.push(weight); // what every object inherits is no string
  }
  if (weights.length < members.length) {
    const missing = members.filter((member) => typeof values[member] !== 'string');
    throw refusedMembers(
      KEY_VALUE_MISSING,
      missing,
      at,
      (member) => `Tranche ${tranche.id} has no value for member ${member}`,
    );
  }
  const named = Object.keys(values);
  if (named.length > members.length) {
    const known = new Set(members);
    const unknown = named.filter((id) => !known.has(id)).sort(compareIds);
    throw refusedMembers(
      KEY_VALUE_UNKNOWN_MEMBER,
      unknown,
      at,
      (id) => `Tranche ${tranche.id} has a value for ${id}, who is no member`,
    );
  }
  return weights;
}

function refusedMembers(
  problem: Problem,
  members: readonly string[],
  at: string,
  detailOf: (member: string) => string,
): DomainError {
  const errors = members.map(
    (member): FieldError => ({
      pointer: valuePointer(at, member),
      code: problem.code,
      detail: detailOf(member),
    }),
  );
  return new DomainError(problem, errors[0]?.detail ?? '', { errors });
}

function valuePointer(at: string, member: string): string {
  return `${at}/values/${escapePointer(member)}`;
}

/** One step of a JSON pointer (RFC 6901, section 3). */
function escapePointer(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}
