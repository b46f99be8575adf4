import { plusDays } from '../../platform/clock.ts';
import { type Figures, figuresFor } from '../../platform/figures.ts';
import type { MoneyLocale } from '../../platform/money/index.ts';
import { toPrintable } from '../../platform/printable.ts';
import { textIn } from '../../platform/texts.ts';

/** Words and figures of a proof of use. */
export interface ProofWriter extends Figures {
  readonly locale: MoneyLocale;
  readonly say: (key: string, values?: Readonly<Record<string, string>>) => string;
  /** What somebody typed; characters that no font has become question marks. */
  readonly typed: (text: string) => string;
  /** First and last day; in the data they are half open. */
  readonly period: (from: string, to: string) => string;
}

export function proofWriter(locale: MoneyLocale): ProofWriter {
  const figures = figuresFor(locale);
  const say: ProofWriter['say'] = (key, values) => textIn(locale, `grants.proof.${key}`, values);
  const { day } = figures;
  return {
    ...figures,
    locale,
    say,
    typed: toPrintable,
    period: (from, to) => say('period', { from: day(from), to: day(plusDays(to, -1)) }),
  };
}
