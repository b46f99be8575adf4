import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { CreateSecondaryPlan, SecondaryPlanView } from './secondary-plans.schemas.ts';

const columns = ({
  sql,
}: HatTx) => sql`id, centre_id as "centreId", number, as_of as "asOf", method, step_order as "order", use, source,
  recorded_by as "recordedBy", recorded_at as "recordedAt"`;

/** Plans of a centre are numbered one at a time. */
export async function insertPlan(
  { sql }: HatTx,
  { hat, actor, now }: HatContext,
  id: string,
  { asOf, method, order, use, source }: CreateSecondaryPlan,
): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('secondary_plans', hashtext(${hat.id})))`;
  await sql`insert into secondary_plans (id, centre_id, number, as_of, method, step_order, use, source, recorded_by, recorded_at)
    select ${id}, ${hat.id}, coalesce(max(number), 0) + 1, ${asOf}::date, ${method}, ${order ?? null}::text[],
      ${JSON.stringify(use)}::text::jsonb, ${source}, ${actor.id}, ${now}
    from secondary_plans where centre_id = ${hat.id}`;
}

export async function findPlan(tx: HatTx, id: string): Promise<SecondaryPlanView | undefined> {
  const [row] = await tx.sql<
    SecondaryPlanView[]
  >`select ${columns(tx)} from secondary_plans where id = ${id}`;
  return row;
}

/** Up to `limit` plans, the newest first, before the given id. */
export async function listPlans(
  tx: HatTx,
  centreId: string,
  before: string | undefined,
  limit: number,
): Promise<SecondaryPlanView[]> {
  const { sql } = tx;
  return sql<SecondaryPlanView[]>`select ${columns(tx)} from secondary_plans where centre_id = ${centreId}
    ${before === undefined ? sql`` : sql`and id < ${before}`} order by id desc limit ${limit}`;
}
