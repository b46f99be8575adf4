import { groupBy } from '../../../platform/collections.ts';
import {
  alignDecimals,
  compareIds,
  formatDecimal,
  parseDecimal,
  resultCents,
  sumCents,
} from '../../../platform/money/index.ts';
import type { Days } from './rate-days.rules.ts';
import type { Piece } from './rate-pieces.rules.ts';
import { ratingInputOf } from './rate-prices.rules.ts';
import type { RatePrice } from './rate-prices.types.ts';
import type { PriceVersion, Stretch } from './rate-stretches.rules.ts';
import { type Rating, rate } from './rating.rules.ts';

export interface UsageTotal {
  readonly organisationId: string;
  readonly serviceId: string;
  readonly meter: string;
  readonly unit: string;
  readonly quantity: string;
  readonly eventCount: number;
}

/** What was used on days that somebody asks for: of each organisation, service, meter and unit. */
export type UsageOf = (days: Days) => readonly UsageTotal[];

/** A stretch of days at one price, with the derivation of its amount. */
export interface RatedPart extends Rating, Days {
  readonly days: number;
  readonly ofDays: number;
  readonly interval: Piece['interval'];
  readonly rateCard: string;
  readonly cardVersions: readonly { readonly id: string | null; readonly number: number | null }[];
  readonly agreementVersionIds: readonly string[];
  readonly price: RatePrice;
  readonly quantity: string;
  readonly eventCount: number;
}

/** What a member pays for a service and meter in the period. */
export interface RatedMeter {
  readonly organisationId: string;
  readonly serviceId: string;
  readonly meter: string;
  readonly unit: string;
  readonly quantity: string;
  readonly eventCount: number;
  readonly amountCents: number;
  readonly trueUpCents: number;
  readonly cappedCents: number;
  readonly parts: readonly RatedPart[];
}

/** One amount for each member × service × meter that has a price, used or not. */
export function rateMeters(pieces: readonly Piece[], usageOf: UsageOf): RatedMeter[] {
  const find = indexed(usageOf);
  const groups = groupBy(pieces, ({ organisationId, serviceId, price: { meter, unit } }) =>
    keyOf({ organisationId, serviceId, meter, unit }),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { organisationId, serviceId } = first;
    const { meter, unit } = first.price;
    const parts = [...group]
      .sort((a, b) => compareIds(a.from, b.from))
      .map((piece) => ratePart(piece, find(piece, { organisationId, serviceId, meter, unit })));
    return [
      {
        organisationId,
        serviceId,
        meter,
        unit,
        quantity: sumQuantities(parts.map((part) => part.quantity)),
        eventCount: parts.reduce((sum, part) => sum + part.eventCount, 0),
        amountCents: resultCents(sumCents(parts.map((part) => part.amountCents)), `The price of ${meter}`),
        trueUpCents: sumCents(parts.map((part) => part.trueUpCents)),
        cappedCents: sumCents(parts.map((part) => part.cappedCents)),
        parts,
      },
    ];
  });
}

function ratePart(piece: Piece, used: UsageTotal | undefined): RatedPart {
  const { from, to, days, ofDays, interval, price, versions, agreementVersionIds } = piece;
  const quantity = used?.quantity ?? '0';
  const share = { days: BigInt(days), of: BigInt(ofDays) };
  return {
    from,
    to,
    days,
    ofDays,
    interval,
    rateCard: versions[0]?.rateCard ?? '',
    cardVersions: versions.map(({ id, number }) => ({ id, number })),
    agreementVersionIds,
    price,
    quantity,
    eventCount: used?.eventCount ?? 0,
    ...rate(ratingInputOf(price, quantity), share),
  };
}

/** Usage on days of stretches whose version has no price for its meter and unit; what was taken back whole is none. */
export function findUnpriced(
  stretches: readonly Stretch[],
  usageOf: UsageOf,
): (UsageTotal & Days & { readonly version: PriceVersion })[] {
  const byOwner = new Map<string, ReadonlyMap<string, readonly UsageTotal[]>>();
  return stretches.flatMap(({ from, to, organisationId, serviceId, version }) => {
    const range = `${from} ${to}`;
    const totals =
      byOwner.get(range) ??
      groupBy(usageOf({ from, to }), (total) => `${total.organisationId} ${total.serviceId}`);
    byOwner.set(range, totals);
    return (totals.get(`${organisationId} ${serviceId}`) ?? [])
      .filter(({ meter, unit, quantity }) => quantity !== '0' && !hasPrice(version, serviceId, meter, unit))
      .map((total) => ({ ...total, from, to, version }));
  });
}

function hasPrice({ prices }: PriceVersion, serviceId: string, meter: string, unit: string): boolean {
  return prices.some(
    (price) => price.serviceId === serviceId && price.meter === meter && price.unit === unit,
  );
}

type Meter = Pick<UsageTotal, 'organisationId' | 'serviceId' | 'meter' | 'unit'>;

export function keyOf({ organisationId, serviceId, meter, unit }: Meter): string {
  return JSON.stringify([organisationId, serviceId, meter, unit]);
}

function indexed(usageOf: UsageOf): (days: Days, meter: Meter) => UsageTotal | undefined {
  const byRange = new Map<string, ReadonlyMap<string, UsageTotal>>();
  return ({ from, to }, meter) => {
    const range = `${from} ${to}`;
    const totals = byRange.get(range) ?? new Map(usageOf({ from, to }).map((total) => [keyOf(total), total]));
    byRange.set(range, totals);
    return totals.get(keyOf(meter));
  };
}

export function sumQuantities(quantities: readonly string[]): string {
  const { units, scale } = alignDecimals(quantities.map((text) => parseDecimal(text)));
  return formatDecimal({ units: units.reduce((sum, one) => sum + one, 0n), scale });
}
