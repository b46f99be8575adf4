import { groupBy } from '../../../platform/collections.ts';
import { countDays, cutByInterval, type Days, type Interval } from './rate-days.rules.ts';
import { priceHash } from './rate-prices.rules.ts';
import type { RatePrice } from './rate-prices.types.ts';
import type { PriceVersion, Stretch } from './rate-stretches.rules.ts';

/** Days of one calendar interval on which one price holds for a member: what is rated at once. */
export interface Piece extends Days {
  readonly organisationId: string;
  readonly serviceId: string;
  readonly price: RatePrice;
  readonly interval: Interval;
  readonly days: number;
  /** Days of the whole interval. */
  readonly ofDays: number;
  readonly agreementVersionIds: readonly string[];
  readonly versions: readonly PriceVersion[];
}

/**
 * Cuts stretches where calendar intervals begin and where a price changes, and nowhere else: a version or wording that leaves a
 * price as it is changes no cent of it.
 */
export function piecesOf(stretches: readonly Stretch[]): Piece[] {
  const ordered = [...stretches].sort((a, b) => (a.from < b.from ? -1 : 1));
  const groups = groupBy(ordered.flatMap(cut), ({ key }) => key);
  return [...groups.values()].flatMap((group) => joinAdjacent(group.map(({ piece }) => piece)));
}

function joinAdjacent(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (last?.to === piece.from) result[result.length - 1] = joined(last, piece);
    else result.push(piece);
  }
  return result;
}

/** Pieces with the same key have the same price in the same interval. */
function cut({ version, agreementVersionId, organisationId, serviceId, from, to }: Stretch) {
  const { prices, interval } = version;
  return prices
    .filter((price) => price.serviceId === serviceId)
    .flatMap((price) =>
      cutByInterval({ from, to }, interval).map(({ part, whole }) => ({
        key: [organisationId, interval, whole.from, priceHash(price)].join(' '),
        piece: {
          ...part,
          organisationId,
          serviceId,
          price,
          interval,
          days: countDays(part),
          ofDays: countDays(whole),
          agreementVersionIds: [agreementVersionId],
          versions: [version],
        },
      })),
    );
}

function joined(first: Piece, next: Piece): Piece {
  return {
    ...first,
    to: next.to,
    days: first.days + next.days,
    agreementVersionIds: [...new Set([...first.agreementVersionIds, ...next.agreementVersionIds])],
    versions: [...new Set([...first.versions, ...next.versions])],
  };
}
