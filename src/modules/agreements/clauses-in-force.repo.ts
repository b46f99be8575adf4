import type { Day } from '../../platform/clock.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import type { CostClause } from './cost-clause.types.ts';
import { pricedServices } from './price-clause.rules.ts';
import type { PriceClause } from './price-clause.types.ts';

/** A wording with the days it holds. */
interface WordingInForce {
  readonly agreementId: string;
  readonly agreementVersionId: string;
  readonly title: string;
  readonly mode: string;
  readonly number: number;
  readonly validFrom: Day;
  readonly validTo: Day | null;
  readonly organisationIds: readonly string[];
}

/** For sharing out the cost of services. */
export interface CostClauseInForce extends WordingInForce {
  /** Null where the agreement has no machine-readable rule, or says a price for these services. */
  readonly costClause: CostClause | null;
  /** Those of the asked services that it is about. */
  readonly serviceIds: readonly string[];
  /** It says a price for these services. */
  readonly isPriced?: true;
}

/** For pricing usage. */
export interface PriceClauseInForce extends WordingInForce {
  /** Name of the rate card by service. */
  readonly rateCards: ReadonlyMap<string, string>;
}

interface WordingRow extends CostClauseInForce {
  readonly priceClause: PriceClause | null;
}

const columns = ({ sql }: HatTx) => sql`
  a.id as "agreementId", v.id as "agreementVersionId", a.title, a.mode, v.number, v.valid_from as "validFrom", v.valid_to as "validTo",
  v.cost_clause as "costClause", v.price_clause as "priceClause", v.organisation_ids as "organisationIds"`;

const holdsWithin = ({ sql }: HatTx, centreId: string, from: Day, to: Day) => sql`
  v.centre_id = ${centreId} and v.status <> 'draft'
  and v.valid_from < ${to} and (v.valid_to is null or v.valid_to > ${from}) and v.valid_to is distinct from v.valid_from`;

/**
 * Wordings that held for any of the services on any day of `[from, to)`, by start. One that says a price for some of them is
 * there twice: with its cost clause for the others, and with none for those.
 */
export async function costClausesFor(
  tx: HatTx,
  centreId: string,
  serviceIds: readonly string[],
  from: Day,
  to: Day,
): Promise<CostClauseInForce[]> {
  const { sql } = tx;
  const rows = await sql<WordingRow[]>`
    select ${columns(tx)},
      array(select id from unnest(v.service_ids) id where id = any(${serviceIds as string[]}::uuid[]) order by id) as "serviceIds"
    from agreement_versions v join agreements a on a.id = v.agreement_id
    where ${holdsWithin(tx, centreId, from, to)} and v.service_ids && ${serviceIds as string[]}::uuid[]
    order by v.valid_from, v.id`;
  return rows.flatMap(byClause);
}

function byClause({ priceClause, ...row }: WordingRow): CostClauseInForce[] {
  const priced = pricedServices(priceClause);
  const shared = { ...row, serviceIds: row.serviceIds.filter((id) => !priced.has(id)) };
  const paid = {
    ...row,
    costClause: null,
    serviceIds: row.serviceIds.filter((id) => priced.has(id)),
    isPriced: true as const,
  };
  return [shared, paid].filter(({ serviceIds }) => serviceIds.length > 0);
}

/** Wordings with a price clause that held on any day of `[from, to)`, by start. */
export async function priceClausesFor(
  tx: HatTx,
  centreId: string,
  from: Day,
  to: Day,
): Promise<PriceClauseInForce[]> {
  const rows = await tx.sql<WordingRow[]>`
    select ${columns(tx)} from agreement_versions v join agreements a on a.id = v.agreement_id
    where ${holdsWithin(tx, centreId, from, to)} and v.price_clause is not null
    order by v.valid_from, v.id`;
  return rows.map(({ costClause: _, priceClause, ...row }) => ({
    ...row,
    rateCards: pricedServices(priceClause),
  }));
}

/** Days on which one wording covers a service for a party. */
export interface CoveredDays {
  readonly agreementVersionId: string;
  readonly organisationId: string;
  readonly serviceId: string;
  readonly validFrom: Day;
  readonly validTo: Day | null;
}

/** Who was covered for the services on some of the days of `[from, to)`, by start. */
export async function coveredDaysOf(
  { sql }: HatTx,
  centreId: string,
  serviceIds: readonly string[],
  from: Day,
  to: Day,
): Promise<CoveredDays[]> {
  return sql<CoveredDays[]>`
    select agreement_version_id as "agreementVersionId", organisation_id as "organisationId", service_id as "serviceId",
      valid_from as "validFrom", valid_to as "validTo"
    from agreement_coverage
    where centre_id = ${centreId} and service_id = any(${serviceIds as string[]}::uuid[])
      and valid_from < ${to} and (valid_to is null or valid_to > ${from})
    order by valid_from, agreement_version_id, organisation_id, service_id`;
}
