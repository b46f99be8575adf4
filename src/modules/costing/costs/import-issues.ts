import type { CsvIssue } from '../../../platform/csv.ts';
import type { FieldError } from '../../../platform/errors.ts';

/** Above this many, further issues tell a reader nothing new. */
export const SHOWN_ISSUES = 200;

/** An issue of a file as a problem names it. */
export function toFieldError({ row, column, code, reason }: CsvIssue): FieldError {
  const place = [row === undefined ? 'The file' : `Row ${row}`, column].filter((part) => part !== undefined);
  const pointer = row === undefined ? '' : `/rows/${row}${column === undefined ? '' : `/${escaped(column)}`}`;
  return { pointer, code, detail: `${place.join(', column ')}: ${reason}` };
}

function escaped(column: string): string {
  return column.replaceAll('~', '~0').replaceAll('/', '~1');
}
