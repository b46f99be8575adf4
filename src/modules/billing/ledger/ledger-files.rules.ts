import type { FieldError } from '../../../platform/errors.ts';
import type { LedgerVoucher } from './ledger.types.ts';
import { renderLedgerCsv } from './ledger-csv.rules.ts';
import { renderDatev } from './ledger-datev.rules.ts';
import { CUTTABLE_FIELDS } from './ledger-fields.rules.ts';
import type { FileFacts, RenderedFile } from './ledger-files.types.ts';
import type { LedgerSettings } from './ledger-settings.types.ts';

/** @throws DomainError LEDGER_FILE_REFUSED */
export function renderLedgerFile(
  vouchers: readonly LedgerVoucher[],
  settings: LedgerSettings,
  facts: FileFacts,
): RenderedFile {
  return settings.format === 'csv'
    ? renderLedgerCsv(vouchers, settings, facts)
    : renderDatev(vouchers, settings, facts);
}

/** What stands against settings that are well formed. */
export function checkLedgerSettings(settings: LedgerSettings): FieldError[] {
  if (settings.format === 'datev') return [];
  const headers = settings.columns.map(({ header }) => header);
  return settings.columns.flatMap((column, at) => {
    const pointer = `/settings/columns/${at}`;
    const errors: FieldError[] = [];
    if (headers.indexOf(column.header) !== at) {
      errors.push({
        pointer: `${pointer}/header`,
        code: 'HEADER_TWICE',
        detail: `"${column.header}" is there already`,
      });
    }
    if ('field' in column && column.overflow === 'cut' && !CUTTABLE_FIELDS.includes(column.field)) {
      const detail = `${column.field} must not be cut: half a number is another number`;
      errors.push({ pointer: `${pointer}/overflow`, code: 'NOT_CUTTABLE', detail });
    }
    return errors;
  });
}
