import { type Day, plusDays } from '../../../platform/clock.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { ChargedAmount } from './vat.types.ts';
import type { Asserted, VatTreatment } from './vat-law-change.rules.ts';

type Holding = VatTreatment & { readonly determinationId: string; readonly number: string };

export interface LawChangeRow {
  readonly serviceId: string;
  readonly serviceCode: string;
  readonly serviceTitle: string;
  readonly organisationId: string;
  readonly memberName: string;
  readonly postedCents: number;
  /** Of it by price. */
  readonly pricedCents: number;
  readonly before: (Holding & Asserted) | null;
  /** An open question about the day before, which then blocks issuing. */
  readonly doubted: Holding | null;
  readonly decided: Holding | null;
  readonly forecastCents: number | null;
}

const treatment = ({
  sql,
}: HatTx) => sql`jsonb_build_object('determinationId', d.id, 'number', d.number, 'result', d.result,
    'rule', d.rule, 'category', d.category, 'ratePercent', d.rate_percent) as holding`;

/** What holds on a day, by service and member. */
const holdingOn = (tx: HatTx, centreId: string, day: Day) => tx.sql`
  select c.service_id, c.organisation_id, jsonb_build_object('facts', f.facts, 'validFrom', d.valid_from) as asserted, ${treatment(tx)}
  from vat_coverage c join vat_determinations d on d.id = c.determination_id
    join vat_determination_facts f on f.determination_id = d.id
  where c.centre_id = ${centreId} and daterange(c.holds_from, c.holds_to) @> ${day}::date`;

/** The oldest open question about a day, by service and member: it outranks what holds. */
const openOn = (tx: HatTx, centreId: string, day: Day) => tx.sql`
  select distinct on (d.service_id, organisation_id) d.service_id, organisation_id, ${treatment(tx)}
  from vat_determinations d cross join unnest(d.member_ids) as organisation_id
  where d.centre_id = ${centreId} and d.status = 'review' and daterange(d.valid_from, d.valid_to) @> ${day}::date
  order by d.service_id, organisation_id, d.id`;

/**
 * Each service and member for which something was posted, or is determined on the day or the one before; `heldOn` is that one, the
 * eve where it is not said.
 */
export async function lawChangeRows(
  tx: HatTx,
  centreId: string,
  { day, heldOn = plusDays(day, -1) }: { readonly day: Day; readonly heldOn?: Day },
  posted: readonly ChargedAmount[],
): Promise<LawChangeRow[]> {
  const { sql } = tx;
  return sql<LawChangeRow[]>`
    with posted as (
      select "serviceId" as service_id, "organisationId" as organisation_id, "amountCents" as cents, "pricedCents" as priced_cents
      from jsonb_to_recordset(${JSON.stringify(posted)}::text::jsonb) as p ("serviceId" uuid, "organisationId" uuid, "amountCents" bigint, "pricedCents" bigint)
    ), eve as (${holdingOn(tx, centreId, heldOn)}), doubt as (${openOn(tx, centreId, heldOn)}), morning as (${holdingOn(tx, centreId, day)}),
    question as (${openOn(tx, centreId, day)}), pairs as (
      select service_id, organisation_id from posted union select service_id, organisation_id from eve
      union select service_id, organisation_id from morning union select service_id, organisation_id from question
    )
    select s.id as "serviceId", s.code as "serviceCode", s.title as "serviceTitle", o.id as "organisationId", o.name as "memberName",
      coalesce(posted.cents, 0)::bigint as "postedCents", coalesce(posted.priced_cents, 0)::bigint as "pricedCents", eve.holding || eve.asserted as before, doubt.holding as doubted,
      coalesce(question.holding, morning.holding) as decided,
      (select f.amount_cents from vat_activity_group_services g join vat_forecasts f on f.group_id = g.group_id
        where g.service_id = s.id and f.year = ${Number(day.slice(0, 4))} order by f.id desc limit 1) as "forecastCents"
    from pairs join services s on s.id = pairs.service_id join organisations o on o.id = pairs.organisation_id
      left join posted on posted.service_id = s.id and posted.organisation_id = o.id
      left join eve on eve.service_id = s.id and eve.organisation_id = o.id
      left join morning on morning.service_id = s.id and morning.organisation_id = o.id
      left join doubt on doubt.service_id = s.id and doubt.organisation_id = o.id
      left join question on question.service_id = s.id and question.organisation_id = o.id
    order by s.code, o.name, o.id`;
}
