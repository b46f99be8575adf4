import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import type { AuditView, DeadLetterView } from './operations.schemas.ts';

/** Jobs of this hat that were given up, oldest first. */
export async function listDeadLetters(
  tx: HatTx,
  { hat }: HatContext,
  after: string | undefined,
  limit: number,
): Promise<DeadLetterView[]> {
  return tx.sql<
    DeadLetterView[]
  >`select id, queue, name, payload, failure, failed_at as "failedAt", created_at as "createdAt", request_id as "requestId", redrives
    from outbox_jobs where failed_at is not null and hat_kind = ${hat.kind} and hat_id = ${hat.id}
    ${after === undefined ? tx.sql`` : tx.sql`and id > ${after}`} order by id limit ${limit}`;
}

/** Puts a dead letter back into the outbox; its name, or undefined when there is none under this hat. */
export async function redrive(tx: HatTx, id: string): Promise<string | undefined> {
  const [row] = await tx.sql<{ name: string }[]>`update outbox_jobs
    set failed_at = null, failure = null, dispatched_at = null, redrives = redrives + 1
    where id = ${id} and failed_at is not null returning name`;
  return row?.name;
}

/** What row-level security says too, put so that the planner finds the index of the hat. */
function ownEntries({ sql }: HatTx, { hat }: HatContext) {
  if (hat.kind === 'centre') return sql`centre_id = ${hat.id}`;
  if (hat.kind === 'organisation') return sql`organisation_id = ${hat.id}`;
  return sql`hat_kind = ${hat.kind} and hat_id = ${hat.id}`;
}

/** What the hat may see of the audit trail, newest first. */
export async function listAuditEntries(
  tx: HatTx,
  ctx: HatContext,
  entityId: string | undefined,
  before: string | undefined,
  limit: number,
): Promise<AuditView[]> {
  return tx.sql<
    AuditView[]
  >`select id, at, json_build_object('id', actor_id, 'name', actor_name, 'kind', actor_kind) as actor,
      json_build_object('kind', hat_kind, 'id', hat_id) as hat, on_behalf_of as "onBehalfOf", request_id as "requestId", action,
      entity_type as "entityType", entity_id as "entityId", details
    from audit_entries where ${ownEntries(tx, ctx)} ${entityId === undefined ? tx.sql`` : tx.sql`and entity_id = ${entityId}`}
    ${before === undefined ? tx.sql`` : tx.sql`and id < ${before}`} order by id desc limit ${limit}`;
}
