import { DomainError } from '../../../platform/errors.ts';
import { compareIds, sumCents } from '../../../platform/money/index.ts';
import type { Netting, RunCostCentre, RunSecondary } from '../calculation.types.ts';
import { SECONDARY_PLAN_MISSING } from '../costs/cost-centres.errors.ts';
import { allocateSecondary } from '../sharing/secondary-allocation.rules.ts';
import type { CostCentreFacts, CostFacts, PlaceCost, PlanFacts, ServiceFacts } from './run-facts.types.ts';
import { netCents } from './run-secondary.rules.ts';

/** What was booked in the period, and where. */
export interface BookedFacts {
  readonly booked: readonly PlaceCost[];
  readonly costCentres: readonly CostCentreFacts[];
  readonly services: readonly ServiceFacts[];
  /** The newest before the end of the period. */
  readonly plan: PlanFacts | undefined;
}

export interface RunCosts {
  /** One for each pool, by service. */
  readonly costs: readonly CostFacts[];
  readonly secondary?: RunSecondary;
}

/**
 * The cost of each pool: what was booked on the service, and the total of the final cost centres that feed it, less grants and
 * other income. Income of a support cost centre lessens what it passes on.
 * @throws DomainError SECONDARY_PLAN_MISSING, and what `allocateSecondary` throws
 */
export function toRunCosts(facts: BookedFacts): RunCosts {
  const secondary = toSecondary(facts);
  const totals = new Map(
    secondary === undefined
      ? []
      : allocateSecondary(secondary).final.map(({ id, totalCents }) => [id, totalCents] as const),
  );
  const costs = facts.services
    .toSorted((a, b) => compareIds(a.id, b.id))
    .flatMap((service) => toPoolCost(service, facts, totals));
  return { costs, ...(secondary !== undefined && { secondary }) };
}

function toSecondary({ booked, costCentres, services, plan }: BookedFacts): RunSecondary | undefined {
  const used = new Set(booked.map(({ costCentreId }) => costCentreId));
  const withLines = costCentres.filter(({ id }) => used.has(id));
  if (withLines.length === 0) return undefined;
  const codes = new Map(services.map(({ id, code }) => [id, code]));
  const supports = withLines.filter(({ type }) => type === 'support');
  const isPassedOn = (centre: CostCentreFacts) => toCostCentre(centre, booked, codes).primaryCents !== 0;
  // Without a plan nobody can say who bears the cost of support centres, but of nothing nobody bears anything.
  if (supports.length === 0 || (plan === undefined && !supports.some(isPassedOn))) {
    const centres = withLines
      .filter(({ type }) => type === 'final')
      .map((centre) => toCostCentre(centre, booked, codes));
    if (centres.length === 0) return undefined;
    return { method: 'direct', costCentres: centres, use: {} };
  }
  if (plan === undefined) {
    const names = supports.map(({ code }) => code).sort(compareIds);
    throw new DomainError(
      SECONDARY_PLAN_MISSING,
      `There is no plan for the cost of ${names.join(', ')} as of a day before the end of the period.`,
    );
  }
  const { id, number, asOf, source, method, order, use } = plan;
  const named = new Set([...Object.keys(use), ...Object.values(use).flatMap((row) => Object.keys(row))]);
  const partaking = costCentres.filter(
    (centre) =>
      named.has(centre.code) || (used.has(centre.id) && (centre.type === 'final' || isPassedOn(centre))),
  );
  return {
    plan: { id, number, asOf, source },
    method,
    ...(order !== null && { order: [...order] }),
    costCentres: partaking.map((centre) => toCostCentre(centre, booked, codes)),
    use: Object.fromEntries(Object.entries(use).map(([code, row]) => [code, { ...row }])),
  };
}

function toCostCentre(
  { id, code, name, type, serviceId }: CostCentreFacts,
  booked: readonly PlaceCost[],
  codes: ReadonlyMap<string, string>,
): RunCostCentre {
  const rows = booked.filter(({ costCentreId }) => costCentreId === id);
  const netting = { costCents: costOf(rows), deductions: deductionsOf(rows) };
  const pool = serviceId === null ? undefined : codes.get(serviceId);
  const isNetted = type === 'support' && netting.deductions.length > 0;
  return {
    id: code,
    name,
    type,
    ...(pool !== undefined && { pool }),
    primaryCents: isNetted ? netCents(netting) : netting.costCents,
    ...(isNetted && { netting }),
    costLineIds: rows.flatMap(({ costLineIds }) => costLineIds),
  };
}

/** Nothing for a service that neither lines nor cost centres brought anything. */
function toPoolCost(
  { id, code, title }: ServiceFacts,
  { booked, costCentres }: BookedFacts,
  totals: ReadonlyMap<string, number>,
): CostFacts[] {
  const direct = booked.filter(({ serviceId }) => serviceId === id);
  const feeding = costCentres.filter((centre) => centre.serviceId === id && totals.has(centre.code));
  const feedingIds = new Set(feeding.map((centre) => centre.id));
  const indirect = booked.filter(({ costCentreId }) => costCentreId !== null && feedingIds.has(costCentreId));
  const fed = feeding.map((centre) => totals.get(centre.code) ?? 0);
  if (direct.length + indirect.length === 0 && fed.every((cents) => cents === 0)) return [];
  const directCents = costOf(direct);
  const netting: Netting = {
    costCents: sumCents([directCents, ...fed]),
    deductions: deductionsOf([...direct, ...indirect]),
  };
  return [
    {
      serviceId: id,
      code,
      title,
      amountCents: netCents(netting),
      ...(netting.deductions.length > 0 && { netting }),
      ...(feeding.length > 0 && { directCents }),
      costLineIds: direct.flatMap(({ costLineIds }) => costLineIds),
    },
  ];
}

function costOf(rows: readonly PlaceCost[]): number {
  return sumCents(rows.filter(({ category }) => category === 'cost').map(({ amountCents }) => amountCents));
}

/** Income by category and cost type. */
function deductionsOf(rows: readonly PlaceCost[]): Netting['deductions'] {
  const deductions = new Map<string, Netting['deductions'][number]>();
  for (const { category, costType, amountCents } of rows) {
    if (category === 'cost') continue;
    const id = `${category}:${costType}`;
    const known = deductions.get(id)?.amountCents ?? 0;
    deductions.set(id, { id, type: category, label: costType, amountCents: sumCents([known, amountCents]) });
  }
  return [...deductions.values()].sort((a, b) => compareIds(a.id, b.id));
}
