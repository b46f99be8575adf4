import type { Day } from '../../platform/clock.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import type { CostFacts, ListFacts, MemberFacts, PopulationFacts, RunFacts } from './run-facts.types.ts';

/** Cost of the half-open days by service. */
export async function costsByService(
  { sql }: HatTx,
  centreId: string,
  from: Day,
  to: Day,
): Promise<CostFacts[]> {
  return sql<CostFacts[]>`
    select s.id as "serviceId", s.code, s.title, l."amountCents", l."costLineIds"
    from (select service_id, sum(amount_cents)::bigint as "amountCents", array_agg(id order by id) as "costLineIds" from cost_lines
      where centre_id = ${centreId} and booked_on >= ${from} and booked_on < ${to} group by service_id) l
    join services s on s.id = l.service_id order by s.id`;
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
