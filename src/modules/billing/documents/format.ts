import { plusDays } from '../../../platform/clock.ts';
import { type Figures, figuresFor } from '../../../platform/figures.ts';
import type { MoneyLocale } from '../../../platform/money/index.ts';
import { textIn } from '../../../platform/texts.ts';
import type { Deduction, Derivation, StatementDocument } from './document.types.ts';

export type Locale = MoneyLocale;

/** Words and figures as readers of a language write them. */
export interface Writer extends Figures {
  readonly locale: Locale;
  say(key: string, values?: Readonly<Record<string, string>>): string;
  /** What was counted: `Einwohner`. */
  key(type: string): string;
  /** From the first to the last day, as people write periods; in the data they are half open. */
  period(period: StatementDocument['period']): string;
}

export function writerFor(locale: Locale): Writer {
  const figures = figuresFor(locale);
  const { day } = figures;
  const say: Writer['say'] = (key, values) => textIn(locale, `billing.document.${key}`, values);
  return {
    ...figures,
    locale,
    say,
    key: (type) => textIn(locale, `costing.key.${type}`),
    period: ({ startsOn, endsOn }) => say('period', { from: day(startsOn), to: day(plusDays(endsOn, -1)) }),
  };
}

/** What is set off, in words: `Zuwendung (Landesmittel)`; below zero it was paid back, and the cost rises by it. */
export function deductionText({ type, label, amountCents }: Deduction, writer: Writer): string {
  return writer.say(`deduction.${type}${amountCents < 0 ? '-repaid' : ''}`, { label });
}

/** As a row of a table that adds up: the sign of the amount says which way it goes, so that no word needs to. */
export function deductionRow(deduction: Deduction, writer: Writer): { text: string; cents: number } {
  const text = deductionText(deduction, writer);
  return { text: `${text.charAt(0).toUpperCase()}${text.slice(1)}`, cents: -deduction.amountCents };
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
