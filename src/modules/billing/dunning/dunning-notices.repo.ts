import type { Day, Moment } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { EarlierNotice } from './dunning.rules.ts';

export interface NoticeItem {
  readonly statementId: string;
  readonly chainId: string;
  readonly number: string;
  readonly dueOn: Day;
  readonly openCents: number;
}

export interface NoticeRow {
  readonly id: string;
  readonly centreId: string;
  readonly organisationId: string;
  readonly memberName: string;
  readonly number: string;
  readonly level: number;
  readonly issuedOn: Day;
  readonly payUntil: Day;
  readonly amountCents: number;
  readonly items: NoticeItem[];
  readonly sha256: string;
  readonly issuedBy: string;
  readonly issuedByName: string;
  readonly issuedAt: Moment;
}

const select = ({ sql }: HatTx) => sql`
  select n.id, n.centre_id as "centreId", n.organisation_id as "organisationId", o.name as "memberName", n.number, n.level,
    n.issued_on as "issuedOn", n.pay_until as "payUntil", n.amount_cents as "amountCents", n.items, n.sha256, n.issued_by as "issuedBy",
    n.issued_by_name as "issuedByName", n.issued_at as "issuedAt"
  from dunning_notices n join organisations o on o.id = n.organisation_id`;

/** Lets one notice at a time of a centre be written, so that numbers have no gap and nobody gets two. */
export async function lockNotices({ sql }: HatTx, centreId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('dunning_notices', hashtext(${centreId})))`;
}

export async function findNotice(tx: HatTx, id: string): Promise<NoticeRow | undefined> {
  const [row] = await tx.sql<NoticeRow[]>`${select(tx)} where n.id = ${id}`;
  return row;
}

export async function findLetter(
  { sql }: HatTx,
  id: string,
): Promise<{ number: string; bytes: Buffer } | undefined> {
  const [row] = await sql<
    { number: string; bytes: Buffer }[]
  >`select number, bytes from dunning_notices where id = ${id}`;
  return row;
}

/** Up to `limit` notices of the hat, the newest first, before the given id. */
export async function listNotices(
  tx: HatTx,
  { hat }: HatContext,
  organisationId: string | undefined,
  before: string | undefined,
  limit: number,
): Promise<NoticeRow[]> {
  const { sql } = tx;
  const own = hat.kind === 'centre' ? sql`n.centre_id = ${hat.id}` : sql`n.organisation_id = ${hat.id}`;
  return sql<NoticeRow[]>`${select(tx)} where ${own}
    ${organisationId === undefined ? sql`` : sql`and n.organisation_id = ${organisationId}`}
    ${before === undefined ? sql`` : sql`and n.id < ${before}`} order by n.id desc limit ${limit}`;
}

/** All notices of some members. */
export async function earlierNotices(
  { sql }: HatTx,
  centreId: string,
  organisationIds: readonly string[],
): Promise<EarlierNotice[]> {
  return sql<EarlierNotice[]>`
    select organisation_id as "organisationId", level, issued_on as "issuedOn", chain_ids as "chainIds" from dunning_notices
    where centre_id = ${centreId} and organisation_id = any(${organisationIds as string[]}::uuid[])`;
}

export async function findOperator({ sql }: HatTx, centreId: string): Promise<string> {
  const [row] = await sql<{ operatorId: string }[]>`
    select operator_id as "operatorId" from centres where id = ${centreId}`;
  if (row === undefined) throw new Error(`no centre ${centreId}`);
  return row.operatorId;
}

export async function nextNumber({ sql }: HatTx, centreId: string, year: string): Promise<string> {
  const [row] = await sql<{ prefix: string; count: number }[]>`
    select c.code || ${`-M-${year}-`} as prefix, (select count(*)::int from dunning_notices n
      where n.centre_id = c.id and starts_with(n.number, c.code || ${`-M-${year}-`})) as count
    from centres c where c.id = ${centreId}`;
  return `${row?.prefix}${String((row?.count ?? 0) + 1).padStart(3, '0')}`;
}

export interface NewNotice
  extends Pick<
    NoticeRow,
    | 'id'
    | 'centreId'
    | 'organisationId'
    | 'number'
    | 'level'
    | 'issuedOn'
    | 'payUntil'
    | 'amountCents'
    | 'items'
    | 'sha256'
  > {
  readonly bytes: Buffer;
}

export async function insertNotice(
  { sql }: HatTx,
  issuedAt: Moment,
  by: { readonly id: string; readonly name: string },
  row: NewNotice,
): Promise<void> {
  await sql`insert into dunning_notices (id, centre_id, organisation_id, number, level, issued_on, pay_until, amount_cents, items, chain_ids,
      bytes, sha256, issued_by, issued_by_name, issued_at)
    values (${row.id}, ${row.centreId}, ${row.organisationId}, ${row.number}, ${row.level}, ${row.issuedOn}, ${row.payUntil},
      ${row.amountCents}, ${JSON.stringify(row.items)}::text::jsonb, ${row.items.map(({ chainId }) => chainId)}::uuid[], ${row.bytes},
      ${row.sha256}, ${by.id}, ${by.name}, ${issuedAt})`;
}
