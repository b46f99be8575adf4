import { DomainError } from '../../platform/errors.ts';
import {
  alignDecimals,
  fromBigCents,
  parseDecimal,
  resultCents,
  toBigCents,
} from '../../platform/money/index.ts';
import { GRANT_PERCENT_OUT_OF_RANGE } from './grants.errors.ts';

/**
 * How a programme funds a co-operation. The amounts come from its guideline, for example that of North
 * Rhine-Westphalia of 31 August 2021 for intermunicipal co-operation; they are input and never known here.
 */
export interface GrantRule {
  /** At most this much for two parties. */
  readonly baseCents: number;
  /** So much more for each further party. */
  readonly stepCents: number;
  /** At most this much where one party applies alone. */
  readonly singlePartyCents: number;
  /** Share of the eligible cost, from 0 to 100. */
  readonly percent: string;
}

export interface GrantInput {
  readonly rule: GrantRule;
  /** From 1. */
  readonly parties: number;
  /** From 0. */
  readonly eligibleCents: number;
}

export interface Grant {
  readonly capCents: number;
  /** Share of the eligible cost, cut off to the cent. */
  readonly percentCents: number;
  /** The smaller of the two. */
  readonly grantCents: number;
  /** Eligible cost that the parties bear themselves. */
  readonly ownShareCents: number;
}

/** @throws DomainError AMOUNT_OUT_OF_RANGE, DECIMAL_INVALID, GRANT_PERCENT_OUT_OF_RANGE */
export function computeGrant({ rule, parties, eligibleCents }: GrantInput): Grant {
  const eligible = toBigCents(eligibleCents, '/eligibleCents');
  const cap = capOf(rule, parties);
  const { units, hundred } = percentOf(rule);
  const share = (eligible * units) / hundred;
  const grant = share < cap ? share : cap;
  return {
    capCents: resultCents(cap, 'capCents', '/rule'),
    percentCents: fromBigCents(share),
    grantCents: fromBigCents(grant),
    ownShareCents: fromBigCents(eligible - grant),
  };
}

function capOf(rule: GrantRule, parties: number): bigint {
  const single = toBigCents(rule.singlePartyCents, '/rule/singlePartyCents');
  const base = toBigCents(rule.baseCents, '/rule/baseCents');
  const step = toBigCents(rule.stepCents, '/rule/stepCents');
  return parties === 1 ? single : base + step * BigInt(parties - 2);
}

/** The percentage and 100 in the same integer units. */
function percentOf({ percent }: GrantRule): { units: bigint; hundred: bigint } {
  const pointer = '/rule/percent';
  const { units } = alignDecimals([parseDecimal(percent, () => pointer), { units: 100n, scale: 0 }]);
  const [share = 0n, hundred = 1n] = units;
  if (share < 0n || share > hundred) {
    throw new DomainError(GRANT_PERCENT_OUT_OF_RANGE, `${percent} is not from 0 to 100`, { pointer });
  }
  return { units: share, hundred };
}
