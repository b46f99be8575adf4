import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { LedgerSums } from './ledger-bookings.rules.ts';
import type { LedgerExportView } from './ledger-exports.schemas.ts';
import type { RenderedFile } from './ledger-files.types.ts';
import type { LedgerProfileView } from './ledger-profiles.schemas.ts';
import type { Selection } from './ledger-statements.repo.ts';

const columns = ({
  sql,
}: HatTx) => sql`e.id, e.centre_id as "centreId", e.number, e.repeats_id as "repeatsId", e.reason,
    jsonb_build_object('id', e.profile_id, 'name', e.profile ->> 'name', 'format', e.profile -> 'settings' ->> 'format') as profile,
    e.period_id as "periodId", e.starts_on as "startsOn", e.ends_on as "endsOn", e.file_name as "fileName", e.media_type as "mediaType",
    e.size_bytes as "sizeBytes", e.sha256, e.statement_count as "statementCount", e.booking_count as "bookingCount",
    e.row_count as "rowCount", jsonb_build_object('revenueCents', e.revenue_cents, 'advanceCents', e.advance_cents, 'vatCents', e.vat_cents,
      'debtorCents', e.debtor_cents) as sums,
    jsonb_build_object('id', e.created_by, 'name', e.created_by_name) as "createdBy", e.created_at as "createdAt"`;

export async function findExport(tx: HatTx, id: string): Promise<LedgerExportView | undefined> {
  const { sql } = tx;
  const [row] = await sql<LedgerExportView[]>`select ${columns(tx)},
    coalesce((select jsonb_agg(jsonb_build_object('id', s.id, 'number', s.number) order by s.issued_on, s.number)
      from ledger_export_statements x join statements s on s.id = x.statement_id
      where x.export_id = coalesce(e.repeats_id, e.id)), '[]') as statements,
    coalesce((select jsonb_agg(jsonb_build_object('id', r.id, 'number', r.number) order by r.id)
      from ledger_exports r where r.repeats_id = e.id), '[]') as repetitions
    from ledger_exports e where e.id = ${id}`;
  return row;
}

/** Up to `limit` exports of a centre, the newest first, before the given id. */
export async function listExports(
  tx: HatTx,
  centreId: string,
  before: string | undefined,
  limit: number,
): Promise<LedgerExportView[]> {
  const { sql } = tx;
  return sql<LedgerExportView[]>`select ${columns(tx)} from ledger_exports e where e.centre_id = ${centreId}
    ${before === undefined ? sql`` : sql`and e.id < ${before}`} order by e.id desc limit ${limit}`;
}

export interface LedgerFile {
  readonly fileName: string;
  readonly mediaType: string;
  readonly sha256: string;
  readonly bytes: Buffer;
}

export async function findFile({ sql }: HatTx, id: string): Promise<LedgerFile | undefined> {
  const [row] = await sql<LedgerFile[]>`
    select file_name as "fileName", media_type as "mediaType", sha256, bytes from ledger_exports where id = ${id}`;
  return row;
}

/** The next count of a centre. Whoever exports for it at the same time waits until this transaction ends. */
export async function takeNumber({ sql }: HatTx, centreId: string): Promise<{ code: string; count: number }> {
  const [row] = await sql<{ code: string; count: number }[]>`
    with taken as (
      insert into ledger_export_numbers (centre_id, last) values (${centreId}, 1)
      on conflict (centre_id) do update set last = ledger_export_numbers.last + 1
      returning last
    ) select c.code, taken.last as count from taken, centres c where c.id = ${centreId}`;
  if (row === undefined) throw new Error(`no centre ${centreId}`);
  return row;
}

/** Repetitions are counted one at a time. A centre that exported something has its row. */
export async function lockNumbers({ sql }: HatTx, centreId: string): Promise<void> {
  await sql`select from ledger_export_numbers where centre_id = ${centreId} for update`;
}

export interface ExportToKeep extends LedgerSums {
  readonly id: string;
  readonly number: string;
  readonly repeatsId: string | null;
  readonly reason: string | null;
  readonly profile: LedgerProfileView;
  readonly selection: Selection;
  readonly file: RenderedFile;
  readonly sha256: string;
  readonly statementCount: number;
  readonly bookingCount: number;
}

export async function insertExport(
  { sql }: HatTx,
  { actor, now, hat }: HatContext,
  kept: ExportToKeep,
): Promise<void> {
  const { file, profile, selection } = kept;
  const { name, settings, version } = profile;
  await sql`insert into ledger_exports (id, centre_id, number, repeats_id, reason, profile_id, profile, period_id, starts_on, ends_on,
      file_name, media_type, bytes, size_bytes, sha256, statement_count, booking_count, row_count, revenue_cents, advance_cents, vat_cents,
      debtor_cents, created_by, created_by_name, created_at)
    values (${kept.id}, ${hat.id}, ${kept.number}, ${kept.repeatsId}, ${kept.reason}, ${profile.id},
      ${JSON.stringify({ name, settings, version })}::text::jsonb, ${selection.periodId}, ${selection.startsOn}, ${selection.endsOn},
      ${file.fileName}, ${file.mediaType}, ${file.bytes}, ${file.bytes.length}, ${kept.sha256}, ${kept.statementCount}, ${kept.bookingCount},
      ${file.rowCount}, ${kept.revenueCents}, ${kept.advanceCents}, ${kept.vatCents}, ${kept.debtorCents}, ${actor.id}, ${actor.name}, ${now})`;
}

/** Repetitions of an export so far. */
export async function countRepetitions({ sql }: HatTx, id: string): Promise<number> {
  const [row] = await sql<
    { count: number }[]
  >`select count(*)::int as count from ledger_exports where repeats_id = ${id}`;
  return row?.count ?? 0;
}

export async function isPeriod({ sql }: HatTx, id: string): Promise<boolean> {
  return (await sql`select from billing_periods where id = ${id}`).length === 1;
}
