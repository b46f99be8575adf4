import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { compareIds } from '../../../platform/money/index.ts';
import { missingRun, type PeriodRow } from '../../costing/index.ts';
import { type ChargedPeriod, chargedIn } from '../statements/charged-period.service.ts';
import { memberNames } from '../statements/statement-batches.repo.ts';
import { membersWithNets, membersWithVat } from '../statements/statement-drafts.rules.ts';
import { blockedMembers, missingDrafts } from '../statements/statement-preparation.service.ts';
import { STATEMENT_SOURCE_MISSING } from '../statements/statements.errors.ts';
import { VAT_CHANGES_WITHIN_PERIOD } from '../vat/vat.errors.ts';
import {
  type ChargeGapCode,
  differencesOf,
  isOfMoney,
  type SettlementGap,
} from './settlement-figures.rules.ts';

type ChargeGap = SettlementGap<ChargeGapCode>;

/**
 * What a period charges and the documents do not say: what a batch would draft now, by the very comparison, and whom it would leave out.
 * Once the period is settled, none of it could be charged any more.
 */
export async function chargeGapsOf(tx: HatTx, period: PeriodRow): Promise<ChargeGap[]> {
  const missing = await missingRun(tx, period);
  // Compared with prices alone all that the run will charge would look like too much.
  if (missing !== undefined) return [ofPeriod('RUN_MISSING', missing.errors)];
  // More may come to it, and it is not settled before.
  if (period.recordedUntil === null) return [];
  const charged = await chargesOrWhyNot(tx, period);
  if (charged === undefined) return [];
  return 'code' in charged ? [charged] : membersWithGaps(tx, period, charged);
}

async function membersWithGaps(tx: HatTx, period: PeriodRow, charged: ChargedPeriod): Promise<ChargeGap[]> {
  const common = { batchId: null, runId: charged.charges?.runId ?? null, dueOn: null, notes: [] };
  const drafts = await missingDrafts(tx, period, charged, common);
  const withNets = membersWithNets(charged.sent, charged.lines);
  const differences = differencesOf(
    drafts.filter((draft) => !withNets.has(draft.organisationId) || isOfMoney(draft)),
  );
  const names = await memberNames(tx, [...differences.keys()]);
  const withVat = membersWithVat(charged.sent, charged.taxed);
  const blocked = (await blockedMembers(tx, charged.errorsByMember)).flatMap(
    ({ organisationId, memberName, errors }) =>
      withNets.has(organisationId) &&
      withVat.has(organisationId) &&
      errors.every(({ code }) => code === VAT_CHANGES_WITHIN_PERIOD.code)
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

/** Nothing where the period charges nothing at all, and nothing was invoiced either. */
async function chargesOrWhyNot(tx: HatTx, period: PeriodRow): Promise<ChargedPeriod | ChargeGap | undefined> {
  try {
    return await chargedIn(tx, period);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === STATEMENT_SOURCE_MISSING.code) return undefined;
    const { code, detail } = error.toProblemDetails();
    return ofPeriod('CHARGES_UNKNOWN', [{ pointer: '/periodId', code, detail }]);
  }
}

const ofPeriod = (code: ChargeGapCode, errors: ChargeGap['errors'] = []): ChargeGap => ({
  organisationId: null,
  memberName: null,
  code,
  differenceCents: null,
  errors,
});
