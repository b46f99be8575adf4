import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { newId } from '../../platform/ids.ts';

export interface AuditEntry {
  /** `<module>.<what was done>`, for example `requests.assigned`. */
  readonly action: string;
  readonly entityType: string;
  readonly entityId: string;
  /** Parties beside the acting hat that may read the entry. */
  readonly centreId?: string;
  readonly organisationId?: string;
  /** What changed; no personal text, no secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Writes who did what, in the transaction of the change itself. */
export async function audit(tx: HatTx, ctx: HatContext, entry: AuditEntry): Promise<void> {
  const row = auditRow(ctx, entry);
  await tx.sql`insert into audit_entries ${tx.sql(row)}`;
}

/** Writes down many deeds of one moment at once. */
export async function auditAll(tx: HatTx, ctx: HatContext, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.sql`insert into audit_entries ${tx.sql(entries.map((entry) => auditRow(ctx, entry)))}`;
}

/** The values of an audit row, for use cases that write all they write in one statement. `details` is JSON text. */
export function auditRow(ctx: HatContext, entry: AuditEntry) {
  return {
    id: newId(),
    at: ctx.now,
    actor_id: ctx.actor.id,
    actor_name: ctx.actor.name,
    actor_kind: ctx.actor.kind,
    hat_kind: ctx.hat.kind,
    hat_id: ctx.hat.id,
    on_behalf_of: ctx.onBehalfOf,
    request_id: ctx.requestId,
    action: entry.action,
    entity_type: entry.entityType,
    entity_id: entry.entityId,
    centre_id: entry.centreId ?? (ctx.hat.kind === 'centre' ? ctx.hat.id : null),
    organisation_id: entry.organisationId ?? (ctx.hat.kind === 'organisation' ? ctx.hat.id : null),
    details: JSON.stringify(entry.details ?? {}),
  };
}
