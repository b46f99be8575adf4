import { DomainError } from '../../../platform/errors.ts';
import { hashOf } from '../../../platform/hash.ts';
import { compareIds, resultCents, sumCents, toBigCents } from '../../../platform/money/index.ts';
import type { AllocationRunInput, RunCost, RunPool } from '../calculation.types.ts';
import { POOL_DUPLICATE, POOL_NETTING_SUM } from '../costing.errors.ts';
import { checkAssumed } from '../scenarios/assumed-pools.rules.ts';
import { canonicalAssumptions } from '../scenarios/canonical-assumptions.rules.ts';
import { allocateCascade, allocateComposite } from '../sharing/allocation.rules.ts';
import { type ResolvedPool, resolvePool } from '../sharing/allocation-keys.rules.ts';
import type { SecondaryAllocation } from '../sharing/secondary-allocation.rules.ts';
import { toAllocationKey } from './run-pool-keys.rules.ts';
import {
  canonicalNetting,
  canonicalSecondary,
  checkAmounts,
  netCents,
  placedCosts,
  resolveSecondary,
} from './run-secondary.rules.ts';

/**
 * Share of one member in one tranche of a pool (mode `cascade`).
 * `exactCents` and `roundingCents` as in `CascadeLine`.
 */
export interface TrancheLine {
  readonly pool: string;
  readonly tranche: string;
  readonly member: string;
  readonly percent: string;
  /** Rounded amount of the whole tranche. */
  readonly trancheCents: number;
  readonly weight: string;
  readonly weightTotal: string;
  readonly exactCents: string;
  readonly roundingCents: -1 | 0 | 1;
  readonly amountCents: number;
}

/** Unrounded part of a member's share that comes from one tranche. */
export interface ExactPart {
  readonly tranche: string;
  readonly percent: string;
  readonly weight: string;
  readonly weightTotal: string;
  readonly exactCents: string;
}

/** Share of one member in a pool (mode `composite`): rounded once, derived from exact parts. */
export interface MemberLine {
  readonly pool: string;
  readonly tranche: null;
  readonly member: string;
  readonly parts: readonly ExactPart[];
  readonly exactCents: string;
  readonly roundingCents: -1 | 0 | 1;
  readonly amountCents: number;
}

/** In both modes every line bears cents, and the lines of a pool add up to its amount. */
export type RunLine = TrancheLine | MemberLine;

export interface RunTotals {
  readonly amountCents: number;
  readonly pools: readonly { readonly pool: string; readonly amountCents: number }[];
  readonly members: readonly { readonly member: string; readonly amountCents: number }[];
}

export interface RunResult {
  /** Ascending by pool, tranche, member. */
  readonly lines: readonly RunLine[];
  readonly totals: RunTotals;
  /** Only where cost centres took part. */
  readonly secondaryResult?: SecondaryAllocation;
  /** SHA-256 of the snapshot in canonical order; the order of its lists does not show in it. */
  readonly inputHash: string;
  /** SHA-256 of `{ algorithm, inputHash, lines, totals }` and `secondaryResult`, if any: binds the result to its snapshot. */
  readonly resultHash: string;
}

/**
 * Computes a run from its snapshot; the service stores the lines, an auditor gets the same from the exported file.
 * @throws DomainError what `allocate` throws, with pointers into the snapshot; POOL_DUPLICATE, POOL_NETTING_SUM,
 *   KEY_VALUES_REQUIRED, KEY_VALUES_NOT_ALLOWED, ASSUMPTION_MISMATCH, and what
 *   `resolveSecondary` throws
 */
export function computeRun(input: AllocationRunInput): RunResult {
  checkCosts(input);
  checkAssumed(input);
  const secondaryResult = resolveSecondary(input);
  const lines = input.pools
    .map((pool, index) => ({ id: pool.id, lines: poolLines(pool, `/pools/${index}`) }))
    .sort((a, b) => compareIds(a.id, b.id))
    .flatMap((pool) => pool.lines);
  const totals: RunTotals = {
    amountCents: totalOf(
      lines.map((line) => line.amountCents),
      'all pools',
    ),
    pools: totalsBy(lines, (line) => line.pool).map(([pool, amountCents]) => ({ pool, amountCents })),
    members: totalsBy(lines, (line) => line.member).map(([member, amountCents]) => ({ member, amountCents })),
  };
  const inputHash = hashOf(canonicalRunInput(input));
  const result = { ...(secondaryResult !== undefined && { secondaryResult }), lines, totals };
  const resultHash = hashOf({ algorithm: input.algorithm, inputHash, ...result });
  return { ...result, inputHash, resultHash };
}

/** The file that a posted run exports: its snapshot in canonical order, and the result. */
export function toRunFile(input: AllocationRunInput): AllocationRunInput & RunResult {
  return { ...canonicalRunInput(input), ...computeRun(input) };
}

/**
 * The snapshot alone (a result that stands beside it is left out), its lists ascending by id: the same facts give
 * the same bytes, whatever order a query returned them in.
 */
export function canonicalRunInput(input: AllocationRunInput): AllocationRunInput {
  const { kind, algorithm, centre, period, runNumber, corrects, costKind, assumptions, members, secondary } =
    input;
  const { pools, unshared } = input;
  return {
    kind,
    algorithm,
    centre,
    period,
    runNumber,
    ...(corrects !== undefined && { corrects }),
    ...(costKind !== undefined && { costKind }),
    ...(assumptions !== undefined && { assumptions: canonicalAssumptions(assumptions) }),
    ...(members !== undefined && { members: members.toSorted((a, b) => compareIds(a.member, b.member)) }),
    ...(secondary !== undefined && { secondary: canonicalSecondary(secondary) }),
    pools: pools.map(canonicalPool).sort((a, b) => compareIds(a.id, b.id)),
    ...(unshared !== undefined && {
      unshared: unshared.map(canonicalCost).sort((a, b) => compareIds(a.id, b.id)),
    }),
  };
}

function canonicalCost<T extends RunCost>(cost: T): T {
  const { netting, costLineIds } = cost;
  return {
    ...cost,
    ...(netting !== undefined && { netting: canonicalNetting(netting) }),
    ...(costLineIds !== undefined && { costLineIds: costLineIds.toSorted(compareIds) }),
  };
}

function canonicalPool(pool: RunPool): RunPool {
  const { furtherAgreementVersionIds: further } = pool;
  return {
    ...canonicalCost(pool),
    ...(further !== undefined && { furtherAgreementVersionIds: further.toSorted(compareIds) }),
    members: pool.members.toSorted(compareIds),
    tranches: pool.tranches.toSorted((a, b) => compareIds(a.id, b.id)),
  };
}

function checkCosts(input: AllocationRunInput): void {
  const seen = new Set<string>();
  for (const { id, amountCents, directCents = 0, netting, at } of placedCosts(input)) {
    if (seen.has(id))
      throw new DomainError(POOL_DUPLICATE, `Pool ${id} occurs twice`, { pointer: `${at}/id` });
    seen.add(id);
    toBigCents(amountCents, `${at}/amountCents`);
    toBigCents(directCents, `${at}/directCents`);
    if (netting === undefined) continue;
    checkAmounts(netting, `${at}/netting`);
    const net = netCents(netting);
    if (net === amountCents) continue;
    throw new DomainError(
      POOL_NETTING_SUM,
      `Pool ${id}: cost less deductions is ${net}, not ${amountCents}`,
      { pointer: `${at}/netting` },
    );
  }
}

/** @throws DomainError what `resolvePool` throws, with pointers below `at` */
export function poolLines(pool: RunPool, at: string): RunLine[] {
  const amount = toBigCents(pool.amountCents, `${at}/amountCents`);
  const tranches = pool.tranches.map((tranche, index) => ({
    id: tranche.id,
    percent: tranche.percent,
    key: toAllocationKey(tranche.key, `${at}/tranches/${index}/key`),
  }));
  const resolved = namingPool(pool.id, () => resolvePool({ members: pool.members, tranches }, at));
  return pool.mode === 'composite'
    ? memberLines(pool.id, amount, resolved)
    : trancheLines(pool.id, amount, resolved);
}

/** Lets what is wrong with a key say in which pool. */
function namingPool<T>(pool: string, resolve: () => T): T {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { problem, message, errors } = error;
    throw new DomainError(problem, `Pool ${pool}: ${message}`, { errors, cause: error });
  }
}

function trancheLines(pool: string, amount: bigint, resolved: ResolvedPool): TrancheLine[] {
  const { tranches } = allocateCascade(amount, resolved);
  return tranches.flatMap((tranche, index) => {
    const { percent, weightTotal } = resolved.tranches[index] as ResolvedPool['tranches'][number];
    return tranche.lines.map((line) => ({
      pool,
      tranche: tranche.id,
      member: line.member,
      percent,
      trancheCents: tranche.amountCents,
      weight: line.weight,
      weightTotal,
      exactCents: line.exactCents,
      roundingCents: line.roundingCents,
      amountCents: line.amountCents,
    }));
  });
}

function memberLines(pool: string, amount: bigint, resolved: ResolvedPool): MemberLine[] {
  const { tranches, members } = allocateComposite(amount, resolved);
  return members.map((share, position) => ({
    pool,
    tranche: null,
    member: share.member,
    parts: tranches.map((tranche, index) => {
      const { percent, weightTotal } = resolved.tranches[index] as ResolvedPool['tranches'][number];
      const { weight, exactCents } = tranche.lines[position] as { weight: string; exactCents: string };
      return { tranche: tranche.id, percent, weight, weightTotal, exactCents };
    }),
    exactCents: share.exactCents,
    roundingCents: share.roundingCents,
    amountCents: share.amountCents,
  }));
}

function totalOf(amountsCents: readonly number[], whose: string): number {
  return resultCents(sumCents(amountsCents), `The total of ${whose}`, '/pools');
}

function totalsBy(lines: readonly RunLine[], idOf: (line: RunLine) => string): [string, number][] {
  const amounts = new Map<string, number[]>();
  for (const line of lines) {
    const id = idOf(line);
    const known = amounts.get(id);
    if (known === undefined) amounts.set(id, [line.amountCents]);
    else known.push(line.amountCents);
  }
  const totals = [...amounts].map(([id, cents]): [string, number] => [id, totalOf(cents, id)]);
  return totals.sort(([a], [b]) => compareIds(a, b));
}
