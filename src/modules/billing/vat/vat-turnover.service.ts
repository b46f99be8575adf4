import { type Moment, yearOf } from '../../../platform/clock.ts';
import { type HatContext, PLATFORM_HAT_ID, systemContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { newId } from '../../../platform/ids.ts';
import { formatCents, sumCents } from '../../../platform/money/index.ts';
import { textIn } from '../../../platform/texts.ts';
import { audit } from '../../audit/index.ts';
import { ruleSetOn } from './vat.rules.ts';
import type { VatTurnoverWatchView } from './vat-activity-groups.schemas.ts';
import { chargedAmounts } from './vat-charged.service.ts';
import { VAT_RULE_SETS } from './vat-rule-sets.ts';
import * as repo from './vat-turnover.repo.ts';
import { daysOfYear, passesLimit } from './vat-turnover.rules.ts';

export type VatTurnoverService = ReturnType<typeof createVatTurnoverService>;

type Watched = VatTurnoverWatchView['groups'][number];

/** Compares what was booked for like activities with the limit that their determinations rest on. */
export function createVatTurnoverService(db: Database) {
  return {
    /** Of the centre whose hat is worn; there is nothing to watch under any other. */
    watch: (ctx: HatContext, year: number): Promise<VatTurnoverWatchView> =>
      withHatTx(db, ctx, (tx) => turnoverOf(tx, ctx.hat.id, year)),

    /**
     * Looks at this year and the one before, whose runs are posted late, in every centre. A passed limit is written down once
     * for each group and year, however often this runs.
     */
    async warn(now: Moment): Promise<void> {
      const platform = systemContext({ kind: 'platform', id: PLATFORM_HAT_ID }, now, newId());
      const centreIds = await withHatTx(db, platform, repo.listCentreIds);
      for (const id of centreIds) {
        const ctx = systemContext({ kind: 'centre', id }, now, newId());
        await withHatTx(db, ctx, async (tx) => {
          for (const year of [yearOf(now) - 1, yearOf(now)]) await warnOf(tx, ctx, year);
        });
      }
    },
  };
}

async function turnoverOf(tx: HatTx, centreId: string, year: number): Promise<VatTurnoverWatchView> {
  const { from } = daysOfYear(year);
  const { id: ruleSet, groupLimitCents } = ruleSetOn(from, VAT_RULE_SETS, '/query/year');
  const { value: limitCents, source: limitSource } = groupLimitCents;
  const rows = await repo.watchedGroups(tx, centreId, year);
  const amounts = await chargedAmounts(tx, centreId, year);
  const groups = rows.map(({ serviceIds, ...row }): Watched => {
    const own = amounts.filter(({ serviceId }) => serviceIds.includes(serviceId));
    const bookedCents = sumCents(own.map(({ amountCents }) => amountCents));
    const pricedCents = sumCents(own.map((amount) => amount.pricedCents));
    const warning = passesLimit({ ...row, bookedCents }, limitCents)
      ? warningOf({ ...row, bookedCents }, year, limitCents)
      : null;
    return { ...row, bookedCents, pricedCents, warning };
  });
  const unwatched = await repo.unwatchedServices(tx, centreId, year);
  return { year, limitCents, limitSource, ruleSet, groups, unwatched };
}

function warningOf(
  { name, bookedCents }: Pick<Watched, 'name' | 'bookedCents'>,
  year: number,
  limitCents: number,
): Watched['warning'] {
  const values = {
    name,
    year: String(year),
    booked: formatCents(bookedCents, 'de'),
    limit: formatCents(limitCents, 'de'),
  };
  return {
    code: 'LIMIT_PASSED',
    reason: textIn('de', 'billing.vat-turnover.LIMIT_PASSED.reason', values),
    todo: textIn('de', 'billing.vat-turnover.LIMIT_PASSED.todo'),
  };
}

async function warnOf(tx: HatTx, ctx: HatContext, year: number): Promise<void> {
  const centreId = ctx.hat.id;
  const { groups, limitCents, ruleSet } = await turnoverOf(tx, centreId, year);
  for (const { groupId, bookedCents, warning } of groups) {
    if (warning === null) continue;
    const figures = { year, bookedCents, limitCents, ruleSet };
    const isNew = await repo.insertWarning(tx, { centreId, groupId, warnedAt: ctx.now, ...figures });
    if (!isNew) continue;
    const entry = { entityType: 'vat_activity_group', entityId: groupId, details: figures };
    await audit(tx, ctx, { action: 'billing.vat-turnover-warned', ...entry });
  }
}
