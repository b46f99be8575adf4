import type { Day, Moment } from '../../../platform/clock.ts';
import type { HatTx } from '../../../platform/db/hat.ts';

export interface DueInstalment {
  readonly id: string;
  readonly organisationId: string;
  readonly vatGroup: string;
  readonly number: number;
  readonly dueOn: Day;
}

/** Plans of the centre with something to issue on the day. */
export async function plansWithDue({ sql }: HatTx, centreId: string, day: Day): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select distinct p.id from instalments i join instalment_plans p on p.id = i.plan_id and p.status in ('in_force', 'ended')
    where i.centre_id = ${centreId} and i.issue_on <= ${day} and i.status in ('pending', 'blocked') order by p.id`;
  return rows.map(({ id }) => id);
}

/** Up to `limit` instalments of the plan that are to be issued on the day and were not looked at since `turn`. */
export async function lockDue(
  { sql }: HatTx,
  planId: string,
  day: Day,
  turn: Moment,
  limit: number,
): Promise<DueInstalment[]> {
  return sql<DueInstalment[]>`
    select id, organisation_id as "organisationId", vat_group as "vatGroup", number, due_on as "dueOn" from instalments
    where plan_id = ${planId} and issue_on <= ${day} and status in ('pending', 'blocked') and (checked_at is null or checked_at < ${turn})
    order by due_on, organisation_id, vat_group limit ${limit} for update`;
}

export async function markIssued(
  { sql }: HatTx,
  turn: Moment,
  issued: readonly { readonly id: string; readonly statementId: string }[],
): Promise<void> {
  await sql`update instalments i set status = 'issued', statement_id = r."statementId", problems = '[]', checked_at = ${turn}
    from jsonb_to_recordset(${JSON.stringify(issued)}::text::jsonb) as r (id uuid, "statementId" uuid) where i.id = r.id`;
}

/** An instalment that is not issued, and why. */
export interface HeldInstalment {
  readonly id: string;
  readonly problems: readonly { readonly code: string; readonly detail: string }[];
}

export async function markHeld(
  { sql }: HatTx,
  turn: Moment,
  status: 'blocked' | 'cancelled',
  held: readonly HeldInstalment[],
): Promise<void> {
  await sql`update instalments i set status = ${status}, problems = r.problems, checked_at = ${turn}
    from jsonb_to_recordset(${JSON.stringify(held)}::text::jsonb) as r (id uuid, problems jsonb) where i.id = r.id`;
}

/** A member, and the group of VAT its document is of. */
export interface Charged {
  readonly organisationId: string;
  readonly vatGroup: string;
}

/** Whom valid final documents of a period charge, and in which group of VAT. */
export async function billedFinally({ sql }: HatTx, centreId: string, periodId: string): Promise<Charged[]> {
  return sql<Charged[]>`
    select distinct organisation_id as "organisationId", vat_group as "vatGroup" from statements
    where centre_id = ${centreId} and period_id = ${periodId} and status = 'issued' and superseded_by is null and kind in (380, 384)`;
}
