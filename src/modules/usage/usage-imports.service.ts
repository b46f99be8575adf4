import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { withHatTx } from '../../platform/db/hat.ts';
import { DomainError, type FieldError } from '../../platform/errors.ts';
import type { TableFile } from '../../platform/table-files.ts';
import { agsSpellings } from '../organisations/index.ts';
import { USAGE_IMPORT_UNREADABLE } from './usage.errors.ts';
import { CHUNK_LINES } from './usage.lines.ts';
import { type Outcome, type Prepared, prepareSent } from './usage.recording.ts';
import { recordSent } from './usage.sent.ts';
import { recordChunk } from './usage.stream.ts';
import { findFormErrors } from './usage.validation.ts';
import {
  COLUMN_OF_FIELD,
  type Headers,
  RowKeys,
  readUsageFile,
  type UsageRow,
} from './usage-imports.reading.ts';
import { type ImportNames, readImportNames } from './usage-imports.repo.ts';
import type { ImportResult, RowResult, UsageImportQuery } from './usage-imports.schemas.ts';

const SHOWN_FAULTS = 50;

export interface ImportDependencies {
  readonly db: Database;
  readonly onFailure: (error: unknown) => void;
}

type Fault = RowResult['errors'][number];
interface ReadRow {
  readonly row: number;
  readonly faults: readonly Fault[];
  readonly prepared: Prepared | undefined;
}

/**
 * Records each row on its own, some hundred in a transaction. The same file again records nothing twice and goes on where it ended,
 * for every row has a key: its own, or its content.
 * @throws DomainError USAGE_IMPORT_UNREADABLE
 */
export async function importUsage(
  deps: ImportDependencies,
  ctx: HatContext,
  file: TableFile,
  query: UsageImportQuery,
): Promise<ImportResult> {
  const { rows, headers } = await readRows(deps.db, ctx, file, query);
  const prepared = rows.flatMap((row) => row.prepared ?? []);
  const outcomes = query.dryRun ? await tryOut(deps.db, ctx, prepared) : await record(deps, ctx, prepared);
  let next = 0;
  const results = rows.map(({ row, faults, prepared: one }): RowResult => {
    if (one === undefined) return { row, status: 'refused', id: null, errors: [...faults], warnings: [] };
    return resultOf(row, outcomes[next++], query.dryRun, headers);
  });
  const count = (status: RowResult['status']) => results.filter((result) => result.status === status).length;
  return {
    dryRun: query.dryRun,
    rowCount: results.length,
    createdCount: count('created'),
    existingCount: count('existing'),
    refusedCount: count('refused'),
    warningCount: results.filter(({ warnings }) => warnings.length > 0).length,
    results,
  };
}

async function readRows(
  db: Database,
  ctx: HatContext,
  file: TableFile,
  query: UsageImportQuery,
): Promise<{ rows: ReadRow[]; headers: Headers }> {
  const { rows, issues, headers } = await readUsageFile(file, query);
  const ofFile = issues.filter(({ row = 1 }) => row === 1);
  if (ofFile.length > 0) {
    throw unreadable(
      ofFile.map(({ column, code, reason }) => ({ code, reason: `${column ?? 'The file'} ${reason}` })),
    );
  }
  if (rows.length + issues.length === 0) {
    throw unreadable([{ code: 'FILE_EMPTY', reason: 'The file has no rows below the header' }]);
  }
  const names = await withHatTx(db, ctx, (tx) => readImportNames(tx, ctx.hat.id));
  const keys = new RowKeys();
  const read = rows.map(({ row, values }) => prepareRow(row, values, { ctx, query, names, keys, headers }));
  const broken = new Map<number, Fault[]>();
  for (const { row = 1, column = null, code, reason } of issues)
    broken.set(row, [...(broken.get(row) ?? []), { column, code, reason }]);
  const refused = [...broken].map(([row, faults]): ReadRow => ({ row, faults, prepared: undefined }));
  return { rows: [...read, ...refused].sort((a, b) => a.row - b.row), headers };
}

function unreadable(faults: readonly { code: string; reason: string }[]): DomainError {
  const errors: FieldError[] = faults
    .slice(0, SHOWN_FAULTS)
    .map(({ code, reason }) => ({ pointer: '', code, detail: reason }));
  return new DomainError(USAGE_IMPORT_UNREADABLE, `${errors[0]?.detail}.`, { errors });
}

interface Reading {
  readonly ctx: HatContext;
  readonly query: UsageImportQuery;
  readonly names: ImportNames;
  readonly keys: RowKeys;
  readonly headers: Headers;
}

function prepareRow(row: number, values: UsageRow, { ctx, query, names, keys, headers }: Reading): ReadRow {
  const [organisationId] = agsSpellings(values.organisation).flatMap(
    (name) => names.organisations.get(name) ?? [],
  );
  const serviceId = names.services.get(values.service);
  const faults: Fault[] = [];
  const unknown = (name: 'organisation' | 'service', what: string) =>
    faults.push({
      column: headers[name] ?? null,
      code: 'UNKNOWN',
      reason: `${JSON.stringify(values[name])} is no ${what} of the centre`,
    });
  if (organisationId === undefined) unknown('organisation', 'member');
  if (serviceId === undefined) unknown('service', 'service');
  if (organisationId === undefined || serviceId === undefined) return { row, faults, prepared: undefined };
  const event = {
    organisationId,
    serviceId,
    source: query.source,
    quantity: values.quantity,
    occurredAt: values.occurred,
    ...(values.meter !== '' && { meter: values.meter }),
    ...(values.unit !== '' && { unit: values.unit }),
    ...(values.reference !== '' && { reference: values.reference }),
  };
  const input = { ...event, idempotencyKey: keys.keyOf(event, values.key) };
  const errors = findFormErrors(input);
  if (errors.length > 0)
    return { row, faults: errors.map((one) => faultOf(one, headers)), prepared: undefined };
  return { row, faults, prepared: prepareSent(input, ctx.hat, ctx.now) };
}

function faultOf({ pointer, code, detail }: FieldError, headers: Headers): Fault {
  const name = COLUMN_OF_FIELD[pointer.slice(1)];
  return { column: (name && headers[name]) ?? null, code, reason: detail };
}

function resultOf(row: number, outcome: Outcome | undefined, dryRun: boolean, headers: Headers): RowResult {
  if (outcome === undefined) throw new Error('a row without outcome');
  if (outcome.status !== 'refused') {
    const warnings = (outcome.warnings ?? []).map((one) => faultOf(one, headers));
    return { row, status: outcome.status, id: dryRun ? null : outcome.id, errors: [], warnings };
  }
  const { problem, detail, errors } = outcome.refusal;
  const [first] = errors;
  const column = first === undefined ? null : faultOf(first, headers).column;
  const fault = { column, code: problem.code, reason: detail };
  return { row, status: 'refused', id: null, errors: [fault], warnings: [] };
}

async function record(
  deps: ImportDependencies,
  ctx: HatContext,
  prepared: readonly Prepared[],
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let at = 0; at < prepared.length; at += CHUNK_LINES)
    outcomes.push(...(await recordChunk(deps, ctx, prepared.slice(at, at + CHUNK_LINES))));
  return outcomes;
}

/** Everything is written and taken back, so that a dry run tells exactly what the import would. */
async function tryOut(db: Database, ctx: HatContext, prepared: readonly Prepared[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const takenBack = new Error('a dry run is taken back');
  try {
    await withHatTx(db, ctx, async (tx) => {
      for (let at = 0; at < prepared.length; at += CHUNK_LINES)
        outcomes.push(...(await recordSent(tx, ctx, prepared.slice(at, at + CHUNK_LINES))));
      throw takenBack;
    });
  } catch (error) {
    if (error !== takenBack) throw error;
  }
  return outcomes;
}
