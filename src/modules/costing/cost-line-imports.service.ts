import { createHash } from 'node:crypto';
import { plusDays } from '../../platform/clock.ts';
import { groupBy } from '../../platform/collections.ts';
import type { HatContext } from '../../platform/context.ts';
import { type CsvIssue, parseAmountCents, parseDay, parseTextUpTo, readCsv } from '../../platform/csv.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { DomainError, type FieldError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { compareIds, sumCents } from '../../platform/money/index.ts';
import { audit } from '../audit/index.ts';
import { holdPeriodsWithin, type PeriodRow } from './billing-periods.repo.ts';
import * as repo from './cost-lines.repo.ts';
import type { ImportPreview, ImportView } from './cost-lines.schemas.ts';
import { COST_LINE_IMPORT_BROKEN, COST_LINE_IMPORT_REPEATED } from './costing.errors.ts';

/** Above this many, further issues tell a reader nothing new. */
const SHOWN_ISSUES = 200;

const COLUMNS = {
  bookedOn: {
    headers: ['Datum', 'Tag', 'Buchungstag', 'Buchungsdatum', 'day', 'date', 'booked on', 'bookedOn'],
    parse: parseDay,
  },
  service: {
    headers: ['Leistung', 'Leistungscode', 'Leistungskürzel', 'service', 'service code', 'serviceCode'],
    parse: parseTextUpTo(60),
  },
  costType: { headers: ['Kostenart', 'cost type', 'costType'], parse: parseTextUpTo(60) },
  amountCents: { headers: ['Betrag', 'amount'], parse: parseAmountCents },
  text: { headers: ['Text', 'Buchungstext', 'description'], parse: parseTextUpTo(200), fallback: '' },
  voucherNumber: {
    headers: ['Beleg', 'Belegnummer', 'voucher', 'voucher number', 'voucherNumber'],
    parse: parseTextUpTo(60),
    fallback: '',
  },
} as const;

interface FileLine extends repo.NewCostLine {
  readonly serviceCode: string;
}

interface Reading {
  readonly fileHash: string;
  readonly lines: readonly FileLine[];
  readonly issues: readonly CsvIssue[];
}

/** What an import of the file would do. */
export async function previewImport(tx: HatTx, ctx: HatContext, file: Uint8Array): Promise<ImportPreview> {
  const { fileHash, lines, issues } = await readFile(tx, ctx.hat.id, file);
  const known = await repo.findImportOfFile(tx, ctx.hat.id, fileHash);
  const services = [...groupBy(lines, (line) => line.serviceCode)]
    .sort(([a], [b]) => compareIds(a, b))
    .map(([code, rows]) => ({
      serviceId: rows[0]?.serviceId ?? '',
      code,
      rowCount: rows.length,
      amountCents: sumCents(rows.map((row) => row.amountCents)),
    }));
  return {
    dryRun: true,
    fileHash,
    rowCount: lines.length,
    amountCents: sumCents(lines.map((line) => line.amountCents)),
    services,
    alreadyImported: known !== undefined,
    issueCount: issues.length,
    issues: issues.slice(0, SHOWN_ISSUES).map(({ row, column, code, reason }) => ({
      row: row ?? null,
      column: column ?? null,
      code,
      reason,
    })),
  };
}

/** @throws DomainError COST_LINE_IMPORT_BROKEN with every broken cell, COST_LINE_IMPORT_REPEATED */
export async function importCostLines(
  tx: HatTx,
  ctx: HatContext,
  file: Uint8Array,
  repeat: boolean,
): Promise<ImportView> {
  const { fileHash, lines, issues } = await readFile(tx, ctx.hat.id, file);
  if (issues.length > 0) throw broken(issues);
  await repo.lockImport(tx, ctx.hat.id, fileHash);
  const known = await repo.findImportOfFile(tx, ctx.hat.id, fileHash);
  if (known !== undefined && !repeat) {
    throw new DomainError(COST_LINE_IMPORT_REPEATED, `This file was imported at ${known.importedAt}.`);
  }
  const amountCents = sumCents(lines.map((line) => line.amountCents));
  const { id: actorId, name } = ctx.actor;
  const id = newId();
  const summary = { id, fileHash, rowCount: lines.length, amountCents };
  await repo.insertImport(tx, ctx, summary);
  await repo.insertCostLines(tx, ctx, lines, id);
  await audit(tx, ctx, {
    action: 'costing.cost-lines-imported',
    entityType: 'cost_line_import',
    entityId: id,
    details: { fileHash, rowCount: lines.length, amountCents },
  });
  return { ...summary, centreId: ctx.hat.id, importedBy: { id: actorId, name }, importedAt: ctx.now };
}

async function readFile(tx: HatTx, centreId: string, file: Uint8Array): Promise<Reading> {
  const fileHash = createHash('sha256').update(file).digest('hex');
  const reading = readCsv(file, COLUMNS);
  const issues: CsvIssue[] = [...reading.issues];
  if (reading.rows.length === 0 && issues.length === 0) {
    issues.push({ code: 'FILE_EMPTY', reason: 'has no rows below the header' });
  }
  const serviceIds = await repo.listServiceIds(tx, centreId);
  const frozen = await frozenPeriods(
    tx,
    centreId,
    reading.rows.map(({ values }) => values.bookedOn),
  );
  const lines: FileLine[] = [];
  for (const { row, values } of reading.rows) {
    const { service, bookedOn, voucherNumber, ...rest } = values;
    const serviceId = serviceIds.get(service);
    const period = frozen.find(({ startsOn, endsOn }) => startsOn <= bookedOn && bookedOn < endsOn);
    if (serviceId === undefined) issues.push(unknownService(row, service));
    if (period !== undefined) issues.push(inFrozenPeriod(row, period));
    if (serviceId === undefined || period !== undefined) continue;
    lines.push({
      ...rest,
      id: newId(),
      serviceId,
      serviceCode: service,
      bookedOn,
      voucherNumber: voucherNumber === '' ? null : voucherNumber,
    });
  }
  return { fileHash, lines, issues: issues.sort((a, b) => (a.row ?? 0) - (b.row ?? 0)) };
}

async function frozenPeriods(tx: HatTx, centreId: string, days: readonly string[]): Promise<PeriodRow[]> {
  if (days.length === 0) return [];
  const [first = '', last = ''] = days.reduce<string[]>(
    ([min = '', max = ''], day) => [day < min ? day : min, day > max ? day : max],
    [days[0] as string, days[0] as string],
  );
  const periods = await holdPeriodsWithin(tx, centreId, first, plusDays(last, 1));
  return periods.filter((period) => period.frozenAt !== null);
}

function unknownService(row: number, code: string): CsvIssue {
  const reason = `${JSON.stringify(code)} is no service of the centre`;
  return { row, column: COLUMNS.service.headers[0], code: 'SERVICE_UNKNOWN', reason };
}

function inFrozenPeriod(row: number, { code, state }: PeriodRow): CsvIssue {
  const reason = `lies in the period ${code}, which is ${state}`;
  return { row, column: COLUMNS.bookedOn.headers[0], code: 'PERIOD_FROZEN', reason };
}

function broken(issues: readonly CsvIssue[]): DomainError {
  const rows = new Set(issues.map((issue) => issue.row));
  const errors = issues.slice(0, SHOWN_ISSUES).map(toFieldError);
  return new DomainError(
    COST_LINE_IMPORT_BROKEN,
    `${rows.size} of the rows cannot be imported; nothing was written. ${errors[0]?.detail ?? ''}`.trim(),
    { errors },
  );
}

function toFieldError({ row, column, code, reason }: CsvIssue): FieldError {
  const place = [row === undefined ? 'The file' : `Row ${row}`, column].filter((part) => part !== undefined);
  const pointer = row === undefined ? '' : `/rows/${row}${column === undefined ? '' : `/${escaped(column)}`}`;
  return { pointer, code, detail: `${place.join(', column ')}: ${reason}` };
}

function escaped(column: string): string {
  return column.replaceAll('~', '~0').replaceAll('/', '~1');
}
