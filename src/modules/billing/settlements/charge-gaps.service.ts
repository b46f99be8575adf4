import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { compareIds } from '../../../platform/money/index.ts';
import { missingRun, type PeriodRow } from '../../costing/index.ts';
import { memberNames } from '../statements/statement-batches.repo.ts';
import { membersWithNets } from '../statements/statement-drafts.rules.ts';
import {
  blockedMembers,
  type ChargedPeriod,
  chargedIn,
  missingDrafts,
} from '../statements/statement-preparation.service.ts';
import { STATEMENT_SOURCE_MISSING } from '../statements/statements.errors.ts';
import { VAT_CHANGES_WITHIN_PERIOD } from '../vat.errors.ts';
import { differencesOf, isOfMoney, type SettlementGap } from './settlement-figures.rules.ts';

/**
 * What a period charges and the documents do not say: what a batch would draft now, by the very comparison, and whom it would leave out.
 * Once the period is settled, none of it could be charged any more.
 */
export async function chargeGapsOf(tx: HatTx, period: PeriodRow): Promise<SettlementGap[]> {
  const missing = await missingRun(tx, period.id);
  // Compared with prices alone all that the run will charge would look like too much.
  if (missing === 'on_its_way') return [ofPeriod('RUN_MISSING')];
  // After a run that nothing followed prices may charge the period, and what was invoiced of the run is credited; else one has to follow.
  const withoutCharges = missing === null ? [] : [ofPeriod('RUN_MISSING')];
  // More may come to it, and it is not settled before.
  if (period.recordedUntil === null) return withoutCharges;
  const charged = await chargesOrWhyNot(tx, period);
  if (charged === undefined) return withoutCharges;
  if ('code' in charged) return [charged];
  const { charges } = charged;
  const common = { batchId: null, runId: charges?.runId ?? null, dueOn: null, notes: [] };
  const drafts = await missingDrafts(tx, period, charged, common);
  const withNets = membersWithNets(charged.sent, charged.lines);
  const differences = differencesOf(
    drafts.filter((draft) => !withNets.has(draft.organisationId) || isOfMoney(draft)),
  );
  const names = await memberNames(tx, [...differences.keys()]);
  const blocked = (await blockedMembers(tx, charged.errorsByMember)).flatMap(
    ({ organisationId, memberName, errors }) =>
      withNets.has(organisationId) && errors.every(({ code }) => code === VAT_CHANGES_WITHIN_PERIOD.code)
        ? [] // What was determined after it was billed rewrites no document, and no document could say it.
        : [{ organisationId, memberName, code: 'MEMBER_BLOCKED', differenceCents: null, errors } as const],
  );
  const differing = [...differences].map(
    ([organisationId, differenceCents]) =>
      ({
        organisationId,
        memberName: names.get(organisationId) ?? '',
        code: 'CHARGE_DIFFERS',
        differenceCents,
        errors: [],
      }) as const,
  );
  return [...blocked, ...differing].sort((a, b) => compareIds(a.organisationId, b.organisationId));
}

/** Nothing where the period charges nothing at all. */
async function chargesOrWhyNot(
  tx: HatTx,
  period: PeriodRow,
): Promise<ChargedPeriod | SettlementGap | undefined> {
  try {
    return await chargedIn(tx, period);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === STATEMENT_SOURCE_MISSING.code) return undefined;
    const { code, detail } = error.toProblemDetails();
    return ofPeriod('CHARGES_UNKNOWN', [{ pointer: '/periodId', code, detail }]);
  }
}

const ofPeriod = (code: SettlementGap['code'], errors: SettlementGap['errors'] = []): SettlementGap => ({
  organisationId: null,
  memberName: null,
  code,
  differenceCents: null,
  errors,
});
