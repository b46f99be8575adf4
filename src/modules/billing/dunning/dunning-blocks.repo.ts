import { type Day, dayOf } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { DunningBlock } from './dunning-blocks.rules.ts';
import type { BlockView } from './dunning-blocks.schemas.ts';

const select = ({ sql }: HatTx) => sql`
  select b.id, b.centre_id as "centreId", b.organisation_id as "organisationId", o.name as "memberName", b.chain_id as "chainId",
    s.number as "chainNumber", b.reason, b.until_on as "untilOn",
    jsonb_build_object('id', b.recorded_by, 'name', b.recorded_by_name) as "recordedBy", b.recorded_at as "recordedAt",
    jsonb_build_object('id', b.lifted_by, 'name', b.lifted_by_name) as "liftedBy", b.lifted_at as "liftedAt", b.version
  from dunning_blocks b join organisations o on o.id = b.organisation_id left join statements s on s.id = b.chain_id`;

type Person = BlockView['recorded']['by'];
type Row = Omit<BlockView, 'recorded' | 'lifted'> & {
  readonly recordedBy: Person;
  readonly recordedAt: string;
  readonly liftedBy: Person;
  readonly liftedAt: string | null;
};

function toView({ recordedBy, recordedAt, liftedBy, liftedAt, ...row }: Row): BlockView {
  return {
    ...row,
    recorded: { by: recordedBy, at: recordedAt },
    lifted: liftedAt === null ? null : { by: liftedBy, at: liftedAt },
  };
}

export async function findBlock(tx: HatTx, id: string): Promise<BlockView | undefined> {
  const [row] = await tx.sql<Row[]>`${select(tx)} where b.id = ${id}`;
  return row && toView(row);
}

export interface BlockFilter {
  readonly organisationId?: string | undefined;
  /** Whether it holds today. */
  readonly standing?: boolean | undefined;
}

/** Up to `limit` blocks of the centre, the newest first, before the given id. */
export async function listBlocks(
  tx: HatTx,
  { hat, now }: HatContext,
  { organisationId, standing }: BlockFilter,
  before: string | undefined,
  limit: number,
): Promise<BlockView[]> {
  const { sql } = tx;
  const today = dayOf(now);
  const rows = await sql<Row[]>`${select(tx)} where b.centre_id = ${hat.id}
    ${organisationId === undefined ? sql`` : sql`and b.organisation_id = ${organisationId}`}
    ${standing === true ? sql`and b.lifted_at is null and b.until_on >= ${today}` : sql``}
    ${standing === false ? sql`and (b.lifted_at is not null or b.until_on < ${today})` : sql``}
    ${before === undefined ? sql`` : sql`and b.id < ${before}`}
    order by b.id desc limit ${limit}`;
  return rows.map(toView);
}

/** What holds on a day for some members. Members read none. */
export async function blocksInForce(
  { sql }: HatTx,
  centreId: string,
  organisationIds: readonly string[],
  today: Day,
): Promise<DunningBlock[]> {
  if (organisationIds.length === 0) return [];
  return sql<DunningBlock[]>`
    select organisation_id as "organisationId", chain_id as "chainId", until_on as "untilOn" from dunning_blocks
    where centre_id = ${centreId} and lifted_at is null and until_on >= ${today}
      and organisation_id = any(${organisationIds as string[]}::uuid[])`;
}

export interface NewBlock extends Pick<BlockView, 'id' | 'centreId' | 'organisationId' | 'chainId'> {
  readonly reason: string;
  readonly untilOn: Day;
}

export async function insertBlock(
  { sql }: HatTx,
  { actor, now }: HatContext,
  { id, centreId, organisationId, chainId, reason, untilOn }: NewBlock,
): Promise<void> {
  await sql`insert into dunning_blocks (id, centre_id, organisation_id, chain_id, reason, until_on, recorded_by, recorded_by_name, recorded_at)
    values (${id}, ${centreId}, ${organisationId}, ${chainId}, ${reason}, ${untilOn}, ${actor.id}, ${actor.name}, ${now})`;
}

/** Returns false when the row is no longer at this version. */
export async function liftBlock(
  { sql }: HatTx,
  { actor, now }: HatContext,
  id: string,
  version: number,
): Promise<boolean> {
  const { count } =
    await sql`update dunning_blocks set lifted_by = ${actor.id}, lifted_by_name = ${actor.name}, lifted_at = ${now},
      version = version + 1
    where id = ${id} and version = ${version} and lifted_at is null`;
  return count === 1;
}
