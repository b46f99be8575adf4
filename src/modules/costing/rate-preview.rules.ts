import type { Day } from '../../platform/clock.ts';
import { compareIds, sumCents } from '../../platform/money/index.ts';
import { commonDays, type Days } from './rate-days.rules.ts';
import { piecesOf } from './rate-pieces.rules.ts';
import type { PriceVersion, Stretch } from './rate-stretches.rules.ts';
import { keyOf, type RatedMeter, rateMeters, type UsageOf, type UsageTotal } from './rate-usage.rules.ts';

export interface Covered {
  readonly agreementVersionId: string;
  readonly organisationId: string;
  readonly serviceId: string;
  readonly validFrom: Day;
  readonly validTo: Day | null;
}

/** As if all who were covered for a service had paid it by the version, on all days they were covered. */
export function stretchesAsIf(
  version: PriceVersion,
  covered: readonly Covered[],
  period: Days,
  organisationIds: ReadonlySet<string> | undefined,
): Stretch[] {
  const priced = new Set(version.prices.map(({ serviceId }) => serviceId));
  return covered.flatMap(({ organisationId, serviceId, agreementVersionId, validFrom, validTo }) => {
    const days = commonDays(period, validFrom, validTo);
    const isMeant = organisationIds?.has(organisationId) ?? true;
    if (days === undefined || !isMeant || !priced.has(serviceId)) return [];
    return [{ ...days, organisationId, serviceId, agreementVersionId, version }];
  });
}

export interface PreviewLine {
  readonly usage: Pick<
    UsageTotal,
    'organisationId' | 'serviceId' | 'meter' | 'unit' | 'quantity' | 'eventCount'
  >;
  readonly presentCents: number | null;
  readonly previewCents: number | null;
}

/** Each member × service × meter that was used or that either version has a price for, priced by both. */
export function comparePrices(
  present: readonly Stretch[],
  preview: readonly Stretch[],
  used: readonly UsageTotal[],
  usageOf: UsageOf,
): PreviewLine[] {
  const before = byKey(rateMeters(piecesOf(present), usageOf));
  const after = byKey(rateMeters(piecesOf(preview), usageOf));
  const usage = new Map(used.map((total) => [keyOf(total), total]));
  const keys = [...new Set([...before.keys(), ...after.keys(), ...usage.keys()])].sort(compareIds);
  return keys.flatMap((key) => {
    const meter = usage.get(key) ?? after.get(key) ?? before.get(key);
    if (meter === undefined) return [];
    const presentCents = before.get(key)?.amountCents ?? null;
    return [{ usage: meter, presentCents, previewCents: after.get(key)?.amountCents ?? null }];
  });
}

function byKey(meters: readonly RatedMeter[]): ReadonlyMap<string, RatedMeter> {
  return new Map(meters.map((meter) => [keyOf(meter), meter]));
}

/** Sums of lines; what has no price counts as zero. */
export function sumsOf(lines: readonly Pick<PreviewLine, 'presentCents' | 'previewCents'>[]): {
  presentCents: number;
  previewCents: number;
  differenceCents: number;
} {
  const presentCents = sumCents(lines.map((line) => line.presentCents ?? 0));
  const previewCents = sumCents(lines.map((line) => line.previewCents ?? 0));
  return { presentCents, previewCents, differenceCents: sumCents([previewCents, -presentCents]) };
}
