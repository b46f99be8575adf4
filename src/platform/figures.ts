import { divideHalfUp, formatCents, type MoneyLocale } from './money/index.ts';

/** Figures and days as readers of a language write them. */
export interface Figures {
  /** `1.234,56 €` */
  readonly euros: (cents: number) => string;
  /** `31.12.2026` */
  readonly day: (day: string) => string;
  /** A decimal text with grouping: `12.345,5` */
  readonly decimal: (text: string) => string;
  /** Cents given as a fraction, as euros with four more digits than needed: `1.234,5678 €`. */
  readonly exactEuros: (fraction: string) => string;
}

const NO_BREAK_SPACE = '\u00a0';

export function figuresFor(locale: MoneyLocale): Figures {
  const decimal = (text: string) => {
    const [whole = '', rest = ''] = text.split('.');
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, locale === 'de' ? '.' : ',');
    return rest === '' ? grouped : `${grouped}${locale === 'de' ? ',' : '.'}${rest}`;
  };
  return {
    day: (text) => (locale === 'de' ? text.split('-').toReversed().join('.') : text),
    decimal,
    euros: (cents) => minus(`${formatCents(cents, locale)}${NO_BREAK_SPACE}€`),
    exactEuros: (fraction) => minus(`${decimal(inEuros(fraction))}${NO_BREAK_SPACE}€`),
  };
}

/** The sign of typography instead of the hyphen, which would break from its number. */
function minus(text: string): string {
  return text.replace(/^-/, '\u2212');
}

function inEuros(fraction: string): string {
  const [over = 0n, under = 1n] = fraction.split('/').map(BigInt);
  const millionths = divideHalfUp(over * 10_000n, under);
  const size = (millionths < 0n ? -millionths : millionths).toString().padStart(7, '0');
  return `${millionths < 0n ? '-' : ''}${size.slice(0, -6)}.${size.slice(-6)}`;
}
