import { DomainError, type FieldError } from '../../../platform/errors.ts';
import { hashOf } from '../../../platform/hash.ts';
import type { RatePrice } from './rate-prices.types.ts';
import { type RatingInput, rate } from './rating.rules.ts';

/** The fields of each model; those with `?` may be left out. */
const FIELDS_BY_MODEL: Readonly<Record<RatePrice['model'], readonly string[]>> = {
  flat: ['unitCents'],
  unit: ['unitCents'],
  hourly: ['unitCents'],
  graduated: ['tiers'],
  volume: ['tiers'],
  package: ['package'],
  percentage: ['percent', 'unitCents?'],
};
const MODEL_FIELDS = ['unitCents', 'tiers', 'package', 'percent'] as const;

/** Everything that keeps prices from being rated by. Empty when they are sound. */
export function checkPrices(
  prices: readonly RatePrice[],
  serviceIds: ReadonlySet<string>,
  place = '/prices',
): FieldError[] {
  const seen = new Set<string>();
  return prices.flatMap((price, i) => {
    const at = `${place}/${i}`;
    const errors = checkFields(price, at);
    if (!serviceIds.has(price.serviceId))
      errors.push(fault(`${at}/serviceId`, 'UNKNOWN', 'is no service of the centre'));
    const key = JSON.stringify([price.serviceId, price.meter]);
    if (seen.has(key)) errors.push(fault(`${at}/meter`, 'REPEATED', 'has a price for this service already'));
    seen.add(key);
    if (price.model === 'hourly' && price.unit !== 'minute')
      errors.push(fault(`${at}/unit`, 'NOT_MINUTES', 'must be "minute"; hours are priced by the model unit'));
    return errors.length > 0 ? errors : checkRate(price, at);
  });
}

function checkFields(price: RatePrice, at: string): FieldError[] {
  const fields = FIELDS_BY_MODEL[price.model];
  return MODEL_FIELDS.flatMap((field) => {
    const isGiven = price[field] !== undefined;
    if (!isGiven && fields.includes(field))
      return [fault(`${at}/${field}`, 'REQUIRED', `is missing; the model ${price.model} needs it`)];
    if (isGiven && !fields.includes(field) && !fields.includes(`${field}?`))
      return [fault(`${at}/${field}`, 'NOT_APPLICABLE', `does not belong to the model ${price.model}`)];
    return [];
  });
}

/** What the rating itself refuses: tiers that leave gaps, empty packages, a minimum above the maximum. */
function checkRate(price: RatePrice, at: string): FieldError[] {
  try {
    rate(ratingInputOf(price, '0'));
    return [];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.errors.map((one) => ({ ...one, pointer: `${at}${one.pointer}` }));
  }
}

function fault(pointer: string, code: string, detail: string): FieldError {
  return { pointer, code, detail };
}

/** A price whose fields are those of its model, and the quantity to be priced. */
export function ratingInputOf(price: RatePrice, quantity: string): RatingInput {
  const { serviceId: _service, meter: _meter, unit: _unit, ...terms } = price;
  return { ...terms, quantity } as RatingInput;
}

/** Prices in the one spelling in which they are stored, compared and signed. */
export function plainPrices(prices: readonly RatePrice[]): RatePrice[] {
  return prices.map((price) => ({ ...price, serviceId: price.serviceId.toLowerCase() }));
}

/** Whether two prices are the same: then a new version of the card leaves it as it is. */
export function priceHash(price: RatePrice): string {
  return hashOf(price);
}
