import { type Static, Type } from 'typebox';
import { closed, named, nullable, Uuid } from '../../platform/http/schemas.ts';

const Column = (what: string) =>
  Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: `Header of the column with ${what}` }),
  );

export const UsageImportQuery = closed({
  dryRun: Type.Boolean({ default: false, description: 'Tells what the import would do, and writes nothing' }),
  source: Type.String({
    pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N} ._:/-]{0,59}$',
    default: 'import',
    description: 'System that counted: keys count once for ever within it',
  }),
  organisationColumn: Column('the member: AGS, id or name'),
  serviceColumn: Column('the service: code or id'),
  quantityColumn: Column('the quantity'),
  occurredColumn: Column('the day or moment of use'),
  meterColumn: Column('what is counted'),
  unitColumn: Column('the unit; left out, it follows as in `RecordUsageEvent`'),
  keyColumn: Column('the key; without one, the content of the row is its key'),
  referenceColumn: Column('the reference'),
});
export type UsageImportQuery = Static<typeof UsageImportQuery>;

const Fault = named('UsageImportFault', {
  column: nullable(Type.String({ description: 'As the file calls it; null: the row as a whole' })),
  code: Type.String(),
  reason: Type.String(),
});
const RowResult = named('UsageImportRow', {
  row: Type.Integer({ description: 'As a spreadsheet counts: the header is row 1' }),
  status: Type.Enum(['created', 'existing', 'refused']),
  id: nullable({ ...Uuid, description: 'Null where nothing was written' }),
  errors: Type.Array(Fault),
  warnings: Type.Array(Fault, { description: 'Recorded as it stands, and likely in the way later on' }),
});
export type RowResult = Static<typeof RowResult>;

export const ImportResult = named('UsageImportResult', {
  dryRun: Type.Boolean(),
  rowCount: Type.Integer(),
  createdCount: Type.Integer(),
  existingCount: Type.Integer({ description: 'Rows that were recorded before' }),
  refusedCount: Type.Integer(),
  warningCount: Type.Integer({ description: 'Rows with warnings' }),
  results: Type.Array(RowResult),
});
export type ImportResult = Static<typeof ImportResult>;
