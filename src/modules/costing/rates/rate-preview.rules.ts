import type { Day } from '../../../platform/clock.ts';
import { groupBy } from '../../../platform/collections.ts';
import { compareIds, sumCents } from '../../../platform/money/index.ts';
import { commonDays, type Days } from './rate-days.rules.ts';
import { piecesOf } from './rate-pieces.rules.ts';
import type { PriceVersion, Stretch } from './rate-stretches.rules.ts';
import {
  keyOf,
  type RatedMeter,
  rateMeters,
  sumQuantities,
  type UsageOf,
  type UsageTotal,
} from './rate-usage.rules.ts';

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
  readonly present: RatedMeter | undefined;
  readonly preview: RatedMeter | undefined;
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
    return [{ usage: meter, present: before.get(key), preview: after.get(key) }];
  });
}

function byKey(meters: readonly RatedMeter[]): ReadonlyMap<string, RatedMeter> {
  return new Map(meters.map((meter) => [keyOf(meter), meter]));
}

/** Whether the previewed prices have none for what was used; what was taken back whole is none. */
export function isUnpriced({ usage, preview }: PreviewLine): boolean {
  return preview === undefined && usage.quantity !== '0';
}

export interface PreviewSums {
  /** Null where nothing is priced; never 0 in its place. */
  readonly presentCents: number | null;
  readonly previewCents: number | null;
  /** Of what both price; null where there is no such thing. */
  readonly differenceCents: number | null;
  /** Of the sums what the other side has no price for, so that no difference can be said of it. */
  readonly presentOnlyCents: number;
  readonly previewOnlyCents: number;
  /** Lines with usage that the previewed prices have none for. */
  readonly unpricedRows: number;
}

export function sumsOf(lines: readonly PreviewLine[]): PreviewSums {
  const both = lines.flatMap(({ present, preview }) => (present && preview ? [{ present, preview }] : []));
  const present = lines.flatMap((line) => line.present ?? []);
  const preview = lines.flatMap((line) => line.preview ?? []);
  const [presentSum, previewSum] = [amountOf(present), amountOf(preview)];
  const presentBoth = amountOf(both.map((pair) => pair.present));
  const previewBoth = amountOf(both.map((pair) => pair.preview));
  return {
    presentCents: present.length === 0 ? null : presentSum,
    previewCents: preview.length === 0 ? null : previewSum,
    differenceCents: both.length === 0 ? null : sumCents([previewBoth, -presentBoth]),
    presentOnlyCents: sumCents([presentSum, -presentBoth]),
    previewOnlyCents: sumCents([previewSum, -previewBoth]),
    unpricedRows: lines.filter(isUnpriced).length,
  };
}

const amountOf = (meters: readonly RatedMeter[]): number =>
  sumCents(meters.map(({ amountCents }) => amountCents));

export interface UnpricedUsage extends Pick<UsageTotal, 'serviceId' | 'meter' | 'unit' | 'quantity'> {
  /** How many members used it. */
  readonly memberCount: number;
}

/** What was used and has no price, over all members: one for each service, meter and unit. */
export function unpricedUsage(lines: readonly PreviewLine[]): UnpricedUsage[] {
  const groups = groupBy(
    lines.filter(isUnpriced).map(({ usage }) => usage),
    ({ serviceId, meter, unit }) => JSON.stringify([serviceId, meter, unit]),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { serviceId, meter, unit } = first;
    const quantity = sumQuantities(group.map((usage) => usage.quantity));
    return [{ serviceId, meter, unit, quantity, memberCount: group.length }];
  });
}
