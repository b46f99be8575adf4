import type { Moment } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { WriteOffStatus } from './write-off-states.rules.ts';
import type { CreateWriteOff, WriteOffView } from './write-offs.schemas.ts';

type Person = WriteOffView['recorded']['by'];

type Facts = Pick<
  WriteOffView,
  | 'id'
  | 'centreId'
  | 'organisationId'
  | 'memberName'
  | 'chainId'
  | 'chainNumber'
  | 'amountCents'
  | 'ground'
  | 'reason'
  | 'version'
>;

export interface WriteOffRow extends Facts {
  readonly recordedBy: Person;
  readonly recordedAt: Moment;
  readonly confirmedBy: Person;
  readonly confirmedAt: Moment | null;
  readonly endedBy: Person;
  readonly endedAt: Moment | null;
  readonly endReason: string | null;
  /** What the chain claimed when it was asked for. */
  readonly claimCents: number | null;
}

const select = ({ sql }: HatTx) => sql`
  select w.id, w.centre_id as "centreId", w.organisation_id as "organisationId", o.name as "memberName", w.chain_id as "chainId",
    s.number as "chainNumber", w.amount_cents as "amountCents", w.claim_cents as "claimCents", w.ground, w.reason,
    jsonb_build_object('id', w.recorded_by, 'name', w.recorded_by_name) as "recordedBy", w.recorded_at as "recordedAt",
    jsonb_build_object('id', w.confirmed_by, 'name', w.confirmed_by_name) as "confirmedBy", w.confirmed_at as "confirmedAt",
    jsonb_build_object('id', w.ended_by, 'name', w.ended_by_name) as "endedBy", w.ended_at as "endedAt", w.end_reason as "endReason",
    w.version
  from write_offs w join organisations o on o.id = w.organisation_id join statements s on s.id = w.chain_id`;

export async function findWriteOff(tx: HatTx, id: string): Promise<WriteOffRow | undefined> {
  const [row] = await tx.sql<WriteOffRow[]>`${select(tx)} where w.id = ${id}`;
  return row;
}

export interface WriteOffFilter {
  readonly organisationId?: string | undefined;
  readonly status?: WriteOffStatus | undefined;
}

/** Up to `limit` write-offs of the centre, the newest first, before the given id. */
export async function listWriteOffs(
  tx: HatTx,
  centreId: string,
  { organisationId, status }: WriteOffFilter,
  before: string | undefined,
  limit: number,
): Promise<WriteOffRow[]> {
  const { sql } = tx;
  const byStatus = {
    requested: sql`and w.confirmed_at is null and w.ended_at is null`,
    confirmed: sql`and w.confirmed_at is not null and w.ended_at is null`,
    rejected: sql`and w.confirmed_at is null and w.ended_at is not null`,
    revoked: sql`and w.confirmed_at is not null and w.ended_at is not null`,
  };
  return sql<WriteOffRow[]>`${select(tx)} where w.centre_id = ${centreId}
    ${organisationId === undefined ? sql`` : sql`and w.organisation_id = ${organisationId}`}
    ${status === undefined ? sql`` : byStatus[status]}
    ${before === undefined ? sql`` : sql`and w.id < ${before}`}
    order by w.id desc limit ${limit}`;
}

export interface NewWriteOff extends Pick<CreateWriteOff, 'amountCents' | 'ground' | 'reason'> {
  readonly id: string;
  readonly centreId: string;
  readonly organisationId: string;
  readonly chainId: string;
  readonly claimCents: number;
}

export async function insertWriteOff(
  { sql }: HatTx,
  { actor, now }: HatContext,
  { id, centreId, organisationId, chainId, amountCents, claimCents, ground, reason }: NewWriteOff,
): Promise<void> {
  await sql`insert into write_offs (id, centre_id, organisation_id, chain_id, amount_cents, claim_cents, ground, reason, recorded_by,
      recorded_by_name, recorded_at)
    values (${id}, ${centreId}, ${organisationId}, ${chainId}, ${amountCents}, ${claimCents}, ${ground}, ${reason}, ${actor.id}, ${actor.name}, ${now})`;
}

/** Returns false when the row is no longer at this version. */
export async function confirmWriteOff(
  { sql }: HatTx,
  { actor, now }: HatContext,
  id: string,
  version: number,
): Promise<boolean> {
  const { count } =
    await sql`update write_offs set confirmed_by = ${actor.id}, confirmed_by_name = ${actor.name}, confirmed_at = ${now},
      version = version + 1
    where id = ${id} and version = ${version} and confirmed_at is null and ended_at is null`;
  return count === 1;
}

/** Returns false when the row is no longer at this version. */
export async function endWriteOff(
  { sql }: HatTx,
  { actor, now }: HatContext,
  id: string,
  version: number,
  reason: string,
): Promise<boolean> {
  const { count } =
    await sql`update write_offs set ended_by = ${actor.id}, ended_by_name = ${actor.name}, ended_at = ${now}, end_reason = ${reason},
      version = version + 1
    where id = ${id} and version = ${version} and ended_at is null`;
  return count === 1;
}
