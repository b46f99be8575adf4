import type { RunLineView } from './allocation-runs.schemas.ts';
import type { AllocationRunInput, RunPool, RunSecondary } from './calculation.types.ts';
import type { PoolReason } from './run-explanations.schemas.ts';
import { resolveSecondary } from './run-secondary.rules.ts';

/** How the amount of a pool came about, from the snapshot of its run. */
export function reasonOfPool(input: AllocationRunInput, pool: RunPool): PoolReason {
  const { secondary } = input;
  const result = resolveSecondary(input);
  const feeding = feedingCentres(secondary, pool);
  const costCents = pool.netting?.costCents ?? pool.amountCents;
  const deductions = pool.netting?.deductions ?? [];
  return {
    amountCents: pool.amountCents,
    costCents,
    deductions: deductions.map(({ type, label, amountCents }) => ({ type, label, amountCents })),
    directCents: pool.directCents ?? costCents,
    costCentres: feeding.map(({ id, name, primaryCents }) => {
      const share = result?.final.find((centre) => centre.id === id);
      const secondaryCents = share?.secondaryCents ?? 0;
      return { code: id, name, primaryCents, secondaryCents, totalCents: share?.totalCents ?? primaryCents };
    }),
    supports: supportsOf(secondary, feeding.length).map(({ id, name, primaryCents }) => ({
      code: id,
      name,
      primaryCents,
    })),
    method: secondary?.plan === undefined ? null : secondary.method,
    plan: secondary?.plan ?? null,
  };
}

interface PlaceOfLine {
  readonly centreId: string;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly recordedUntil: string | null;
}

/** Where exactly the usage behind a line is listed: what came late is not in it. */
export function usageLink(
  { parts, serviceId, organisationId }: RunLineView,
  { centreId, startsOn, endsOn, recordedUntil }: PlaceOfLine,
): string | null {
  const countsUsage = parts.some(
    ({ key }) => key.origin?.kind === 'usage_events' || key.type === 'cases' || key.type === 'minutes',
  );
  if (!countsUsage) return null;
  const query = new URLSearchParams({
    centreId,
    serviceId,
    organisationId,
    from: startsOn,
    to: endsOn,
    ...(recordedUntil !== null && { recordedUntil }),
  });
  return `/usage-events?${query.toString()}`;
}

/** Where the cost behind a pool is listed: of the service itself, of its cost centres and of those that passed cost on to them. */
export function costLinks(
  input: AllocationRunInput,
  pool: RunPool,
  idByCode: ReadonlyMap<string, string>,
): string[] {
  const { startsOn, endsOn } = input.period;
  const days = { from: startsOn, to: endsOn, kind: input.costKind ?? 'actual' };
  const feeding = feedingCentres(input.secondary, pool);
  const centres = [...feeding, ...supportsOf(input.secondary, feeding.length)];
  const link = (place: Record<string, string>) =>
    `/cost-lines?${new URLSearchParams({ ...place, ...days }).toString()}`;
  return [
    ...((pool.costLineIds ?? []).length > 0 ? [link({ serviceId: pool.service.id })] : []),
    ...centres
      .filter(({ costLineIds }) => costLineIds.length > 0)
      .flatMap(({ id }) => idByCode.get(id) ?? [])
      .map((costCentreId) => link({ costCentreId })),
  ];
}

function feedingCentres(secondary: RunSecondary | undefined, { id }: RunPool): RunSecondary['costCentres'] {
  return (secondary?.costCentres ?? []).filter(({ type, pool }) => type === 'final' && pool === id);
}

function supportsOf(secondary: RunSecondary | undefined, feeding: number): RunSecondary['costCentres'] {
  return feeding === 0 ? [] : (secondary?.costCentres ?? []).filter(({ type }) => type === 'support');
}
