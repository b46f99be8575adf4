import { type HatTx, planByValues } from '../../platform/db/hat.ts';

export interface UsageTotalsOfServices {
  readonly centreId: string;
  readonly serviceIds: readonly string[];
  /** First day. */
  readonly from: string;
  /** Day after the last day. */
  readonly to: string;
  /** Leaves out what was recorded after this moment. */
  readonly recordedUntil?: string;
}

export interface ServiceUsageTotal {
  readonly serviceId: string;
  readonly organisationId: string;
  readonly meter: string;
  readonly unit: string;
  /** Exact decimal. */
  readonly quantity: string;
  readonly eventCount: number;
}

/** `usageTotals` of many services in one query. One row for each service, organisation, meter and unit. */
export async function usageTotalsOfServices(
  tx: HatTx,
  { centreId, serviceIds, from, to, recordedUntil }: UsageTotalsOfServices,
): Promise<ServiceUsageTotal[]> {
  await planByValues(tx);
  const { sql } = tx;
  return sql<ServiceUsageTotal[]>`
    select service_id as "serviceId", organisation_id as "organisationId", meter, unit,
      trim_scale(sum(quantity))::text as quantity, count(*)::int as "eventCount"
    from usage_events
    where centre_id = ${centreId} and service_id = any(${serviceIds as string[]}::uuid[]) and occurred_on >= ${from} and occurred_on < ${to}
      ${recordedUntil === undefined ? sql`` : sql`and recorded_at <= ${recordedUntil}`}
    group by service_id, organisation_id, meter, unit
    order by service_id, organisation_id, meter, unit`;
}
