import { DomainError } from '../../../platform/errors.ts';
import { checkCostClause } from '../../agreements/index.ts';
import type { RunAssumptions } from '../calculation.types.ts';
import { ASSUMPTION_REFUSED } from '../costing.errors.ts';
import type { RunFacts } from '../runs/run-facts.types.ts';
import { checkFigures } from './assumption-figures.rules.ts';
import { readJoins, readLeaves } from './assumption-members.rules.ts';
import { type Scene, sceneOf, sharedScene } from './assumption-scene.rules.ts';
import { readClauses, readCosts, readKeyValues } from './assumption-terms.rules.ts';
import { canonicalAssumptions } from './canonical-assumptions.rules.ts';
import { applyAssumptions } from './run-assumptions.rules.ts';
import type { AssumptionsBody } from './run-assumptions.types.ts';

/** Facts as they would be, and what was assumed for it, as the calculation file says it; nothing where nothing was. */
export interface Scenario {
  readonly facts: RunFacts;
  readonly assumptions?: RunAssumptions;
}

/**
 * Lays assumptions upon the facts. Where something is missing, contradicts something else or would change nothing, all of it is refused.
 * @param at JSON pointer of the assumptions in what was sent
 * @throws DomainError ASSUMPTION_REFUSED with every wrong place; what `applicableClause` throws
 */
export function scenarioOf(
  facts: RunFacts,
  body: AssumptionsBody,
  clauseVersionId: string | undefined,
  at = '/assumptions',
): Scenario {
  const whole = sceneOf(facts);
  const clauses = readClauses(whole, body, at);
  const scene = sharedScene(whole, clauses);
  const assumptions = withoutEmpty({
    clauses,
    keyValues: readKeyValues(scene, body, at),
    joins: readJoins(scene, body, at),
    leaves: readLeaves(scene, body, at),
    costs: readCosts(scene, body, at),
    ...(facts.usagePeriod !== undefined && { usagePeriod: { ...facts.usagePeriod } }),
  });
  assertSound(scene);
  if (assumptions === undefined) return { facts };
  const after = applyAssumptions(facts, assumptions);
  checkFigures(scene, { body, assumptions, after, clauseVersionId, at, checkClause: checkCostClause });
  assertSound(scene);
  return { facts: after, assumptions: canonicalAssumptions(assumptions) };
}

function withoutEmpty(assumptions: RunAssumptions): RunAssumptions | undefined {
  const given = Object.entries(assumptions).filter(([, value]) => !Array.isArray(value) || value.length > 0);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function assertSound({ errors }: Scene): void {
  const [first] = errors;
  if (first === undefined) return;
  throw new DomainError(ASSUMPTION_REFUSED, `${first.pointer} ${first.detail}.`, { errors });
}
