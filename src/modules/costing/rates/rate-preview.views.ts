import { groupBy } from '../../../platform/collections.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { compareIds } from '../../../platform/money/index.ts';
import { costClausesFor } from '../../agreements/index.ts';
import { usageEventsLink } from '../../usage/index.ts';
import { listMemberFacts } from '../runs/run-facts.repo.ts';
import type { Days } from './rate-days.rules.ts';
import { isUnpriced, type PreviewLine, sumsOf, unpricedUsage } from './rate-preview.rules.ts';
import type {
  PreviewRemark,
  RatedPartOfRow,
  RatePreview,
  RatePreviewMember,
  RatePreviewRow,
} from './rate-preview.schemas.ts';
import { listServiceNames } from './rate-usage.repo.ts';
import type { RatedMeter } from './rate-usage.rules.ts';

export interface Previewed {
  readonly centreId: string;
  readonly days: Days;
  /** Whether there is a version to set the preview beside. */
  readonly hasPresent: boolean;
}

/** Lines by member, with names, derivations and what has to be known to read them; and what nobody would pay. */
export async function previewViews(
  tx: HatTx,
  previewed: Previewed,
  lines: readonly PreviewLine[],
): Promise<Pick<RatePreview, 'unpriced' | 'members'>> {
  const groups = groupBy(lines, ({ usage }) => usage.organisationId);
  const members = new Map((await listMemberFacts(tx, [...groups.keys()])).map((one) => [one.id, one]));
  const serviceIds = [...new Set(lines.map(({ usage }) => usage.serviceId))];
  const services = new Map((await listServiceNames(tx, serviceIds)).map((one) => [one.id, one]));
  const shared = await sharedByCost(tx, previewed, serviceIds);
  const nameOf = (serviceId: string) => ({
    serviceId,
    serviceCode: services.get(serviceId)?.code ?? '',
    serviceTitle: services.get(serviceId)?.title ?? '',
  });
  const toRow = (line: PreviewLine) => ({
    ...nameOf(line.usage.serviceId),
    ...rowOf(line, previewed, shared),
  });
  return {
    unpriced: unpricedUsage(lines)
      .map(({ serviceId, ...usage }) => ({ ...nameOf(serviceId), ...usage }))
      .sort(byServiceAndMeter),
    members: [...groups]
      .map(
        ([organisationId, group]): RatePreviewMember => ({
          organisationId,
          member: members.get(organisationId)?.ags ?? organisationId,
          memberName: members.get(organisationId)?.name ?? '',
          ...sumsOf(group),
          rows: group.map(toRow).sort(byServiceAndMeter),
        }),
      )
      .sort((a, b) => compareIds(a.member, b.member)),
  };
}

type Place = Pick<RatePreviewRow, 'serviceCode' | 'meter' | 'unit'>;

function byServiceAndMeter(a: Place, b: Place): number {
  return (
    compareIds(a.serviceCode, b.serviceCode) || compareIds(a.meter, b.meter) || compareIds(a.unit, b.unit)
  );
}

const placeOf = (organisationId: string, serviceId: string) => `${organisationId} ${serviceId}`;

/** Members and services that a cost clause shares out on any of the days. */
async function sharedByCost(
  tx: HatTx,
  { centreId, days }: Previewed,
  serviceIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const wordings = await costClausesFor(tx, centreId, serviceIds, days.from, days.to);
  const shared = wordings.filter(({ costClause }) => costClause !== null);
  return new Set(
    shared.flatMap(({ organisationIds, serviceIds: covered }) =>
      organisationIds.flatMap((member) => covered.map((service) => placeOf(member, service))),
    ),
  );
}

function rowOf(
  line: PreviewLine,
  { centreId, days: { from, to }, hasPresent }: Previewed,
  shared: ReadonlySet<string>,
): Omit<RatePreviewRow, 'serviceId' | 'serviceCode' | 'serviceTitle'> {
  const { usage, present, preview } = line;
  const { organisationId, serviceId, meter, unit, quantity, eventCount } = usage;
  const remarks: (PreviewRemark | false)[] = [
    shared.has(placeOf(organisationId, serviceId)) && 'COST_CLAUSE',
    present === undefined && (hasPresent ? 'NO_PRESENT_PRICE' : 'NO_PRESENT_VERSION'),
    isUnpriced(line) && 'UNPRICED',
  ];
  return {
    meter,
    unit,
    quantity,
    eventCount,
    presentCents: present?.amountCents ?? null,
    previewCents: preview?.amountCents ?? null,
    differenceCents: present && preview ? preview.amountCents - present.amountCents : null,
    remarks: remarks.filter((remark) => remark !== false),
    presentParts: partsOf(present),
    previewParts: partsOf(preview),
    events: usageEventsLink({ centreId, organisationId, serviceId, meter, unit, from, to }),
  };
}

function partsOf(meter: RatedMeter | undefined): RatedPartOfRow[] {
  return (meter?.parts ?? []).map((part) => {
    const { from, to, days, ofDays, interval, price, quantity } = part;
    const { lines, exactCents, trueUpCents, cappedCents, amountCents } = part;
    const sums = { exactCents, trueUpCents, cappedCents, amountCents };
    return { from, to, days, ofDays, interval, model: price.model, quantity, lines: [...lines], ...sums };
  });
}
