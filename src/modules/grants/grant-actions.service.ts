import { dayOf } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { hashOf } from '../../platform/hash.ts';
import { preconditionFailed } from '../../platform/http/etags.ts';
import { audit } from '../audit/index.ts';
import { FOUR_EYES_REQUIRED } from '../costing/index.ts';
import { GRANT_ACTIONS, type GrantAction } from './grant-states.rules.ts';
import {
  GRANT_APPROVAL_MISMATCH,
  GRANT_DAY_REFUSED,
  GRANT_MONEY_OPEN,
  GRANT_STATE_REFUSED,
  GRANT_TAG_TAKEN,
} from './grants.errors.ts';
import { holdGrantRow } from './grants.reading.service.ts';
import type { GrantRow } from './grants.repo.ts';
import * as repo from './grants.repo.ts';
import type { RecordGrantNotice, SubmitGrantProof } from './grants.schemas.ts';
import { isSecondOn, plannedGrant } from './grants.views.ts';
import { type GrantStep, updateGrant } from './grants.writing.repo.ts';
import { type Notice, noticeOf } from './notice.rules.ts';
import { assertDecisions } from './parties.rules.ts';
import { hashOfProof, proofOf } from './proof-of-use.facts.service.ts';

/** What an action says beside its name. */
export type GrantCommand =
  | { readonly action: 'submit' | 'close' }
  | { readonly action: 'record-notice'; readonly notice: RecordGrantNotice }
  | { readonly action: 'award'; readonly contentHash: string }
  | { readonly action: 'submit-proof'; readonly proof: SubmitGrantProof }
  | { readonly action: 'reject-notice' | 'withdraw'; readonly reason: string };

/** Moves a grant one step, if its state, the eyes and what is signed allow it. */
export async function actOnGrant(
  tx: HatTx,
  ctx: HatContext,
  id: string,
  version: number,
  command: GrantCommand,
): Promise<void> {
  const { action } = command;
  const row = await holdGrantRow(tx, id);
  if (row.version !== version) throw preconditionFailed();
  assertState(row, action);
  const step = await stepFor(tx, ctx, row, command);
  if (!(await updateGrant(tx, id, version, GRANT_ACTIONS[action].to, step))) throw preconditionFailed();
  await audit(tx, ctx, {
    action: `grants.grant-${action}`,
    entityType: 'grant',
    entityId: id,
    details: {
      number: row.number,
      from: row.status,
      contentHash: step['content_hash'] ?? row.contentHash,
      ...('reason' in command && { reason: command.reason }),
    },
  });
}

function assertState(row: GrantRow, action: GrantAction): void {
  const { from } = GRANT_ACTIONS[action];
  if (from.includes(row.status)) return;
  throw new DomainError(
    GRANT_STATE_REFUSED,
    `The grant ${row.number} is ${row.status}; ${action} needs ${from.join(' or ')}.`,
  );
}

/** What the step changes beside the state, once it is allowed. */
async function stepFor(tx: HatTx, ctx: HatContext, row: GrantRow, command: GrantCommand): Promise<GrantStep> {
  const ended = { ended_by: ctx.actor.id, ended_by_name: ctx.actor.name, ended_at: ctx.now };
  switch (command.action) {
    case 'submit':
      assertDecisions(row.parties);
      return {};
    case 'record-notice':
      return recordNotice(tx, ctx, row, command.notice);
    case 'reject-notice':
      return NO_NOTICE;
    case 'award':
      return award(ctx, row, command.contentHash);
    case 'submit-proof':
      return submitProof(tx, ctx, row, command.proof);
    case 'close':
      await assertSettled(tx, ctx, row);
      return ended;
    case 'withdraw':
      return { ...ended, end_reason: command.reason };
  }
}

async function recordNotice(
  tx: HatTx,
  ctx: HatContext,
  row: GrantRow,
  input: RecordGrantNotice,
): Promise<GrantStep> {
  const { appliedOn, rule } = row;
  const notice = noticeOf(input, {
    today: dayOf(ctx.now),
    appliedOn,
    plannedGrantCents: plannedGrant(row).grantCents,
    purposeYears: rule.purposeYears,
    proofDueMonths: rule.proofDueMonths,
  });
  await repo.lockGrants(tx, row.centreId);
  const takers = await repo.findTagTakers(tx, row, notice.approvedFrom, notice.approvedTo);
  if (takers.length > 0) {
    throw new DomainError(GRANT_TAG_TAKEN, `${takers.join(', ')} claims cost of ${row.tags.join(', ')}.`, {
      pointer: '/approvedFrom',
    });
  }
  return {
    notice_number: notice.number,
    notice_on: notice.noticeOn,
    awarded_cents: notice.awardedCents,
    approved_from: notice.approvedFrom,
    approved_to: notice.approvedTo,
    purpose_ends_on: notice.purposeEndsOn,
    proof_due_on: notice.proofDueOn,
    notice_by: ctx.actor.id,
    notice_by_name: ctx.actor.name,
    notice_at: ctx.now,
    content_hash: hashOf(contentOf(row, notice)),
  };
}

const NO_NOTICE: GrantStep = {
  notice_number: null,
  notice_on: null,
  awarded_cents: null,
  approved_from: null,
  approved_to: null,
  purpose_ends_on: null,
  proof_due_on: null,
  notice_by: null,
  notice_by_name: null,
  notice_at: null,
  content_hash: null,
};

/** What is signed: what was applied for, by whom and on which decisions, and what the authority wrote. */
function contentOf(row: GrantRow, notice: Notice) {
  return {
    centreId: row.centreId,
    number: row.number,
    title: row.title,
    programmeId: row.programme.id,
    ruleVersionId: row.rule.id,
    appliedOn: row.appliedOn,
    serviceId: row.serviceId,
    costCentreId: row.costCentreId,
    costType: row.costType,
    leadId: row.leadId,
    parties: row.parties
      .map(({ organisationId, decision }) => ({ organisationId, decision }))
      .toSorted((a, b) => (a.organisationId < b.organisationId ? -1 : 1)),
    tags: row.tags,
    costBeforeCents: row.costBeforeCents,
    costAfterCents: row.costAfterCents,
    savingsJustification: row.savingsJustification,
    plannedEligibleCents: row.plannedEligibleCents,
    notice: { ...notice },
  };
}

function award(ctx: HatContext, row: GrantRow, contentHash: string): GrantStep {
  if (!isSecondOn(ctx, row)) {
    throw new DomainError(
      FOUR_EYES_REQUIRED,
      `The notice of the grant ${row.number} has to be confirmed by somebody who did not record it.`,
    );
  }
  if (contentHash !== row.contentHash) {
    throw new DomainError(GRANT_APPROVAL_MISMATCH, `The grant ${row.number} says something else.`, {
      pointer: '/contentHash',
    });
  }
  return {
    awarded_by: ctx.actor.id,
    awarded_by_name: ctx.actor.name,
    awarded_at: ctx.now,
    awarded_content_hash: contentHash,
  };
}

/** Keeps what was proved: the books go on, and what was sent does not. */
async function submitProof(
  tx: HatTx,
  ctx: HatContext,
  row: GrantRow,
  { submittedOn, reference }: SubmitGrantProof,
): Promise<GrantStep> {
  if (submittedOn > dayOf(ctx.now)) {
    throw new DomainError(GRANT_DAY_REFUSED, `${submittedOn} is in the future.`, { pointer: '/submittedOn' });
  }
  const proof = await proofOf(tx, ctx, row);
  return {
    proof_on: submittedOn,
    proof_reference: reference,
    proof_eligible_cents: proof.financing.eligibleCents,
    proof_grant_cents: proof.financing.grantCents,
    proof_hash: hashOfProof(proof),
    proof_by: ctx.actor.id,
    proof_by_name: ctx.actor.name,
    proof_at: ctx.now,
  };
}

/** Nothing is on its way any more, and nothing was kept that has to go back. */
async function assertSettled(tx: HatTx, ctx: HatContext, row: GrantRow): Promise<void> {
  const { balance } = await proofOf(tx, ctx, row);
  const asked = row.drawnCents - row.receivedCents;
  if (asked === 0 && balance.toRepayCents === 0) return;
  throw new DomainError(
    GRANT_MONEY_OPEN,
    `${asked} cents are asked for and not received, ${balance.toRepayCents} cents are to be paid back.`,
  );
}
