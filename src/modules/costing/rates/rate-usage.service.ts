import type { Day, Moment } from '../../../platform/clock.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { compareIds, resultCents, sumCents } from '../../../platform/money/index.ts';
import { priceClausesFor } from '../../agreements/index.ts';
import { usageEventsLink, usageTotalsOfServices } from '../../usage/index.ts';
import { listMemberFacts } from '../runs/run-facts.repo.ts';
import { RATE_MISSING } from './rate-cards.errors.ts';
import { listVersionsInForce } from './rate-cards.repo.ts';
import { type Days, daysText } from './rate-days.rules.ts';
import { type Piece, piecesOf } from './rate-pieces.rules.ts';
import { type Stretch, stretchesOf } from './rate-stretches.rules.ts';
import { listServiceNames } from './rate-usage.repo.ts';
import {
  findUnpriced,
  type RatedMeter,
  type RatedPart,
  rateMeters,
  type UsageOf,
  type UsageTotal,
} from './rate-usage.rules.ts';

export interface RatedPeriod {
  readonly centreId: string;
  /** First day. */
  readonly periodFrom: Day;
  /** Day after the last day. */
  readonly periodTo: Day;
  /** Leaves out usage recorded later: what counts for a period that is frozen. */
  readonly recordedUntil?: Moment;
  /** Only what this member pays. */
  readonly organisationId?: string;
}

/** A part and the address of exactly the events it counts. */
export type RatedPartView = RatedPart & { readonly events: string };

export interface RatedItem extends Omit<RatedMeter, 'parts'> {
  /** AGS, or the id of the organisation where it has none. */
  readonly member: string;
  readonly memberName: string;
  readonly serviceCode: string;
  readonly serviceTitle: string;
  readonly parts: readonly RatedPartView[];
}

export interface RatedUsage {
  readonly amountCents: number;
  /** By member, service code and meter. */
  readonly items: readonly RatedItem[];
}

/**
 * What the members pay by price for the days of a period, under the hat of the centre. It reads and writes nothing, and gives the
 * same cents however often it is asked: rate cards in force never change, nor does usage.
 * @throws DomainError RATE_CARD_MISSING, RATE_MISSING, AMOUNT_OUT_OF_RANGE
 */
export async function rateUsage(tx: HatTx, period: RatedPeriod): Promise<RatedUsage> {
  const { centreId, periodFrom: from, periodTo: to, organisationId } = period;
  const versions = await listVersionsInForce(tx, centreId, from, to);
  const wordings = (await priceClausesFor(tx, centreId, from, to))
    .map((wording) => ({
      ...wording,
      organisationIds: wording.organisationIds.filter((id) => id === (organisationId ?? id)),
    }))
    .filter(({ organisationIds }) => organisationIds.length > 0);
  const stretches = stretchesOf(wordings, versions, { from, to });
  const pieces = piecesOf(stretches);
  const usageOf = await readUsage(tx, period, stretches, pieces);
  const [unpriced] = findUnpriced(stretches, usageOf);
  if (unpriced !== undefined) throw await rateMissing(tx, unpriced);
  const items = await named(tx, rateMeters(pieces, usageOf), period);
  const amountCents = sumCents(items.map((item) => item.amountCents));
  return { amountCents: resultCents(amountCents, 'The price of all usage'), items };
}

/** Reads what was used on the days of each stretch and piece: a query for each range of days, however many members there are. */
export async function readUsage(
  tx: HatTx,
  { centreId, recordedUntil, organisationId }: Omit<RatedPeriod, 'periodFrom' | 'periodTo'>,
  stretches: readonly Stretch[],
  pieces: readonly Piece[],
): Promise<UsageOf> {
  const serviceIds = [...new Set(stretches.map(({ serviceId }) => serviceId))];
  const read = new Map<string, UsageTotal[]>();
  for (const { from, to } of [...stretches, ...pieces]) {
    const range = `${from} ${to}`;
    if (read.has(range)) continue;
    const filter = { centreId, serviceIds, from, to };
    const totals = await usageTotalsOfServices(tx, {
      ...filter,
      ...(recordedUntil !== undefined && { recordedUntil }),
      ...(organisationId !== undefined && { organisationId }),
    });
    read.set(range, totals);
  }
  return ({ from, to }) => read.get(`${from} ${to}`) ?? [];
}

async function rateMissing(
  tx: HatTx,
  unpriced: UsageTotal & Days & { readonly version: { rateCard: string; number: number | null } },
): Promise<DomainError> {
  const { organisationId, serviceId, meter, unit, quantity, version } = unpriced;
  const [member] = await listMemberFacts(tx, [organisationId]);
  const [service] = await listServiceNames(tx, [serviceId]);
  return new DomainError(
    RATE_MISSING,
    `${member?.name} used ${quantity} of ${meter} (${unit}) of the service ${service?.code} ${daysText(unpriced)}; the rate card “${version.rateCard}” (version ${version.number}) has no price for it.`,
  );
}

/** Adds names and the addresses of the events, in the order people look for things. */
async function named(
  tx: HatTx,
  meters: readonly RatedMeter[],
  { centreId, recordedUntil }: RatedPeriod,
): Promise<RatedItem[]> {
  const members = await listMemberFacts(tx, [...new Set(meters.map((one) => one.organisationId))]);
  const services = await listServiceNames(tx, [...new Set(meters.map((one) => one.serviceId))]);
  const memberById = new Map(members.map((member) => [member.id, member]));
  const serviceById = new Map(services.map((service) => [service.id, service]));
  const items = meters.map((meter) => {
    const { organisationId, serviceId, meter: name, unit } = meter;
    const member = memberById.get(organisationId);
    const service = serviceById.get(serviceId);
    const link = { centreId, organisationId, serviceId, meter: name, unit, recordedUntil };
    return {
      ...meter,
      member: member?.ags ?? organisationId,
      memberName: member?.name ?? '',
      serviceCode: service?.code ?? '',
      serviceTitle: service?.title ?? '',
      parts: meter.parts.map((part) => ({
        ...part,
        events: usageEventsLink({ ...link, from: part.from, to: part.to }),
      })),
    };
  });
  return items.sort(
    (a, b) =>
      compareIds(a.member, b.member) ||
      compareIds(a.serviceCode, b.serviceCode) ||
      compareIds(a.meter, b.meter) ||
      compareIds(a.unit, b.unit),
  );
}
