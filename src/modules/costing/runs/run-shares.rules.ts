import { groupBy } from '../../../platform/collections.ts';
import { sumCents } from '../../../platform/money/index.ts';
import type { AllocationRunInput } from '../calculation.types.ts';
import { computeRun } from './allocation-run.rules.ts';
import { derivedPlaces } from './run-lines.rules.ts';

/** What a member bears of the cost of a service. */
export interface Share {
  readonly organisationId: string;
  readonly member: string;
  readonly memberName: string;
  readonly serviceId: string;
  readonly serviceCode: string;
  readonly serviceTitle: string;
  readonly amountCents: number;
}

/** One side of a comparison. */
export interface Side {
  readonly shares: readonly Share[];
  readonly inputHash: string;
  readonly resultHash: string;
}

export function sideOf(input: AllocationRunInput): Side {
  const { lines, inputHash, resultHash } = computeRun(input);
  const placeOf = derivedPlaces(input);
  const groups = groupBy(lines, ({ pool, member }) => JSON.stringify([pool, member]));
  const shares = [...groups.values()].map((group) => ({
    ...placeOf(group[0] as (typeof group)[number]),
    amountCents: sumCents(group.map(({ amountCents }) => amountCents)),
  }));
  return { shares, inputHash, resultHash };
}
