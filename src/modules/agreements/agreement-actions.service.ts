import { type Day, dayOf } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { DomainError, type FieldError } from '../../platform/errors.ts';
import { preconditionFailed } from '../../platform/http/etags.ts';
import { ownCentre } from '../../platform/http/own-centre.ts';
import { audit } from '../audit/index.ts';
import {
  AGREEMENT_DRAFT_MISSING,
  COVERAGE_OVERLAPS,
  LATER_DAYS_LOST,
  TERMINATION_REFUSED,
} from './agreements.errors.ts';
import * as repo from './agreements.repo.ts';
import { laterDaysLost, refuseTermination } from './agreements.rules.ts';
import type {
  AgreementVersionView,
  BringIntoForce,
  CreateAgreementVersion,
  Terminate,
} from './agreements.schemas.ts';
import type { ClauseCheck } from './clause-checks.ts';
import * as coverage from './coverage.repo.ts';
import { agreementNotFound, assertTerms, termsOf } from './terms.service.ts';

/** Makes the draft the wording in force on its days; what the agreement had in force on them ends on the first. Says what its clauses lack. */
export async function bringIntoForce(
  tx: HatTx,
  ctx: HatContext,
  { id, version, number }: BringIntoForce & { readonly id: string; readonly version: number },
  clauseChecks: readonly ClauseCheck[],
): Promise<FieldError[]> {
  const centreId = ownCentre(ctx);
  await coverage.lockCoverage(tx, centreId);
  await lockAt(tx, id, version);
  const draft = await getDraft(tx, id, number);
  // Members may have left since the draft was written.
  await assertTerms(tx, centreId, { ...draft, serviceIds: draft.services });
  await assertNoDaysLost(tx, id, draft, dayOf(ctx.now));
  const ended = await coverage.cutVersions(tx, id, draft);
  const [overlap] = await coverage.findOverlaps(tx, draft.id);
  if (overlap !== undefined)
    throw new DomainError(COVERAGE_OVERLAPS, `The agreement "${overlap}" covers some of it already.`);
  await coverage.putIntoForce(tx, draft.id, ctx.now);
  await repo.touchAgreement(tx, id);
  const { validFrom, validTo, organisationIds, services } = draft;
  await audit(tx, ctx, {
    action: 'agreements.brought-into-force',
    entityType: 'agreement',
    entityId: id,
    details: { number: draft.number, ended, validFrom, validTo, organisationIds, services },
  });
  const warnings: FieldError[] = [];
  for (const check of clauseChecks) warnings.push(...(await check(tx, centreId, draft)));
  return warnings;
}

/** A version in force can be shortened, not split or begun later: its days after the draft would be nobody's. */
async function assertNoDaysLost(tx: HatTx, id: string, draft: coverage.HeldDays, today: Day): Promise<void> {
  if (draft.validTo === null) return;
  const beyond = await coverage.findReachingBeyond(tx, id, draft.validTo);
  if (beyond === undefined) return;
  const detail = laterDaysLost({ ...draft, validTo: draft.validTo }, beyond, today);
  throw new DomainError(LATER_DAYS_LOST, detail, { pointer: '/validTo' });
}

/** Ends all that the agreement has in force on a day that is not past; a draft stays. */
export async function terminate(
  tx: HatTx,
  ctx: HatContext,
  id: string,
  version: number,
  { validTo }: Terminate,
): Promise<void> {
  await coverage.lockCoverage(tx, ownCentre(ctx));
  await lockAt(tx, id, version);
  const refusal = refuseTermination(validTo, dayOf(ctx.now), await coverage.findLatestEnd(tx, id));
  if (refusal !== undefined) {
    const errors = [{ pointer: '/validTo', code: 'NOT_POSSIBLE', detail: refusal }];
    throw new DomainError(TERMINATION_REFUSED, `/validTo ${refusal}.`, { errors });
  }
  const ended = await coverage.cutVersions(tx, id, { validFrom: validTo, validTo: null }, 'terminated');
  await repo.touchAgreement(tx, id);
  await audit(tx, ctx, {
    action: 'agreements.terminated',
    entityType: 'agreement',
    entityId: id,
    details: { validTo, ended },
  });
}

/** The draft that a change is meant for, and the version of the agreement it was read with. */
export interface DraftTarget {
  readonly id: string;
  readonly number: number;
  readonly version: number;
}

/** Rewrites the draft. */
export async function changeDraft(
  tx: HatTx,
  ctx: HatContext,
  { id, number, version }: DraftTarget,
  input: CreateAgreementVersion,
): Promise<void> {
  const centreId = ownCentre(ctx);
  await lockAt(tx, id, version);
  const draft = await getDraft(tx, id, number);
  const terms = termsOf(input);
  await assertTerms(tx, centreId, terms);
  await repo.updateDraft(tx, { id: draft.id, centreId, agreementId: id, ...terms });
  await repo.touchAgreement(tx, id);
  await audit(tx, ctx, {
    action: 'agreements.draft-changed',
    entityType: 'agreement',
    entityId: id,
    details: { number, ...terms },
  });
}

async function lockAt(tx: HatTx, id: string, version: number): Promise<void> {
  const present = await repo.lockAgreement(tx, id);
  if (present === undefined) throw agreementNotFound();
  if (present !== version) throw preconditionFailed();
}

async function getDraft(tx: HatTx, id: string, number: number | undefined): Promise<AgreementVersionView> {
  const draft = await repo.findDraft(tx, id);
  if (draft === undefined) throw new DomainError(AGREEMENT_DRAFT_MISSING, 'The agreement has no draft.');
  if (number !== undefined && number !== draft.number)
    throw new DomainError(AGREEMENT_DRAFT_MISSING, `The draft is version ${draft.number}, not ${number}.`);
  return draft;
}
