import type postgres from 'postgres';
import type { Day, Moment } from '../../platform/clock.ts';
import { type HatTx, planByValues } from '../../platform/db/hat.ts';

type Fragment = postgres.PendingQuery<postgres.Row[]>;

/** Which usage is added up: that of half-open days, narrowed down by what is given. */
export interface SumsFilter {
  readonly centreId?: string;
  readonly organisationId?: string;
  readonly serviceIds?: readonly string[];
  /** First day. */
  readonly from: Day;
  /** Day after the last day. */
  readonly to: Day;
  /** Leaves out what was recorded after this moment. */
  readonly recordedUntil?: Moment;
}

/**
 * Rows to be added up, corrections and all: `service_id, organisation_id, meter, unit, source, month, quantity, events`. Days that are
 * whole months come from the roll-ups, less the few events recorded too late; others from the events.
 */
export function rowsToSum(sql: postgres.TransactionSql, filter: SumsFilter): Fragment {
  const isMonths = filter.from.endsWith('-01') && filter.to.endsWith('-01');
  if (!isMonths) return fromEvents(sql, filter);
  return sql`
    select service_id, organisation_id, meter, unit, source, month, quantity, event_count as events
    from usage_rollups where ${monthsOf(sql, filter)}
    union all ${besideRollups(sql, filter)}`;
}

/** The same for sums over all sources and months: whole years come from the roll-ups by year, which are a tenth as many. */
function rowsToTotal(sql: postgres.TransactionSql, filter: SumsFilter): Fragment {
  const { from, to } = filter;
  if (!from.endsWith('-01-01') || !to.endsWith('-01-01')) return rowsToSum(sql, filter);
  return sql`
    select service_id, organisation_id, meter, unit, null::text as source, year as month, quantity, event_count as events
    from usage_year_rollups where ${narrowed(sql, filter)} and year >= ${from} and year < ${to}
    union all ${besideRollups(sql, filter)}`;
}

/** What makes roll-ups of whole months the sums that are asked for: deltas not yet moved into them, and events recorded too late. */
function besideRollups(sql: postgres.TransactionSql, filter: SumsFilter): Fragment {
  const { recordedUntil } = filter;
  const tooLate =
    recordedUntil === undefined
      ? sql``
      : sql`union all select service_id, organisation_id, meter, unit, source, date_trunc('month', occurred_on)::date, -quantity, -1
          from usage_events where ${daysOf(sql, filter)} and recorded_at > ${recordedUntil}`;
  return sql`
    select service_id, organisation_id, meter, unit, source, month, quantity, event_count
    from usage_rollup_deltas where ${monthsOf(sql, filter)}
    ${tooLate}`;
}

function monthsOf(sql: postgres.TransactionSql, filter: SumsFilter): Fragment {
  return sql`${narrowed(sql, filter)} and month >= ${filter.from} and month < ${filter.to}`;
}

function fromEvents(sql: postgres.TransactionSql, filter: SumsFilter): Fragment {
  const { recordedUntil } = filter;
  return sql`
    select service_id, organisation_id, meter, unit, source, date_trunc('month', occurred_on)::date as month, quantity, 1 as events
    from usage_events where ${daysOf(sql, filter)} ${recordedUntil === undefined ? sql`` : sql`and recorded_at <= ${recordedUntil}`}`;
}

function daysOf(sql: postgres.TransactionSql, filter: SumsFilter): Fragment {
  return sql`${narrowed(sql, filter)} and occurred_on >= ${filter.from} and occurred_on < ${filter.to}`;
}

function narrowed(
  sql: postgres.TransactionSql,
  { centreId, organisationId, serviceIds }: SumsFilter,
): Fragment {
  return sql`true
    ${centreId === undefined ? sql`` : sql`and centre_id = ${centreId}`}
    ${organisationId === undefined ? sql`` : sql`and organisation_id = ${organisationId}`}
    ${serviceIds === undefined ? sql`` : sql`and service_id = any(${serviceIds as string[]}::uuid[])`}`;
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

/**
 * What each organisation used of services, corrections set off. One row for each service, organisation, meter and unit: quantities of
 * different units are never added up.
 */
export async function usageTotalsOfServices(
  tx: HatTx,
  filter: SumsFilter & { readonly centreId: string; readonly serviceIds: readonly string[] },
): Promise<ServiceUsageTotal[]> {
  await planByValues(tx);
  return tx.sql<ServiceUsageTotal[]>`
    select service_id as "serviceId", organisation_id as "organisationId", meter, unit,
      trim_scale(sum(quantity))::text as quantity, sum(events)::int as "eventCount"
    from (${rowsToTotal(tx.sql, filter)}) as parts
    group by service_id, organisation_id, meter, unit having sum(events) > 0
    order by service_id, organisation_id, meter, unit`;
}

type MeterUsageTotal = Omit<ServiceUsageTotal, 'organisationId'>;

/** What was used of services over all organisations: one row for each service, meter and unit of which anything counts. */
export async function usageTotalsOfMeters(
  tx: HatTx,
  filter: SumsFilter & { readonly centreId: string; readonly serviceIds: readonly string[] },
): Promise<MeterUsageTotal[]> {
  await planByValues(tx);
  return tx.sql<MeterUsageTotal[]>`
    select service_id as "serviceId", meter, unit, trim_scale(sum(quantity))::text as quantity, sum(events)::int as "eventCount"
    from (${rowsToTotal(tx.sql, filter)}) as parts
    group by service_id, meter, unit having sum(quantity) <> 0
    order by service_id, meter, unit`;
}
