import { groupBy } from '../../../platform/collections.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { DomainError } from '../../../platform/errors.ts';
import { hashOf } from '../../../platform/hash.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { formatCents, sumCents } from '../../../platform/money/index.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { textIn } from '../../../platform/texts.ts';
import { findPeriod, type PeriodRow, uncoveredCost } from '../../costing/index.ts';
import { openItemsBy, openItemsOf } from '../payments/open-items.repo.ts';
import type { OpenItemRow } from '../payments/open-items.types.ts';
import { chargeGapsOf } from './charge-gaps.service.ts';
import { openCorrectionsIn } from './open-corrections.service.ts';
import { openDraftsOf } from './open-drafts.service.ts';
import { settleMembers } from './settlement-creation.service.ts';
import { figuresOf, gapsOf } from './settlement-figures.rules.ts';
import { type Payout, payoutsOf } from './settlement-payouts.ts';
import * as repo from './settlements.repo.ts';
import type {
  CreateSettlement,
  FiguresView,
  SettlementQuery,
  SettlementView,
} from './settlements.schemas.ts';

const LIST = 'settlements';

export type SettlementsService = ReturnType<typeof createSettlementsService>;

/** The end of a period: what each member was asked for and paid against what it really cost, and what becomes of credits. */
export function createSettlementsService(db: Database) {
  return {
    /** As they are now, settled or not. */
    async figures(ctx: HatContext, periodId: string): Promise<FiguresView> {
      return withHatTx(db, ctx, async (tx) => {
        const period = await findPeriod(tx, periodId);
        if (period === undefined) throw new DomainError(NOT_FOUND, 'There is no such billing period.');
        const { centreId } = period;
        return figuresFor(tx, centreId, period, await openItemsOf(tx, centreId, { periodId }));
      });
    },

    async create(ctx: HatContext, input: CreateSettlement): Promise<SettlementView> {
      const centreId = ownCentre(ctx, input.centreId);
      return withHatTxOnce(db, ctx, async (tx) =>
        getSettlement(tx, ctx, await settleMembers(tx, ctx, centreId, input, figuresFor)),
      );
    },

    get: (ctx: HatContext, id: string): Promise<SettlementView> =>
      withHatTx(db, ctx, (tx) => getSettlement(tx, ctx, id)),

    async list(ctx: HatContext, { limit, cursor, periodId }: SettlementQuery): Promise<Page<SettlementView>> {
      const [before] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) =>
        repo.listSettlements(tx, ctx, periodId, before, limit + 1),
      );
      return toPage(rows, limit, LIST, (row) => [row.id], toSettlementView);
    },

    /** What the treasury is still to pay out, with the account where exactly one is confirmed, and what the member owes. */
    payouts: (ctx: HatContext, id: string): Promise<Payout[]> =>
      withHatTx(db, ctx, async (tx) => {
        const { centreId, members } = await getSettlement(tx, ctx, id);
        ownCentre(ctx);
        const numbers = members.flatMap(({ credit }) => (credit?.payouts ?? []).map(({ number }) => number));
        const items = await openItemsBy(tx, centreId, 'number', numbers);
        const open = new Map([...items].map(([number, { openCents }]) => [number, openCents]));
        const organisationIds = [...new Set([...items.values()].map(({ organisationId }) => organisationId))];
        const claims = (await openItemsOf(tx, centreId, { organisationIds })).map((item) => ({
          ...item,
          owedCents: Math.max(item.openCents, 0) + item.writtenOffCents,
        }));
        const claimed = [...groupBy(claims, ({ organisationId }) => organisationId)].map(
          ([organisationId, own]) =>
            [organisationId, sumCents(own.map(({ owedCents }) => owedCents))] as const,
        );
        return payoutsOf({ members }, open, await repo.payoutAccounts(tx, centreId), new Map(claimed));
      }),
  };
}

async function figuresFor(
  tx: HatTx,
  centreId: string,
  period: PeriodRow,
  items: readonly OpenItemRow[],
): Promise<FiguresView> {
  const { id, code, startsOn, endsOn } = period;
  const members = figuresOf(items).map((member) => ({ ...member, documents: [...member.documents] }));
  const shown = { period: { id, code, startsOn, endsOn }, members };
  const settlementId = (await repo.findSettlementOf(tx, centreId, id)) ?? null;
  const gaps = [...(settlementId === null ? await chargeGapsOf(tx, period) : []), ...gapsOf(members)];
  return {
    ...shown,
    gaps: gaps.map((gap) => ({
      ...gap,
      errors: gap.errors.map((error) => ({ ...error })),
      text: textIn('de', `billing.settlement.gap.${gap.code}`, {
        difference: formatCents(gap.differenceCents ?? 0, 'de'),
      }),
    })),
    corrections: settlementId === null ? await openCorrectionsIn(tx, period) : [],
    drafts: settlementId === null ? await openDraftsOf(tx, period) : [],
    uncoveredCost: await uncoveredCost(tx, period),
    settlementId,
    contentHash: hashOf(shown),
  };
}

async function getSettlement(tx: HatTx, ctx: HatContext, id: string): Promise<SettlementView> {
  const row = await repo.findSettlement(tx, ctx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such settlement.');
  return toSettlementView(row);
}

function toSettlementView(row: repo.SettlementRow): SettlementView {
  const { id, centreId, members, contentHash, settledBy, settledByName } = row;
  return {
    id,
    centreId,
    period: { id: row.periodId, code: row.periodCode, startsOn: row.startsOn, endsOn: row.endsOn },
    members,
    contentHash,
    settled: {
      by: settledBy === null ? null : { id: settledBy, name: settledByName ?? '' },
      at: row.settledAt,
    },
  };
}
