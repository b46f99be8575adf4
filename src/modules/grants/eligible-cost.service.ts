import type { Day } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { ownCentre } from '../../platform/http/own-centre.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import { type CostLineView, listTaggedLines, type TaggedScope, taggedSums } from '../costing/index.ts';
import type { EligibleCostQuery, EligibleCostView, GrantCostLineQuery } from './eligible-cost.schemas.ts';
import { availableCents, balanceOf, entitlementOf, financingOf } from './grant-money.rules.ts';
import { GRANT_DAY_REFUSED, GRANT_STATE_REFUSED } from './grants.errors.ts';
import { getGrantRow } from './grants.reading.service.ts';
import type { GrantRow } from './grants.repo.ts';
import { otherTags } from './grants.repo.ts';
import { awardOf } from './grants.views.ts';

const LINES = 'grant-cost-lines';

export type EligibleCostService = ReturnType<typeof createEligibleCostService>;

/** What the books say about the cost of a grant, and what that gives. */
export function createEligibleCostService(db: Database) {
  return {
    eligibleCost: (ctx: HatContext, id: string, { to }: EligibleCostQuery): Promise<EligibleCostView> =>
      withHatTx(db, ctx, async (tx) => {
        const grant = await getGrantRow(tx, id);
        ownCentre(ctx);
        const days = daysOf(grant, to, '/query/to');
        return toView(grant, days, await costOf(tx, grant, days.to));
      }),

    async lines(
      ctx: HatContext,
      id: string,
      { limit, cursor, eligible, tag, to }: GrantCostLineQuery,
    ): Promise<Page<CostLineView>> {
      const after =
        cursor === undefined ? undefined : decodeCursor(LINES, cursor, ['string', 'uuid'] as const);
      const rows = await withHatTx(db, ctx, async (tx) => {
        const grant = await getGrantRow(tx, id);
        ownCentre(ctx);
        const scope = scopeOf(grant, daysOf(grant, to, '/query/to').to);
        return listTaggedLines(tx, scope, { isTagged: eligible, tag }, after, limit + 1);
      });
      return toPage(
        rows,
        limit,
        LINES,
        (row) => [row.bookedOn, row.id],
        (row) => row,
      );
    },
  };
}

/** Half-open days of the approved period up to one of them. @throws DomainError GRANT_STATE_REFUSED, GRANT_DAY_REFUSED */
export function daysOf(grant: GrantRow, to: Day | undefined, pointer: string): { from: Day; to: Day } {
  const { approvedFrom, approvedTo, status, number } = grant;
  if (approvedFrom === null || approvedTo === null || status === 'withdrawn') {
    throw new DomainError(
      GRANT_STATE_REFUSED,
      `The grant ${number} is ${status}; there is no approved period.`,
    );
  }
  const end = to ?? approvedTo;
  if (end > approvedFrom && end <= approvedTo) return { from: approvedFrom, to: end };
  throw new DomainError(
    GRANT_DAY_REFUSED,
    `${end} is not after ${approvedFrom}, or beyond ${approvedTo}, the day after the approved period.`,
    { pointer },
  );
}

export interface CostOfGrant {
  readonly byTag: readonly {
    readonly tag: string;
    readonly rowCount: number;
    readonly amountCents: number;
  }[];
  readonly eligible: { readonly rowCount: number; readonly amountCents: number };
  readonly notEligible: { readonly rowCount: number; readonly amountCents: number };
  /** Eligible cost that bears a tag of another grant as well. */
  readonly sharedCents: number;
  /** What the eligible cost gives of the award. */
  readonly entitledCents: number;
}

/** Reads the books before a day of the approved period. */
export async function costOf(tx: HatTx, grant: GrantRow, to: Day): Promise<CostOfGrant> {
  const others = await otherTags(tx, grant.centreId, grant.id);
  const sums = await taggedSums(tx, scopeOf(grant, to), others);
  const nothing = { rowCount: 0, amountCents: 0, sharedCents: 0 };
  const sumOf = (isTagged: boolean) => {
    const found = sums.find((sum) => sum.tag === null && sum.isTagged === isTagged) ?? nothing;
    return { rowCount: found.rowCount, amountCents: found.amountCents, sharedCents: found.sharedCents };
  };
  const { sharedCents, ...eligible } = sumOf(true);
  const { sharedCents: _none, ...notEligible } = sumOf(false);
  const byTag = grant.tags.map((tag) => {
    const { rowCount, amountCents } = sums.find((sum) => sum.tag === tag) ?? nothing;
    return { tag, rowCount, amountCents };
  });
  const entitledCents = entitlementOf(awardOf(grant), eligible.amountCents);
  return { byTag, eligible, notEligible, sharedCents, entitledCents };
}

export function scopeOf(grant: GrantRow, to: Day): TaggedScope {
  const { centreId, tags, approvedFrom, serviceId, costCentreId } = grant;
  return { centreId, tags, from: approvedFrom ?? to, to, serviceId, costCentreId };
}

function toView(grant: GrantRow, days: { from: Day; to: Day }, cost: CostOfGrant): EligibleCostView {
  const { byTag, eligible, notEligible, sharedCents, entitledCents } = cost;
  const link = (query: Record<string, string>) =>
    `/api/v1/grants/${grant.id}/cost-lines?${new URLSearchParams({ ...query, to: days.to }).toString()}`;
  return {
    ...days,
    tags: byTag.map((sum) => ({ ...sum, costLines: link({ eligible: 'true', tag: sum.tag }) })),
    eligible: { ...eligible, costLines: link({ eligible: 'true' }) },
    notEligible: { ...notEligible, costLines: link({ eligible: 'false' }) },
    sharedCents,
    financing: financingOf(eligible.amountCents, notEligible.amountCents, entitledCents),
    availableCents: availableCents(entitledCents, grant),
    balance: balanceOf(entitledCents, grant),
  };
}
