import type { RunLineView } from '../../modules/costing/index.ts';
import { formatCents } from '../../platform/money/index.ts';
import type { PostedRun } from './closing.ts';

type Part = RunLineView['parts'][number];

const KEY_NAMES: Readonly<Record<string, string>> = {
  equal: 'gleiche Teile',
  fixed: 'feste Anteile',
  population: 'Einwohner',
  cases: 'Fälle',
  minutes: 'Minuten',
  head_count: 'Beschäftigte',
};
const UNIT_NAMES: Readonly<Record<string, string>> = { Abrechnung: 'Abrechnungen', Stück: 'Urkunden' };
const COLUMNS = [50, 15, 21, 26, 9, 15] as const;
const WIDTH = COLUMNS.reduce((sum, width) => sum + width, 4);

/** What each municipality pays one centre, and why. */
export function reportOf({ stage, run, lines }: PostedRun): string {
  const { spec } = stage.centre;
  const head = [
    '═'.repeat(WIDTH),
    `${spec.name} (${spec.code})`,
    `Lauf ${run.number} für ${run.period.code}: zu verteilen sind ${euros(run.amountCents)}`,
    `Prüfsumme ${run.resultHash}`,
    '═'.repeat(WIDTH),
  ];
  const members = run.members.flatMap(({ organisationId, member, memberName, amountCents }) =>
    memberPart(
      `${memberName} (AGS ${member})`,
      amountCents,
      lines.filter((line) => line.organisationId === organisationId),
    ),
  );
  const closing = `Summe aller Mitglieder: ${euros(run.members.reduce((sum, { amountCents }) => sum + amountCents, 0))}`;
  return [...head, ...members, '', closing, ''].join('\n');
}

function memberPart(title: string, amountCents: number, lines: readonly RunLineView[]): string[] {
  const header = ['  Teil der Kosten', 'Schlüssel', 'Wert von Summe', 'genauer Anteil', 'Rundung', 'Betrag'];
  const services = [...new Set(lines.map(({ serviceTitle }) => serviceTitle))];
  return [
    '',
    `${title} zahlt ${euros(amountCents)}`,
    '─'.repeat(WIDTH),
    row(header),
    ...services.flatMap((service) => [
      `  ${service}`,
      ...lines.filter(({ serviceTitle }) => serviceTitle === service).flatMap(lineRows),
    ]),
  ];
}

/** A line per tranche; where the clause rounds once over all of them, the amount stands below. */
function lineRows(line: RunLineView): string[] {
  const amount = [rounding(line.roundingCents), euros(line.amountCents)];
  if (line.trancheId !== null) return line.parts.map((part) => row([...partCells(part), ...amount]));
  const together = ['    zusammen, einmal gerundet', '', '', exact(line.exactCents), ...amount];
  return [...line.parts.map((part) => row([...partCells(part), '', ''])), row(together)];
}

function partCells({ label, percent, key, weight, weightTotal, exactCents }: Part): string[] {
  const name = keyName(key);
  return [
    `    ${percent.replace('.', ',')} % ${label}`,
    name,
    `${german(weight)} von ${german(weightTotal)}`,
    exact(exactCents),
  ];
}

/** Usage keys name the unit they count in, in brackets behind the meter. */
function keyName({ type, basis = '' }: Part['key']): string {
  const unit = /\((.+)\)$/.exec(basis)?.[1] ?? '';
  return (type === 'cases' ? UNIT_NAMES[unit] : undefined) ?? KEY_NAMES[type] ?? type;
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => (index < 2 ? cell.padEnd(COLUMNS[index] ?? 0) : cell.padStart(COLUMNS[index] ?? 0)))
    .join('')
    .trimEnd();
}

function euros(cents: number): string {
  return `${formatCents(cents, 'de')} €`;
}

function rounding(cents: number): string {
  return cents === 0 ? '–' : `${cents > 0 ? '+' : '−'}1 ct`;
}

function german(decimal: string): string {
  const [whole = '', part] = decimal.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '.');
  return part === undefined ? grouped : `${grouped},${part}`;
}

/** `391231333/3` as cents with the remaining fraction: `130.410.444 1/3 ct`. */
function exact(fraction: string): string {
  const [numerator = '0', denominator = '1'] = fraction.split('/');
  const [n, d] = [BigInt(numerator), BigInt(denominator)];
  const rest = n % d;
  const whole = german((n / d).toString());
  return rest === 0n ? `${whole} ct` : `${whole} ${rest}/${d} ct`;
}
