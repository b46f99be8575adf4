import type { Day } from '../../../platform/clock.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { ServiceAmount } from '../vat/vat.types.ts';

/**
 * What members are charged by price for periods within the half-open days, net. Only documents that are valid now count: a 384 stands
 * for what it replaces, and what a 381 took back is gone with it. Lines of runs are counted with their run, instalments not at all.
 */
export async function pricedAmounts(
  { sql }: HatTx,
  centreId: string,
  from: Day,
  to: Day,
): Promise<ServiceAmount[]> {
  return sql<ServiceAmount[]>`
    select l.service_id as "serviceId", l.organisation_id as "organisationId", sum(l.net_cents)::bigint as "amountCents"
    from statements s join statement_lines l on l.statement_id = s.id
    where s.centre_id = ${centreId} and s.status = 'issued' and s.superseded_by is null and s.kind in (380, 384)
      and s.starts_on >= ${from} and s.ends_on <= ${to} and l.run_id is null
    group by 1, 2 order by 1, 2`;
}
