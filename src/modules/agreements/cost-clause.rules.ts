import type { FieldError } from '../../platform/errors.ts';
import type { CostClause, Grade, Tranche, TrancheKey } from './cost-clause.types.ts';

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
  seat: ['seat'],
  population: ['basis'],
  graded_population: ['basis', 'grades'],
  cases: ['meter'],
  minutes: ['meter'],
  weighted_cases: ['equivalents'],
  area: ['keyName'],
  head_count: ['keyName'],
  values: ['keyName'],
};
const KEY_FIELDS = ['values', 'meter', 'basis', 'keyName', 'seat', 'equivalents', 'grades'] as const;

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
  if (key.type === 'seat' && key.seat !== undefined) errors.push(...checkSeat(key.seat, parties, at));
  if (key.type === 'weighted_cases' && key.equivalents !== undefined)
    errors.push(...checkFactors(Object.values(key.equivalents), `${at}/equivalents`));
  if (key.type === 'graded_population' && key.grades !== undefined)
    errors.push(...checkGrades(key.grades, `${at}/grades`));
  return errors;
}

function checkSeat(seat: string, parties: readonly ClauseParty[], at: string): FieldError[] {
  const isParty = parties.some(({ id, ags }) => seat === id || seat === ags);
  return isParty ? [] : [fieldError(`${at}/seat`, 'NOT_A_PARTY', 'is no party of the agreement')];
}

function checkFactors(factors: readonly string[], at: string): FieldError[] {
  const isEmpty = factors.every((factor) => scaled(factor) === 0n);
  return isEmpty ? [fieldError(at, 'ALL_ZERO', 'leave nobody to bear the cost')] : [];
}

/** Grades follow one another without a gap: each ends higher than the one before, and only the last has no end. */
function checkGrades(grades: readonly Grade[], at: string): FieldError[] {
  const errors = checkFactors(
    grades.map(({ factor }) => factor),
    at,
  );
  let before = 0;
  for (const [i, { upTo }] of grades.entries()) {
    const isLast = i === grades.length - 1;
    if (isLast !== (upTo === null)) {
      const detail = isLast ? 'has to be null in the last grade' : 'is null before the last grade';
      errors.push(fieldError(`${at}/${i}/upTo`, 'END', detail));
    } else if (upTo !== null && Number(upTo) <= before) {
      errors.push(fieldError(`${at}/${i}/upTo`, 'ORDER', 'is not above the grade before'));
    }
    before = Number(upTo ?? before);
  }
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
