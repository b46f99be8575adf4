import type { Day, Moment } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { mapConstraints } from '../../../platform/db/postgres-errors.ts';
import { COST_SERVICE_UNKNOWN } from '../costing.errors.ts';
import type { CostCategory, CostKind } from './cost-line.types.ts';
import type { CostLineQuery, CostLineView, ImportView } from './cost-lines.schemas.ts';

export interface NewCostLine {
  readonly id: string;
  readonly serviceId: string | null;
  readonly costCentreId: string | null;
  readonly kind: CostKind;
  readonly category: CostCategory;
  readonly bookedOn: Day;
  readonly costType: string;
  readonly amountCents: number;
  readonly text: string;
  readonly voucherNumber: string | null;
  readonly grantTags: readonly string[];
}

/** Writes all lines in one statement. @throws DomainError COST_SERVICE_UNKNOWN */
export async function insertCostLines(
  { sql }: HatTx,
  { hat, actor, now }: HatContext,
  lines: readonly NewCostLine[],
  importId: string | null,
): Promise<void> {
  const unknown = {
    problem: COST_SERVICE_UNKNOWN,
    detail: 'The centre has no service with this id.',
    errors: [{ pointer: '/serviceId', code: 'unknown', detail: 'is no service of the centre' }],
  };
  await mapConstraints(
    { cost_lines_service_fkey: unknown },
    () => sql`
      insert into cost_lines (id, centre_id, service_id, cost_centre_id, kind, category, booked_on, cost_type, amount_cents, text,
        voucher_number, grant_tags, import_id, recorded_by, recorded_at)
      select r.id, ${hat.id}, r."serviceId", r."costCentreId", r.kind, r.category, r."bookedOn", r."costType", r."amountCents", r.text,
        r."voucherNumber", r."grantTags", ${importId}::uuid, ${actor.id}, ${now}
      from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) as r (id uuid, "serviceId" uuid, "costCentreId" uuid, kind text,
        category text, "bookedOn" date, "costType" text, "amountCents" bigint, text text, "voucherNumber" text, "grantTags" text[])`,
  );
}

export const costLineColumns = ({ sql }: HatTx) => sql`id, centre_id as "centreId", service_id as "serviceId",
  cost_centre_id as "costCentreId", kind, category, grant_tags as "grantTags", booked_on as "bookedOn",
  cost_type as "costType", amount_cents as "amountCents", text, voucher_number as "voucherNumber", import_id as "importId",
  recorded_by as "recordedBy", recorded_at as "recordedAt"`;

export async function findCostLine(tx: HatTx, id: string): Promise<CostLineView | undefined> {
  const [row] = await tx.sql<CostLineView[]>`select ${costLineColumns(tx)} from cost_lines where id = ${id}`;
  return row;
}

/** Day and id of the line before, where there is one. */
export type CostLinesAfter = readonly [string, string] | undefined;

/** Up to `limit` lines by day, the newest first, after the given day and id. */
export async function listCostLines(
  tx: HatTx,
  centreId: string,
  filter: Omit<CostLineQuery, 'limit' | 'cursor'>,
  after: CostLinesAfter,
  limit: number,
): Promise<CostLineView[]> {
  const { sql } = tx;
  const { serviceId, costCentreId, kind, category, costType, grantTag, importId, from, to } = filter;
  return sql<CostLineView[]>`select ${costLineColumns(tx)} from cost_lines where centre_id = ${centreId}
    ${costCentreId === undefined ? sql`` : sql`and cost_centre_id = ${costCentreId}`}
    ${kind === undefined ? sql`` : sql`and kind = ${kind}`}
    ${category === undefined ? sql`` : sql`and category = ${category}`}
    ${costType === undefined ? sql`` : sql`and cost_type = ${costType}`}
    ${grantTag === undefined ? sql`` : sql`and grant_tags @> array[${grantTag}]`}
    ${serviceId === undefined ? sql`` : sql`and service_id = ${serviceId}`}
    ${importId === undefined ? sql`` : sql`and import_id = ${importId}`}
    ${from === undefined ? sql`` : sql`and booked_on >= ${from}`}
    ${to === undefined ? sql`` : sql`and booked_on < ${to}`}
    ${after === undefined ? sql`` : sql`and (booked_on, id) < (${after[0]}::date, ${after[1]}::uuid)`}
    order by booked_on desc, id desc limit ${limit}`;
}

/** Ids of the centre's services by code. */
export async function listServiceIds({ sql }: HatTx, centreId: string): Promise<Map<string, string>> {
  const rows = await sql<
    { code: string; id: string }[]
  >`select code, id from services where centre_id = ${centreId}`;
  return new Map(rows.map(({ code, id }) => [code, id]));
}

/** Lets the same file be imported by one request at a time. */
export async function lockImport({ sql }: HatTx, centreId: string, fileHash: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`cost-line-import:${fileHash}`}, hashtext(${centreId})))`;
}

export async function findImportOfFile(
  { sql }: HatTx,
  centreId: string,
  fileHash: string,
): Promise<{ importedAt: Moment } | undefined> {
  const [row] = await sql<{ importedAt: Moment }[]>`select imported_at as "importedAt" from cost_line_imports
    where centre_id = ${centreId} and file_hash = ${fileHash} order by id desc limit 1`;
  return row;
}

export async function insertImport(
  { sql }: HatTx,
  { hat, actor, now }: HatContext,
  { id, fileHash, rowCount, amountCents }: Pick<ImportView, 'id' | 'fileHash' | 'rowCount' | 'amountCents'>,
): Promise<void> {
  await sql`insert into cost_line_imports (id, centre_id, file_hash, row_count, amount_cents, imported_by, imported_by_name, imported_at)
    values (${id}, ${hat.id}, ${fileHash}, ${rowCount}, ${amountCents}, ${actor.id}, ${actor.name}, ${now})`;
}

/** Up to `limit` imports, the newest first, before the given id. */
export async function listImports(
  { sql }: HatTx,
  centreId: string,
  before: string | undefined,
  limit: number,
): Promise<ImportView[]> {
  return sql<ImportView[]>`
    select id, centre_id as "centreId", file_hash as "fileHash", row_count as "rowCount", amount_cents as "amountCents",
      json_build_object('id', imported_by, 'name', imported_by_name) as "importedBy", imported_at as "importedAt"
    from cost_line_imports where centre_id = ${centreId} ${before === undefined ? sql`` : sql`and id < ${before}`} order by id desc limit ${limit}`;
}
