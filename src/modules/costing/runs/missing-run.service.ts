import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError, type FieldError } from '../../../platform/errors.ts';
import { formatCents } from '../../../platform/money/index.ts';
import { costClausesFor } from '../../agreements/index.ts';
import type { PeriodRow } from '../periods/billing-periods.repo.ts';
import { runProgress, servicesSharedOut, wasSuperseded } from './allocation-runs.repo.ts';
import { isPaidByPrice } from './run-clauses.rules.ts';
import { toRunCosts } from './run-costs.rules.ts';
import { gatherBooked } from './run-facts.service.ts';
import type { CostFacts } from './run-facts.types.ts';

/** A run that a period lacks: one is on its way, or there is cost that none shares out. */
export interface MissingRun {
  /** By service the cost that is not shared out, or why nobody can say it; none while a run is on its way. */
  readonly errors: readonly FieldError[];
}

export interface UncoveredCost {
  readonly serviceId: string;
  readonly serviceTitle: string;
  readonly amountCents: number;
}

/**
 * Whether members are still to be charged by a run: undefined where the posted one shares out all cost of the period, and where there is
 * none to be shared out. Cost of a service that all pay by price is covered by what they pay. A settled period takes no run but one
 * that corrects another, so that it lacks none where none was superseded.
 */
export async function missingRun(tx: HatTx, period: PeriodRow): Promise<MissingRun | undefined> {
  const progress = await runProgress(tx, period.id);
  if (progress === 'on_its_way') return { errors: [] };
  if (period.state === 'settled' && progress !== 'superseded') return undefined;
  const shared = progress === 'posted' ? await servicesSharedOut(tx, period.id) : new Set<string>();
  const errors = await unsharedCost(tx, period, shared);
  return errors.length === 0 ? undefined : { errors };
}

/** Whether a run was superseded and the one that has to follow is not posted. */
export async function isRunAwaited(tx: HatTx, period: PeriodRow): Promise<boolean> {
  if ((await runProgress(tx, period.id)) === 'posted' || !(await wasSuperseded(tx, period.id))) return false;
  return (await missingRun(tx, period)) !== undefined;
}

/** Cost of services that all pay by price, for who ends the period: nobody compares it with what the price brought. */
export async function uncoveredCost(tx: HatTx, period: PeriodRow): Promise<UncoveredCost[]> {
  try {
    const { costs } = toRunCosts(await gatherBooked(tx, period.centreId, period, 'actual'));
    const wordings = await wordingsOf(tx, period, costs);
    return costs
      .filter((cost) => cost.amountCents !== 0 && isPaidByPrice(cost, wordings))
      .map(({ serviceId, title, amountCents }) => ({ serviceId, serviceTitle: title, amountCents }));
  } catch (error) {
    if (error instanceof DomainError) return []; // missingRun says why
    throw error;
  }
}

const wordingsOf = (tx: HatTx, { centreId, startsOn, endsOn }: PeriodRow, costs: readonly CostFacts[]) =>
  costClausesFor(
    tx,
    centreId,
    costs.map(({ serviceId }) => serviceId),
    startsOn,
    endsOn,
  );

async function unsharedCost(
  tx: HatTx,
  period: PeriodRow,
  shared: ReadonlySet<string>,
): Promise<FieldError[]> {
  try {
    const { costs } = toRunCosts(await gatherBooked(tx, period.centreId, period, 'actual'));
    const due = costs.filter(({ serviceId, amountCents }) => amountCents !== 0 && !shared.has(serviceId));
    const wordings = await wordingsOf(tx, period, due);
    return due
      .filter((cost) => !isPaidByPrice(cost, wordings))
      .map(({ title, amountCents }) => ({
        pointer: '/periodId',
        code: 'cost_unshared',
        detail: `${title}: ${formatCents(amountCents, 'de')} €`,
      }));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { code, detail } = error.toProblemDetails();
    return [{ pointer: '/periodId', code, detail }];
  }
}
