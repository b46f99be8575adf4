import { alignDecimals, formatFraction, parseDecimal } from '../../../platform/money/index.ts';
import type { AllocationRunInput, RunKey, RunPool, RunTranche } from '../calculation.types.ts';
import { derivationOf } from '../keys/key-formulas.rules.ts';
import type { RunLine } from './allocation-run.rules.ts';
import { type PoolSums, poolSums } from './pool-sums.rules.ts';

/** Where an amount comes from: one tranche of a pool, its key and the member's weight in it. */
export interface DerivedPart {
  tranche: string;
  label: string;
  /** What the tranche is a part of. */
  pool: PoolSums;
  percent: string;
  trancheCents: number | null;
  key: Omit<RunKey, 'values' | 'formula'> & { formula?: string };
  weight: string;
  weightTotal: string;
  share: string;
  exactCents: string;
}

/** A line with all that explains it; no other member's figure is in it. */
export interface DerivedLine {
  position: number;
  serviceId: string;
  serviceCode: string;
  serviceTitle: string;
  organisationId: string;
  member: string;
  memberName: string;
  trancheId: string | null;
  parts: DerivedPart[];
  exactCents: string;
  roundingCents: number;
  amountCents: number;
}

/** The computed lines of a run, each with its derivation, in the order of the calculation file. */
export function derivedLines(input: AllocationRunInput, lines: readonly RunLine[]): DerivedLine[] {
  const pools = new Map(input.pools.map((pool) => [pool.id, pool]));
  const placeOf = derivedPlaces(input);
  return lines.map((line, position) => ({
    position,
    ...placeOf(line),
    trancheId: line.tranche,
    parts: partsOf(line, pools.get(line.pool) as RunPool),
    exactCents: line.exactCents,
    roundingCents: line.roundingCents,
    amountCents: line.amountCents,
  }));
}

/** Service and member of a line, with their names. */
export function derivedPlaces(input: AllocationRunInput) {
  const pools = new Map(input.pools.map((pool) => [pool.id, pool]));
  const members = new Map((input.members ?? []).map((member) => [member.member, member]));
  return ({ pool, member }: Pick<RunLine, 'pool' | 'member'>) => {
    const { service } = pools.get(pool) as RunPool;
    const { organisationId, name } = members.get(member) ?? { organisationId: member, name: member };
    return {
      serviceId: service.id,
      serviceCode: service.code,
      serviceTitle: service.title,
      organisationId,
      member,
      memberName: name,
    };
  };
}

function partsOf(line: RunLine, pool: RunPool): DerivedPart[] {
  const parts = line.tranche === null ? line.parts : [line];
  const sums = poolSums(pool);
  return parts.map(({ tranche: id, percent, weight, weightTotal, exactCents }) => {
    const tranche = pool.tranches.find((candidate) => candidate.id === id) as RunTranche;
    const { values: _others, formula, ...key } = tranche.key;
    return {
      tranche: id,
      label: tranche.label,
      pool: sums,
      percent,
      trancheCents: line.tranche === null ? null : line.trancheCents,
      key: { ...key, ...(formula !== undefined && { formula: derivationOf(formula, line.member) }) },
      weight,
      weightTotal,
      share: shareOf(weight, weightTotal),
      exactCents,
    };
  });
}

function shareOf(weight: string, weightTotal: string): string {
  const { units } = alignDecimals([parseDecimal(weight), parseDecimal(weightTotal)]);
  return formatFraction(units[0] as bigint, units[1] as bigint);
}
