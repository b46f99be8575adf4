import { createHash } from 'node:crypto';
import { plusDays } from '../../../platform/clock.ts';
import { groupBy } from '../../../platform/collections.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { CsvIssue } from '../../../platform/csv.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { newId } from '../../../platform/ids.ts';
import { compareIds, sumCents } from '../../../platform/money/index.ts';
import { readTableFile, type TableFile } from '../../../platform/table-files.ts';
import { audit } from '../../audit/index.ts';
import { COST_LINE_IMPORT_BROKEN, COST_LINE_IMPORT_REPEATED } from '../costing.errors.ts';
import { holdPeriodsWithin, type PeriodRow } from '../periods/billing-periods.repo.ts';
import { COST_LINE_MAPPING_UNKNOWN } from './cost-centres.errors.ts';
import { listCostCentres } from './cost-centres.repo.ts';
import type { CostCentreView } from './cost-centres.schemas.ts';
import type { CostKind, LineField, MappingRules } from './cost-line.types.ts';
import { columnsOf, type LineValues, readingOf } from './cost-line-fields.ts';
import { findMapping } from './cost-line-mappings.repo.ts';
import * as repo from './cost-lines.repo.ts';
import type { ImportPreview, ImportQuery, ImportView } from './cost-lines.schemas.ts';
import { SHOWN_ISSUES, toFieldError } from './import-issues.ts';

/** More would hold up everybody else; a ledger has its months. */
const ROW_LIMIT = 20_000;

type Wishes = Pick<ImportQuery, 'mappingId' | 'kind' | 'repeat'>;

interface FileLine extends repo.NewCostLine {
  /** Code of the service or the cost centre. */
  readonly placeCode: string;
  /** As a spreadsheet counts. */
  readonly row: number;
}

/** What the cells of a file may name. */
interface Places {
  readonly services: ReadonlyMap<string, string>;
  readonly costCentres: ReadonlyMap<string, CostCentreView>;
  /** All that have days of the file. */
  readonly periods: readonly PeriodRow[];
}

interface Reading {
  readonly fileHash: string;
  readonly lines: readonly FileLine[];
  readonly issues: readonly CsvIssue[];
  readonly periods: readonly PeriodRow[];
  /** What the file calls the day. */
  readonly dayHeader: string;
}

/** What an import of the file would do. */
export async function previewImport(
  tx: HatTx,
  ctx: HatContext,
  file: TableFile,
  wishes: Wishes,
): Promise<ImportPreview> {
  const { fileHash, lines, issues, periods, dayHeader } = await readFile(tx, ctx.hat.id, file, wishes);
  const outside = lines.filter(({ bookedOn }) => periodOf(bookedOn, periods) === undefined);
  const warnings = outside.map(({ row, bookedOn }) => ({
    row,
    column: dayHeader,
    code: 'PERIOD_NONE',
    reason: `${bookedOn} lies in no billing period of the centre: no run shares this out until there is one`,
  }));
  const known = await repo.findImportOfFile(tx, ctx.hat.id, fileHash);
  const onServices = lines.filter((line) => line.serviceId !== null);
  const onCostCentres = lines.filter((line) => line.costCentreId !== null);
  return {
    dryRun: true,
    fileHash,
    rowCount: lines.length,
    amountCents: netOf(lines),
    services: totals(onServices, (line) => ({ serviceId: line.serviceId ?? '' })),
    costCentres: totals(onCostCentres, (line) => ({ costCentreId: line.costCentreId ?? '' })),
    alreadyImported: known !== undefined,
    issueCount: issues.length,
    issues: issues.slice(0, SHOWN_ISSUES).map(({ row, column, code, reason }) => ({
      row: row ?? null,
      column: column ?? null,
      code,
      reason,
    })),
    periods: periodTotals(lines, periods),
    warningCount: warnings.length,
    warnings: warnings.slice(0, SHOWN_ISSUES),
  };
}

function periodOf(day: string, periods: readonly PeriodRow[]): PeriodRow | undefined {
  return periods.find(({ startsOn, endsOn }) => startsOn <= day && day < endsOn);
}

/** In the order of the periods; what lies in none comes last. */
function periodTotals(lines: readonly FileLine[], periods: readonly PeriodRow[]): ImportPreview['periods'] {
  const codes = [...periods.map(({ code }) => code), null];
  const groups = groupBy(lines, ({ bookedOn, kind }) =>
    JSON.stringify([periodOf(bookedOn, periods)?.code ?? null, kind]),
  );
  return codes.flatMap((code) =>
    (['actual', 'budget'] as const).flatMap((kind) => {
      const rows = groups.get(JSON.stringify([code, kind]));
      return rows === undefined ? [] : [{ code, kind, rowCount: rows.length, amountCents: netOf(rows) }];
    }),
  );
}

/** @throws DomainError COST_LINE_IMPORT_BROKEN with every broken cell, COST_LINE_IMPORT_REPEATED */
export async function importCostLines(
  tx: HatTx,
  ctx: HatContext,
  file: TableFile,
  wishes: Wishes,
): Promise<ImportView> {
  const { fileHash, lines, issues } = await readFile(tx, ctx.hat.id, file, wishes);
  if (issues.length > 0) throw broken(issues);
  await repo.lockImport(tx, ctx.hat.id, fileHash);
  const known = await repo.findImportOfFile(tx, ctx.hat.id, fileHash);
  if (known !== undefined && !wishes.repeat) {
    throw new DomainError(COST_LINE_IMPORT_REPEATED, `This file was imported at ${known.importedAt}.`);
  }
  const amountCents = netOf(lines);
  const { id: actorId, name } = ctx.actor;
  const id = newId();
  const summary = { id, fileHash, rowCount: lines.length, amountCents };
  await repo.insertImport(tx, ctx, summary);
  await repo.insertCostLines(tx, ctx, lines, id);
  await audit(tx, ctx, {
    action: 'costing.cost-lines-imported',
    entityType: 'cost_line_import',
    entityId: id,
    details: { fileHash, rowCount: lines.length, amountCents, mappingId: wishes.mappingId ?? null },
  });
  return { ...summary, centreId: ctx.hat.id, importedBy: { id: actorId, name }, importedAt: ctx.now };
}

async function readFile(
  tx: HatTx,
  centreId: string,
  file: TableFile,
  { mappingId, kind = 'actual' }: Wishes,
): Promise<Reading> {
  const fileHash = createHash('sha256').update(file.bytes).digest('hex');
  const mapping = mappingId === undefined ? undefined : await getMapping(tx, mappingId);
  const columns = columnsOf(mapping);
  const options = { ignoresOtherColumns: mapping !== undefined, mostRows: ROW_LIMIT };
  const reading = await readTableFile(file, columns, options);
  const issues: CsvIssue[] = [...reading.issues];
  if (reading.rows.length === 0 && issues.length === 0) {
    issues.push({ code: 'FILE_EMPTY', reason: 'has no rows below the header' });
  }
  const rows = reading.rows.map(({ row, values }) => ({ row, values: readingOf(values, mapping) }));
  const days = rows.map(({ values }) => values.bookedOn);
  const places: Places = {
    services: await repo.listServiceIds(tx, centreId),
    costCentres: new Map(
      (await listCostCentres(tx, centreId, {}, undefined, null)).map((place) => [place.code, place]),
    ),
    periods: await periodsWithin(tx, centreId, days),
  };
  const headerOf = (field: LineField) => mapping?.columns[field] ?? columns[field]?.headers[0] ?? field;
  const lines: FileLine[] = [];
  for (const { row, values } of rows) {
    const faults = faultsOf(values, places);
    for (const { field, ...fault } of faults) issues.push({ row, column: headerOf(field), ...fault });
    if (faults.length === 0) lines.push({ ...toLine(values, places, kind), row });
  }
  return {
    fileHash,
    lines,
    issues: issues.sort((a, b) => (a.row ?? 0) - (b.row ?? 0)),
    periods: places.periods,
    dayHeader: headerOf('bookedOn'),
  };
}

async function getMapping(tx: HatTx, id: string): Promise<MappingRules> {
  const mapping = await findMapping(tx, id);
  if (mapping !== undefined) return mapping;
  throw new DomainError(COST_LINE_MAPPING_UNKNOWN, 'The centre has no such mapping.', {
    pointer: '/mappingId',
  });
}

type Fault = Pick<CsvIssue, 'code' | 'reason'> & { readonly field: LineField };

/** Why a row that can be read cannot be booked. */
function faultsOf({ bookedOn, service, costCentre }: LineValues, places: Places): Fault[] {
  const faults: Fault[] = [];
  if ((service === '') === (costCentre === '')) {
    const reason = 'has to name either a service or a cost centre';
    faults.push({ field: 'costCentre', code: 'PLACE_UNCLEAR', reason });
  } else if (service !== '' && !places.services.has(service)) {
    const reason = `${JSON.stringify(service)} is no service of the centre`;
    faults.push({ field: 'service', code: 'SERVICE_UNKNOWN', reason });
  } else if (costCentre !== '') {
    faults.push(...costCentreFaults(costCentre, bookedOn, places));
  }
  const period = periodOf(bookedOn, places.periods);
  if (period !== undefined && period.frozenAt !== null) {
    const reason = `lies in the period ${period.code}, which is ${period.state}`;
    faults.push({ field: 'bookedOn', code: 'PERIOD_FROZEN', reason });
  }
  return faults;
}

function costCentreFaults(code: string, bookedOn: string, { costCentres }: Places): Fault[] {
  const place = costCentres.get(code);
  if (place === undefined) {
    const reason = `${JSON.stringify(code)} is no cost centre`;
    return [{ field: 'costCentre', code: 'COST_CENTRE_UNKNOWN', reason }];
  }
  if (place.retiredOn === null || bookedOn < place.retiredOn) return [];
  const reason = `${JSON.stringify(code)} takes no cost from ${place.retiredOn} on`;
  return [{ field: 'costCentre', code: 'COST_CENTRE_RETIRED', reason }];
}

function toLine(
  values: ReturnType<typeof readingOf>,
  { services, costCentres }: Places,
  kind: CostKind,
): Omit<FileLine, 'row'> {
  const { service, costCentre, voucherNumber, debitCredit: _sign, ...rest } = values;
  return {
    ...rest,
    id: newId(),
    serviceId: services.get(service) ?? null,
    costCentreId: costCentres.get(costCentre)?.id ?? null,
    placeCode: service || costCentre,
    kind: values.kind || kind,
    voucherNumber: voucherNumber === '' ? null : voucherNumber,
  };
}

/** Cost less income. */
function netOf(lines: readonly FileLine[]): number {
  return sumCents(
    lines.map(({ category, amountCents }) => (category === 'cost' ? amountCents : -amountCents)),
  );
}

function totals<Place>(lines: readonly FileLine[], placeOf: (line: FileLine) => Place) {
  return [...groupBy(lines, (line) => line.placeCode)]
    .sort(([a], [b]) => compareIds(a, b))
    .map(([code, rows]) => ({
      ...placeOf(rows[0] as FileLine),
      code,
      rowCount: rows.length,
      amountCents: netOf(rows),
    }));
}

async function periodsWithin(tx: HatTx, centreId: string, days: readonly string[]): Promise<PeriodRow[]> {
  if (days.length === 0) return [];
  const [first = '', last = ''] = days.reduce<string[]>(
    ([min = '', max = ''], day) => [day < min ? day : min, day > max ? day : max],
    [days[0] as string, days[0] as string],
  );
  return holdPeriodsWithin(tx, centreId, first, plusDays(last, 1));
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
