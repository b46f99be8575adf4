import type { Day } from '../../../platform/clock.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { CostKind } from '../costs/cost-line.types.ts';
import type {
  CostCentreFacts,
  ListFacts,
  MemberFacts,
  PlaceCost,
  PlanFacts,
  PopulationFacts,
  RunFacts,
  ServiceFacts,
} from './run-facts.types.ts';

/** Cost and income of the half-open days by the place they were booked on. */
export async function costsByPlace(
  { sql }: HatTx,
  centreId: string,
  from: Day,
  to: Day,
  kind: CostKind,
): Promise<PlaceCost[]> {
  return sql<PlaceCost[]>`
    select service_id as "serviceId", cost_centre_id as "costCentreId", category,
      case when category = 'cost' then '' else cost_type end as "costType",
      sum(amount_cents)::bigint as "amountCents", array_agg(id order by id) as "costLineIds"
    from cost_lines where centre_id = ${centreId} and booked_on >= ${from} and booked_on < ${to} and kind = ${kind}
    group by 1, 2, 3, 4 order by 1, 2, 3, 4`;
}

export async function listCostCentreFacts({ sql }: HatTx, centreId: string): Promise<CostCentreFacts[]> {
  return sql<CostCentreFacts[]>`
    select id, code, name, type, service_id as "serviceId" from cost_centres where centre_id = ${centreId} order by id`;
}

/** The newest plan as of a day before `before`; of two for one day the later one. */
export async function newestPlan(
  { sql }: HatTx,
  centreId: string,
  before: Day,
): Promise<PlanFacts | undefined> {
  const [row] = await sql<PlanFacts[]>`
    select id, number, as_of as "asOf", method, step_order as "order", use, source from secondary_plans
    where centre_id = ${centreId} and as_of < ${before} order by as_of desc, number desc limit 1`;
  return row;
}

export async function listServiceFacts({ sql }: HatTx, ids: readonly string[]): Promise<ServiceFacts[]> {
  return sql<
    ServiceFacts[]
  >`select id, code, title from services where id = any(${ids as string[]}::uuid[]) order by id`;
}

export async function findCentreFacts(
  { sql }: HatTx,
  centreId: string,
): Promise<RunFacts['centre'] | undefined> {
  const [row] = await sql<RunFacts['centre'][]>`select id, name, code from centres where id = ${centreId}`;
  return row;
}

export async function listMemberFacts({ sql }: HatTx, ids: readonly string[]): Promise<MemberFacts[]> {
  return sql<
    MemberFacts[]
  >`select id, ags, name from organisations where id = any(${ids as string[]}::uuid[]) order by id`;
}

/** For each organisation and basis the latest figure of a day before `before`. */
export async function latestPopulations(
  { sql }: HatTx,
  ids: readonly string[],
  before: Day,
): Promise<PopulationFacts[]> {
  return sql<PopulationFacts[]>`
    select distinct on (organisation_id, basis) organisation_id as "organisationId", basis, as_of as "asOf", population, source
    from organisation_populations where organisation_id = any(${ids as string[]}::uuid[]) and as_of < ${before}
    order by organisation_id, basis, as_of desc`;
}

/** Of each value list the newest version as of a day before `before`; of two for one day the later one. */
export async function newestLists({ sql }: HatTx, centreId: string, before: Day): Promise<ListFacts[]> {
  return sql<ListFacts[]>`
    select distinct on (name) id, name, type, as_of as "asOf", basis, source, values
    from allocation_keys where centre_id = ${centreId} and as_of < ${before}
    order by name, as_of desc, number desc`;
}
