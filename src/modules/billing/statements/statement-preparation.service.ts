import { groupBy } from '../../../platform/collections.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError, type FieldError } from '../../../platform/errors.ts';
import { hashOf } from '../../../platform/hash.ts';
import { textIn } from '../../../platform/texts.ts';
import { costClausesFor, type PriceClauseInForce, priceClausesFor } from '../../agreements/index.ts';
import { audit } from '../../audit/index.ts';
import {
  getHeldPeriod,
  isRunAwaited,
  missingRun,
  type PeriodRow,
  type PostedCharges,
  postedCharges,
  rateUsage,
  usageLinks,
} from '../../costing/index.ts';
import { VAT_DETERMINATION_MISSING } from '../vat/vat.errors.ts';
import { vatThroughout } from '../vat/vat-in-force.service.ts';
import { lineOfRun, linesOfRating, taxed as withTreatment } from './charged-lines.ts';
import { assertTakesCharges } from './settled-periods.service.ts';
import { contentHashOf } from './statement.rules.ts';
import * as batches from './statement-batches.repo.ts';
import { type Current, decideVat, statementsOf } from './statement-drafts.rules.ts';
import { createDrafts } from './statement-issuing.service.ts';
import {
  STATEMENT_CHARGED_TWICE,
  STATEMENT_PERIOD_OPEN,
  STATEMENT_SOURCE_MISSING,
} from './statements.errors.ts';
import * as repo from './statements.repo.ts';
import type { ChargedLine, NewStatement, UntaxedLine } from './statements.types.ts';

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

/** What members are charged in a period, with its VAT, and what they were sent for it. */
export interface ChargedPeriod extends Taxed {
  readonly charges: PostedCharges | undefined;
  /** Also what has no VAT. */
  readonly lines: readonly UntaxedLine[];
  /** Documents of the period that are valid now. */
  readonly sent: readonly Current[];
}

/** @throws DomainError STATEMENT_SOURCE_MISSING, STATEMENT_CHARGED_TWICE, STATEMENT_PERIOD_OPEN, and what `rateUsage` throws */
export async function chargedIn(tx: HatTx, period: PeriodRow): Promise<ChargedPeriod> {
  const { id, code, centreId, startsOn, endsOn } = period;
  const charges = await postedCharges(tx, id);
  const prices = await priceClausesFor(tx, centreId, startsOn, endsOn);
  const sent = await currentOf(tx, period);
  const isCharged = charges !== undefined || prices.length > 0;
  if (!isCharged && !(await isOverNothing(tx, period, sent))) {
    const detail = `No run of the period ${code} is posted, and no service is paid by price.`;
    throw new DomainError(STATEMENT_SOURCE_MISSING, detail);
  }
  await assertOnce(tx, period, charges, prices);
  const lines = await chargedLines(tx, period, charges, prices);
  return { charges, lines, sent, ...(await withVat(tx, period, lines)) };
}

/**
 * Whether members were asked for what nobody charges any more, and no run is to follow: then it is taken back. Not in a settled period, of
 * which only late usage is corrected.
 */
const isOverNothing = async (tx: HatTx, period: PeriodRow, sent: readonly Current[]): Promise<boolean> =>
  period.state !== 'settled' &&
  period.recordedUntil !== null &&
  sent.length > 0 &&
  (await missingRun(tx, period)) === undefined;

/**
 * An agreement that came into force since the run was posted, with a price for all days, would charge a service both ways. Where a clause
 * holds for some of the days, the run was made by that, and the price is for the others.
 * @throws DomainError STATEMENT_CHARGED_TWICE
 */
async function assertOnce(
  tx: HatTx,
  { centreId, startsOn, endsOn }: PeriodRow,
  charges: PostedCharges | undefined,
  prices: readonly PriceClauseInForce[],
): Promise<void> {
  const priced = new Set(prices.flatMap(({ rateCards }) => [...rateCards.keys()]));
  const both = (charges?.lines ?? []).filter(
    ({ serviceId, amountCents }) => amountCents !== 0 && priced.has(serviceId),
  );
  if (both.length === 0) return;
  const serviceIds = [...new Set(both.map(({ serviceId }) => serviceId))];
  const wordings = await costClausesFor(tx, centreId, serviceIds, startsOn, endsOn);
  const byClause = new Set(
    wordings.flatMap((wording) => (wording.costClause === null ? [] : wording.serviceIds)),
  );
  const twice = both.find(({ serviceId }) => !byClause.has(serviceId));
  if (twice === undefined) return;
  const detail = `${twice.serviceTitle} is shared out by ${charges?.runNumber}, and an agreement says a price for it.`;
  throw new DomainError(STATEMENT_CHARGED_TWICE, detail);
}

/** Shares of the posted run and what is paid by price. */
async function chargedLines(
  tx: HatTx,
  period: PeriodRow,
  charges: PostedCharges | undefined,
  prices: readonly PriceClauseInForce[],
): Promise<UntaxedLine[]> {
  const { centreId, startsOn, endsOn, recordedUntil } = period;
  const shares = (charges?.lines ?? []).map((share) =>
    lineOfRun(charges as PostedCharges, share, usageLinks(share, period)),
  );
  if (prices.length === 0) return shares;
  if (recordedUntil === null) {
    throw new DomainError(STATEMENT_PERIOD_OPEN, `The period ${period.code} is ${period.state}, not frozen.`);
  }
  const { items } = await rateUsage(tx, {
    centreId,
    periodFrom: startsOn,
    periodTo: endsOn,
    recordedUntil,
  });
  return [...shares, ...items.flatMap((item) => linesOfRating(item, period))];
}

interface Taxed {
  readonly taxed: readonly ChargedLine[];
  /** What stands against charging a member, each thing once. */
  readonly errorsByMember: ReadonlyMap<string, readonly FieldError[]>;
}

async function withVat(tx: HatTx, period: PeriodRow, lines: readonly UntaxedLine[]): Promise<Taxed> {
  const pairs = [
    ...groupBy(lines, ({ serviceId, organisationId }) => `${serviceId} ${organisationId}`).values(),
  ];
  const { centreId, startsOn: from, endsOn: to } = period;
  const questions = pairs.flatMap(([line]) =>
    line === undefined ? [] : [{ serviceId: line.serviceId, organisationId: line.organisationId, from, to }],
  );
  const answers = await vatThroughout(tx, centreId, questions);
  const taxed: ChargedLine[] = [];
  const errorsByMember = new Map<string, FieldError[]>();
  for (const [at, pair] of pairs.entries()) {
    const answer = answers[at];
    if (answer === undefined) throw new Error('a question of VAT was not answered');
    for (const line of pair) {
      const decided = decideVat(line, answer);
      if ('category' in decided) taxed.push(withTreatment(line, decided));
      else if (decided.code !== VAT_DETERMINATION_MISSING.code || pair.some(isOfMoney))
        remember(errorsByMember, line.organisationId, decided);
    }
  }
  return { taxed, errorsByMember };
}

/** Nobody has to determine the VAT of nothing. */
const isOfMoney = ({ line }: UntaxedLine): boolean => line.netCents !== 0;

function remember(errors: Map<string, FieldError[]>, organisationId: string, error: FieldError): void {
  const known = errors.get(organisationId) ?? [];
  if (!known.some(({ detail }) => detail === error.detail)) errors.set(organisationId, [...known, error]);
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

async function currentOf(tx: HatTx, { id, centreId }: PeriodRow): Promise<Current[]> {
  const statements = await repo.listCurrent(tx, centreId, id);
  const lines = groupBy(
    await repo.listLines(
      tx,
      statements.map((statement) => statement.id),
    ),
    ({ statementId }) => statementId,
  );
  return statements.map((statement) => ({ statement, lines: lines.get(statement.id) ?? [] }));
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
