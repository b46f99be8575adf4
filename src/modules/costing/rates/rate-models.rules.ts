import { DomainError } from '../../../platform/errors.ts';
import { alignDecimals, type Decimal, multiplyDecimals } from '../../../platform/money/index.ts';
import { RATE_PACKAGE_EMPTY, RATE_TIERS_INVALID } from '../calculations.errors.ts';
import {
  isAbove,
  ONE,
  type Price,
  readPrice,
  readQuantity,
  type Share,
  subtract,
  times,
  ZERO,
} from './rate-values.rules.ts';

export interface Tier {
  /** The last quantity of the tier; null: without end. */
  readonly upTo: string | null;
  readonly unitCents: Price;
  /** Once, where the tier is reached. */
  readonly flatCents?: Price | undefined;
}

export interface Package {
  /** Units in a package; one that was begun is paid whole. */
  readonly size: string;
  /** Price of a package. */
  readonly unitCents: Price;
  /** Units that cost nothing. */
  readonly free?: string | undefined;
}

/**
 * - `flat`: the price, whatever was used
 * - `unit`: each unit at the price
 * - `graduated`: the units of each tier at the price of that tier
 * - `volume`: all units at the price of the tier that the quantity falls into
 * - `package`: whole packages, after the free units
 * - `percentage`: a percentage of the quantity, which is an amount in cents, or units of `unitCents` each
 * - `hourly`: the quantity is in minutes, the price that of an hour
 */
export type Rate =
  | { readonly model: 'flat' | 'unit' | 'hourly'; readonly unitCents: Price }
  | { readonly model: 'graduated' | 'volume'; readonly tiers: readonly Tier[] }
  | { readonly model: 'package'; readonly package: Package }
  | { readonly model: 'percentage'; readonly percent: string; readonly unitCents?: Price | undefined };

/** Part of a price: so many units at so much each. Quantities are counted in `share.of`-ths of a unit. */
export interface Charge {
  readonly quantity: Decimal;
  readonly unitCents: Decimal;
}

/**
 * The parts of the price of a quantity. What is fixed (flat prices, limits of tiers, free units) counts by its share;
 * the quantity is that of the share already. Everything is counted in `of`-ths, so that it stays exact.
 * @throws DomainError DECIMAL_INVALID, AMOUNT_OUT_OF_RANGE, RATE_NEGATIVE, RATE_TIERS_INVALID, RATE_PACKAGE_EMPTY
 */
export function chargesOf(rate: Rate, used: Decimal, share: Share): Charge[] {
  const quantity = times(used, share.of);
  switch (rate.model) {
    case 'flat':
      return [{ quantity: times(ONE, share.days), unitCents: readPrice(rate.unitCents, '/unitCents') }];
    case 'unit':
    case 'hourly':
      return [{ quantity, unitCents: readPrice(rate.unitCents, '/unitCents') }];
    case 'graduated':
      return graduated(readTiers(rate.tiers, share), quantity, share);
    case 'volume':
      return volume(readTiers(rate.tiers, share), quantity, share);
    case 'package':
      return [packages(rate.package, quantity, share)];
    case 'percentage':
      return [{ quantity, unitCents: percentOfUnit(rate) }];
  }
}

interface Step {
  /** Quantities above this … */
  readonly above: Decimal;
  /** … up to and with this belong to the tier; undefined: without end. */
  readonly upTo: Decimal | undefined;
  readonly unitCents: Decimal;
  readonly flatCents: Decimal | undefined;
}

function readTiers(tiers: readonly Tier[], share: Share): Step[] {
  let above = ZERO;
  return tiers.map((tier, index) => {
    const at = `/tiers/${index}`;
    const upTo = tier.upTo === null ? undefined : times(readQuantity(tier.upTo, `${at}/upTo`), share.days);
    if ((upTo === undefined) !== (index === tiers.length - 1)) {
      throw tiersInvalid('The last tier, and only that, is without end', at);
    }
    if (upTo !== undefined && !isAbove(upTo, above)) {
      throw tiersInvalid(`A tier up to ${tier.upTo} holds nothing`, at);
    }
    const step = {
      above,
      upTo,
      unitCents: readPrice(tier.unitCents, `${at}/unitCents`),
      flatCents: tier.flatCents === undefined ? undefined : readPrice(tier.flatCents, `${at}/flatCents`),
    };
    above = upTo ?? above;
    return step;
  });
}

function tiersInvalid(detail: string, at: string): DomainError {
  return new DomainError(RATE_TIERS_INVALID, detail, { pointer: `${at}/upTo` });
}

/** The first tier is reached by any quantity, also by none: its flat price is a basic fee. */
function graduated(steps: readonly Step[], quantity: Decimal, share: Share): Charge[] {
  return steps
    .filter(({ above }, index) => index === 0 || isAbove(quantity, above))
    .flatMap((step) => {
      const end = step.upTo !== undefined && isAbove(quantity, step.upTo) ? step.upTo : quantity;
      return chargesOfStep(step, subtract(end, step.above), share);
    });
}

function volume(steps: readonly Step[], quantity: Decimal, share: Share): Charge[] {
  const step = steps.find(({ upTo }) => upTo === undefined || !isAbove(quantity, upTo)) as Step;
  return chargesOfStep(step, quantity, share);
}

function chargesOfStep({ unitCents, flatCents }: Step, quantity: Decimal, share: Share): Charge[] {
  const used = { quantity, unitCents };
  if (flatCents === undefined) return [used];
  return [used, { quantity: times(ONE, share.days), unitCents: flatCents }];
}

/** A package keeps its size, however short the share; only what is free gets less. */
function packages({ size, unitCents, free = '0' }: Package, quantity: Decimal, share: Share): Charge {
  const sizes = readQuantity(size, '/package/size');
  if (sizes.units === 0n) {
    throw new DomainError(RATE_PACKAGE_EMPTY, 'A package of no units has no price', {
      pointer: '/package/size',
    });
  }
  const paid = subtract(quantity, times(readQuantity(free, '/package/free'), share.days));
  const { units } = alignDecimals([paid, times(sizes, share.of)]);
  const [wanted = 0n, each = 1n] = units;
  const count = wanted > 0n ? (wanted + each - 1n) / each : 0n;
  return {
    quantity: times({ units: count, scale: 0 }, share.of),
    unitCents: readPrice(unitCents, '/package/unitCents'),
  };
}

function percentOfUnit(rate: Extract<Rate, { model: 'percentage' }>): Decimal {
  const unit = rate.unitCents === undefined ? ONE : readPrice(rate.unitCents, '/unitCents');
  return multiplyDecimals(unit, percentage(rate.percent));
}

function percentage(text: string): Decimal {
  const { units, scale } = readQuantity(text, '/percent');
  return { units, scale: scale + 2 };
}
