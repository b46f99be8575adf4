import type { FieldError } from '../../platform/errors.ts';
import type { CostClause, Tranche, TrancheKey } from './cost-clause.types.ts';

/** Who a clause shares out to: an organisation by id, and by AGS where it has one. */
export interface ClauseParty {
  readonly id: string;
  readonly ags: string | null;
}

const DECIMALS = 6;
const HUNDRED = 100n * 10n ** BigInt(DECIMALS);

/** What each kind of key must say, so that nothing is left to a later paper. */
const FIELDS_BY_TYPE: Readonly<Record<TrancheKey['type'], readonly (keyof TrancheKey)[]>> = {
  equal: [],
  fixed: ['values'],
  population: ['basis'],
  cases: ['meter'],
  minutes: ['meter'],
  values: ['keyName'],
};
const KEY_FIELDS = ['values', 'meter', 'basis', 'keyName'] as const;

/** Everything that keeps a clause from being computed, with pointers below `place`. Empty when the clause is sound. */
export function checkCostClause(
  clause: CostClause,
  parties: readonly ClauseParty[],
  place = '/costClause',
): FieldError[] {
  const { tranches } = clause;
  const errors = tranches.flatMap((tranche, i) => {
    const at = `${place}/tranches/${i}`;
    const isRepeated = tranches.findIndex((other) => other.id === tranche.id) < i;
    return [
      ...(isRepeated ? [fieldError(`${at}/id`, 'REPEATED', 'stands for another tranche already')] : []),
      ...checkPercent(tranche, at),
      ...checkKey(tranche.key, parties, `${at}/key`),
    ];
  });
  const sum = tranches.reduce((total, { percent }) => total + scaled(percent), 0n);
  if (sum !== HUNDRED) {
    errors.push(
      fieldError(`${place}/tranches`, 'PERCENT_SUM', `percentages sum to ${unscaled(sum)} instead of 100`),
    );
  }
  return errors;
}

function checkPercent({ percent }: Tranche, at: string): FieldError[] {
  return scaled(percent) > 0n ? [] : [fieldError(`${at}/percent`, 'NOT_POSITIVE', 'must be more than 0')];
}

function checkKey(key: TrancheKey, parties: readonly ClauseParty[], at: string): FieldError[] {
  const needed = FIELDS_BY_TYPE[key.type];
  const errors: FieldError[] = [];
  for (const field of KEY_FIELDS) {
    const isGiven = key[field] !== undefined;
    if (needed.includes(field) && !isGiven)
      errors.push(fieldError(`${at}/${field}`, 'REQUIRED', `is missing; a key by ${key.type} needs it`));
    if (!needed.includes(field) && isGiven)
      errors.push(fieldError(`${at}/${field}`, 'NOT_APPLICABLE', `does not belong to a key by ${key.type}`));
  }
  if (key.type === 'fixed' && key.values !== undefined)
    errors.push(...checkFixedValues(key.values, parties, `${at}/values`));
  return errors;
}

function checkFixedValues(
  values: Readonly<Record<string, string>>,
  parties: readonly ClauseParty[],
  at: string,
): FieldError[] {
  const names = new Set(parties.flatMap(({ id, ags }) => (ags === null ? [id] : [id, ags])));
  const strangers = Object.keys(values).filter((name) => !names.has(name));
  const errors = strangers.map((name) =>
    fieldError(`${at}/${escaped(name)}`, 'NOT_A_PARTY', 'is no party of the agreement'),
  );
  for (const { id, ags } of parties) {
    const given = [id, ags].filter((name) => name !== null && Object.hasOwn(values, name));
    if (given.length === 0) errors.push(fieldError(`${at}/${ags ?? id}`, 'REQUIRED', 'is missing'));
    if (given.length === 2) errors.push(fieldError(`${at}/${ags}`, 'REPEATED', 'is named by id as well'));
  }
  if (Object.values(values).every((share) => scaled(share) === 0n))
    errors.push(fieldError(at, 'ALL_ZERO', 'leave nobody to bear the cost'));
  return errors;
}

function scaled(decimal: string): bigint {
  const [whole = '0', part = ''] = decimal.split('.');
  return BigInt(whole + part.padEnd(DECIMALS, '0'));
}

function unscaled(value: bigint): string {
  const digits = value.toString().padStart(DECIMALS + 1, '0');
  return `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`.replace(/\.?0+$/, '');
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function fieldError(pointer: string, code: string, detail: string): FieldError {
  return { pointer, code, detail };
}
