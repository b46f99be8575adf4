import { Type } from 'typebox';
import { named, text, Uuid } from '../../platform/http/schemas.ts';

const PricedServices = named('PricedServices', {
  rateCard: text(60, { description: 'Name of the rate card of the centre', examples: ['Telefon'] }),
  serviceIds: Type.Array(Uuid, {
    minItems: 1,
    maxItems: 200,
    description: 'Services of the agreement that this card prices',
  }),
});

/** Says for services of the agreement that they are paid by price and not by a share of their cost. */
export const PriceClauseSchema = named('PriceClause', {
  prices: Type.Array(PricedServices, { minItems: 1, maxItems: 20 }),
});
