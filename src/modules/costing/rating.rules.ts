import { DomainError } from '../../platform/errors.ts';
import {
  alignDecimals,
  divideHalfUp,
  formatDecimal,
  fromBigCents,
  multiplyDecimals,
  roundToTotal,
  toBigCents,
} from '../../platform/money/index.ts';
import { RATE_COMMITMENT_INVALID } from './calculations.errors.ts';
import { type Charge, chargesOf, type Rate } from './rate-models.rules.ts';
import { readQuantity } from './rate-values.rules.ts';

/** What was used in a period, corrections set off, and the price agreed for it. */
export type RatingInput = Rate & {
  readonly quantity: string;
  /** At least this much is paid, whatever was used. */
  readonly minimumCents?: number | undefined;
  /** At most this much is paid. */
  readonly maximumCents?: number | undefined;
};

export interface RatingLine {
  readonly quantity: string;
  readonly unitCents: string;
  readonly amountCents: number;
}

export interface Rating {
  /** The lines, plus the true-up, less what was capped. */
  readonly amountCents: number;
  readonly lines: readonly RatingLine[];
  /** What is missing to the minimum. */
  readonly trueUpCents: number;
  /** What is above the maximum. */
  readonly cappedCents: number;
}

/**
 * Prices a quantity. Quantity × price stays exact; their sum is rounded once, half a cent upwards, and the lines are
 * rounded so that they add up to it. The same input gives the same cents.
 * @throws DomainError DECIMAL_INVALID, AMOUNT_OUT_OF_RANGE, RATE_NEGATIVE, RATE_TIERS_INVALID, RATE_PACKAGE_EMPTY,
 *   RATE_COMMITMENT_INVALID
 */
export function rate(input: RatingInput): Rating {
  const { total, lines } = priced(chargesOf(input, readQuantity(input.quantity, '/quantity')));
  const { minimum, maximum } = commitmentOf(input);
  const trueUp = minimum > total ? minimum - total : 0n;
  const capped = maximum !== undefined && total > maximum ? total - maximum : 0n;
  return {
    amountCents: fromBigCents(total + trueUp - capped, '/quantity'),
    lines,
    trueUpCents: fromBigCents(trueUp),
    cappedCents: fromBigCents(capped),
  };
}

function priced(charges: readonly Charge[]): { total: bigint; lines: RatingLine[] } {
  const products = charges.map(({ quantity, unitCents }) => multiplyDecimals(quantity, unitCents));
  const { units, scale } = alignDecimals(products);
  const cent = 10n ** BigInt(scale);
  const total = divideHalfUp(
    units.reduce((sum, product) => sum + product, 0n),
    cent,
  );
  const amounts = roundToTotal(units, cent, total);
  const lines = charges.map(({ quantity, unitCents }, index) => ({
    quantity: formatDecimal(quantity),
    unitCents: formatDecimal(unitCents),
    amountCents: fromBigCents(amounts[index] as bigint, '/quantity'),
  }));
  return { total, lines };
}

function commitmentOf({ minimumCents = 0, maximumCents }: RatingInput): {
  minimum: bigint;
  maximum: bigint | undefined;
} {
  const minimum = toBigCents(minimumCents, '/minimumCents');
  if (maximumCents === undefined) return { minimum, maximum: undefined };
  const maximum = toBigCents(maximumCents, '/maximumCents');
  if (minimum <= maximum) return { minimum, maximum };
  throw new DomainError(RATE_COMMITMENT_INVALID, `The minimum ${minimum} is above the maximum ${maximum}`, {
    pointer: '/minimumCents',
  });
}
