import type { HatTx } from '../../../platform/db/hat.ts';
import type { RunLineView } from './allocation-runs.schemas.ts';
import type { Share } from './run-shares.rules.ts';

/** Lines go in by portions, so that no parameter grows without bound. */
const PORTION = 5000;

export async function insertRunLines(
  { sql }: HatTx,
  run: { readonly id: string; readonly centreId: string },
  lines: readonly RunLineView[],
): Promise<void> {
  for (let start = 0; start < lines.length; start += PORTION) {
    const portion = JSON.stringify(lines.slice(start, start + PORTION));
    await sql`
      insert into allocation_run_lines (run_id, position, centre_id, organisation_id, service_id, service_code, service_title, member,
        member_name, tranche_id, parts, exact_cents, rounding_cents, amount_cents)
      select ${run.id}, r.position, ${run.centreId}, r."organisationId", r."serviceId", r."serviceCode", r."serviceTitle", r.member,
        r."memberName", r."trancheId", r.parts, r."exactCents", r."roundingCents", r."amountCents"
      from jsonb_to_recordset(${portion}::jsonb) as r (position int, "organisationId" uuid, "serviceId" uuid, "serviceCode" text,
        "serviceTitle" text, member text, "memberName" text, "trancheId" text, parts jsonb, "exactCents" text, "roundingCents" int,
        "amountCents" bigint)`;
  }
}

export interface LineFilter {
  /** What row-level security says of a member too, put so that the planner finds the index. */
  readonly reader?: string;
  readonly organisationId?: string;
  readonly serviceId?: string;
}

/** Lines in the order of the calculation file, after the given position; all of them without a limit. */
export async function listRunLines(
  { sql }: HatTx,
  runId: string,
  { reader, organisationId, serviceId }: LineFilter,
  after = -1,
  limit: number | null = null,
): Promise<RunLineView[]> {
  return sql<RunLineView[]>`
    select position, service_id as "serviceId", service_code as "serviceCode", service_title as "serviceTitle",
      organisation_id as "organisationId", member, member_name as "memberName", tranche_id as "trancheId", parts,
      exact_cents as "exactCents", rounding_cents as "roundingCents", amount_cents as "amountCents"
    from allocation_run_lines where run_id = ${runId} and position > ${after}
      ${reader === undefined ? sql`` : sql`and organisation_id = ${reader}`}
      ${organisationId === undefined ? sql`` : sql`and organisation_id = ${organisationId}`}
      ${serviceId === undefined ? sql`` : sql`and service_id = ${serviceId}`}
    order by position limit ${limit}`;
}

type KeyOfRun = Pick<RunLineView, 'serviceId' | 'serviceCode' | 'serviceTitle' | 'parts'>;

/** The keys of a run, each once: of each service and tranche the first line, for the key is the same in all of them. */
export async function listKeysOfRun({ sql }: HatTx, runId: string): Promise<KeyOfRun[]> {
  return sql<KeyOfRun[]>`
    select service_id as "serviceId", service_code as "serviceCode", service_title as "serviceTitle", parts from allocation_run_lines
    where run_id = ${runId} and position in (
      select min(position) from allocation_run_lines where run_id = ${runId} group by service_id, tranche_id)
    order by position`;
}

/** What each member bears of each service, over all tranches. */
export async function listRunShares({ sql }: HatTx, runId: string): Promise<Share[]> {
  return sql<Share[]>`
    select organisation_id as "organisationId", member, member_name as "memberName", service_id as "serviceId",
      service_code as "serviceCode", service_title as "serviceTitle", sum(amount_cents)::bigint as "amountCents"
    from allocation_run_lines where run_id = ${runId} group by 1, 2, 3, 4, 5, 6 order by min(position)`;
}
