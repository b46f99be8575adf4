import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { withHatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { isOwnCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { ruleSetOn } from './vat.rules.ts';
import type { VatYearTurnovers } from './vat.types.ts';
import { chargedAmounts } from './vat-charged.service.ts';
import { type LawChangeRow, lawChangeRows } from './vat-law-change.repo.ts';
import { lawChangeOf, lawChangeTotals, turnoversOf } from './vat-law-change.rules.ts';
import type { LawChangeQuery, LawChangeRowView, LawChangeView } from './vat-law-change.schemas.ts';
import { VAT_RULE_SETS } from './vat-rule-sets.ts';
import { firstDayAfterLegacy } from './vat-validity.rules.ts';

export type VatLawChangeService = ReturnType<typeof createVatLawChangeService>;

/** Which services change with the law of a day, for whom, and what that would have cost in a year that is posted. */
export function createVatLawChangeService(db: Database) {
  return {
    /** Of the centre whose hat is worn; empty under any other. */
    async report(ctx: HatContext, query: Omit<LawChangeQuery, 'format' | 'locale'>): Promise<LawChangeView> {
      const centreId = ctx.hat.id;
      if (query.centreId !== undefined && !isOwnCentre(centreId, query.centreId))
        throw new DomainError(NOT_FOUND, 'There is no such centre.', { pointer: '/query/centreId' });
      const { day = firstDayAfterLegacy(VAT_RULE_SETS) } = query;
      const { year = Number(day.slice(0, 4)) - 1 } = query;
      const { id: ruleSet } = ruleSetOn(day, VAT_RULE_SETS, '/query/day');
      const rows = await withHatTx(db, ctx, async (tx) =>
        lawChangeRows(tx, centreId, { day }, await chargedAmounts(tx, centreId, year)),
      );
      const turnovers = turnoversOf(query);
      const views = rows.map((row) => toRowView(row, day, turnovers));
      return { day, year, ruleSet, totals: lawChangeTotals(views), rows: views };
    },
  };
}

function toRowView(
  { before, doubted: _issuing, decided, forecastCents, ...row }: LawChangeRow,
  day: string,
  turnovers: VatYearTurnovers,
): LawChangeRowView {
  const facts = { postedCents: row.postedCents, before, decided, forecastCents, turnovers };
  return {
    ...row,
    determinationId: before?.determinationId ?? null,
    determinationNumber: before?.number ?? null,
    ...lawChangeOf(facts, day, VAT_RULE_SETS),
  };
}
