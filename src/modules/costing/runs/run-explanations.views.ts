import { usageEventsLink } from '../../usage/index.ts';
import type { AllocationRunInput, RunPool, RunSecondary } from '../calculation.types.ts';
import type { RunLineView } from './allocation-runs.schemas.ts';
import { poolSums } from './pool-sums.rules.ts';
import type { PoolReason } from './run-explanations.schemas.ts';
import { resolveSecondary } from './run-secondary.rules.ts';
import { type CountedMeter, countedMeters } from './run-usage.rules.ts';

/** How the amount of a pool came about, from the snapshot of its run. */
export function reasonOfPool(input: AllocationRunInput, pool: RunPool): PoolReason {
  const { secondary } = input;
  const result = resolveSecondary(input);
  const feeding = feedingCentres(secondary, pool);
  const sums = poolSums(pool);
  return {
    ...sums,
    directCents: pool.directCents ?? sums.costCents,
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

/** The same for a member that bears the service: its sums, and nothing of how the centre came by them. */
export function reasonForMember({ parts }: Pick<RunLineView, 'parts'>): PoolReason | null {
  const sums = parts[0]?.pool;
  if (sums === undefined) return null;
  return { ...sums, directCents: null, costCentres: [], supports: [], method: null, plan: null };
}

/** The days and the centre of a run, and the moment after which usage did not count. */
export interface PlaceOfLine {
  readonly centreId: string;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly recordedUntil: string | null;
}

type Share = Pick<RunLineView, 'parts' | 'serviceId' | 'organisationId'>;

/** Where exactly the usage behind a line is listed: no other meter's, and what came late is not in it. */
export function usageLink(line: Share, place: PlaceOfLine): string | null {
  const meters = recordedMeters(line);
  if (meters.length === 0) return null;
  return usageEventsLink({
    ...placeOf(line, place),
    meter: [...new Set(meters.map(({ meter }) => meter))],
    unit: [...new Set(meters.flatMap(({ unit }) => unit ?? []))],
  });
}

/** The same meter by meter. */
export function usageLinks(line: Share, place: PlaceOfLine): string[] {
  return recordedMeters(line).map((counted) => usageEventsLink({ ...placeOf(line, place), ...counted }));
}

/** Of what was counted in no unit there is no event; each of the others has but one unit. */
function recordedMeters({ parts }: Share): CountedMeter[] {
  const counted = countedMeters(parts);
  const recorded = counted.filter(({ unit }) => unit !== undefined);
  return recorded.length > 0 ? recorded : counted;
}

function placeOf(
  { serviceId, organisationId }: Share,
  { centreId, startsOn, endsOn, recordedUntil }: PlaceOfLine,
) {
  const days = { from: startsOn, to: endsOn };
  return { centreId, organisationId, serviceId, ...days, recordedUntil: recordedUntil ?? undefined };
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
    `/api/v1/cost-lines?${new URLSearchParams({ ...place, ...days }).toString()}`;
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
