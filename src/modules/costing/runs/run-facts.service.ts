import type { Day, Moment } from '../../../platform/clock.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { costClausesFor } from '../../agreements/index.ts';
import { usageTotalsOfServices } from '../../usage/index.ts';
import { RUN_WITHOUT_COST } from '../costing.errors.ts';
import type { CostKind } from '../costs/cost-line.types.ts';
import { type BookedFacts, toRunCosts } from './run-costs.rules.ts';
import * as repo from './run-facts.repo.ts';
import type { RunFacts } from './run-facts.types.ts';

export interface PeriodOfFacts {
  readonly code: string;
  readonly startsOn: Day;
  readonly endsOn: Day;
  /** Usage recorded after this moment belongs to a correction. */
  readonly recordedUntil: Moment | null;
}

export interface FactsWanted {
  readonly costKind?: CostKind | undefined;
  /** Whose usage counts, where it is not that of the period itself. */
  readonly usagePeriod?: PeriodOfFacts | undefined;
  /** Usage recorded after this moment is not looked at, wherever it belongs. */
  readonly usageUntil?: Moment | undefined;
  /** Further organisations to know of, beside those that clauses bind. */
  readonly organisationIds?: readonly string[];
}

/**
 * Everything a run of the period depends on, in a fixed number of queries however many pools there are.
 * @throws DomainError RUN_WITHOUT_COST, and what `toRunCosts` throws
 */
export async function gatherFacts(
  tx: HatTx,
  centreId: string,
  period: PeriodOfFacts,
  { costKind = 'actual', usagePeriod, usageUntil, organisationIds = [] }: FactsWanted = {},
): Promise<RunFacts> {
  const { code, startsOn, endsOn } = period;
  const used = usagePeriod ?? period;
  const [recordedUntil] = [used.recordedUntil, usageUntil]
    .filter((until) => until !== null && until !== undefined)
    .sort();
  const centre = await repo.findCentreFacts(tx, centreId);
  if (centre === undefined) throw new DomainError(NOT_FOUND, 'There is no such centre.');
  const { costs, secondary } = toRunCosts(await gatherBooked(tx, centreId, period, costKind));
  if (costs.length === 0) throw new DomainError(RUN_WITHOUT_COST, `The period ${code} has no cost lines.`);
  const serviceIds = costs.map(({ serviceId }) => serviceId);
  const wordings = await costClausesFor(tx, centreId, serviceIds, startsOn, endsOn);
  const parties = [
    ...new Set([...wordings.flatMap((wording) => wording.organisationIds), ...organisationIds]),
  ];
  return {
    centre,
    period: { code, startsOn, endsOn },
    costKind,
    ...(usagePeriod !== undefined && {
      usagePeriod: { code: usagePeriod.code, startsOn: usagePeriod.startsOn, endsOn: usagePeriod.endsOn },
    }),
    costs,
    ...(secondary !== undefined && { secondary }),
    wordings,
    members: await repo.listMemberFacts(tx, parties),
    populations: await repo.latestPopulations(tx, parties, endsOn),
    usage: await usageTotalsOfServices(tx, {
      centreId,
      serviceIds,
      from: used.startsOn,
      to: used.endsOn,
      ...(recordedUntil !== undefined && { recordedUntil }),
    }),
    lists: await repo.newestLists(tx, centreId, endsOn),
  };
}

/** What was booked in the half-open days of a period, and where. */
export async function gatherBooked(
  tx: HatTx,
  centreId: string,
  { startsOn, endsOn }: Pick<PeriodOfFacts, 'startsOn' | 'endsOn'>,
  costKind: CostKind,
): Promise<BookedFacts> {
  const booked = await repo.costsByPlace(tx, centreId, startsOn, endsOn, costKind);
  const usesCostCentres = booked.some(({ costCentreId }) => costCentreId !== null);
  const costCentres = usesCostCentres ? await repo.listCostCentreFacts(tx, centreId) : [];
  const serviceIds = [...booked, ...costCentres].flatMap(({ serviceId }) => serviceId ?? []);
  return {
    booked,
    costCentres,
    services: await repo.listServiceFacts(tx, [...new Set(serviceIds)]),
    plan: usesCostCentres ? await repo.newestPlan(tx, centreId, endsOn) : undefined,
  };
}
