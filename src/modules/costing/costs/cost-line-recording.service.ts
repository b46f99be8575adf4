import { plusDays } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { newId } from '../../../platform/ids.ts';
import { audit } from '../../audit/index.ts';
import { COST_CENTRE_UNKNOWN } from '../calculations.errors.ts';
import { PERIOD_FROZEN } from '../costing.errors.ts';
import { holdPeriodsWithin } from '../periods/billing-periods.repo.ts';
import { COST_CENTRE_RETIRED, COST_PLACE_UNCLEAR } from './cost-centres.errors.ts';
import { holdCostCentre } from './cost-centres.repo.ts';
import type { NewCostLine } from './cost-lines.repo.ts';
import * as repo from './cost-lines.repo.ts';
import type { CreateCostLine } from './cost-lines.schemas.ts';

export type CostPlace = Pick<NewCostLine, 'serviceId' | 'costCentreId' | 'bookedOn'>;

/**
 * Records cost or income of a service or a cost centre, in the transaction of whatever it follows from. Says the id.
 * @param dayPointer where the caller's own request holds the day
 * @throws DomainError COST_PLACE_UNCLEAR, COST_CENTRE_UNKNOWN, COST_CENTRE_RETIRED, COST_SERVICE_UNKNOWN, PERIOD_FROZEN
 */
export async function recordCostLine(
  tx: HatTx,
  ctx: HatContext,
  centreId: string,
  input: Omit<CreateCostLine, 'centreId'>,
  dayPointer = '/bookedOn',
): Promise<string> {
  const { bookedOn, serviceId = null, costCentreId = null } = input;
  await assertCostPlace(tx, { serviceId, costCentreId, bookedOn }, dayPointer);
  const [period] = await holdPeriodsWithin(tx, centreId, bookedOn, plusDays(bookedOn, 1));
  if (period !== undefined && period.frozenAt !== null) {
    throw new DomainError(PERIOD_FROZEN, `The period ${period.code} is ${period.state}.`, {
      pointer: dayPointer,
    });
  }
  const line = {
    ...input,
    id: newId(),
    serviceId,
    costCentreId,
    kind: input.kind ?? 'actual',
    category: input.category ?? 'cost',
    voucherNumber: input.voucherNumber ?? null,
    grantTags: input.grantTags ?? [],
  };
  await repo.insertCostLines(tx, ctx, [line], null);
  await audit(tx, ctx, {
    action: 'costing.cost-line-recorded',
    entityType: 'cost_line',
    entityId: line.id,
    details: { serviceId, costCentreId, bookedOn, amountCents: line.amountCents },
  });
  return line.id;
}

/** Cost has one place: a service, or a cost centre that takes cost on the day. */
export async function assertCostPlace(
  tx: HatTx,
  { serviceId, costCentreId, bookedOn }: CostPlace,
  dayPointer = '/bookedOn',
): Promise<void> {
  if ((serviceId === null) === (costCentreId === null)) {
    throw new DomainError(COST_PLACE_UNCLEAR, 'Exactly one of service and cost centre is needed.', {
      pointer: '/costCentreId',
    });
  }
  if (costCentreId === null) return;
  const costCentre = await holdCostCentre(tx, costCentreId);
  if (costCentre === undefined) {
    throw new DomainError(COST_CENTRE_UNKNOWN, 'The centre has no such cost centre.', {
      pointer: '/costCentreId',
    });
  }
  const { code, retiredOn } = costCentre;
  if (retiredOn === null || bookedOn < retiredOn) return;
  throw new DomainError(COST_CENTRE_RETIRED, `The cost centre ${code} takes no cost from ${retiredOn} on.`, {
    pointer: dayPointer,
  });
}
