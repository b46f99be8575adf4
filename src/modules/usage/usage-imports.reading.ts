import {
  type CsvReading,
  parseMoment,
  parseQuantity,
  parseTextUpTo,
  parseTypedQuantity,
} from '../../platform/csv.ts';
import { hashOf } from '../../platform/hash.ts';
import { readTableFile, type TableFile } from '../../platform/table-files.ts';
import { factsOf } from './usage.rules.ts';
import type { UsageEventInput } from './usage.schemas.ts';
import type { UsageImportQuery } from './usage-imports.schemas.ts';

const COLUMNS = {
  organisation: {
    headers: ['Mitglied', 'AGS', 'Kommune', 'organisation', 'member'],
    parse: parseTextUpTo(200),
  },
  service: { headers: ['Leistung', 'Leistungscode', 'service'], parse: parseTextUpTo(60) },
  quantity: {
    headers: ['Menge', 'Anzahl', 'quantity'],
    parse: parseQuantity,
    parseTyped: parseTypedQuantity,
  },
  occurred: { headers: ['Datum', 'Tag', 'Zeitpunkt', 'date', 'day', 'occurredAt'], parse: parseMoment },
  meter: { headers: ['Zähler', 'meter'], parse: parseTextUpTo(60), fallback: '' },
  unit: { headers: ['Einheit', 'unit'], parse: parseTextUpTo(60), fallback: '' },
  key: {
    headers: ['Schlüssel', 'Kennung', 'key', 'idempotencyKey'],
    parse: parseTextUpTo(200),
    fallback: '',
  },
  reference: { headers: ['Aktenzeichen', 'reference'], parse: parseTextUpTo(120), fallback: '' },
} as const;

type Columns = typeof COLUMNS;
export type ColumnName = keyof Columns;
export type UsageRow = CsvReading<Columns>['rows'][number]['values'];

/** More rows are a file for the stream. */
const ROW_LIMIT = 20_000;

/** Reads the rows of a file by its headers, or by those that the caller names. */
export function readUsageFile(file: TableFile, query: UsageImportQuery): Promise<CsvReading<Columns>> {
  return readTableFile(file, mapped(query), { ignoresOtherColumns: true, mostRows: ROW_LIMIT });
}

function mapped(query: UsageImportQuery): Columns {
  const entries = Object.entries(COLUMNS).map(([name, spec]) => {
    const header = query[`${name as ColumnName}Column`];
    if (header === undefined) return [name, spec];
    return [name, { ...spec, headers: [header], isNamed: true }];
  });
  return Object.fromEntries(entries) as Columns;
}

/** Where a fault of an event is found in the file. */
export const COLUMN_OF_FIELD: Readonly<Record<string, ColumnName>> = {
  organisationId: 'organisation',
  serviceId: 'service',
  quantity: 'quantity',
  occurredAt: 'occurred',
  meter: 'meter',
  unit: 'unit',
  idempotencyKey: 'key',
  reference: 'reference',
};

export type Headers = CsvReading<Columns>['headers'];

/**
 * Gives rows without a key one that follows from their content, so that a file can be sent again. Rows of a file that say the same are
 * different events: the second of them is number 2, in this file and in a longer one.
 */
export class RowKeys {
  readonly #seen = new Map<string, number>();

  keyOf(input: Omit<UsageEventInput, 'idempotencyKey'>, given: string): string {
    if (given !== '') return given;
    const { occurredAt, ...facts } = factsOf({ ...input, idempotencyKey: '' });
    const hash = hashOf({ ...facts, occurredAt });
    const count = (this.#seen.get(hash) ?? 0) + 1;
    this.#seen.set(hash, count);
    return `row:${hash}:${count}`;
  }
}
