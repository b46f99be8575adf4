import { type CsvExportColumn, writeCsv } from '../platform/csv.ts';
import { germanDay, lastOfMonth, monthsOf, type Quarter } from './seed/days.ts';
import type { CentreSpec } from './world/index.ts';

interface LedgerRow {
  readonly day: string;
  readonly service: string;
  readonly costType: string;
  readonly amountCents: number;
  readonly text: string;
  readonly voucher: string;
}

/** Months are never alike: a little more or less, in cents, so that shares do not come out even. */
const MONTHLY_SHIFT = [0, 1_703, -911];

const columns: readonly CsvExportColumn<LedgerRow>[] = [
  { header: 'Datum', type: 'text', value: (row) => germanDay(row.day) },
  { header: 'Leistung', type: 'text', value: (row) => row.service },
  { header: 'Kostenart', type: 'text', value: (row) => row.costType },
  { header: 'Betrag', type: 'cents', value: (row) => row.amountCents },
  { header: 'Text', type: 'text', value: (row) => row.text },
  { header: 'Beleg', type: 'text', value: (row) => row.voucher },
];

function rowsOf({ code, services }: CentreSpec, quarter: Quarter): LedgerRow[] {
  let number = 0;
  return monthsOf(quarter).flatMap((month, place) =>
    services.flatMap((service) =>
      service.costs.map(({ costType, text, monthlyCents }): LedgerRow => {
        number += 1;
        return {
          day: lastOfMonth(month),
          service: service.code,
          costType,
          amountCents: monthlyCents + (MONTHLY_SHIFT[place] ?? 0),
          text: `${text} (erfunden)`,
          voucher: `${code}-${quarter.code}-${String(number).padStart(3, '0')}`,
        };
      }),
    ),
  );
}

/** The quarter's cost as the ledger would export it: a CSV file in German spelling. All amounts are invented. */
export function ledgerCsv(spec: CentreSpec, quarter: Quarter): string {
  return writeCsv(rowsOf(spec, quarter), columns, 'de');
}

/** What the file adds up to. */
export function ledgerTotalCents(spec: CentreSpec, quarter: Quarter): number {
  return rowsOf(spec, quarter).reduce((sum, { amountCents }) => sum + amountCents, 0);
}
