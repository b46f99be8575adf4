import type { Day, Moment } from '../../platform/clock.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { costClausesFor } from '../agreements/index.ts';
import { usageTotalsOfServices } from '../usage/index.ts';
import { RUN_WITHOUT_COST } from './costing.errors.ts';
import * as repo from './run-facts.repo.ts';
import type { RunFacts } from './run-facts.types.ts';

interface PeriodOfFacts {
  readonly code: string;
  readonly startsOn: Day;
  readonly endsOn: Day;
  /** Usage recorded after this moment belongs to a correction. */
  readonly frozenAt: Moment | null;
}

/**
 * Everything a run of the period depends on, in a fixed number of queries however many pools there are.
 * @throws DomainError RUN_WITHOUT_COST
 */
export async function gatherFacts(tx: HatTx, centreId: string, period: PeriodOfFacts): Promise<RunFacts> {
  const { code, startsOn, endsOn, frozenAt } = period;
  const centre = await repo.findCentreFacts(tx, centreId);
  if (centre === undefined) throw new DomainError(NOT_FOUND, 'There is no such centre.');
  const costs = await repo.costsByService(tx, centreId, startsOn, endsOn);
  if (costs.length === 0) throw new DomainError(RUN_WITHOUT_COST, `The period ${code} has no cost lines.`);
  const serviceIds = costs.map(({ serviceId }) => serviceId);
  const wordings = await costClausesFor(tx, centreId, serviceIds, startsOn, endsOn);
  const parties = [...new Set(wordings.flatMap(({ organisationIds }) => organisationIds))];
  return {
    centre,
    period: { code, startsOn, endsOn },
    costs,
    wordings,
    members: await repo.listMemberFacts(tx, parties),
    populations: await repo.latestPopulations(tx, parties, endsOn),
    usage: await usageTotalsOfServices(tx, {
      centreId,
      serviceIds,
      from: startsOn,
      to: endsOn,
      ...(frozenAt !== null && { recordedUntil: frozenAt }),
    }),
    lists: await repo.newestLists(tx, centreId, endsOn),
  };
}
