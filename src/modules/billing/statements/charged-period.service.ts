import { groupBy } from '../../../platform/collections.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError, type FieldError } from '../../../platform/errors.ts';
import { costClausesFor, type PriceClauseInForce, priceClausesFor } from '../../agreements/index.ts';
import {
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
import { type Current, decideVat } from './statement-drafts.rules.ts';
import {
  STATEMENT_CHARGED_TWICE,
  STATEMENT_PERIOD_OPEN,
  STATEMENT_SOURCE_MISSING,
} from './statements.errors.ts';
import * as repo from './statements.repo.ts';
import type { ChargedLine, UntaxedLine } from './statements.types.ts';

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

/** What is charged, with its VAT. */
export interface Taxed {
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
