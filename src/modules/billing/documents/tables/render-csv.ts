import { type CsvExportColumn, writeCsv } from '../../../../platform/csv.ts';
import type { Deduction, DerivationPart, DocumentLine, StatementDocument } from '../document.types.ts';
import { deductionText, type Locale, shareCents, titleOf, type Writer, writerFor } from '../format.ts';
import { nettedServices, poolWord } from '../netting.rules.ts';

interface Row {
  readonly line: DocumentLine;
  readonly at: number;
  readonly part: DerivationPart | undefined;
  /** A line of several parts bears its amount once, so that the column adds up. */
  readonly isFirst: boolean;
}

/** Lines with their derivation, one row for each tranche, for spreadsheets and programs. */
export function renderCsv(document: StatementDocument, locale: Locale = 'de'): string {
  const rows = document.lines.flatMap((line, at): Row[] => {
    const parts: readonly (DerivationPart | undefined)[] = line.derivation?.parts ?? [undefined];
    return parts.map((part, position) => ({ line, at, part, isFirst: position === 0 }));
  });
  const writer = writerFor(locale);
  const columns = [
    ...headColumns(document, writer),
    ...lineColumns(writer),
    ...derivationColumns(document, writer),
  ];
  return writeCsv(rows, columns, locale);
}

type Column = CsvExportColumn<Row>;

function columnsOf(writer: Writer) {
  const header = (key: string) => writer.say(`table.${key}`);
  return {
    text: (key: string, value: (row: Row) => string | null | undefined): Column => ({
      header: header(key),
      type: 'text',
      value,
    }),
    decimal: (key: string, value: (row: Row) => string | number | null | undefined): Column => ({
      header: header(key),
      type: 'decimal',
      value,
    }),
    cents: (key: string, value: (row: Row) => number | null | undefined): Column => ({
      header: header(key),
      type: 'cents',
      value,
    }),
  };
}

/** The same in every row, so that files of several documents can be put one below the other. */
function headColumns(document: StatementDocument, writer: Writer): Column[] {
  const { text } = columnsOf(writer);
  return [
    text('document', () => document.number),
    text('kind', () => titleOf(document, writer)),
    text('issued', () => document.issuedOn),
    text('period', () => writer.period(document.period)),
    text('buyer', () => document.buyer.name),
  ];
}

function lineColumns(writer: Writer): Column[] {
  const { text, decimal, cents } = columnsOf(writer);
  return [
    decimal('position', ({ at }) => at + 1),
    text('service-code', ({ line }) => line.service.code),
    text('service', ({ line }) => line.service.title),
    text('text', ({ line }) => line.text),
    decimal('quantity', ({ line, isFirst }) => (isFirst ? line.quantity : null)),
    text('unit', ({ line }) => writer.say(`unit.${line.unit}`)),
    cents('net', ({ line, isFirst }) => (isFirst ? line.netCents : null)),
    text('vat-category', ({ line }) => line.vat.category),
    decimal('vat-rate', ({ line }) => line.vat.ratePercent),
    text('vatex', ({ line }) => line.vat.vatexCode),
    text('reason', ({ line }) => line.vat.reason),
  ];
}

function derivationColumns({ lines }: StatementDocument, writer: Writer): Column[] {
  const { text, decimal, cents } = columnsOf(writer);
  return [
    text('tranche', ({ part }) => part?.label),
    cents(poolWord(lines, 'pool'), ({ line }) => line.derivation?.poolCents),
    decimal('percent', ({ part }) => part?.percent),
    cents('tranche-cents', ({ part }) => part?.trancheCents),
    text('key', ({ part }) => part && writer.key(part.key.type)),
    text('basis', ({ part }) => part?.key.basis),
    text('as-of', ({ part }) => part?.key.asOf),
    text('source', ({ part }) => part?.key.source),
    decimal('weight', ({ part }) => part?.weight),
    decimal('weight-total', ({ part }) => part?.weightTotal),
    text('exact', ({ line, isFirst }) => (isFirst ? line.derivation?.exactCents : null)),
    decimal('rounding', ({ line, isFirst }) => (isFirst ? line.derivation?.roundingCents : null)),
    cents('share-cents', ({ line, isFirst }) =>
      isFirst && line.derivation ? shareCents(line.derivation) : null,
    ),
    text('instalment', ({ line }) => instalmentText(line, writer)),
    ...(nettedServices(lines).length === 0 ? [] : nettingColumns(writer)),
  ];
}

/** Behind all others, so that these stand where they do in files without. */
function nettingColumns(writer: Writer): Column[] {
  const { text, cents } = columnsOf(writer);
  const deductionsOf = ({ line }: Row) => line.derivation?.netting?.deductions;
  return [
    cents('cost', ({ line }) => line.derivation?.netting?.costCents ?? line.derivation?.poolCents),
    cents('deducted', (row) => deductionsOf(row)?.reduce((sum, { amountCents }) => sum + amountCents, 0)),
    text('deductions', (row) =>
      deductionsOf(row)
        ?.map((one) => stepText(one, writer))
        .join('; '),
    ),
  ];
}

/** An amount without a sign, and the word that says what was added again. */
function stepText(one: Deduction, writer: Writer): string {
  const deduction = `${deductionText(one, writer)}: ${writer.euros(Math.abs(one.amountCents))}`;
  return one.amountCents < 0 ? writer.say('deduction.plus', { deduction }) : deduction;
}

export function instalmentText({ derivation }: DocumentLine, writer: Writer): string | undefined {
  if (derivation?.instalment === undefined) return undefined;
  const { number, count } = derivation.instalment;
  return writer.say('table.instalment-value', { number: String(number), count: String(count) });
}
