import { dayOf } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { hashOf } from '../../platform/hash.ts';
import { type CostLineView, listTaggedLines } from '../costing/index.ts';
import { costOf, daysOf, scopeOf } from './eligible-cost.service.ts';
import { computeGrant } from './grant.rules.ts';
import { type ClawbackRow, type DrawdownRow, listClawbacks, listDrawdowns } from './grant-money.repo.ts';
import { balanceOf, financingOf } from './grant-money.rules.ts';
import { GRANT_PROOF_TOO_LONG } from './grants.errors.ts';
import type { GrantRow } from './grants.repo.ts';
import { findCentreNames } from './grants.repo.ts';
import type { ProofClawback, ProofDrawdown, ProofLine, ProofOfUse } from './proof-of-use.types.ts';

/** More lines than any approved period has; a proof is drawn at once and not in pages. */
const LINE_LIMIT = 20_000;

/** The proof by what the books say today. @throws DomainError GRANT_STATE_REFUSED, GRANT_PROOF_TOO_LONG */
export async function proofOf(tx: HatTx, ctx: HatContext, grant: GrantRow): Promise<ProofOfUse> {
  const { to } = daysOf(grant, undefined, '/path/id');
  const cost = await costOf(tx, grant, to);
  const lines = await eligibleLines(tx, grant, to);
  const drawdowns = await listDrawdowns(tx, grant.id);
  const clawbacks = await listClawbacks(tx, grant.id);
  const { eligible, notEligible, sharedCents, entitledCents } = cost;
  return {
    asOf: dayOf(ctx.now),
    ...(await factsOf(tx, grant)),
    lines: lines.map(toProofLine),
    notEligible,
    sharedCents,
    financing: financingOf(eligible.amountCents, notEligible.amountCents, entitledCents),
    drawdowns: drawdowns.map(toProofDrawdown),
    clawbacks: clawbacks.map(toProofClawback),
    sums: { receivedCents: grant.receivedCents, repaidCents: grant.repaidCents },
    balance: balanceOf(entitledCents, grant),
  };
}

/** SHA-256 of what the proof says, whatever the day on which it is drawn. */
export function hashOfProof({ asOf: _day, ...proof }: ProofOfUse): string {
  return hashOf(proof);
}

async function eligibleLines(tx: HatTx, grant: GrantRow, to: string): Promise<CostLineView[]> {
  const lines = await listTaggedLines(tx, scopeOf(grant, to), { isTagged: true }, undefined, LINE_LIMIT + 1);
  if (lines.length > LINE_LIMIT) {
    throw new DomainError(GRANT_PROOF_TOO_LONG, `There are more than ${LINE_LIMIT} eligible cost lines.`);
  }
  return lines.toReversed();
}

async function factsOf(tx: HatTx, grant: GrantRow): Promise<Pick<ProofOfUse, 'grant' | 'notice' | 'rule'>> {
  const { programme, rule, parties, leadId } = grant;
  const { centre, operator } = await findCentreNames(tx, grant.centreId);
  const { capCents } = computeGrant({ rule, parties: parties.length, eligibleCents: 0 });
  return {
    grant: {
      id: grant.id,
      number: grant.number,
      title: grant.title,
      centre,
      operator,
      programme: programme.name,
      authority: programme.authority,
      reference: programme.reference,
      lead: parties.find(({ organisationId }) => organisationId === leadId)?.name ?? '',
      parties: parties.map(({ name }) => name),
      tags: grant.tags,
    },
    notice: {
      number: grant.noticeNumber ?? '',
      noticeOn: grant.noticeOn ?? '',
      awardedCents: grant.awardedCents ?? 0,
      approvedFrom: grant.approvedFrom ?? '',
      approvedTo: grant.approvedTo ?? '',
      purposeEndsOn: grant.purposeEndsOn ?? '',
      proofDueOn: grant.proofDueOn ?? '',
    },
    rule: { percent: rule.percent, capCents, source: rule.source },
  };
}

function toProofLine({ id, bookedOn, voucherNumber, costType, text, amountCents }: CostLineView): ProofLine {
  return { id, bookedOn, voucherNumber, costType, text, amountCents };
}

function toProofDrawdown(row: DrawdownRow): ProofDrawdown {
  const { number, status, requestedOn, costTo, amountCents, receivedOn, receivedCents, voucherNumber } = row;
  return { number, status, requestedOn, costTo, amountCents, receivedOn, receivedCents, voucherNumber };
}

function toProofClawback(row: ClawbackRow): ProofClawback {
  const { number, status, reason, demandedOn, dueOn, amountCents, repaidOn, voucherNumber } = row;
  return { number, status, reason, demandedOn, dueOn, amountCents, repaidOn, voucherNumber };
}
