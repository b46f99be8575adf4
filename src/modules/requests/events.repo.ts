import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { newId } from '../../platform/ids.ts';
import type { EventView, MessageView } from './requests.schemas.ts';
import type { Status } from './transitions.rules.ts';

/** What happened, apart from who and when. */
export interface EventFacts {
  readonly type: string;
  readonly from?: Status | null;
  readonly to?: Status | null;
  readonly reason?: string | null;
  readonly expectedVersion?: number | null;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly visibility?: 'parties' | 'centre';
}

/** A request and whose it is. */
export interface Parties {
  readonly id: string;
  readonly centreId: string;
  readonly organisationId: string;
}

/** The values of an event row, to be written with the change it tells of. `details` is JSON text. */
export function eventRow(ctx: HatContext, request: Parties, facts: EventFacts) {
  return {
    id: newId(),
    centre_id: request.centreId,
    organisation_id: request.organisationId,
    request_id: request.id,
    type: facts.type,
    from_status: facts.from ?? null,
    to_status: facts.to ?? null,
    at: ctx.now,
    actor_id: ctx.actor.id,
    actor_name: ctx.actor.name,
    hat_kind: ctx.hat.kind,
    hat_id: ctx.hat.id,
    on_behalf_of: ctx.onBehalfOf,
    reason: facts.reason ?? null,
    expected_version: facts.expectedVersion ?? null,
    details: JSON.stringify(facts.details ?? {}),
    visibility: facts.visibility ?? 'parties',
  };
}

export interface EventRow extends Omit<EventView, 'actor'> {
  readonly actorId: string;
  readonly actorName: string;
}

export async function listEvents(
  tx: HatTx,
  requestId: string,
  after: string | undefined,
  limit: number,
): Promise<EventRow[]> {
  return tx.sql<EventRow[]>`select id, type, from_status as "fromStatus", to_status as "toStatus", at,
      actor_id as "actorId", actor_name as "actorName", json_build_object('kind', hat_kind, 'id', hat_id) as hat,
      on_behalf_of as "onBehalfOf", reason, expected_version as "expectedVersion", details
    from service_request_events where request_id = ${requestId} ${after === undefined ? tx.sql`` : tx.sql`and id > ${after}`}
    order by id limit ${limit}`;
}

export type Visibility = 'parties' | 'centre';

export async function insertMessage(
  tx: HatTx,
  ctx: HatContext,
  request: Parties,
  body: string,
  visibility: Visibility,
): Promise<MessageView> {
  const id = newId();
  await tx.sql`insert into service_request_messages (id, centre_id, organisation_id, request_id, author_id, author_name, hat_kind, body, visibility, created_at)
    values (${id}, ${request.centreId}, ${request.organisationId}, ${request.id}, ${ctx.actor.id}, ${ctx.actor.name}, ${ctx.hat.kind}, ${body}, ${visibility}, ${ctx.now})`;
  return {
    id,
    author: { id: ctx.actor.id, name: ctx.actor.name, hatKind: ctx.hat.kind },
    body,
    createdAt: ctx.now,
  };
}

export async function listMessages(
  tx: HatTx,
  requestId: string,
  visibility: Visibility,
  after: string | undefined,
  limit: number,
): Promise<MessageView[]> {
  return tx.sql<
    MessageView[]
  >`select id, json_build_object('id', author_id, 'name', author_name, 'hatKind', hat_kind) as author, body, created_at as "createdAt"
    from service_request_messages where request_id = ${requestId} and visibility = ${visibility}
    ${after === undefined ? tx.sql`` : tx.sql`and id > ${after}`} order by id limit ${limit}`;
}
