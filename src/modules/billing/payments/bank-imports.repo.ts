import type { Moment } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';

export interface ImportedStatement {
  readonly id: string;
  readonly iban: string;
  readonly openingCents: number;
  readonly closingCents: number;
  readonly openedOn: string | null;
  readonly closedOn: string | null;
}

export interface BankImportRow {
  readonly id: string;
  readonly centreId: string;
  readonly fileHash: string;
  readonly messageId: string;
  readonly format: 'camt.053.001.02' | 'camt.053.001.08';
  readonly statements: ImportedStatement[];
  readonly entryCount: number;
  readonly matchedCount: number;
  readonly unclearCount: number;
  readonly amountCents: number;
  readonly importedBy: string;
  readonly importedByName: string;
  readonly importedAt: Moment;
}

const select = ({ sql }: HatTx) => sql`
  select id, centre_id as "centreId", file_hash as "fileHash", message_id as "messageId", format, statements, entry_count as "entryCount",
    matched_count as "matchedCount", unclear_count as "unclearCount", amount_cents as "amountCents", imported_by as "importedBy",
    imported_by_name as "importedByName", imported_at as "importedAt"
  from bank_statement_imports`;

export async function findImport(tx: HatTx, id: string): Promise<BankImportRow | undefined> {
  const [row] = await tx.sql<BankImportRow[]>`${select(tx)} where id = ${id}`;
  return row;
}

/** Up to `limit` imports of the centre, the newest first, before the given id. */
export async function listImports(
  tx: HatTx,
  centreId: string,
  before: string | undefined,
  limit: number,
): Promise<BankImportRow[]> {
  const { sql } = tx;
  return sql<BankImportRow[]>`${select(tx)} where centre_id = ${centreId}
    ${before === undefined ? sql`` : sql`and id < ${before}`} order by id desc limit ${limit}`;
}

/** Those of the statements and entries that were taken in before. */
export async function knownKeys(
  { sql }: HatTx,
  centreId: string,
  statementKeys: readonly string[],
  entryKeys: readonly string[],
): Promise<{ statements: Set<string>; entries: Set<string> }> {
  const statements = await sql<{ key: string }[]>`
    select distinct key from bank_statement_imports i, unnest(i.statement_keys) key
    where i.centre_id = ${centreId} and i.statement_keys && ${statementKeys as string[]}::text[] and key = any(${statementKeys as string[]}::text[])`;
  const entries = await sql<{ key: string }[]>`
    select entry_key as key from payments where centre_id = ${centreId} and entry_key = any(${entryKeys as string[]}::text[])`;
  return {
    statements: new Set(statements.map(({ key }) => key)),
    entries: new Set(entries.map(({ key }) => key)),
  };
}

/** What was imported of some accounts, in the order in which it was. */
export async function importedStatements(
  { sql }: HatTx,
  centreId: string,
  ibans: readonly string[],
): Promise<ImportedStatement[]> {
  return sql<ImportedStatement[]>`
    select s.id, s.iban, s."openingCents", s."closingCents", s."openedOn", s."closedOn" from bank_statement_imports i
    cross join lateral rows from (jsonb_to_recordset(i.statements) as (id text, iban text, "openingCents" bigint, "closingCents" bigint,
      "openedOn" text, "closedOn" text)) with ordinality as s (id, iban, "openingCents", "closingCents", "openedOn", "closedOn", at)
    where i.centre_id = ${centreId} and s.iban = any(${ibans as string[]}::text[]) order by i.id, s.at`;
}

export async function insertImport(
  { sql }: HatTx,
  { actor, now }: HatContext,
  row: Omit<BankImportRow, 'importedBy' | 'importedByName' | 'importedAt'> & {
    readonly statementKeys: readonly string[];
  },
): Promise<void> {
  await sql`insert into bank_statement_imports (id, centre_id, file_hash, message_id, format, statements, statement_keys, entry_count,
      matched_count, unclear_count, amount_cents, imported_by, imported_by_name, imported_at)
    values (${row.id}, ${row.centreId}, ${row.fileHash}, ${row.messageId}, ${row.format}, ${JSON.stringify(row.statements)}::text::jsonb,
      ${row.statementKeys as string[]}, ${row.entryCount}, ${row.matchedCount}, ${row.unclearCount}, ${row.amountCents}, ${actor.id},
      ${actor.name}, ${now})`;
}

export async function findCentreCode({ sql }: HatTx, centreId: string): Promise<string> {
  const [row] = await sql<{ code: string }[]>`select code from centres where id = ${centreId}`;
  if (row === undefined) throw new Error(`no centre ${centreId}`);
  return row.code;
}
