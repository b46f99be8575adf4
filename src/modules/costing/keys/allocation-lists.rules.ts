import type { FieldError } from '../../../platform/errors.ts';
import { NEGATIVE_WEIGHT } from '../../../platform/money/index.ts';

export const WEIGHT_DECIMALS = 6;

type Weights = Readonly<Record<string, string>>;

export const isPositive = (weight: string): boolean => !weight.startsWith('-') && /[1-9]/.test(weight);

export function negativeWeights(values: Weights): FieldError[] {
  return faults(values, NEGATIVE_WEIGHT.code, (weight) =>
    weight.startsWith('-') ? `is ${weight}; a weight is zero or more` : undefined,
  );
}

/** Weights with more decimals than are kept. */
export function longWeights(values: Weights): FieldError[] {
  return faults(values, 'DECIMALS', (weight) => {
    const count = weight.split('.')[1]?.length ?? 0;
    return count > WEIGHT_DECIMALS
      ? `has ${count} decimals, up to ${WEIGHT_DECIMALS} are allowed`
      : undefined;
  });
}

function faults(values: Weights, code: string, why: (weight: string) => string | undefined): FieldError[] {
  return Object.entries(values).flatMap(([member, weight]) => {
    const detail = why(weight);
    const pointer = `/values/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return detail === undefined ? [] : [{ pointer, code, detail }];
  });
}
