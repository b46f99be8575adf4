import type { FieldError } from '../../platform/errors.ts';
import type { CostClause } from './cost-clause.types.ts';
import type { PriceClause } from './price-clause.types.ts';

interface Clauses {
  readonly serviceIds: readonly string[];
  readonly costClause: CostClause | null;
  readonly priceClause: PriceClause | null;
}

/**
 * Everything that keeps each service from having exactly one clause. Without a price clause there is nothing to say: then the
 * cost clause, where there is one, is that of all services.
 */
export function checkPriceClause(
  { serviceIds, costClause, priceClause }: Clauses,
  place = '/priceClause',
): FieldError[] {
  if (priceClause === null) return [];
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  for (const [i, { serviceIds: priced }] of priceClause.prices.entries()) {
    for (const [j, id] of priced.entries()) {
      const at = `${place}/prices/${i}/serviceIds/${j}`;
      if (!serviceIds.includes(id))
        errors.push({ pointer: at, code: 'NOT_A_SERVICE', detail: 'is no service of the agreement' });
      else if (seen.has(id))
        errors.push({ pointer: at, code: 'REPEATED', detail: 'is priced by this clause already' });
      seen.add(id);
    }
  }
  const isAllPriced = serviceIds.every((id) => seen.has(id));
  if (!isAllPriced && costClause === null)
    errors.push({
      pointer: '/costClause',
      code: 'REQUIRED',
      detail: 'is missing; services without a price need it',
    });
  if (isAllPriced && costClause !== null)
    errors.push({
      pointer: '/costClause',
      code: 'NOT_APPLICABLE',
      detail: 'has no service; all of them are paid by price',
    });
  return errors;
}

/** Ids in the one spelling in which they are compared and stored. */
export function plainPriceClause({ prices }: PriceClause): PriceClause {
  return {
    prices: prices.map(({ rateCard, serviceIds }) => ({
      rateCard: rateCard.trim(),
      serviceIds: serviceIds.map((id) => id.toLowerCase()),
    })),
  };
}

/** Services of a wording that are paid by price, each with the name of its card. */
export function pricedServices(priceClause: PriceClause | null): ReadonlyMap<string, string> {
  return new Map(
    (priceClause?.prices ?? []).flatMap(({ rateCard, serviceIds }) =>
      serviceIds.map((id) => [id, rateCard] as const),
    ),
  );
}
