import type { HatTx } from '../../../platform/db/hat.ts';
import type { LineFilter } from './allocation-run-lines.repo.ts';
import type { RunDelta } from './run-explanations.schemas.ts';

/** Line by line what a run says other than the one it corrects, after the given service, tranche and member. */
export async function listRunDeltas(
  { sql }: HatTx,
  { runId, correctedId }: { readonly runId: string; readonly correctedId: string },
  { reader, organisationId, changed }: LineFilter & { readonly changed: boolean },
  after: readonly [string, string, string] | undefined,
  limit: number,
): Promise<RunDelta[]> {
  const linesOf = (id: string) => sql`
    select service_id, service_code, service_title, organisation_id, member, member_name, coalesce(tranche_id, '') as tranche, amount_cents
    from allocation_run_lines where run_id = ${id}
      ${reader === undefined ? sql`` : sql`and organisation_id = ${reader}`}
      ${organisationId === undefined ? sql`` : sql`and organisation_id = ${organisationId}`}`;
  return sql<RunDelta[]>`
    select * from (
      select service_id as "serviceId", coalesce(n.service_code, o.service_code) as "serviceCode",
        coalesce(n.service_title, o.service_title) as "serviceTitle", organisation_id as "organisationId",
        coalesce(n.member, o.member) as member, coalesce(n.member_name, o.member_name) as "memberName", nullif(tranche, '') as "trancheId",
        coalesce(o.amount_cents, 0) as "previousCents", coalesce(n.amount_cents, 0) as "amountCents",
        coalesce(n.amount_cents, 0) - coalesce(o.amount_cents, 0) as "deltaCents"
      from (${linesOf(runId)}) n full join (${linesOf(correctedId)}) o using (service_id, organisation_id, tranche)) d
    where true
      ${changed ? sql`and "deltaCents" <> 0` : sql``}
      ${after === undefined ? sql`` : sql`and ("serviceCode", coalesce("trancheId", ''), member) > (${after[0]}, ${after[1]}, ${after[2]})`}
    order by "serviceCode", coalesce("trancheId", ''), member limit ${limit}`;
}
