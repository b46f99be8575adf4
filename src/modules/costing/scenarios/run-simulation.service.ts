import type { Moment } from '../../../platform/clock.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import type { AllocationRunInput } from '../calculation.types.ts';
import { ASSUMPTION_REFUSED, PERIOD_UNKNOWN } from '../costing.errors.ts';
import type { CostKind } from '../costs/cost-line.types.ts';
import { findPeriod, type PeriodRow } from '../periods/billing-periods.repo.ts';
import { toRunFile } from '../runs/allocation-run.rules.ts';
import { identityOf } from '../runs/allocation-run-creation.service.ts';
import type { CreateRun } from '../runs/allocation-runs.schemas.ts';
import { gatherFacts } from '../runs/run-facts.service.ts';
import type { RunFacts } from '../runs/run-facts.types.ts';
import { toRunInput } from '../runs/run-snapshot.rules.ts';
import { type Scenario, scenarioOf } from './run-assumptions.reading.ts';
import type { AssumptionsBody } from './run-assumptions.types.ts';

/** Number of a computation that is stored nowhere. */
export const SIMULATION = 'SIMULATION';

/** What is to be computed as if. */
export interface ScenarioQuestion {
  readonly period: PeriodRow;
  readonly costKind: CostKind | undefined;
  readonly clauseVersionId: string | undefined;
  readonly assumptions: AssumptionsBody;
  /** As in `FactsWanted`. */
  readonly usageUntil?: Moment;
  /** JSON pointer of the assumptions in what was sent. */
  readonly at: string;
}

/** The calculation file of a run that is stored nowhere. The database itself refuses to write anything meanwhile. */
export async function simulateRun(tx: HatTx, input: CreateRun): Promise<ReturnType<typeof toRunFile>> {
  await tx.sql`set transaction read only`;
  const { costKind, clauseVersionId, assumptions = {} } = input;
  const period = await getPeriod(tx, input.periodId, '/periodId');
  const question = { period, costKind, clauseVersionId, assumptions, at: '/assumptions' };
  const { scenario } = await gatherScenario(tx, question);
  return toRunFile(simulatedInput(scenario, clauseVersionId));
}

/** The facts that are there, and those that the assumptions make of them. */
export async function gatherScenario(
  tx: HatTx,
  { period, costKind, clauseVersionId, assumptions, usageUntil, at }: ScenarioQuestion,
): Promise<{ facts: RunFacts; scenario: Scenario }> {
  const { joins = [], leaves = [], usagePeriodId } = assumptions;
  const usagePeriod =
    usagePeriodId === undefined
      ? undefined
      : await earlierPeriod(tx, usagePeriodId, period, `${at}/usagePeriodId`);
  const facts = await gatherFacts(tx, period.centreId, period, {
    costKind,
    usagePeriod,
    usageUntil,
    organisationIds: [...joins, ...leaves].map(({ organisationId }) => organisationId.toLowerCase()),
  });
  return { facts, scenario: scenarioOf(facts, assumptions, clauseVersionId, at) };
}

/** The snapshot of a scenario. */
export function simulatedInput(
  { facts, assumptions }: Scenario,
  clauseVersionId: string | undefined,
): AllocationRunInput {
  return toRunInput(facts, identityOf(SIMULATION, undefined, clauseVersionId), assumptions);
}

/** Reads the period and holds nothing: what is only looked at waits for nobody. */
export async function getPeriod(tx: HatTx, id: string, pointer: string): Promise<PeriodRow> {
  const period = await findPeriod(tx, id);
  if (period !== undefined) return period;
  throw new DomainError(PERIOD_UNKNOWN, 'The centre has no such billing period.', { pointer });
}

async function earlierPeriod(
  tx: HatTx,
  id: string,
  { code, startsOn }: PeriodRow,
  pointer: string,
): Promise<PeriodRow> {
  const earlier = await getPeriod(tx, id, pointer);
  if (earlier.endsOn <= startsOn) return earlier;
  const detail = `does not end before ${code} begins`;
  throw new DomainError(ASSUMPTION_REFUSED, `${pointer} ${detail}.`, {
    errors: [{ pointer, code: 'NOT_EARLIER', detail }],
  });
}
