import type { HatTx } from '../../../platform/db/hat.ts';
import type { VatHoldings, VatQuestionThroughout } from './vat.types.ts';
import type { Validity } from './vat-validity.rules.ts';

/** What of a service, for some members and days. */
export interface Covering extends Validity {
  readonly id: string;
  readonly centreId: string;
  readonly serviceId: string;
  readonly memberIds: readonly string[];
  readonly supersedes: readonly string[];
}

/** Numbers of the determinations that hold on some of the days and are not to be superseded. */
export async function findOverlaps({ sql }: HatTx, covering: Covering): Promise<string[]> {
  const rows = await sql<{ number: string }[]>`
    select distinct d.number from vat_coverage c join vat_determinations d on d.id = c.determination_id
    where ${sameDays(sql, covering)} and c.determination_id <> all(${covering.supersedes as string[]}::uuid[]) order by 1 limit 5`;
  return rows.map(({ number }) => number);
}

/** Cuts what the determination supersedes at its first day; says the ids of those that hold for nobody beyond their cut. */
export async function cutSuperseded({ sql }: HatTx, covering: Covering): Promise<string[]> {
  const ids = covering.supersedes as string[];
  await sql`update vat_coverage c set holds_to = greatest(c.holds_from, ${covering.validFrom}::date), superseded_by = ${covering.id}
    where ${sameDays(sql, covering)} and c.determination_id = any(${ids}::uuid[])`;
  const rows = await sql<{ id: string }[]>`select d.id from vat_determinations d
    where d.id = any(${ids}::uuid[]) and d.status = 'in_force'
      and not exists (select from vat_coverage c where c.determination_id = d.id and c.superseded_by is null)`;
  return rows.map(({ id }) => id);
}

/** What holds for whom from now on: a row for each member. */
export async function insertCoverage({ sql }: HatTx, covering: Covering): Promise<void> {
  const { id, centreId, serviceId, memberIds, validFrom, validTo } = covering;
  await sql`insert into vat_coverage (determination_id, centre_id, service_id, organisation_id, holds_from, holds_to)
    select ${id}, ${centreId}, ${serviceId}, member, ${validFrom}::date, ${validTo}::date from unnest(${memberIds as string[]}::uuid[]) member`;
}

const sameDays = (sql: HatTx['sql'], { centreId, serviceId, memberIds, validFrom, validTo }: Covering) => sql`
  c.centre_id = ${centreId} and c.service_id = ${serviceId} and c.organisation_id = any(${memberIds as string[]}::uuid[])
    and daterange(c.holds_from, c.holds_to) && daterange(${validFrom}::date, ${validTo}::date)`;

/** What holds on the days of each question, and what is open about any of them; in the order asked. */
export async function findHoldings(
  { sql }: HatTx,
  centreId: string,
  questions: readonly VatQuestionThroughout[],
): Promise<VatHoldings[]> {
  const asked = JSON.stringify(questions.map((question, at) => ({ ...question, at })));
  return sql<VatHoldings[]>`
    select h.stretches, case when r.number is not null then to_jsonb(r) end as review
    from jsonb_to_recordset(${asked}::text::jsonb) as q (at int, "serviceId" uuid, "organisationId" uuid, "from" date, "to" date)
    left join lateral (
      select coalesce(jsonb_agg(to_jsonb(c) order by c."from"), '[]') as stretches from (
        select greatest(c.holds_from, q."from") as "from", least(c.holds_to, q."to") as "to",
          d.id, d.number, d.result, d.rule, d.category, d.rate_percent as "ratePercent", d.vatex_code as "vatexCode", d.law,
          d.rule_set as "ruleSet"
        from vat_coverage c join vat_determinations d on d.id = c.determination_id
        where c.centre_id = ${centreId} and c.service_id = q."serviceId" and c.organisation_id = q."organisationId"
          and daterange(c.holds_from, c.holds_to) && daterange(q."from", q."to")
      ) c
    ) h on true
    left join lateral (
      select d.number, d.rule, greatest(d.valid_from, q."from") as "from", least(d.valid_to, q."to") as "to" from vat_determinations d
      where d.centre_id = ${centreId} and d.status = 'review' and d.service_id = q."serviceId" and d.member_ids @> array[q."organisationId"]
        and daterange(d.valid_from, d.valid_to) && daterange(q."from", q."to") order by d.id limit 1
    ) r on true
    order by q.at`;
}
