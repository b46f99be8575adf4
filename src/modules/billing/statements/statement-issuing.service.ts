import type { Day } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { mapConstraints } from '../../../platform/db/postgres-errors.ts';
import { newId } from '../../../platform/ids.ts';
import { enqueueAll } from '../../../platform/jobs/outbox.ts';
import { auditAll } from '../../audit/index.ts';
import { lockPayments } from '../payments/payments.repo.ts';
import { contentHashOf, documentOf, numberOf, signedHashOf, totalsOfDraft } from './statement.rules.ts';
import { type BlockedStatement, dueOnOf, examine } from './statement-obstacles.service.ts';
import { STATEMENT_SUPERSEDED } from './statements.errors.ts';
import { renderStatementJob } from './statements.jobs.ts';
import * as repo from './statements.repo.ts';
import type { NewStatement, StatementRow } from './statements.types.ts';

/** Nothing is charged, replaced or taken back twice, whoever was quicker. */
function correctingOnce<T>(work: () => Promise<T>): Promise<T> {
  const refusal = (detail: string) => ({ problem: STATEMENT_SUPERSEDED, detail });
  return mapConstraints(
    {
      statements_corrects_key: refusal('Another draft or document corrects one of these documents already.'),
      statements_current_key: refusal(
        'Another document charges one of these members for the period already.',
      ),
    },
    work,
  );
}

/** Keeps drafts; says their ids in the order given. Nothing has a number yet, and nobody but the centre sees them. */
export async function createDrafts(
  tx: HatTx,
  ctx: HatContext,
  centreId: string,
  statements: readonly NewStatement[],
): Promise<string[]> {
  const kept = statements.map((statement) => ({
    ...statement,
    id: newId(),
    totals: totalsOfDraft(statement),
    contentHash: contentHashOf(statement),
  }));
  if (kept.length > 0) await correctingOnce(() => repo.insertStatements(tx, ctx, centreId, kept));
  return kept.map(({ id }) => id);
}

export interface IssueResult {
  readonly issued: readonly repo.IssuedStatement[];
  readonly blocked: readonly BlockedStatement[];
}

/**
 * Issues those of the drafts that nothing stands against: numbers without a gap, the whole document kept as it is sent, what it
 * corrects superseded, its files asked for. Who issues for the same centre and year at the same time waits.
 * @throws DomainError BILLING_PROFILE_MISSING, PAYEE_ACCOUNT_UNCONFIRMED, STATEMENT_SUPERSEDED
 */
export async function issueDrafts(
  tx: HatTx,
  ctx: HatContext,
  centreId: string,
  ids: readonly string[],
  issuedOn: Day,
): Promise<IssueResult> {
  await repo.lockIssuing(tx, centreId);
  const drafts = await repo.lockDrafts(tx, ids);
  // A corrected invoice says what was paid: nothing is matched until it is issued.
  if (drafts.some(({ kind }) => kind === 384)) await lockPayments(tx, centreId);
  const { profile, ready, blocked } = await examine(tx, centreId, drafts, issuedOn);
  const year = Number(issuedOn.slice(0, 4));
  const { code, first } =
    ready.length === 0 ? { code: '', first: 0 } : await repo.takeNumbers(tx, centreId, year, ready.length);
  const issued = ready.map(({ statement, lines, recipient, paidCents }, at) => {
    const facts = {
      number: numberOf(code, year, first + at),
      issuedOn,
      dueOn: dueOnOf(statement, profile, issuedOn),
      paidCents,
    };
    const document = documentOf(statement, lines, profile, recipient, facts);
    const signedHash = signedHashOf(statement.contentHash, profile.seller.bank);
    return { id: statement.id, number: facts.number, dueOn: facts.dueOn, signedHash, document };
  });
  await supersede(
    tx,
    ready.map(({ statement }) => statement),
  );
  if (issued.length > 0) await correctingOnce(() => repo.markIssued(tx, ctx, issuedOn, issued));
  await enqueueAll(
    tx,
    ctx,
    renderStatementJob,
    issued.map(({ id }) => ({ statementId: id })),
  );
  await auditAll(
    tx,
    ctx,
    ready.map(({ statement }, at) => ({
      action: 'billing.statement-issued',
      entityType: 'statement',
      entityId: statement.id,
      organisationId: statement.organisationId,
      details: {
        number: issued[at]?.number,
        kind: statement.kind,
        payableCents: statement.payableCents,
        contentHash: issued[at]?.signedHash,
      },
    })),
  );
  return { issued, blocked };
}

async function supersede(tx: HatTx, issued: readonly StatementRow[]): Promise<void> {
  const pairs = issued.flatMap(({ id, correctsId }) =>
    correctsId === null ? [] : [{ id: correctsId, supersededBy: id }],
  );
  if (pairs.length === 0) return;
  if ((await repo.markSuperseded(tx, pairs)) === pairs.length) return;
  throw new Error('a document was superseded after it had been looked at under its lock');
}
