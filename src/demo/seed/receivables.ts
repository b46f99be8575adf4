import type { Modules } from '../../modules.ts';
import { type Day, dayOf } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import { known, type SeededCentre } from './centres.ts';
import { once } from './contexts.ts';
import { lastOfMonth, monthsOf, type Quarter } from './days.ts';

/** Days between an instalment's document and its due day. */
const ISSUE_DAYS_BEFORE = 14;

/** The first member pays what it was sent, the second half of it, the others have not paid yet. */
export async function seedPayments(
  { receivables }: Modules,
  periodId: string,
  ctx: HatContext,
): Promise<void> {
  const { items } = await receivables.openItems.list(ctx, { limit: 200, periodId, state: 'all' });
  const claims = items.filter(({ claimCents }) => claimCents > 0);
  const payers = [...new Set(claims.map(({ organisationId }) => organisationId))].sort();
  for (const { statementId, number, organisationId, claimCents } of claims) {
    const place = payers.indexOf(organisationId);
    if (place > 1) continue;
    const amountCents = place === 0 ? claimCents : Math.floor(claimCents / 2);
    await receivables.payments.create(once(ctx, `payment:${number}`), {
      organisationId,
      amountCents,
      bookedOn: dayOf(ctx.now),
      text: `Überweisung zu ${number} (erfunden)`,
      matches: [{ statementId, amountCents }],
    });
  }
}

/** The quarter that runs is paid in advance: its budget is what each month costs, shared out by the usage of the last one. */
export async function seedInstalments(
  { costing, receivables: { plans } }: Modules,
  { spec, serviceIds }: SeededCentre,
  periods: { readonly current: Quarter; readonly currentId: string; readonly lastId: string },
  as: (role: string) => HatContext,
): Promise<void> {
  const { current } = periods;
  const finance = as('finance');
  for (const { code, costs } of spec.services) {
    for (const { costType, text, monthlyCents } of costs) {
      await costing.costLines.create(once(finance, `budget:${current.code}:${code}:${text}`), {
        serviceId: known(serviceIds, code),
        kind: 'budget',
        bookedOn: current.firstDay,
        costType,
        text,
        amountCents: monthlyCents * monthsOf(current).length,
      });
    }
  }
  const { id } = await plans.create(once(finance, `plan:${current.code}`), {
    periodId: periods.currentId,
    usagePeriodId: periods.lastId,
    dueOn: dueDays(current, dayOf(finance.now)),
    issueDaysBefore: ISSUE_DAYS_BEFORE,
  });
  let plan = await plans.get(finance, id);
  if (plan.status === 'draft') plan = await plans.act(finance, id, plan.version, { action: 'submit' });
  if (plan.status !== 'submitted' || plan.contentHash === null) return;
  const { contentHash } = plan;
  await plans.act(as('centre-admin'), id, plan.version, { action: 'approve', contentHash });
}

/** The last day of each month that is not past. */
function dueDays(quarter: Quarter, today: Day): Day[] {
  return monthsOf(quarter)
    .map(lastOfMonth)
    .filter((day) => day >= today);
}
