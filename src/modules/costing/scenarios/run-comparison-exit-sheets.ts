import type { Worksheet } from '../../../platform/xlsx-writer.ts';
import { header, type Locale, memberColumns, sheetOf, type TableColumn } from './run-comparison-tables.ts';
import type { ExitView } from './run-comparisons.schemas.ts';

type LeaverRow = ExitView['leavers'][number] & { readonly exit: ExitView; readonly isFirst: boolean };
type OtherRow = ExitView['others'][number] & { readonly exit: ExitView };

/** Who leaves and what that leaves behind, and what it does to each of the others. */
export function exitSheets(exits: readonly ExitView[], locale: Locale): Worksheet[] {
  if (exits.length === 0) return [];
  const leavers = exits.flatMap((exit) =>
    exit.leavers.map((leaver, at): LeaverRow => ({ ...leaver, exit, isFirst: at === 0 })),
  );
  const others = exits.flatMap((exit) => exit.others.map((other): OtherRow => ({ ...other, exit })));
  return [
    sheetOf(
      header(locale, 'sheet.exits'),
      [...names(locale), ...leaverColumns(locale), ...poolColumns(locale)],
      leavers,
    ),
    sheetOf(header(locale, 'sheet.others'), [...names(locale), ...otherColumns(locale)], others),
  ];
}

function names(locale: Locale): TableColumn<{ exit: ExitView; member: string; memberName: string }>[] {
  return [
    {
      key: 'service',
      header: header(locale, 'service'),
      type: 'text',
      value: ({ exit }) => exit.serviceCode,
    },
    { key: 'title', header: header(locale, 'title'), type: 'text', value: ({ exit }) => exit.serviceTitle },
    ...memberColumns(locale),
  ];
}

const cents = <Row>(
  locale: Locale,
  key: string,
  value: (row: Row) => number | null,
  formula?: TableColumn<Row>['formula'],
): TableColumn<Row> => ({
  key,
  header: header(locale, `exit.${key}`),
  type: 'cents',
  value,
  ...(formula !== undefined && { formula }),
});

function leaverColumns(locale: Locale): TableColumn<LeaverRow>[] {
  return [
    cents(locale, 'former', (row) => row.formerCents),
    cents(locale, 'standby', (row) => row.standbyCents),
    cents(
      locale,
      'use',
      (row) => row.useCents,
      (cell) => `${cell('former')}-${cell('standby')}`,
    ),
    cents(locale, 'saved', (row) => row.savedCents),
  ];
}

/** Of the pool as a whole: once, beside the first who leaves it, so that the columns add up. */
function poolColumns(locale: Locale): TableColumn<LeaverRow>[] {
  const once = (value: (exit: ExitView) => number) => (row: LeaverRow) =>
    row.isFirst ? value(row.exit) : null;
  return [
    cents(
      locale,
      'pool-before',
      once((exit) => exit.poolBeforeCents),
    ),
    cents(
      locale,
      'pool-after',
      once((exit) => exit.poolAfterCents),
    ),
    cents(
      locale,
      'others-before',
      once((exit) => exit.othersBeforeCents),
    ),
    cents(
      locale,
      'others-after',
      once((exit) => exit.othersAfterCents),
    ),
    cents(
      locale,
      'others-more',
      once((exit) => exit.othersMoreCents),
      (cell) => `${cell('others-after')}-${cell('others-before')}`,
    ),
    cents(
      locale,
      'hold',
      once((exit) => exit.holdHarmlessCents),
    ),
    cents(
      locale,
      'hold-each',
      once((exit) => exit.holdEachHarmlessCents),
    ),
  ];
}

function otherColumns(locale: Locale): TableColumn<OtherRow>[] {
  return [
    cents(locale, 'before', (row) => row.beforeCents),
    cents(locale, 'after', (row) => row.afterCents),
    cents(
      locale,
      'more',
      (row) => row.moreCents,
      (cell) => `${cell('after')}-${cell('before')}`,
    ),
  ];
}
