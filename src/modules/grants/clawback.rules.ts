import { type Day, daysBetween } from '../../platform/clock.ts';
import { DomainError } from '../../platform/errors.ts';
import { apportion, formatFraction, fromBigCents, toBigCents } from '../../platform/money/index.ts';
import type { GrantSums } from './grant-money.rules.ts';
import { GRANT_CLAWBACK_REFUSED, GRANT_NOTHING_TO_CLAW_BACK } from './grants.errors.ts';

export type ClawbackReason = 'eligible_cost' | 'purpose_ended' | 'other';

/** What somebody says about a clawback; which of it is asked for hangs on the reason. */
export interface ClawbackClaim {
  readonly reason: ClawbackReason;
  /** For `other` only. */
  readonly amountCents?: number | undefined;
  /** For `purpose_ended` only: first day on which the purpose was no longer served. */
  readonly endedOn?: Day | undefined;
}

export interface ClawbackFacts {
  readonly sums: Pick<GrantSums, 'receivedCents' | 'clawedBackCents'>;
  readonly eligibleCents: number;
  readonly entitledCents: number;
  /** Half-open days for which the purpose is bound. */
  readonly purposeFrom: Day;
  readonly purposeTo: Day;
}

/** How the amount came about, so that anybody can compute it again. */
export type ClawbackDerivation =
  | {
      readonly rule: 'eligible_cost';
      readonly eligibleCents: number;
      readonly entitledCents: number;
      readonly receivedCents: number;
      readonly clawedBackCents: number;
    }
  | {
      readonly rule: 'purpose_ended';
      readonly keptCents: number;
      readonly purposeDays: number;
      readonly lostDays: number;
      readonly exactCents: string;
    }
  | { readonly rule: 'stated'; readonly keptCents: number };

export interface Clawback {
  readonly amountCents: number;
  readonly derivation: ClawbackDerivation;
}

/** @throws DomainError GRANT_CLAWBACK_REFUSED, GRANT_NOTHING_TO_CLAW_BACK */
export function clawbackOf(claim: ClawbackClaim, facts: ClawbackFacts): Clawback {
  assertAsked(claim);
  const { receivedCents, clawedBackCents } = facts.sums;
  const keptCents = receivedCents - clawedBackCents;
  const clawback = toClawback(claim, facts, keptCents);
  if (clawback.amountCents > 0) return clawback;
  throw new DomainError(
    GRANT_NOTHING_TO_CLAW_BACK,
    `${receivedCents} cents were received and ${clawedBackCents} demanded back; nothing more is to be paid back for this reason.`,
  );
}

function toClawback(claim: ClawbackClaim, facts: ClawbackFacts, keptCents: number): Clawback {
  const { sums, eligibleCents, entitledCents } = facts;
  switch (claim.reason) {
    case 'eligible_cost':
      return {
        amountCents: Math.max(0, keptCents - entitledCents),
        derivation: { rule: 'eligible_cost', eligibleCents, entitledCents, ...sums },
      };
    case 'purpose_ended':
      return proRata(claim.endedOn ?? '', facts, keptCents);
    case 'other':
      return stated(claim.amountCents ?? 0, keptCents);
  }
}

/** By days, with the one rule of rounding: what stays and what goes back add up to what there was. */
function proRata(endedOn: Day, { purposeFrom, purposeTo }: ClawbackFacts, keptCents: number): Clawback {
  if (endedOn < purposeFrom || endedOn >= purposeTo) {
    throw new DomainError(
      GRANT_CLAWBACK_REFUSED,
      `The purpose is bound from ${purposeFrom} until before ${purposeTo}; ${endedOn} is not within.`,
      { pointer: '/endedOn' },
    );
  }
  const purposeDays = daysBetween(purposeFrom, purposeTo);
  const lostDays = daysBetween(endedOn, purposeTo);
  const kept = toBigCents(keptCents);
  const portions = apportion(kept, [
    { id: 'kept', weight: BigInt(purposeDays - lostDays) },
    { id: 'repaid', weight: BigInt(lostDays) },
  ]);
  const repaid = portions.find(({ id }) => id === 'repaid');
  const exactCents = formatFraction(kept * BigInt(lostDays), BigInt(purposeDays));
  return {
    amountCents: fromBigCents(repaid?.amount ?? 0n),
    derivation: { rule: 'purpose_ended', keptCents, purposeDays, lostDays, exactCents },
  };
}

function stated(amountCents: number, keptCents: number): Clawback {
  if (amountCents > keptCents) {
    throw new DomainError(
      GRANT_CLAWBACK_REFUSED,
      `Of what was received ${keptCents} cents are not yet demanded back.`,
      { pointer: '/amountCents' },
    );
  }
  return { amountCents, derivation: { rule: 'stated', keptCents } };
}

/** The amount is stated where no rule gives it, and nowhere else; so is the day. */
function assertAsked({ reason, amountCents, endedOn }: ClawbackClaim): void {
  const asked = [
    { pointer: '/amountCents', isGiven: amountCents !== undefined, isNeeded: reason === 'other' },
    { pointer: '/endedOn', isGiven: endedOn !== undefined, isNeeded: reason === 'purpose_ended' },
  ];
  const wrong = asked.find(({ isGiven, isNeeded }) => isGiven !== isNeeded);
  if (wrong === undefined) return;
  const { pointer, isNeeded } = wrong;
  throw new DomainError(
    GRANT_CLAWBACK_REFUSED,
    `${pointer.slice(1)} ${isNeeded ? 'is needed for' : 'does not go with'} the reason ${reason}.`,
    { pointer },
  );
}
