import { type Day, dayOf, type Moment } from '../../platform/clock.ts';
import { DomainError } from '../../platform/errors.ts';
import { VALIDATION_FAILED } from '../../platform/json.errors.ts';
import { compareIds, sumCents } from '../../platform/money/index.ts';
import { commonDays, countDays, type Days, intervalOf } from './rate-days.rules.ts';
import { piecesOf } from './rate-pieces.rules.ts';
import type { PreviewRates } from './rate-preview.schemas.ts';
import type { PriceVersion, Stretch } from './rate-stretches.rules.ts';
import { keyOf, type RatedMeter, rateMeters, type UsageOf, type UsageTotal } from './rate-usage.rules.ts';

/** Two years: long enough for any comparison, short enough to be read. */
const LONGEST_DAYS = 732;

export interface Covered {
  readonly agreementVersionId: string;
  readonly organisationId: string;
  readonly serviceId: string;
  readonly validFrom: Day;
  readonly validTo: Day | null;
}

/** @throws DomainError VALIDATION_FAILED where it is not said once what to preview, and on which days */
export function previewDays(
  { number, prices, interval, rateCardId, from, to }: PreviewRates,
  now: Moment,
): Days {
  const isStored = number !== undefined && rateCardId !== undefined && !prices && !interval;
  const isTyped = prices !== undefined && interval !== undefined && number === undefined;
  if (!isStored && !isTyped)
    throw invalid('/number', 'must be given with rateCardId, or interval and prices, and not both');
  const thisYear = intervalOf(dayOf(now), 'year');
  const lastYear = { from: `${Number(thisYear.from.slice(0, 4)) - 1}-01-01`, to: thisYear.from };
  const days = from === undefined && to === undefined ? lastYear : { from: from ?? '', to: to ?? '' };
  if (days.from === '' || days.from >= days.to) throw invalid('/to', 'must be after from, and both be given');
  if (countDays(days) > LONGEST_DAYS) throw invalid('/to', `is more than ${LONGEST_DAYS} days after from`);
  return days;
}

function invalid(pointer: string, detail: string): DomainError {
  return new DomainError(VALIDATION_FAILED, `${pointer} ${detail}.`, {
    errors: [{ pointer, code: 'PREVIEW', detail }],
  });
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
