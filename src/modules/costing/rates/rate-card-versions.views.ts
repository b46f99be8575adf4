import type { Day } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import { DomainError } from '../../../platform/errors.ts';
import { hashOf } from '../../../platform/hash.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { isSecondPerson } from '../runs/run-states.rules.ts';
import type { VersionRow, VersionTerms } from './rate-cards.repo.ts';
import type { CreateRateCardVersion, RateCardVersionView } from './rate-cards.schemas.ts';
import { plainPrices } from './rate-prices.rules.ts';

/** What an approval signs: days, interval and prices. */
export function contentHashOf({ validFrom, validTo, interval, prices }: VersionTerms): string {
  return hashOf({ validFrom, validTo, interval, prices });
}

export function termsOf({ validFrom, validTo, interval, prices }: CreateRateCardVersion): VersionTerms {
  return { validFrom, validTo: validTo ?? null, interval, prices: plainPrices(prices) };
}

/** Why the version cannot begin where it says, given the first day of the one before it. */
export function refuseStart(validFrom: Day, latestFrom: Day | undefined): string | undefined {
  if (latestFrom === undefined || validFrom > latestFrom) return undefined;
  return `must be after ${latestFrom}, on which the version before it began`;
}

/** True when nobody acts who drafted the version or changed it last, in person or by a stand-in. */
export function mayApprove({ actor, onBehalfOf }: HatContext, { created, edited }: VersionRow): boolean {
  return isSecondPerson({ actorId: actor.id, onBehalfOf }, { createdBy: created.by, submittedBy: edited.by });
}

export function toVersionView(ctx: HatContext, row: VersionRow): RateCardVersionView {
  const { permissions } = ctx;
  const isDraft = row.status === 'draft';
  const availableActions: RateCardVersionView['availableActions'] = [];
  if (isDraft && permissions.has('rate-cards:manage')) availableActions.push('change');
  if (isDraft && permissions.has('rate-cards:approve') && mayApprove(ctx, row))
    availableActions.push('approve');
  return { ...row, availableActions };
}

export function cardNotFound(): DomainError {
  return new DomainError(NOT_FOUND, 'There is no such rate card.');
}
