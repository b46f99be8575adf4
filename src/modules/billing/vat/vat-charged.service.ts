import type { HatTx } from '../../../platform/db/hat.ts';
import { sumCents } from '../../../platform/money/index.ts';
import { postedAmounts } from '../../costing/index.ts';
import { pricedAmounts } from '../statements/priced-amounts.repo.ts';
import type { ChargedAmount, ServiceAmount } from './vat.types.ts';
import { daysOfYear } from './vat-turnover.rules.ts';

/** By service and member what posted runs and valid invoices by price charge for the periods of a calendar year. */
export async function chargedAmounts(tx: HatTx, centreId: string, year: number): Promise<ChargedAmount[]> {
  const { from, to } = daysOfYear(year);
  const charged = new Map<string, ChargedAmount>();
  const add = (amount: ServiceAmount, pricedCents: number) => {
    const { serviceId, organisationId, amountCents } = amount;
    const key = `${serviceId} ${organisationId}`;
    const known = charged.get(key) ?? { amountCents: 0, pricedCents: 0 };
    charged.set(key, {
      serviceId,
      organisationId,
      amountCents: sumCents([known.amountCents, amountCents]),
      pricedCents: sumCents([known.pricedCents, pricedCents]),
    });
  };
  for (const amount of await postedAmounts(tx, centreId, from, to)) add(amount, 0);
  for (const amount of await pricedAmounts(tx, centreId, from, to)) add(amount, amount.amountCents);
  return [...charged.values()];
}
