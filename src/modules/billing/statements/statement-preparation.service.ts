import { groupBy } from '../../../platform/collections.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { hashOf } from '../../../platform/hash.ts';
import { textIn } from '../../../platform/texts.ts';
import { costClausesFor } from '../../agreements/index.ts';
import { audit } from '../../audit/index.ts';
import { getHeldPeriod, isRunAwaited, type PeriodRow, type PostedCharges } from '../../costing/index.ts';
import { type ChargedPeriod, chargedIn, type Taxed } from './charged-period.service.ts';
import { assertTakesCharges } from './settled-periods.service.ts';
import { contentHashOf } from './statement.rules.ts';
import * as batches from './statement-batches.repo.ts';
import { statementsOf } from './statement-drafts.rules.ts';
import { createDrafts } from './statement-issuing.service.ts';
import { STATEMENT_SOURCE_MISSING } from './statements.errors.ts';
import * as repo from './statements.repo.ts';
import type { ChargedLine, NewStatement } from './statements.types.ts';

/**
 * Works out what is charged in the period of a batch and keeps the drafts of what is missing. A second run of the job finds the
 * batch prepared, or discarded, and does nothing.
 * @throws DomainError BILLING_PERIOD_SETTLED, STATEMENT_SOURCE_MISSING, STATEMENT_CHARGED_TWICE, STATEMENT_PERIOD_OPEN, and what
 *   `rateUsage` throws
 */
export async function prepareBatch(tx: HatTx, ctx: HatContext, batchId: string): Promise<void> {
  const batch = await batches.lockBatch(tx, batchId);
  if (batch?.status !== 'preparing') return;
  // What members were sent stays what it is until the drafts are there; a left draft is issued before, or not at all.
  await repo.lockIssuing(tx, batch.centreId);
  await repo.discardLeftDrafts(tx, batch.centreId, batch.periodId);
  const period = await getHeldPeriod(tx, batch.periodId);
  assertTakesCharges(period);
  await assertRunFollows(tx, period);
  const charged = await chargedIn(tx, period);
  const { charges, errorsByMember } = charged;
  const billingPeriod = billedIn(period, charges);
  const drafts = await missingDrafts(tx, period, charged, {
    batchId,
    runId: charges?.runId ?? null,
    ...(billingPeriod !== undefined && { billingPeriod }),
    dueOn: batch.dueOn,
    notes: [...batch.notes, ...noteOf(charges, billingPeriod)],
  });
  await createDrafts(tx, ctx, period.centreId, drafts);
  const contentHash = hashOf({ statements: drafts.map(contentHashOf).sort() });
  // Where nothing is missing there is nothing to look at, and nothing that stands in the way of the next batch.
  await batches.updateBatch(tx, batch, drafts.length === 0 ? 'issued' : 'ready', {
    run_id: charges?.runId ?? null,
    recorded_until: period.recordedUntil,
    content_hash: contentHash,
    blocked: JSON.stringify(await blockedMembers(tx, errorsByMember)),
  });
  await audit(tx, ctx, {
    action: 'billing.statements-prepared',
    entityType: 'statement_batch',
    entityId: batchId,
    details: { period: period.code, statements: drafts.length, blocked: errorsByMember.size, contentHash },
  });
}

/** With prices alone a batch would take back what the superseded run charged, and the next one would charge it again. */
async function assertRunFollows(tx: HatTx, period: PeriodRow): Promise<void> {
  if (!(await isRunAwaited(tx, period))) return;
  const detail = `A run of the period ${period.code} was superseded, and the next one is not posted.`;
  throw new DomainError(STATEMENT_SOURCE_MISSING, detail);
}

/** The documents that are missing between what members were sent for the period and what they are charged; who is blocked gets none. */
export async function missingDrafts(
  tx: HatTx,
  period: PeriodRow,
  { taxed: lines, errorsByMember, sent: documents }: Pick<ChargedPeriod, 'taxed' | 'errorsByMember' | 'sent'>,
  common: Pick<NewStatement, 'batchId' | 'runId' | 'billingPeriod' | 'dueOn' | 'notes'>,
): Promise<NewStatement[]> {
  const { id, code, startsOn, endsOn } = period;
  const sent = groupBy(documents, ({ statement }) => statement.organisationId);
  const charged = groupBy(lines, ({ organisationId }) => organisationId);
  const referenceOf = await referencesOf(tx, period, lines);
  const members = [...new Set([...charged.keys(), ...sent.keys()])].sort();
  return members
    .filter((organisationId) => !errorsByMember.has(organisationId))
    .flatMap((organisationId) => {
      const before = sent.get(organisationId) ?? [];
      const charges = {
        organisationId,
        lines: inOrder(charged.get(organisationId) ?? []),
        current: before.filter(({ statement }) => statement.kind !== 326),
        instalments: before.filter(({ statement }) => statement.kind === 326),
      };
      return statementsOf(charges, { ...common, period: { id, code, startsOn, endsOn } }, referenceOf);
    });
}

/** By service, and within one in the order of the run. */
function inOrder(lines: readonly ChargedLine[]): ChargedLine[] {
  const codes = new Map<string, number>();
  for (const { line } of lines) if (!codes.has(line.service.code)) codes.set(line.service.code, codes.size);
  const place = ({ line }: ChargedLine) => codes.get(line.service.code) ?? 0;
  return [...lines].sort((a, b) => place(a) - place(b));
}

/** Titles of the agreements by service and member. */
async function referencesOf(
  tx: HatTx,
  { centreId, startsOn, endsOn }: PeriodRow,
  lines: readonly ChargedLine[],
): Promise<(line: ChargedLine) => string> {
  const serviceIds = [...new Set(lines.map(({ serviceId }) => serviceId))];
  const wordings = await costClausesFor(tx, centreId, serviceIds, startsOn, endsOn);
  const titles = new Map<string, string>();
  for (const { title, organisationIds, serviceIds: covered } of wordings) {
    for (const organisationId of organisationIds) {
      for (const serviceId of covered) titles.set(`${serviceId} ${organisationId}`, title);
    }
  }
  return ({ serviceId, organisationId }) => titles.get(`${serviceId} ${organisationId}`) ?? '';
}

/** Where a correction is billed: as its run says, and without one where late usage was admitted to. */
function billedIn(period: PeriodRow, charges: PostedCharges | undefined): NewStatement['billingPeriod'] {
  if (charges !== undefined) return charges.billingPeriod ?? undefined;
  const { correctionBillingPeriodId: id, correctionBillingPeriodCode: code } = period;
  return id === null || code === null ? undefined : { id, code };
}

/** Which run the figures come from and how to check it, and what a correction corrects. */
function noteOf(charges: PostedCharges | undefined, billingPeriod: NewStatement['billingPeriod']): string[] {
  const period = billingPeriod?.code;
  if (charges === undefined) {
    return period === undefined ? [] : [textIn('de', 'billing.statement.note.late-in', { period })];
  }
  const { runNumber: run, resultHash: hash, corrects } = charges;
  const source = textIn('de', 'billing.statement.note.run', { run, hash });
  if (corrects === null) return [source];
  const correction =
    period === undefined
      ? textIn('de', 'billing.statement.note.correction', { corrects })
      : textIn('de', 'billing.statement.note.correction-in', { corrects, period });
  return [source, correction];
}

/** Who is left out, and why. */
export async function blockedMembers(
  tx: HatTx,
  errorsByMember: Taxed['errorsByMember'],
): Promise<batches.BlockedMember[]> {
  const names = await batches.memberNames(tx, [...errorsByMember.keys()]);
  return [...errorsByMember].map(([organisationId, errors]) => ({
    organisationId,
    memberName: names.get(organisationId) ?? '',
    statementId: null,
    errors,
  }));
}
