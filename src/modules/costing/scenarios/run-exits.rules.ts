import { divideHalfUp, fromBigCents, sumCents, toBigCents } from '../../../platform/money/index.ts';
import type { AllocationRunInput, AssumedLeave, RunAssumptions, RunPool } from '../calculation.types.ts';
import { poolLines, type RunLine } from '../runs/allocation-run.rules.ts';
import type { RunFacts } from '../runs/run-facts.types.ts';
import { toAllocationKey } from '../runs/run-pool-keys.rules.ts';
import { toRunInput } from '../runs/run-snapshot.rules.ts';
import { resolvePool } from '../sharing/allocation-keys.rules.ts';
import { combinedShares } from '../sharing/combined-shares.rules.ts';
import { applyAssumptions } from './run-assumptions.rules.ts';

/** Keys by counted use. The cost of everything else is there whether a member uses the service or not. */
const KEYS_OF_USE: readonly string[] = ['cases', 'minutes', 'weighted_cases'];

interface Person {
  readonly organisationId: string;
  readonly member: string;
  readonly memberName: string;
}

/** What a member that leaves bore, and which part of it does not go with it. */
export interface Leaver extends Person {
  readonly formerCents: number;
  /** From tranches that no counted use shares out: cost of being ready. */
  readonly standbyCents: number;
  readonly useCents: number;
  readonly savedCents: number;
  readonly tranches: readonly {
    readonly tranche: string;
    readonly label: string;
    readonly keyType: string;
    readonly isStandby: boolean;
    /** Unrounded, as a fraction. */
    readonly exactCents: string;
    /** Null where only the whole share is rounded. */
    readonly amountCents: number | null;
  }[];
}

export interface Exit {
  readonly serviceId: string;
  readonly serviceCode: string;
  readonly serviceTitle: string;
  readonly poolBeforeCents: number;
  readonly poolAfterCents: number;
  readonly leavers: readonly Leaver[];
  /** Of those who were members and stay. */
  readonly othersBeforeCents: number;
  readonly othersAfterCents: number;
  readonly othersMoreCents: number;
  /** By how much the pool would still have to sink, so that those who stay together bear no more than before. */
  readonly holdHarmlessCents: number;
  /** The same, so that none of them bears more; by exact shares. */
  readonly holdEachHarmlessCents: number;
  readonly others: readonly (Person & {
    readonly beforeCents: number;
    readonly afterCents: number;
    readonly moreCents: number;
  })[];
}

/**
 * For each service that somebody leaves, what that does to those who stay. Before the exit is the period with the cost and usage that
 * are assumed, and nothing else: other clauses, lists and members of such a service are what follows upon it.
 * @param facts as they are
 * @param after the snapshot of the scenario
 */
export function exitsOf(
  facts: RunFacts,
  assumptions: RunAssumptions | undefined,
  after: AllocationRunInput,
  clauseVersionId: string | undefined,
): Exit[] {
  const { leaves = [], costs, usagePeriod } = assumptions ?? {};
  const left = new Set(leaves.flatMap(({ pools }) => pools.map(({ pool }) => pool)));
  if (left.size === 0) return [];
  const before = applyAssumptions(withoutStrangers(facts, leaves), {
    ...(costs !== undefined && { costs }),
    ...(usagePeriod !== undefined && { usagePeriod }),
  });
  const { secondary: _ofAllPools, ...rest } = before;
  const snapshot = toRunInput(
    { ...rest, costs: before.costs.filter(({ code }) => left.has(code)) },
    { runNumber: after.runNumber, ...(clauseVersionId !== undefined && { clauseVersionId }) },
  );
  const names = namesOf(snapshot, after);
  return snapshot.pools.flatMap((pool) => {
    const then = after.pools.find(({ id }) => id === pool.id) as RunPool;
    const leaving = leaves.filter(({ member }) => pool.members.includes(member));
    const leaversOf = leaving.filter(({ pools }) => pools.some((each) => each.pool === pool.id));
    return leaversOf.length === 0 ? [] : [exitOf(pool, then, leaversOf, names)];
  });
}

/** Recorded usage of somebody who never was a member is part of the scenario only. */
function withoutStrangers(facts: RunFacts, leaves: readonly AssumedLeave[]): RunFacts {
  const { wordings, usage } = facts;
  const leaving = new Set(leaves.map(({ organisationId }) => organisationId));
  const isMember = (organisationId: string, serviceId: string) =>
    wordings.some(
      (each) => each.serviceIds.includes(serviceId) && each.organisationIds.includes(organisationId),
    );
  return {
    ...facts,
    usage: usage.filter(
      (row) => !leaving.has(row.organisationId) || isMember(row.organisationId, row.serviceId),
    ),
  };
}

function namesOf(...inputs: readonly AllocationRunInput[]): ReadonlyMap<string, Person> {
  const members = inputs.flatMap((input) => input.members ?? []);
  return new Map(
    members.map(({ member, organisationId, name }) => [member, { organisationId, member, memberName: name }]),
  );
}

function exitOf(
  before: RunPool,
  after: RunPool,
  leaves: readonly AssumedLeave[],
  names: ReadonlyMap<string, Person>,
): Exit {
  const linesBefore = poolLines(before, '');
  const centsBefore = centsByMember(linesBefore);
  const centsAfter = centsByMember(poolLines(after, ''));
  const gone = new Set(leaves.map(({ member }) => member));
  const others = before.members
    .filter((member) => !gone.has(member))
    .map((member) => {
      const beforeCents = centsBefore.get(member) ?? 0;
      const afterCents = centsAfter.get(member) ?? 0;
      const moreCents = sumCents([afterCents, -beforeCents]);
      return { ...(names.get(member) as Person), beforeCents, afterCents, moreCents };
    });
  const othersBeforeCents = sumCents(others.map(({ beforeCents }) => beforeCents));
  const othersAfterCents = sumCents(others.map(({ afterCents }) => afterCents));
  return {
    serviceId: before.service.id,
    serviceCode: before.service.code,
    serviceTitle: before.service.title,
    poolBeforeCents: before.amountCents,
    poolAfterCents: after.amountCents,
    leavers: leaves.map((leave) => leaverOf(leave, before, linesBefore, names)),
    othersBeforeCents,
    othersAfterCents,
    othersMoreCents: sumCents([othersAfterCents, -othersBeforeCents]),
    ...harmless(after, others),
    others,
  };
}

function centsByMember(lines: readonly RunLine[]): ReadonlyMap<string, number> {
  const cents = new Map<string, number>();
  for (const { member, amountCents } of lines) cents.set(member, (cents.get(member) ?? 0) + amountCents);
  return cents;
}

function leaverOf(
  { member, pools }: AssumedLeave,
  pool: RunPool,
  lines: readonly RunLine[],
  names: ReadonlyMap<string, Person>,
): Leaver {
  const own = lines.filter((line) => line.member === member);
  const tranches = own.flatMap((line) =>
    (line.tranche === null ? line.parts : [line]).map(({ tranche, exactCents }) => {
      const { label, key } = pool.tranches.find(({ id }) => id === tranche) as RunPool['tranches'][number];
      return {
        tranche,
        label,
        keyType: key.type,
        isStandby: !KEYS_OF_USE.includes(key.type),
        exactCents,
        amountCents: line.tranche === null ? null : line.amountCents,
      };
    }),
  );
  const formerCents = sumCents(own.map(({ amountCents }) => amountCents));
  const standby = tranches.filter(({ isStandby }) => isStandby);
  const standbyCents =
    pool.mode === 'cascade'
      ? sumCents(standby.map(({ amountCents }) => amountCents ?? 0))
      : roundedSum(standby.map(({ exactCents }) => exactCents));
  return {
    ...(names.get(member) as Person),
    formerCents,
    standbyCents,
    useCents: sumCents([formerCents, -standbyCents]),
    savedCents: pools.find((each) => each.pool === pool.id)?.savedCents ?? 0,
    tranches,
  };
}

/** Sum of fractions, half up to the cent. */
function roundedSum(fractions: readonly string[]): number {
  let [top, bottom] = [0n, 1n];
  for (const fraction of fractions) {
    const [numerator = 0n, denominator = 1n] = fraction.split('/').map(BigInt);
    [top, bottom] = [top * denominator + numerator * bottom, bottom * denominator];
  }
  return fromBigCents(divideHalfUp(top, bottom));
}

/** The smallest cuts of the pool that bring those who stay back to what they bore; never less than nothing. */
function harmless(
  pool: RunPool,
  others: readonly { readonly member: string; readonly beforeCents: number }[],
): Pick<Exit, 'holdHarmlessCents' | 'holdEachHarmlessCents'> {
  const tranches = pool.tranches.map(({ id, percent, key }) => ({
    id,
    percent,
    key: toAllocationKey(key, ''),
  }));
  const { shares } = combinedShares(resolvePool({ members: pool.members, tranches }));
  const weights = new Map(shares.map(({ id, weight }) => [id, weight]));
  const whole = shares.reduce((sum, { weight }) => sum + weight, 0n);
  const amount = toBigCents(pool.amountCents);
  const cutFor = (beforeCents: bigint, weight: bigint) =>
    weight === 0n ? 0n : amount - floorDivide(beforeCents * whole, weight);
  const staying = others.map(({ member, beforeCents }) => ({
    weight: weights.get(member) ?? 0n,
    before: BigInt(beforeCents),
  }));
  const together = cutFor(
    staying.reduce((sum, { before }) => sum + before, 0n),
    staying.reduce((sum, { weight }) => sum + weight, 0n),
  );
  const each = staying.map(({ before, weight }) => cutFor(before, weight));
  return {
    holdHarmlessCents: fromBigCents(together > 0n ? together : 0n),
    holdEachHarmlessCents: fromBigCents(each.reduce((max, cut) => (cut > max ? cut : max), 0n)),
  };
}

function floorDivide(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient;
}
