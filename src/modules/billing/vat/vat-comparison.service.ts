import type { Static } from 'typebox';
import { dayOf, plusDays } from '../../../platform/clock.ts';
import { groupBy } from '../../../platform/collections.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { withHatTx } from '../../../platform/db/hat.ts';
import {
  type ComparisonFile,
  type ComparisonQuery,
  compareRuns,
  comparisonFile,
} from '../../costing/index.ts';
import { ruleSetOn } from './vat.rules.ts';
import { vatExtras } from './vat-comparison.exports.ts';
import { type VatOfRow, vatOfRow, vatSums } from './vat-comparison.rules.ts';
import type { CompareWithVat, VatComparison } from './vat-comparison.schemas.ts';
import { type LawChangeRow, lawChangeRows } from './vat-law-change.repo.ts';
import { turnoversOf } from './vat-law-change.rules.ts';
import { VAT_RULE_SETS } from './vat-rule-sets.ts';

export type VatComparisonService = ReturnType<typeof createVatComparisonService>;

/** The comparison of costing with the VAT on both sides: what holds, and what the law of a day makes of it. */
export function createVatComparisonService(db: Database) {
  return {
    async compare(
      ctx: HatContext,
      input: CompareWithVat,
      query: Static<typeof ComparisonQuery>,
    ): Promise<VatComparison | ComparisonFile> {
      const today = dayOf(ctx.now);
      const comparison = await withVat(db, ctx, input, today);
      return comparisonFile(comparison, today, query, vatExtras(comparison, query.locale));
    },
  };
}

/** @throws DomainError what `compareRuns` throws; VAT_RULES_MISSING */
async function withVat(
  db: Database,
  ctx: HatContext,
  { vat: { day, ...named }, ...question }: CompareWithVat,
  today: string,
): Promise<VatComparison> {
  const { id: ruleSet } = ruleSetOn(day, VAT_RULE_SETS, '/vat/day');
  const turnovers = turnoversOf(named);
  const heldOn = today < day ? today : plusDays(day, -1);
  return withHatTx(db, ctx, async (tx) => {
    const { members, rows, ...head } = await compareRuns(tx, ctx, question);
    const asked = rows.map(({ serviceId, organisationId }) => ({
      serviceId,
      organisationId,
      amountCents: 0,
      pricedCents: 0,
    }));
    const determined = byPlace(await lawChangeRows(tx, ctx.hat.id, { day, heldOn }, asked));
    const taxed = rows.map((row) => ({
      ...row,
      vat: vatOfRow({ ...(determined.get(placeOf(row)) ?? NOTHING), ...row, turnovers }, day, VAT_RULE_SETS),
    }));
    const byMember = groupBy(taxed, ({ organisationId }) => organisationId);
    return {
      ...head,
      vat: { heldOn, day, ruleSet, ...turnovers, totals: sumsOf(taxed) },
      members: members.map((member) => ({
        ...member,
        vat: sumsOf(byMember.get(member.organisationId) ?? []),
      })),
      rows: taxed,
    };
  });
}

/** Who has neither a determination nor an open question. */
const NOTHING = { before: null, doubted: null, decided: null, forecastCents: null };

const placeOf = ({ serviceId, organisationId }: { serviceId: string; organisationId: string }) =>
  `${serviceId} ${organisationId}`;

function byPlace(rows: readonly LawChangeRow[]): ReadonlyMap<string, LawChangeRow> {
  return new Map(rows.map((row) => [placeOf(row), row]));
}

function sumsOf(rows: readonly { readonly vat: VatOfRow }[]) {
  return {
    base: vatSums(rows.map(({ vat }) => vat.base)),
    scenario: vatSums(rows.map(({ vat }) => vat.scenario)),
  };
}
