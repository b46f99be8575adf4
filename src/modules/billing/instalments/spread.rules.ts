import { fromBigCents, toBigCents } from '../../../platform/money/index.ts';

/**
 * Amounts of lines spread over so many due days: each line adds up to its amount and is within a cent of an even share, and each day
 * adds up to what `planInstalments` asks for the sum of the lines. A line's cents that cannot be shared evenly go to one day after the
 * other, beginning behind the day at which the line before stopped; a sum below zero is the mirror image.
 * @returns for each line its amounts, by day
 * @throws DomainError AMOUNT_OUT_OF_RANGE
 */
export function spreadLines(amountsCents: readonly number[], dayCount: number): number[][] {
  const amounts = amountsCents.map((amount) => toBigCents(amount));
  const total = amounts.reduce((sum, amount) => sum + amount, 0n);
  const sign = total < 0n ? -1n : 1n;
  const days = BigInt(dayCount);
  let next = 0;
  return amounts.map((amount) => {
    const size = sign * amount;
    const left = Number(((size % days) + days) % days);
    const even = (size - BigInt(left)) / days;
    const spread = Array.from({ length: dayCount }, (_, day) => {
      const distance = (day - next + dayCount) % dayCount;
      return fromBigCents(sign * (distance < left ? even + 1n : even));
    });
    next = (next + left) % dayCount;
    return spread;
  });
}
