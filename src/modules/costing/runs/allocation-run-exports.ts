import { plusDays } from '../../../platform/clock.ts';
import { type CsvExportColumn, writeCsv } from '../../../platform/csv.ts';
import { figuresFor } from '../../../platform/figures.ts';
import { textIn } from '../../../platform/texts.ts';
import { groupedAgs } from '../keys/ags.ts';
import { periodText } from '../scenarios/assumption-texts.ts';
import type { ExportQuery, LinePart, RunLineView, RunView } from './allocation-runs.schemas.ts';

export interface ExportFile {
  readonly name: string;
  readonly text: string;
}

interface Row {
  readonly run: RunView;
  readonly line: RunLineView;
  readonly part: LinePart;
  /** A line of several parts bears its amount once, so that the column adds up. */
  readonly isFirst: boolean;
}

/** Calculation files and JSON exports are written alike: indented for people, the same bytes for the same content. */
export function fileText(file: unknown): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Lines of a run with their derivation, for a spreadsheet or for programs. */
export function exportLines(
  run: RunView,
  lines: readonly RunLineView[],
  { format, locale }: Pick<ExportQuery, 'format' | 'locale'>,
): ExportFile {
  const { number, period, status, resultHash } = run;
  if (format === 'json') {
    const file = { number, period, status, amountCents: run.amountCents, resultHash, lines };
    return { name: `${number}-lines.json`, text: fileText(file) };
  }
  const rows = lines.flatMap((line) =>
    line.parts.map((part, at): Row => ({ run, line, part, isFirst: at === 0 })),
  );
  return { name: `${number}.csv`, text: writeCsv(rows, columns(locale), locale) };
}

function columns(locale: 'de' | 'en'): CsvExportColumn<Row>[] {
  const say = (de: string, en: string) => (locale === 'de' ? de : en);
  const textColumn = (header: string, value: (row: Row) => string | null | undefined) =>
    ({ header, type: 'text', value }) as const;
  const decimal = (header: string, value: (row: Row) => string | number | null) =>
    ({ header, type: 'decimal', value }) as const;
  const cents = (header: string, value: (row: Row) => number | null) =>
    ({ header, type: 'cents', value }) as const;
  return [
    textColumn(say('Lauf', 'Run'), ({ run }) => run.number),
    textColumn(say('Zeitraum', 'Period'), ({ run }) => periodText(run.period, locale)),
    textColumn(say('Mitglied', 'Member'), ({ line }) => line.memberName),
    textColumn('AGS', ({ line }) => groupedAgs(line.member)),
    textColumn(say('Leistung', 'Service'), ({ line }) => line.serviceCode),
    textColumn(say('Bezeichnung', 'Title'), ({ line }) => line.serviceTitle),
    textColumn(say('Teil', 'Tranche'), ({ part }) => part.label),
    decimal(say('Anteil am Topf in %', 'Share of pool in %'), ({ part }) => part.percent),
    cents(say('Betrag des Teils', 'Amount of tranche'), ({ part }) => part.trancheCents),
    textColumn(say('Schlüssel', 'Key'), ({ part }) => textIn(locale, `costing.key.${part.key.type}`)),
    textColumn(say('Grundlage', 'Basis'), ({ part }) => part.key.basis),
    textColumn(say('Stand', 'As of'), ({ part }) => part.key.asOf),
    textColumn(say('Quelle', 'Source'), ({ part }) => sourceText(part.key, locale)),
    decimal(say('Wert', 'Weight'), ({ part }) => part.weight),
    decimal(say('Summe der Werte', 'Sum of weights'), ({ part }) => part.weightTotal),
    textColumn(say('Anteil', 'Share'), ({ part }) => part.share.replace('/', say(' von ', ' of '))),
    textColumn(
      say('Genauer Betrag', 'Exact amount'),
      ({ part }) => `${part.exactCents.replace(/\/1$/, '')} Cent`,
    ),
    decimal(say('Rundungscent', 'Rounding cent'), ({ line, isFirst }) =>
      isFirst ? line.roundingCents : null,
    ),
    cents(say('Betrag', 'Amount'), ({ line, isFirst }) => (isFirst ? line.amountCents : null)),
  ];
}

/** What a person wrote down stands as it is; what the program knows is said in the reader's language. */
function sourceText({ source, origin }: LinePart['key'], locale: 'de' | 'en'): string | undefined {
  if (origin === undefined) return source;
  const key = `costing.origin.${origin.kind}`;
  if (origin.kind === 'cost_clause') return textIn(locale, key);
  const { eventCount, startsOn, endsOn } = origin;
  const { day } = figuresFor(locale);
  return textIn(locale, key, {
    count: String(eventCount),
    from: day(startsOn),
    to: day(plusDays(endsOn, -1)),
  });
}
