import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { mapConstraints } from '../../../platform/db/postgres-errors.ts';
import { DomainError, type FieldError } from '../../../platform/errors.ts';
import { preconditionFailed } from '../../../platform/http/etags.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { newId } from '../../../platform/ids.ts';
import { audit } from '../../audit/index.ts';
import { FOUR_EYES_REQUIRED, PERIOD_FROZEN } from '../costing.errors.ts';
import { holdPeriodsWithin } from '../periods/billing-periods.repo.ts';
import { cardNotFound, contentHashOf, mayApprove, refuseStart, termsOf } from './rate-card-versions.views.ts';
import {
  RATE_CARD_APPROVAL_MISMATCH,
  RATE_CARD_BACKDATED,
  RATE_CARD_DRAFT_EXISTS,
  RATE_CARD_DRAFT_MISSING,
  RATE_CARD_NAME_TAKEN,
  RATE_CARD_PRICES_INVALID,
} from './rate-cards.errors.ts';
import * as repo from './rate-cards.repo.ts';
import type { ApproveRateCard, CreateRateCard, CreateRateCardVersion } from './rate-cards.schemas.ts';
import { checkPrices } from './rate-prices.rules.ts';
import type { RatePrice } from './rate-prices.types.ts';

/** After the last day that any period can have. */
const END_OF_DAYS = '9999-12-31';

export async function createCard(tx: HatTx, ctx: HatContext, input: CreateRateCard): Promise<string> {
  const id = newId();
  const name = input.name.trim();
  await mapConstraints(
    { rate_cards_name_key: { problem: RATE_CARD_NAME_TAKEN, detail: `There is a rate card “${name}”.` } },
    () => repo.insertCard(tx, ctx, { id, name }),
  );
  await insertDraft(tx, ctx, id, input);
  await audit(tx, ctx, {
    action: 'costing.rate-card-created',
    entityType: 'rate_card',
    entityId: id,
    details: { name },
  });
  return id;
}

/** Drafts the next version and says its number. */
export async function draftVersion(
  tx: HatTx,
  ctx: HatContext,
  id: string,
  input: CreateRateCardVersion,
): Promise<number> {
  if ((await repo.lockCard(tx, id)) === undefined) throw cardNotFound();
  const present = await repo.findDraft(tx, id);
  if (present !== undefined)
    throw new DomainError(RATE_CARD_DRAFT_EXISTS, `Version ${present.number} is a draft already.`);
  await insertDraft(tx, ctx, id, input);
  await repo.touchCard(tx, id);
  const draft = await repo.findDraft(tx, id);
  if (draft === undefined) throw new Error('the draft just written is not there');
  await auditVersion(tx, ctx, 'costing.rate-card-drafted', draft);
  return draft.number;
}

export async function changeDraft(
  tx: HatTx,
  ctx: HatContext,
  { id, number, version }: { id: string; number: number; version: number },
  input: CreateRateCardVersion,
): Promise<void> {
  await lockAt(tx, id, version);
  const draft = await getDraft(tx, id, number);
  const terms = termsOf(input);
  await assertTerms(tx, ctx, id, terms);
  const contentHash = contentHashOf(terms);
  await repo.updateDraft(tx, ctx, { id: draft.id, contentHash, ...terms });
  await repo.touchCard(tx, id);
  await auditVersion(tx, ctx, 'costing.rate-card-draft-changed', { ...draft, contentHash });
}

/** Brings a draft into force that somebody else drafted; what held before ends on its first day. */
export async function approveVersion(
  tx: HatTx,
  ctx: HatContext,
  { id, version }: { id: string; version: number },
  { number, contentHash }: ApproveRateCard,
): Promise<void> {
  const centreId = ownCentre(ctx);
  await lockAt(tx, id, version);
  const draft = await getDraft(tx, id, number);
  if (!mayApprove(ctx, draft)) {
    throw new DomainError(
      FOUR_EYES_REQUIRED,
      `Version ${number} has to be approved by somebody who neither drafted nor changed it.`,
    );
  }
  if (contentHash !== draft.contentHash) {
    throw new DomainError(RATE_CARD_APPROVAL_MISMATCH, `Version ${number} has other prices.`, {
      pointer: '/contentHash',
    });
  }
  await assertTerms(tx, ctx, id, draft);
  await assertNothingFrozen(tx, centreId, draft, await repo.findLatest(tx, id));
  await repo.putIntoForce(tx, ctx, draft);
  await repo.touchCard(tx, id);
  await auditVersion(tx, ctx, 'costing.rate-card-approved', draft);
}

async function insertDraft(
  tx: HatTx,
  ctx: HatContext,
  rateCardId: string,
  input: CreateRateCardVersion,
): Promise<void> {
  const terms = termsOf(input);
  await assertTerms(tx, ctx, rateCardId, terms);
  await repo.insertDraft(tx, ctx, { id: newId(), rateCardId, contentHash: contentHashOf(terms), ...terms });
}

async function assertTerms(
  tx: HatTx,
  ctx: HatContext,
  rateCardId: string,
  { validFrom, validTo, prices }: repo.VersionTerms,
): Promise<void> {
  const errors: FieldError[] = [];
  if (validTo !== null && validTo <= validFrom)
    errors.push({ pointer: '/validTo', code: 'PERIOD_EMPTY', detail: 'must be after validFrom' });
  await assertPrices(tx, ownCentre(ctx), prices, errors);
  const latest = await repo.findLatest(tx, rateCardId);
  const refusal = refuseStart(validFrom, latest?.validFrom);
  if (refusal === undefined) return;
  throw new DomainError(RATE_CARD_BACKDATED, `/validFrom ${refusal}.`, { pointer: '/validFrom' });
}

/** @throws DomainError RATE_CARD_PRICES_INVALID with every wrong place, after those given */
export async function assertPrices(
  tx: HatTx,
  centreId: string,
  prices: readonly RatePrice[],
  before: readonly FieldError[] = [],
): Promise<void> {
  const serviceIds = prices.map(({ serviceId }) => serviceId);
  const known = await repo.findServiceIds(tx, centreId, serviceIds);
  const errors = [...before, ...checkPrices(prices, known)];
  const [first] = errors;
  if (first === undefined) return;
  throw new DomainError(RATE_CARD_PRICES_INVALID, `${first.pointer} ${first.detail}.`, { errors });
}

/** A new version changes what all its days cost, and those of a frozen period are counted. */
/** Prices change on the days of the new version, and where that ends earlier on what is left of the days of the one before. */
async function assertNothingFrozen(
  tx: HatTx,
  centreId: string,
  { validFrom, validTo }: repo.VersionTerms,
  before: repo.VersionTerms | undefined,
): Promise<void> {
  const ends = [validTo, before === undefined ? validFrom : before.validTo].map((day) => day ?? END_OF_DAYS);
  const periods = await holdPeriodsWithin(tx, centreId, validFrom, ends.sort().at(-1) ?? END_OF_DAYS);
  const frozen = periods.find(({ frozenAt }) => frozenAt !== null);
  if (frozen === undefined) return;
  throw new DomainError(
    PERIOD_FROZEN,
    `The period ${frozen.code} is ${frozen.state}; prices change from a later day on.`,
    { pointer: '/number' },
  );
}

async function lockAt(tx: HatTx, id: string, version: number): Promise<void> {
  const present = await repo.lockCard(tx, id);
  if (present === undefined) throw cardNotFound();
  if (present !== version) throw preconditionFailed();
}

async function getDraft(tx: HatTx, id: string, number: number): Promise<repo.VersionRow> {
  const row = await repo.findVersion(tx, id, number);
  if (row === undefined) throw cardNotFound();
  if (row.status === 'draft') return row;
  throw new DomainError(RATE_CARD_DRAFT_MISSING, `Version ${number} is ${row.status}.`);
}

async function auditVersion(
  tx: HatTx,
  ctx: HatContext,
  action: string,
  { rateCardId, number, contentHash }: Pick<repo.VersionRow, 'rateCardId' | 'number' | 'contentHash'>,
): Promise<void> {
  await audit(tx, ctx, {
    action,
    entityType: 'rate_card',
    entityId: rateCardId,
    details: { number, contentHash },
  });
}
