import type { Day } from '../../platform/clock.ts';
import { DomainError } from '../../platform/errors.ts';
import { sumCents } from '../../platform/money/index.ts';
import { computeGrant, type GrantRule } from './grant.rules.ts';
import { GRANT_DRAWDOWN_TOO_HIGH } from './grants.errors.ts';

/** What was drawn and demanded back, added up. */
export interface GrantSums {
  /** Received, and still asked for. */
  readonly drawnCents: number;
  readonly receivedCents: number;
  /** Demanded back, whether paid or not. */
  readonly clawedBackCents: number;
  readonly repaidCents: number;
}

export interface Award {
  readonly rule: GrantRule;
  readonly parties: number;
  readonly awardedCents: number;
}

/**
 * What eligible cost gives: the grant by the rule, and never more than was awarded. Cost that was set off to below zero gives nothing.
 */
export function entitlementOf({ rule, parties, awardedCents }: Award, eligibleCents: number): number {
  const { grantCents } = computeGrant({ rule, parties, eligibleCents: Math.max(0, eligibleCents) });
  return Math.min(awardedCents, grantCents);
}

/** What can be drawn now. Money that was demanded back does not become free again. */
export function availableCents(entitledCents: number, { drawnCents }: Pick<GrantSums, 'drawnCents'>): number {
  return Math.max(0, entitledCents - drawnCents);
}

/** @throws DomainError GRANT_DRAWDOWN_TOO_HIGH */
export function assertDrawable(
  amountCents: number,
  entitledCents: number,
  sums: Pick<GrantSums, 'drawnCents'>,
  costTo: Day,
): void {
  const available = availableCents(entitledCents, sums);
  if (amountCents <= available) return;
  throw new DomainError(
    GRANT_DRAWDOWN_TOO_HIGH,
    `Cost before ${costTo} gives ${entitledCents} cents, of which ${sums.drawnCents} are drawn: ${available} are left.`,
    { pointer: '/amountCents' },
  );
}

/** Who pays what of the cost on the grant's place and tags. */
export interface Financing {
  readonly eligibleCents: number;
  readonly notEligibleCents: number;
  readonly grantCents: number;
  /** Eligible cost that the parties bear. */
  readonly ownShareCents: number;
  /** What is shared out among the members. */
  readonly netPoolCents: number;
}

export function financingOf(eligibleCents: number, notEligibleCents: number, grantCents: number): Financing {
  return {
    eligibleCents,
    notEligibleCents,
    grantCents,
    ownShareCents: sumCents([eligibleCents, -grantCents]),
    netPoolCents: sumCents([eligibleCents, notEligibleCents, -grantCents]),
  };
}

/** What is still to come from the authority, and what is to go back to it. */
export interface Balance {
  readonly toDrawCents: number;
  readonly toRepayCents: number;
}

/** To go back: what was demanded and not yet paid, and what was received beyond cost and demands. */
export function balanceOf(entitledCents: number, sums: GrantSums): Balance {
  const { receivedCents, clawedBackCents, repaidCents } = sums;
  const excess = Math.max(0, receivedCents - clawedBackCents - entitledCents);
  return {
    toDrawCents: availableCents(entitledCents, sums),
    toRepayCents: sumCents([clawedBackCents, -repaidCents, excess]),
  };
}
