import { DomainError } from '../../../platform/errors.ts';
import {
  alignDecimals,
  divideHalfUp,
  formatDecimal,
  formatFraction,
  fromBigCents,
  multiplyDecimals,
  resultCents,
  roundToTotal,
  toBigCents,
} from '../../../platform/money/index.ts';
import { RATE_COMMITMENT_INVALID } from '../calculations.errors.ts';
import { type Charge, chargesOf, type Rate } from './rate-models.rules.ts';
import { formatPart, readQuantity, type Share, WHOLE } from './rate-values.rules.ts';

/** What was used in a period, corrections set off, and the price agreed for it. */
export type RatingInput = Rate & {
  readonly quantity: string;
  /** At least this much is paid, whatever was used. */
  readonly minimumCents?: number | undefined;
  /** At most this much is paid. */
  readonly maximumCents?: number | undefined;
};

export interface RatingLine {
  /** A decimal; where days split a limit, a fraction `num/den`. */
  readonly quantity: string;
  readonly unitCents: string;
  /** So many units cost `unitCents` together: 60 minutes, where the price is that of an hour. One, where left out. */
  readonly perUnits?: string;
  readonly amountCents: number;
}

export interface Rating {
  /** The lines, plus the true-up, less what was capped. */
  readonly amountCents: number;
  readonly lines: readonly RatingLine[];
  /** The sum of the lines before it was rounded, `num/den`. */
  readonly exactCents: string;
  /** What is missing to the minimum. */
  readonly trueUpCents: number;
  /** What is above the maximum. */
  readonly cappedCents: number;
}

/**
 * Prices a quantity. Quantity × price stays exact; their sum is rounded once, half a cent upwards, and the lines are
 * rounded so that they add up to it. The same input gives the same cents. Where the price holds only for a share of its days,
 * everything fixed counts by that share: flat prices, limits of tiers, free units, minimum and maximum.
 * @throws DomainError DECIMAL_INVALID, AMOUNT_OUT_OF_RANGE, RATE_NEGATIVE, RATE_TIERS_INVALID, RATE_PACKAGE_EMPTY,
 *   RATE_COMMITMENT_INVALID
 */
export function rate(input: RatingInput, share: Share = WHOLE): Rating {
  const charges = chargesOf(input, readQuantity(input.quantity, '/quantity'), share);
  const perUnits = input.model === 'hourly' ? MINUTES_OF_AN_HOUR : 1n;
  const { total, ...derivation } = priced(charges, perUnits, share.of);
  const { minimum, maximum } = commitmentOf(input, share);
  const trueUp = minimum > total ? minimum - total : 0n;
  const capped = maximum !== undefined && total > maximum ? total - maximum : 0n;
  return {
    amountCents: fromBigCents(total + trueUp - capped),
    ...derivation,
    trueUpCents: fromBigCents(trueUp),
    cappedCents: fromBigCents(capped),
  };
}

const MINUTES_OF_AN_HOUR = 60n;

function priced(
  charges: readonly Charge[],
  perUnits: bigint,
  parts: bigint,
): { total: bigint; lines: RatingLine[]; exactCents: string } {
  const products = charges.map(({ quantity, unitCents }) => multiplyDecimals(quantity, unitCents));
  const { units, scale } = alignDecimals(products);
  const cent = 10n ** BigInt(scale) * perUnits * parts;
  const sum = units.reduce((before, product) => before + product, 0n);
  const total = divideHalfUp(sum, cent);
  // Neither a line nor what is missing or capped is larger: prices are not negative.
  resultCents(total, 'The price, before minimum and maximum,', '/quantity');
  const amounts = roundToTotal(units, cent, total);
  const lines = charges.map(({ quantity, unitCents }, index) => ({
    quantity: formatPart(quantity, parts),
    unitCents: formatDecimal(unitCents),
    ...(perUnits !== 1n && { perUnits: String(perUnits) }),
    amountCents: fromBigCents(amounts[index] as bigint),
  }));
  return { total, lines, exactCents: formatFraction(sum, cent) };
}

function commitmentOf(
  { minimumCents = 0, maximumCents }: RatingInput,
  { days, of }: Share,
): { minimum: bigint; maximum: bigint | undefined } {
  const minimum = toBigCents(minimumCents, '/minimumCents');
  const share = (amount: bigint) => divideHalfUp(amount * days, of);
  if (maximumCents === undefined) return { minimum: share(minimum), maximum: undefined };
  const maximum = toBigCents(maximumCents, '/maximumCents');
  if (minimum <= maximum) return { minimum: share(minimum), maximum: share(maximum) };
  throw new DomainError(RATE_COMMITMENT_INVALID, `The minimum ${minimum} is above the maximum ${maximum}`, {
    pointer: '/minimumCents',
  });
}
