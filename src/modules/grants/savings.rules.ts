import { DomainError } from '../../platform/errors.ts';
import { alignDecimals, parseDecimal, toBigCents } from '../../platform/money/index.ts';
import { GRANT_PERCENT_OUT_OF_RANGE, GRANT_SAVINGS_TOO_SMALL } from './grants.errors.ts';

export interface SavingsInput {
  /** What the parties spend each for themselves, per year; above 0. */
  readonly costBeforeCents: number;
  /** What they will spend together. */
  readonly costAfterCents: number;
  /** Of the rule. */
  readonly requiredPercent: string;
}

export interface Savings {
  readonly savedCents: number;
  /** For people: cut off after four decimals, negative where it gets dearer. The comparison is exact. */
  readonly percent: string;
  readonly isMet: boolean;
}

/** @throws DomainError AMOUNT_OUT_OF_RANGE, DECIMAL_INVALID, GRANT_PERCENT_OUT_OF_RANGE */
export function testSavings({ costBeforeCents, costAfterCents, requiredPercent }: SavingsInput): Savings {
  const before = toBigCents(costBeforeCents, '/costBeforeCents');
  const saved = before - toBigCents(costAfterCents, '/costAfterCents');
  const { units } = alignDecimals([
    parseDecimal(requiredPercent, () => '/savingsPercent'),
    { units: 100n, scale: 0 },
  ]);
  const [required = 0n, hundred = 1n] = units;
  if (required < 0n || required > hundred) {
    throw new DomainError(GRANT_PERCENT_OUT_OF_RANGE, `${requiredPercent} is not from 0 to 100`, {
      pointer: '/savingsPercent',
    });
  }
  return {
    savedCents: costBeforeCents - costAfterCents,
    percent: percentText(saved, before),
    isMet: saved * hundred >= required * before,
  };
}

/** @throws DomainError GRANT_SAVINGS_TOO_SMALL when the rule asks for more and nobody says why it should do */
export function assertSavings(input: SavingsInput, justification: string | null): Savings {
  const savings = testSavings(input);
  if (savings.isMet || justification !== null) return savings;
  throw new DomainError(
    GRANT_SAVINGS_TOO_SMALL,
    `${savings.percent} % are saved, ${input.requiredPercent} % are asked for.`,
    { pointer: '/costAfterCents' },
  );
}

function percentText(saved: bigint, before: bigint): string {
  const size = saved < 0n ? -saved : saved;
  const digits = ((size * 1_000_000n) / before).toString().padStart(5, '0');
  const text = `${digits.slice(0, -4)}.${digits.slice(-4)}`;
  return saved < 0n && /[1-9]/.test(text) ? `-${text}` : text;
}
