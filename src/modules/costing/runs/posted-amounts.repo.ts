import type { Day } from '../../../platform/clock.ts';
import type { HatTx } from '../../../platform/db/hat.ts';

export interface PostedAmount {
  readonly serviceId: string;
  readonly organisationId: string;
  readonly amountCents: number;
}

/** What the posted runs of periods within the half-open days ask of each member for each service, as far as the hat sees it. */
export async function postedAmounts(
  { sql }: HatTx,
  centreId: string,
  from: Day,
  to: Day,
): Promise<PostedAmount[]> {
  return sql<PostedAmount[]>`
    select l.service_id as "serviceId", l.organisation_id as "organisationId", sum(l.amount_cents)::bigint as "amountCents"
    from allocation_runs r join allocation_run_lines l on l.run_id = r.id
    where r.centre_id = ${centreId} and r.status = 'posted' and r.starts_on >= ${from} and r.ends_on <= ${to}
    group by 1, 2 order by 1, 2`;
}
