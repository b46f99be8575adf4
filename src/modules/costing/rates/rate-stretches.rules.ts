import type { Day } from '../../../platform/clock.ts';
import { DomainError } from '../../../platform/errors.ts';
import { RATE_CARD_MISSING, RATE_MISSING } from './rate-cards.errors.ts';
import { commonDays, type Days, daysText, findGap, type Interval } from './rate-days.rules.ts';
import type { RatePrice } from './rate-prices.types.ts';

/** A wording that says by which card services are paid. */
export interface PriceWording {
  readonly agreementVersionId: string;
  readonly title: string;
  readonly number: number;
  readonly validFrom: Day;
  readonly validTo: Day | null;
  readonly organisationIds: readonly string[];
  /** Name of the card by service. */
  readonly rateCards: ReadonlyMap<string, string>;
}

/** Prices that hold together. Those of a preview have no id and no number. */
export interface PriceVersion {
  readonly id: string | null;
  readonly number: number | null;
  readonly rateCard: string;
  readonly interval: Interval;
  readonly prices: readonly RatePrice[];
}

export interface DatedVersion extends PriceVersion {
  readonly validFrom: Day;
  readonly validTo: Day | null;
}

/** Days on which a member pays for a service by one version, by one wording. */
export interface Stretch extends Days {
  readonly organisationId: string;
  readonly serviceId: string;
  readonly agreementVersionId: string;
  readonly version: PriceVersion;
}

/**
 * Who pays for what by which version on which days of the period.
 * @throws DomainError RATE_CARD_MISSING where a wording names a card that is not in force on all of its days, RATE_MISSING
 *   where the card knows no price for the service at all
 */
export function stretchesOf(
  wordings: readonly PriceWording[],
  versions: readonly DatedVersion[],
  period: Days,
): Stretch[] {
  return wordings.flatMap((wording) => {
    const days = commonDays(period, wording.validFrom, wording.validTo);
    if (days === undefined) return [];
    return [...wording.rateCards].flatMap(([serviceId, rateCard]) =>
      versionsWithin(wording, rateCard, versions, days).flatMap(({ version, ...part }) => {
        assertPriced(version, serviceId);
        return wording.organisationIds.map((organisationId) => ({
          ...part,
          organisationId,
          serviceId,
          agreementVersionId: wording.agreementVersionId,
          version,
        }));
      }),
    );
  });
}

function versionsWithin(
  { title, number }: PriceWording,
  rateCard: string,
  versions: readonly DatedVersion[],
  days: Days,
): (Days & { version: DatedVersion })[] {
  const parts = versions
    .filter((version) => version.rateCard === rateCard)
    .flatMap((version) => {
      const part = commonDays(days, version.validFrom, version.validTo);
      return part === undefined ? [] : [{ ...part, version }];
    })
    .sort((a, b) => (a.from < b.from ? -1 : 1));
  const gap = findGap(days, parts);
  if (gap === undefined) return parts;
  throw new DomainError(
    RATE_CARD_MISSING,
    `“${title}” (version ${number}) names the rate card “${rateCard}”, of which nothing is in force ${daysText(gap)}.`,
  );
}

function assertPriced({ prices, rateCard, number }: PriceVersion, serviceId: string): void {
  if (prices.some((price) => price.serviceId === serviceId)) return;
  throw new DomainError(
    RATE_MISSING,
    `The rate card “${rateCard}” (version ${number}) has no price for the service ${serviceId}.`,
  );
}
