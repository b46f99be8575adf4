import { dayOf, yearOf } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError, type FieldError } from '../../../platform/errors.ts';
import { newId } from '../../../platform/ids.ts';
import { formatCents, sumCents } from '../../../platform/money/index.ts';
import { textIn } from '../../../platform/texts.ts';
import { costClausesFor } from '../../agreements/index.ts';
import { audit } from '../../audit/index.ts';
import { ASSUMPTION_REFUSED, budgetShares, getHeldPeriod, type PeriodRow } from '../../costing/index.ts';
import { treatmentOf } from '../statements/charged-lines.ts';
import { assertUnsettled } from '../statements/settled-periods.service.ts';
import { vatGroupOf } from '../statements/statement.rules.ts';
import { memberIdsAmong } from '../vat/vat-determinations.repo.ts';
import { vatThroughout } from '../vat/vat-in-force.service.ts';
import { shareOfBudget } from './instalment-documents.ts';
import {
  INSTALMENT_DUE_DAYS_REFUSED,
  INSTALMENT_PERIOD_BILLED,
  INSTALMENT_PLAN_EMPTY,
  INSTALMENT_PLAN_UNKNOWN,
  INSTALMENT_SHARE_REFUSED,
} from './instalment-plans.errors.ts';
import * as repo from './instalment-plans.repo.ts';
import type { CreatePlan } from './instalment-plans.schemas.ts';
import { planHashOf } from './plan-hash.rules.ts';
import {
  dueDayErrors,
  inOrder,
  instalmentsOf,
  lessInvoiced,
  type PlannedShare,
  type PlanShare,
} from './plan-shares.rules.ts';
import { servicesAmong } from './planned-services.repo.ts';
import { spreadLines } from './spread.rules.ts';

/** Plans the instalments of a period and keeps them as a draft. Says the id. */
export async function createPlan(
  tx: HatTx,
  ctx: HatContext,
  centreId: string,
  input: CreatePlan,
): Promise<string> {
  await repo.lockPlans(tx, centreId);
  const { period, resultHash, planned } = await plannedShares(tx, ctx, input);
  await assertPlannable(tx, ctx, period, input);
  const invoiced = await repo.invoicedInPeriod(tx, centreId, period.id);
  const { shares: left, unplanned } = lessInvoiced(planned, invoiced, lineText);
  const back = await backShares(tx, centreId, unplanned);
  const shares = inOrder(await withReferences(tx, period, [...left, ...back]));
  const dueOn = input.dueOn.toSorted();
  const { issueDaysBefore, replacesId = null } = input;
  const instalments = instalmentsOf(shares, dueOn, issueDaysBefore, spreadLines);
  if (!instalments.some(({ isDue }) => isDue)) {
    throw new DomainError(INSTALMENT_PLAN_EMPTY, `Nothing is left to ask for in ${period.code}.`);
  }
  const id = newId();
  const number = await repo.nextNumber(tx, centreId, yearOf(ctx.now));
  const content = {
    centreId,
    number,
    periodId: period.id,
    periodCode: period.code,
    startsOn: period.startsOn,
    endsOn: period.endsOn,
    basis: input.amounts === undefined ? ('budget' as const) : ('stated' as const),
    resultHash,
    usagePeriodId: input.usagePeriodId?.toLowerCase() ?? null,
    dueOn,
    issueDaysBefore,
    replacesId: replacesId?.toLowerCase() ?? null,
    invoicedCents: sumCents(invoiced.map(({ netCents }) => netCents)),
    amountCents: sumCents(shares.map(({ amountCents }) => amountCents)),
    shares,
  };
  const contentHash = planHashOf(content, shares, invoiced);
  const kept = instalments.map((instalment) => ({ ...instalment, id: newId() }));
  await repo.insertPlan(tx, ctx, { ...content, id, contentHash, instalments: kept });
  await audit(tx, ctx, {
    action: 'billing.instalment-plan-created',
    entityType: 'instalment_plan',
    entityId: id,
    details: { number, period: period.code, amountCents: content.amountCents, contentHash },
  });
  return id;
}

interface Planned {
  readonly period: PeriodRow;
  readonly resultHash: string | null;
  readonly planned: PlannedShare[];
}

async function plannedShares(
  tx: HatTx,
  { now }: HatContext,
  { periodId, usagePeriodId, amounts }: CreatePlan,
): Promise<Planned> {
  if (amounts === undefined) {
    const { period, resultHash, shares } = await budgetShares(tx, periodId, usagePeriodId, now);
    return { period, resultHash, planned: shares.map(shareOfBudget) };
  }
  if (usagePeriodId !== undefined) {
    throw new DomainError(ASSUMPTION_REFUSED, 'Amounts named by hand depend on no usage.', {
      pointer: '/usagePeriodId',
    });
  }
  const period = await getHeldPeriod(tx, periodId);
  return { period, resultHash: null, planned: await statedShares(tx, period, amounts) };
}

async function assertPlannable(
  tx: HatTx,
  ctx: HatContext,
  period: PeriodRow,
  { dueOn, replacesId }: CreatePlan,
): Promise<void> {
  const errors = dueDayErrors(dueOn, period, dayOf(ctx.now));
  if (errors.length > 0) {
    throw new DomainError(INSTALMENT_DUE_DAYS_REFUSED, `${errors[0]?.detail}.`, { errors });
  }
  await assertUnsettled(tx, period.id);
  if (await repo.isBilledFinally(tx, period.centreId, period.id)) {
    throw new DomainError(INSTALMENT_PERIOD_BILLED, `Final documents of ${period.code} are issued.`);
  }
  if (replacesId === undefined) return;
  const current = await repo.lockPlanInForce(tx, period.centreId, period.id);
  if (current?.id === replacesId.toLowerCase()) return;
  throw new DomainError(INSTALMENT_PLAN_UNKNOWN, `No such plan is in force for ${period.code}.`, {
    pointer: '/replacesId',
  });
}

/** Amounts that a person named: of members, for services of the centre, each pair once. */
async function statedShares(
  tx: HatTx,
  { centreId }: PeriodRow,
  amounts: NonNullable<CreatePlan['amounts']>,
): Promise<PlannedShare[]> {
  const stated = amounts.map(({ organisationId, serviceId, amountCents }) => ({
    organisationId: organisationId.toLowerCase(),
    serviceId: serviceId.toLowerCase(),
    amountCents,
  }));
  const members = await memberIdsAmong(
    tx,
    centreId,
    stated.map(({ organisationId }) => organisationId),
  );
  const services = await servicesAmong(
    tx,
    centreId,
    stated.map(({ serviceId }) => serviceId),
  );
  const seen = new Set<string>();
  const errors = stated.flatMap(({ organisationId, serviceId }, at): FieldError[] => {
    const pointer = `/amounts/${at}`;
    const pair = `${organisationId} ${serviceId}`;
    if (seen.has(pair)) return [{ pointer, code: 'repeated', detail: 'member and service are named twice' }];
    seen.add(pair);
    return [
      ...(members.has(organisationId)
        ? []
        : [{ pointer: `${pointer}/organisationId`, code: 'unknown', detail: 'is no member of the centre' }]),
      ...(services.has(serviceId)
        ? []
        : [{ pointer: `${pointer}/serviceId`, code: 'unknown', detail: 'is no service of the centre' }]),
    ];
  });
  refuseShares(errors);
  return stated.map(({ organisationId, serviceId, amountCents }) => {
    const { code, title } = services.get(serviceId) as { code: string; title: string };
    const text = textIn('de', 'billing.instalment.stated');
    return {
      organisationId,
      serviceId,
      serviceCode: code,
      serviceTitle: title,
      text,
      amountCents,
      derivation: null,
    };
  });
}

/** What was invoiced for something that the plan no longer knows is given back. */
async function backShares(
  tx: HatTx,
  centreId: string,
  unplanned: readonly { organisationId: string; serviceId: string; netCents: number }[],
): Promise<PlannedShare[]> {
  if (unplanned.length === 0) return [];
  const services = await servicesAmong(
    tx,
    centreId,
    unplanned.map(({ serviceId }) => serviceId),
  );
  return unplanned.map(({ organisationId, serviceId, netCents }) => ({
    organisationId,
    serviceId,
    serviceCode: services.get(serviceId)?.code ?? '',
    serviceTitle: services.get(serviceId)?.title ?? '',
    text: lineText(0, netCents),
    amountCents: -netCents,
    derivation: null,
  }));
}

function lineText(shareCents: number, invoicedCents: number): string {
  return textIn('de', 'billing.instalment.rest', {
    share: formatCents(shareCents, 'de'),
    invoiced: formatCents(invoicedCents, 'de'),
  });
}

/** Adds the agreement each amount rests on, and the VAT group as it is known today. */
async function withReferences(
  tx: HatTx,
  { centreId, startsOn, endsOn }: PeriodRow,
  shares: readonly PlannedShare[],
): Promise<PlanShare[]> {
  const serviceIds = [...new Set(shares.map(({ serviceId }) => serviceId))];
  const wordings = await costClausesFor(tx, centreId, serviceIds, startsOn, endsOn);
  const titles = new Map<string, Set<string>>();
  for (const { title, organisationIds, serviceIds: covered } of wordings)
    for (const organisationId of organisationIds)
      for (const serviceId of covered) {
        const key = `${organisationId} ${serviceId}`;
        titles.set(key, (titles.get(key) ?? new Set()).add(title));
      }
  const referenceOf = (share: PlannedShare) =>
    [...(titles.get(`${share.organisationId} ${share.serviceId}`) ?? [])].sort().join(', ');
  refuseShares(
    shares.flatMap((share, at) =>
      referenceOf(share) === ''
        ? [
            {
              pointer: `/amounts/${at}`,
              code: 'uncovered',
              detail: `no agreement covers ${share.serviceTitle} for the member`,
            },
          ]
        : [],
    ),
  );
  const questions = shares.map(({ serviceId, organisationId }) => ({
    serviceId,
    organisationId,
    from: startsOn,
    to: endsOn,
  }));
  const answers = await vatThroughout(tx, centreId, questions);
  return shares.map((share, at) => {
    const answer = answers[at];
    const vatGroup =
      answer !== undefined && 'holding' in answer
        ? vatGroupOf(treatmentOf(answer.holding))
        : `open ${share.serviceCode}`;
    return { ...share, agreementReference: referenceOf(share), vatGroup };
  });
}

function refuseShares(errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  throw new DomainError(INSTALMENT_SHARE_REFUSED, `${errors[0]?.pointer} ${errors[0]?.detail}.`, { errors });
}
