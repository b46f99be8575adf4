/** Which services of an agreement are paid by price, and by which rate card. The other services fall under the cost clause. */
export interface PriceClause {
  prices: PricedServices[];
}

export interface PricedServices {
  /** Name of the rate card of the centre, as people write it into a contract. */
  rateCard: string;
  serviceIds: string[];
}
