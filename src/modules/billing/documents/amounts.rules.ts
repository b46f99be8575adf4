import {
  compareIds,
  fromBigCents,
  parseDecimal,
  sumCents,
  toBigCents,
} from '../../../platform/money/index.ts';
import type {
  DocumentDraft,
  DocumentLine,
  DocumentTotals,
  PrecedingDocument,
  StatementDocument,
  VatBreakdown,
  VatTreatment,
} from './document.types.ts';

/** `numerator / denominator` to the nearest whole number, halves away from zero; `denominator` above zero. */
export function roundHalfUp(numerator: bigint, denominator: bigint): bigint {
  const size = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * size + denominator) / (2n * denominator);
  return numerator < 0n ? -rounded : rounded;
}

/** VAT on a net sum, half up to the cent; a negative sum is the mirror image. */
export function vatOn(netCents: number, ratePercent: string): number {
  const rate = parseDecimal(ratePercent);
  return fromBigCents(roundHalfUp(toBigCents(netCents) * rate.units, 100n * 10n ** BigInt(rate.scale)));
}

/** Treatments that share a place in the breakdown have the same name here. */
export function vatGroup({ category, ratePercent }: VatTreatment): string {
  return `${category} ${ratePercent}`;
}

/** Net sums and VAT by category and rate, in ascending order; reasons are those of the first line of each. */
export function breakDown(lines: readonly DocumentLine[]): VatBreakdown[] {
  const names = [...new Set(lines.map((line) => vatGroup(line.vat)))].sort(compareIds);
  return names.flatMap((name) => {
    const group = lines.filter((line) => vatGroup(line.vat) === name);
    const [first] = group;
    if (first === undefined) return [];
    const netCents = sumCents(group.map((line) => line.netCents));
    return [{ ...first.vat, netCents, vatCents: vatOn(netCents, first.vat.ratePercent) }];
  });
}

export function totalsOf(
  lines: readonly DocumentLine[],
  vat: readonly VatBreakdown[],
  preceding: readonly PrecedingDocument[],
  paidCents = 0,
): DocumentTotals {
  const netCents = sumCents(lines.map((line) => line.netCents));
  const vatCents = sumCents(vat.map((group) => group.vatCents));
  const grossCents = sumCents([netCents, vatCents]);
  const prepaidCents = sumCents([paidCents, ...preceding.map((document) => document.prepaidCents)]);
  return {
    netCents,
    vatCents,
    grossCents,
    prepaidCents,
    payableCents: sumCents([grossCents, -prepaidCents]),
  };
}

/** Draws the sums of a document that is about to be issued. */
export function withTotals(draft: DocumentDraft): StatementDocument {
  const vat = breakDown(draft.lines);
  return { ...draft, vat, totals: totalsOf(draft.lines, vat, draft.preceding, draft.paidCents) };
}

/** Share in percent with four decimals, for people: `12.3457`. The exact one is the fraction. */
export function percentOfTotal(part: string, whole: string): string {
  const [over, under] = [parseDecimal(part), parseDecimal(whole)];
  const tenThousandths = roundHalfUp(
    over.units * 10n ** BigInt(under.scale) * 1_000_000n,
    under.units * 10n ** BigInt(over.scale),
  );
  return `${tenThousandths / 10_000n}.${(tenThousandths % 10_000n).toString().padStart(4, '0')}`;
}
