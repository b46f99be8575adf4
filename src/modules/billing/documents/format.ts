import { plusDays } from '../../../platform/clock.ts';
import { formatCents, type MoneyLocale } from '../../../platform/money/index.ts';
import { textIn } from '../../../platform/texts.ts';
import { roundHalfUp } from './amounts.rules.ts';
import type { Derivation, StatementDocument } from './document.types.ts';

export type Locale = MoneyLocale;

/** Words and figures as readers of a language write them. */
export interface Writer {
  readonly locale: Locale;
  say(key: string, values?: Readonly<Record<string, string>>): string;
  /** What was counted: `Einwohner`. */
  key(type: string): string;
  /** `1.234,56 €` */
  euros(cents: number): string;
  /** `31.12.2026` */
  day(day: string): string;
  /** From the first to the last day, as people write periods; in the data they are half open. */
  period(period: StatementDocument['period']): string;
  /** A decimal text with grouping: `12.345,5` */
  decimal(text: string): string;
  /** Cents given as a fraction, as euros with four more digits than needed: `1.234,5678 €`. */
  exactEuros(fraction: string): string;
}

const NO_BREAK_SPACE = '\u00a0';

export function writerFor(locale: Locale): Writer {
  const decimal = (text: string) => {
    const [whole = '', rest = ''] = text.split('.');
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, locale === 'de' ? '.' : ',');
    return rest === '' ? grouped : `${grouped}${locale === 'de' ? ',' : '.'}${rest}`;
  };
  const day = (text: string) => (locale === 'de' ? text.split('-').toReversed().join('.') : text);
  const say: Writer['say'] = (key, values) => textIn(locale, `billing.document.${key}`, values);
  return {
    locale,
    say,
    key: (type) => textIn(locale, `costing.key.${type}`),
    day,
    decimal,
    euros: (cents) => minus(`${formatCents(cents, locale)}${NO_BREAK_SPACE}€`),
    period: ({ startsOn, endsOn }) => say('period', { from: day(startsOn), to: day(plusDays(endsOn, -1)) }),
    exactEuros: (fraction) => minus(`${decimal(inEuros(fraction))}${NO_BREAK_SPACE}€`),
  };
}

/** The sign of typography instead of the hyphen, which would break from its number. */
function minus(text: string): string {
  return text.replace(/^-/, '\u2212');
}

function inEuros(fraction: string): string {
  const [over = 0n, under = 1n] = fraction.split('/').map(BigInt);
  const millionths = roundHalfUp(over * 10_000n, under);
  const size = (millionths < 0n ? -millionths : millionths).toString().padStart(7, '0');
  return `${millionths < 0n ? '-' : ''}${size.slice(0, -6)}.${size.slice(-6)}`;
}

/** What a derivation ends in: the line's amount, or the share that its instalment is part of. */
export function shareCents({ exactCents, roundingCents }: Derivation): number {
  const [over = 0n, under = 1n] = exactCents.split('/').map(BigInt);
  return Number(over / under) + roundingCents;
}

/** Name of the kind; an invoice that sets instalments off is a final one. */
export function titleOf(document: StatementDocument, writer: Writer): string {
  const final = document.kind === 380 && document.preceding.length > 0;
  return writer.say(final ? 'kind.380-final' : `kind.${document.kind}`);
}

/** Whether money flows to the member: a credit note, or an invoice whose instalments were more than it asks for. */
export function isRefund({ kind, totals }: StatementDocument): boolean {
  return kind === 381 ? totals.payableCents > 0 : totals.payableCents < 0;
}

/** What is to be paid until when, by whom. */
export function termsOf(document: StatementDocument, writer: Writer): string {
  const { kind, dueOn, number, totals } = document;
  const values = { day: writer.day(dueOn), number };
  if (kind === 381) return writer.say('terms.credit', values);
  return writer.say(totals.payableCents > 0 ? 'terms.due' : 'terms.refund', values);
}
