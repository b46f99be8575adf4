import { groupBy } from '../../../platform/collections.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError, type FieldError } from '../../../platform/errors.ts';
import { hashOf } from '../../../platform/hash.ts';
import { newId } from '../../../platform/ids.ts';
import { sumCents } from '../../../platform/money/index.ts';
import { audit } from '../../audit/index.ts';
import { getLockedPeriod, type PeriodRow, settlePeriod } from '../../costing/index.ts';
import { openItemsOf } from '../payments/open-items.repo.ts';
import type { Offset, OpenItemRow } from '../payments/open-items.types.ts';
import { insertOffsets } from '../payments/payment-offsets.service.ts';
import { assertCorrected } from './open-corrections.service.ts';
import { assertNoDrafts } from './open-drafts.service.ts';
import { planOffsets } from './settlement-figures.rules.ts';
import {
  SETTLEMENT_EXISTS,
  SETTLEMENT_MEMBER_UNKNOWN,
  SETTLEMENT_MISMATCH,
  SETTLEMENT_NO_CLAIM,
  SETTLEMENT_NOT_READY,
} from './settlements.errors.ts';
import * as repo from './settlements.repo.ts';
import type { CreateSettlement, FiguresView, SettledMember } from './settlements.schemas.ts';

type Credit = CreateSettlement['credits'];
type FiguresFor = (
  tx: HatTx,
  centreId: string,
  period: PeriodRow,
  items: readonly OpenItemRow[],
) => Promise<FiguresView>;

/** Keeps the figures that were seen for good, sets credits off as decided, and ends the period. Says the id. */
export async function settleMembers(
  tx: HatTx,
  ctx: HatContext,
  centreId: string,
  input: CreateSettlement,
  figuresFor: FiguresFor,
): Promise<string> {
  await repo.lockSettling(tx, centreId);
  const period = await getLockedPeriod(tx, input.periodId);
  const items = await openItemsOf(tx, centreId, { periodId: period.id });
  const figures = await figuresFor(tx, centreId, period, items);
  assertCorrected(period, figures.corrections);
  assertNoDrafts(period, figures.drafts);
  assertReady(figures, input.contentHash);
  const decisions = decisionsOf(input, figures);
  const credits = items.filter(({ openCents }) => openCents < 0);
  const offsets = await offsetsOf(tx, centreId, period, credits, decisions);
  const paymentIds = await insertOffsets(tx, ctx, centreId, offsets);
  const placed = offsets.map((offset, at) => ({ ...offset, paymentId: paymentIds[at] as string }));
  const members = figures.members.map(
    (member): SettledMember => ({
      ...member,
      credit: creditOf(
        credits.filter(({ organisationId }) => organisationId === member.organisationId),
        decisions.get(member.organisationId) ?? input.credits,
        placed,
      ),
    }),
  );
  const id = newId();
  const { code: periodCode, startsOn, endsOn } = period;
  const content = { centreId, periodId: period.id, periodCode, startsOn, endsOn, members };
  const contentHash = hashOf(content);
  await repo.insertSettlement(tx, ctx, { ...content, id, contentHash });
  await settlePeriod(tx, ctx, period.id);
  await audit(tx, ctx, {
    action: 'billing.period-settled',
    entityType: 'settlement',
    entityId: id,
    details: { period: periodCode, members: members.length, offsets: offsets.length, contentHash },
  });
  return id;
}

function assertReady({ settlementId, gaps, contentHash, period }: FiguresView, seen: string): void {
  if (settlementId !== null) throw new DomainError(SETTLEMENT_EXISTS, `${period.code} is settled.`);
  const errors = gaps.map(({ code, memberName, text, errors: reasons }) => ({
    pointer: '/periodId',
    code,
    detail: [`${memberName ?? period.code}: ${text}`, ...reasons.map(({ detail }) => detail)].join(' '),
  }));
  if (errors.length > 0) {
    throw new DomainError(SETTLEMENT_NOT_READY, errors[0]?.detail ?? '', { errors });
  }
  if (contentHash === seen) return;
  throw new DomainError(SETTLEMENT_MISMATCH, 'The figures changed since you saw them.', {
    pointer: '/contentHash',
  });
}

/** By member, also for those that are not named apart. */
function decisionsOf(
  { credits, exceptions = [] }: CreateSettlement,
  { members }: FiguresView,
): ReadonlyMap<string, Credit> {
  const decisions = new Map<string, Credit>(members.map(({ organisationId }) => [organisationId, credits]));
  const named = exceptions.map(
    ({ organisationId, credit }) => [organisationId.toLowerCase(), credit] as const,
  );
  const errors = named.flatMap(([id], at): FieldError[] => {
    const pointer = `/exceptions/${at}/organisationId`;
    if (!decisions.has(id))
      return [{ pointer, code: 'unknown', detail: 'nothing is settled with this member' }];
    return named.findIndex(([other]) => other === id) === at
      ? []
      : [{ pointer, code: 'repeated', detail: 'is named twice' }];
  });
  if (errors.length > 0)
    throw new DomainError(SETTLEMENT_MEMBER_UNKNOWN, `${errors[0]?.detail}.`, { errors });
  for (const [id, credit] of named) decisions.set(id, credit);
  return decisions;
}

/** @throws DomainError SETTLEMENT_NO_CLAIM for a member whose credit finds no claim at all */
async function offsetsOf(
  tx: HatTx,
  centreId: string,
  { endsOn }: PeriodRow,
  credits: readonly OpenItemRow[],
  decisions: ReadonlyMap<string, Credit>,
): Promise<Offset[]> {
  const wanted = credits.filter(({ organisationId }) => decisions.get(organisationId) === 'offset');
  if (wanted.length === 0) return [];
  const organisationIds = [...new Set(wanted.map(({ organisationId }) => organisationId))];
  const claims = (await openItemsOf(tx, centreId, { organisationIds })).filter(
    ({ openCents }) => openCents > 0,
  );
  const offsets = planOffsets(wanted, claims, endsOn);
  const missing = wanted.find(
    ({ organisationId }) => !claims.some((claim) => claim.organisationId === organisationId),
  );
  if (missing === undefined) return offsets;
  throw new DomainError(SETTLEMENT_NO_CLAIM, `Nothing is claimed of ${missing.memberName}.`, {
    pointer: '/credits',
  });
}

/** What becomes of the credits of a member; what an offset leaves over stays a credit. */
function creditOf(
  credits: readonly OpenItemRow[],
  decision: Credit,
  offsets: readonly (Offset & { readonly paymentId: string })[],
): SettledMember['credit'] {
  if (credits.length === 0) return null;
  const offsetBy = groupBy(offsets, ({ from }) => from.chainId);
  return {
    decision,
    amountCents: sumCents(credits.map(({ openCents }) => -openCents)),
    offsets: credits.flatMap(({ chainId }) =>
      (offsetBy.get(chainId) ?? []).map(({ from, to, amountCents, paymentId }) => ({
        fromNumber: from.number,
        toNumber: to.number,
        amountCents,
        paymentId,
      })),
    ),
    payouts:
      decision === 'payout'
        ? credits.map(({ number, openCents }) => ({ number, amountCents: -openCents }))
        : [],
  };
}
