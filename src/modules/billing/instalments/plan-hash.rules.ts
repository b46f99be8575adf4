import type { Day } from '../../../platform/clock.ts';
import { hashOf } from '../../../platform/hash.ts';
import type { InvoicedService, PlanShare } from './plan-shares.rules.ts';

export interface PlanContent {
  readonly centreId: string;
  readonly number: string;
  readonly periodId: string;
  readonly periodCode: string;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly basis: 'budget' | 'stated';
  readonly resultHash: string | null;
  readonly usagePeriodId: string | null;
  readonly dueOn: readonly Day[];
  readonly issueDaysBefore: number;
  readonly replacesId: string | null;
  readonly invoicedCents: number;
  readonly amountCents: number;
}

/**
 * What a second person signs: all that a plan says, and what was invoiced of which member for which service when it was made. With what
 * is invoiced now it comes to the same only where nothing changed meanwhile, even if the sums are equal.
 */
export function planHashOf(
  plan: PlanContent,
  shares: readonly PlanShare[],
  invoiced: readonly InvoicedService[],
): string {
  const { centreId, number, periodId, periodCode, startsOn, endsOn, basis, resultHash } = plan;
  const { usagePeriodId } = plan;
  const { dueOn, issueDaysBefore, replacesId, invoicedCents, amountCents } = plan;
  return hashOf({
    centreId,
    number,
    periodId,
    periodCode,
    startsOn,
    endsOn,
    basis,
    resultHash,
    // Left out where there is none: plans of before bear no such field, and their hash still says the same.
    ...(usagePeriodId !== null && { usagePeriodId }),
    dueOn,
    issueDaysBefore,
    replacesId,
    invoicedCents,
    amountCents,
    shares: shares.map(saidOf),
    invoiced,
  });
}

const saidOf = (share: PlanShare): PlanShare => ({
  organisationId: share.organisationId,
  serviceId: share.serviceId,
  serviceCode: share.serviceCode,
  serviceTitle: share.serviceTitle,
  text: share.text,
  amountCents: share.amountCents,
  derivation: share.derivation,
  agreementReference: share.agreementReference,
  vatGroup: share.vatGroup,
});
