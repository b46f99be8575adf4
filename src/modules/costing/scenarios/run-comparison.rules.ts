import { groupBy } from '../../../platform/collections.ts';
import {
  compareIds,
  divideHalfUp,
  formatDecimal,
  sumCents,
  toBigCents,
} from '../../../platform/money/index.ts';
import type { Share } from '../runs/run-shares.rules.ts';

/** Digits behind the point of a percentage. */
const PERCENT_SCALE = 4;

/** Who or what has an amount: `base` means that the scenario does not know it, `scenario` that only it does. */
export type Presence = 'both' | 'base' | 'scenario';

export interface Difference {
  readonly presence: Presence;
  /** Null where this side does not know it; it counts as nothing in the difference. */
  readonly baseCents: number | null;
  readonly scenarioCents: number | null;
  readonly differenceCents: number;
  /** Of the size of the base; null where that is nothing. */
  readonly differencePercent: string | null;
}

export type ComparedMember = Pick<Share, 'organisationId' | 'member' | 'memberName'>;
export type ComparedService = Pick<Share, 'serviceId' | 'serviceCode' | 'serviceTitle'>;

export interface ComparedShares {
  /** By member, then by service, as both are named. */
  readonly rows: readonly (ComparedMember & ComparedService & Difference)[];
  readonly members: readonly (ComparedMember & Difference)[];
  readonly services: readonly (ComparedService & Difference)[];
  readonly totals: Difference;
}

/** Member by member and service by service what a scenario makes of what is. Names are those of the scenario where it has them. */
export function compareShares(base: readonly Share[], scenario: readonly Share[]): ComparedShares {
  const before = keyed(base);
  const after = keyed(scenario);
  const pairs = [...new Set([...before.keys(), ...after.keys()])]
    .map((key): Pair => [before.get(key), after.get(key)])
    .sort((a, b) => compareShare(shown(a), shown(b)));
  const of = <T>(pick: (share: Share) => string, name: (share: Share) => T) =>
    [...groupBy(pairs, (pair) => pick(shown(pair))).values()].map((group) => ({
      ...name(nameGiving(group)),
      ...differenceOf(sumOf(group, 0), sumOf(group, 1)),
    }));
  return {
    rows: pairs.map((pair) => ({
      ...memberOf(shown(pair)),
      ...serviceOf(shown(pair)),
      ...differenceOf(pair[0]?.amountCents ?? null, pair[1]?.amountCents ?? null),
    })),
    members: of(({ organisationId }) => organisationId, memberOf),
    services: of(({ serviceId }) => serviceId, serviceOf).sort((a, b) =>
      compareIds(a.serviceCode, b.serviceCode),
    ),
    totals: differenceOf(sumOf(pairs, 0) ?? 0, sumOf(pairs, 1) ?? 0),
  };
}

type Pair = readonly [base: Share | undefined, scenario: Share | undefined];

const shown = ([base, scenario]: Pair): Share => (scenario ?? base) as Share;
const nameGiving = (pairs: readonly Pair[]): Share =>
  shown(pairs.find(([, scenario]) => scenario !== undefined) ?? (pairs[0] as Pair));

const memberOf = ({ organisationId, member, memberName }: Share): ComparedMember => ({
  organisationId,
  member,
  memberName,
});
const serviceOf = ({ serviceId, serviceCode, serviceTitle }: Share): ComparedService => ({
  serviceId,
  serviceCode,
  serviceTitle,
});

function keyed(shares: readonly Share[]): ReadonlyMap<string, Share> {
  return new Map(shares.map((share) => [`${share.organisationId} ${share.serviceId}`, share]));
}

/** One member's rows stand together, whatever it was called when. */
function compareShare(a: Share, b: Share): number {
  return (
    compareIds(a.member, b.member) ||
    compareIds(a.organisationId, b.organisationId) ||
    compareIds(a.serviceCode, b.serviceCode) ||
    compareIds(a.serviceId, b.serviceId)
  );
}

/** Null where nobody of the group is known on this side. */
function sumOf(pairs: readonly Pair[], side: 0 | 1): number | null {
  const known = pairs.flatMap((pair) => pair[side] ?? []);
  return known.length === 0 ? null : sumCents(known.map(({ amountCents }) => amountCents));
}

function differenceOf(baseCents: number | null, scenarioCents: number | null): Difference {
  const differenceCents = sumCents([scenarioCents ?? 0, -(baseCents ?? 0)]);
  return {
    presence: presenceOf(baseCents, scenarioCents),
    baseCents,
    scenarioCents,
    differenceCents,
    differencePercent: percentOf(differenceCents, baseCents ?? 0),
  };
}

function presenceOf(baseCents: number | null, scenarioCents: number | null): Presence {
  if (baseCents === null) return 'scenario';
  return scenarioCents === null ? 'base' : 'both';
}

/** Half up to the last digit, as exact decimal text. */
function percentOf(part: number, whole: number): string | null {
  if (whole === 0) return null;
  const size = toBigCents(Math.abs(whole));
  const units = divideHalfUp(toBigCents(part) * 100n * 10n ** BigInt(PERCENT_SCALE), size);
  return formatDecimal({ units, scale: PERCENT_SCALE });
}
