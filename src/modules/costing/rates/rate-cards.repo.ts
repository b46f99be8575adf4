import { type Day, dayOf, type Moment } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { RateCardVersionView, RateCardView } from './rate-cards.schemas.ts';
import type { RatePrice } from './rate-prices.types.ts';

/** What a version says; the rest of its row is who said it and when. */
export interface VersionTerms {
  readonly validFrom: Day;
  readonly validTo: Day | null;
  readonly interval: RateCardVersionView['interval'];
  readonly prices: readonly RatePrice[];
}

export type VersionRow = Omit<RateCardVersionView, 'availableActions'>;

const cardColumns = ({ sql }: HatTx, today: Day) => sql`
  c.id, c.centre_id as "centreId", c.name, c.version, c.created_at as "createdAt",
  (select number from rate_card_versions v where v.rate_card_id = c.id and v.status <> 'draft'
    and v.valid_from <= ${today} and (v.valid_to is null or v.valid_to > ${today})) as "numberToday",
  (select number from rate_card_versions v where v.rate_card_id = c.id and v.status = 'draft') as "draftNumber"`;

const moment = ({ sql }: HatTx, column: string) =>
  sql`to_char(${sql(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const step = (tx: HatTx, name: string) => tx.sql`
  json_build_object('by', ${tx.sql(`${name}_by`)}, 'name', ${tx.sql(`${name}_by_name`)}, 'at', ${moment(tx, `${name}_at`)})`;

const versionColumns = (tx: HatTx) => tx.sql`
  id, rate_card_id as "rateCardId", number, status, valid_from as "validFrom", valid_to as "validTo", interval, prices,
  content_hash as "contentHash", ${step(tx, 'created')} as created, ${step(tx, 'edited')} as edited,
  case when approved_by is not null then ${step(tx, 'approved')} end as approved`;

export async function findCard(tx: HatTx, id: string, today: Day): Promise<RateCardView | undefined> {
  const [row] = await tx.sql<RateCardView[]>`
    select ${cardColumns(tx, today)} from rate_cards c where c.id = ${id}`;
  return row;
}

/** Up to `limit` cards by name, after the given one. */
export async function listCards(
  tx: HatTx,
  { hat, now }: HatContext,
  name: string | undefined,
  after: string | undefined,
  limit: number,
): Promise<RateCardView[]> {
  const { sql } = tx;
  return sql<
    RateCardView[]
  >`select ${cardColumns(tx, dayOf(now))} from rate_cards c where c.centre_id = ${hat.id}
    ${name === undefined ? sql`` : sql`and c.name = ${name}`}
    ${after === undefined ? sql`` : sql`and c.name collate "C" > ${after}`}
    order by c.name collate "C" limit ${limit}`;
}

/** Holds the card until the end of the transaction and says its version. */
export async function lockCard({ sql }: HatTx, id: string): Promise<number | undefined> {
  const [row] = await sql<{ version: number }[]>`select version from rate_cards where id = ${id} for update`;
  return row?.version;
}

export async function insertCard(
  { sql }: HatTx,
  { hat, now }: HatContext,
  card: { id: string; name: string },
): Promise<void> {
  await sql`insert into rate_cards (id, centre_id, name, created_at) values (${card.id}, ${hat.id}, ${card.name}, ${now})`;
}

export async function touchCard({ sql }: HatTx, id: string): Promise<void> {
  await sql`update rate_cards set version = version + 1 where id = ${id}`;
}

/** Writes the next version as a draft. The card must be locked, or new. */
export async function insertDraft(
  { sql }: HatTx,
  { hat, actor, now }: HatContext,
  draft: VersionTerms & { readonly id: string; readonly rateCardId: string; readonly contentHash: string },
): Promise<void> {
  await sql`insert into rate_card_versions (id, centre_id, rate_card_id, number, status, valid_from, valid_to, interval, prices, content_hash,
      created_by, created_by_name, created_at, edited_by, edited_by_name, edited_at)
    select ${draft.id}, ${hat.id}, ${draft.rateCardId}, coalesce(max(number), 0) + 1, 'draft', ${draft.validFrom}::date, ${draft.validTo}::date,
      ${draft.interval}, ${JSON.stringify(draft.prices)}::jsonb, ${draft.contentHash},
      ${actor.id}, ${actor.name}, ${now}::timestamptz, ${actor.id}, ${actor.name}, ${now}::timestamptz
    from rate_card_versions where rate_card_id = ${draft.rateCardId}`;
}

export async function updateDraft(
  { sql }: HatTx,
  { actor, now }: HatContext,
  draft: VersionTerms & { readonly id: string; readonly contentHash: string },
): Promise<void> {
  await sql`update rate_card_versions set valid_from = ${draft.validFrom}, valid_to = ${draft.validTo}, interval = ${draft.interval},
      prices = ${JSON.stringify(draft.prices)}::jsonb, content_hash = ${draft.contentHash},
      edited_by = ${actor.id}, edited_by_name = ${actor.name}, edited_at = ${now}
    where id = ${draft.id} and status = 'draft'`;
}

/** Ends what holds on the first day of the draft, and puts the draft in its place. */
export async function putIntoForce(
  { sql }: HatTx,
  { actor, now }: HatContext,
  draft: { id: string; rateCardId: string; validFrom: Day; contentHash: string },
): Promise<void> {
  await sql`update rate_card_versions set status = 'superseded', valid_to = least(valid_to, ${draft.validFrom}::date)
    where rate_card_id = ${draft.rateCardId} and status = 'in_force'`;
  await sql`update rate_card_versions set status = 'in_force', approved_by = ${actor.id}, approved_by_name = ${actor.name},
      approved_at = ${now}, approved_hash = ${draft.contentHash}
    where id = ${draft.id} and status = 'draft'`;
}

export async function findVersion(
  tx: HatTx,
  rateCardId: string,
  number: number,
): Promise<VersionRow | undefined> {
  const [row] = await tx.sql<VersionRow[]>`
    select ${versionColumns(tx)} from rate_card_versions where rate_card_id = ${rateCardId} and number = ${number}`;
  return row;
}

export async function findDraft(tx: HatTx, rateCardId: string): Promise<VersionRow | undefined> {
  const [row] = await tx.sql<VersionRow[]>`
    select ${versionColumns(tx)} from rate_card_versions where rate_card_id = ${rateCardId} and status = 'draft'`;
  return row;
}

/** The version that began last of those that are or were in force. */
export async function findLatest(tx: HatTx, rateCardId: string): Promise<VersionRow | undefined> {
  const [row] = await tx.sql<VersionRow[]>`
    select ${versionColumns(tx)} from rate_card_versions where rate_card_id = ${rateCardId} and status <> 'draft'
    order by valid_from desc limit 1`;
  return row;
}

/** Up to `limit` versions, newest first, below the given number. */
export async function listVersions(
  tx: HatTx,
  rateCardId: string,
  below: number | undefined,
  limit: number,
): Promise<VersionRow[]> {
  const { sql } = tx;
  return sql<
    VersionRow[]
  >`select ${versionColumns(tx)} from rate_card_versions where rate_card_id = ${rateCardId}
    ${below === undefined ? sql`` : sql`and number < ${below}`} order by number desc limit ${limit}`;
}

/** A version with the name of its card and the days it holds, for rating. */
export interface VersionInForce extends VersionTerms {
  readonly id: string;
  readonly rateCardId: string;
  readonly rateCard: string;
  readonly number: number;
  readonly approvedAt: Moment;
}

/** Versions of the centre that hold on some of the half-open days, by name and start. */
export async function listVersionsInForce(
  { sql }: HatTx,
  centreId: string,
  from: Day,
  to: Day,
): Promise<VersionInForce[]> {
  return sql<VersionInForce[]>`
    select v.id, v.rate_card_id as "rateCardId", c.name as "rateCard", v.number, v.valid_from as "validFrom", v.valid_to as "validTo",
      v.interval, v.prices, v.approved_at as "approvedAt"
    from rate_card_versions v join rate_cards c on c.id = v.rate_card_id
    where v.centre_id = ${centreId} and v.status <> 'draft' and v.valid_from < ${to} and (v.valid_to is null or v.valid_to > ${from})
    order by c.name collate "C", v.valid_from`;
}

/** Those of the named services that the centre has. */
export async function findServiceIds(
  { sql }: HatTx,
  centreId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await sql<{ id: string }[]>`
    select id from services where centre_id = ${centreId} and id = any(${ids as string[]}::uuid[])`;
  return new Set(rows.map(({ id }) => id));
}
