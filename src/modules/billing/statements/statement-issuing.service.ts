import { type Day, plusDays } from '../../../platform/clock.ts';
import { groupBy } from '../../../platform/collections.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { mapConstraints } from '../../../platform/db/postgres-errors.ts';
import { DomainError, type FieldError, type Problem } from '../../../platform/errors.ts';
import { newId } from '../../../platform/ids.ts';
import { enqueueAll } from '../../../platform/jobs/outbox.ts';
import { auditAll } from '../../audit/index.ts';
import type { StatementDocument } from '../documents/document.types.ts';
import { checkDocument } from '../documents/index.ts';
import { vatForAll } from '../vat-in-force.service.ts';
import { findProfile, type ProfileRow, type RecipientRow, recipientsOf } from './billing-parties.repo.ts';
import { contentHashOf, documentOf, numberOf, totalsOfDraft } from './statement.rules.ts';
import {
  BILLING_PROFILE_MISSING,
  BILLING_RECIPIENT_MISSING,
  DOCUMENT_REFUSED,
  STATEMENT_SUPERSEDED,
  STATEMENT_VAT_CHANGED,
} from './statements.errors.ts';
import { renderStatementJob } from './statements.jobs.ts';
import * as repo from './statements.repo.ts';
import type { NewStatement, StatementLineRow, StatementRow } from './statements.types.ts';

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

/** What stands against issuing a draft. */
export interface Obstacle {
  readonly problem: Problem;
  readonly detail: string;
  readonly errors: readonly FieldError[];
}

export interface BlockedStatement {
  readonly statement: StatementRow;
  readonly obstacles: readonly Obstacle[];
}

export interface IssueResult {
  readonly issued: readonly repo.IssuedStatement[];
  readonly blocked: readonly BlockedStatement[];
}

/**
 * Issues those of the drafts that nothing stands against: numbers without a gap, the whole document kept as it is sent, what it
 * corrects superseded, its files asked for. Who issues for the same centre and year at the same time waits.
 * @throws DomainError BILLING_PROFILE_MISSING, STATEMENT_SUPERSEDED
 */
export async function issueDrafts(
  tx: HatTx,
  ctx: HatContext,
  centreId: string,
  ids: readonly string[],
  issuedOn: Day,
): Promise<IssueResult> {
  const drafts = await repo.lockDrafts(tx, ids);
  const { profile, ready, blocked } = await examine(tx, centreId, drafts, issuedOn);
  const year = Number(issuedOn.slice(0, 4));
  const { code, first } =
    ready.length === 0 ? { code: '', first: 0 } : await repo.takeNumbers(tx, centreId, year, ready.length);
  const issued = ready.map(({ statement, lines, recipient }, at) => {
    const facts = {
      number: numberOf(code, year, first + at),
      issuedOn,
      dueOn: dueOnOf(statement, profile, issuedOn),
    };
    const document = documentOf(statement, lines, profile, recipient, facts);
    return { id: statement.id, number: facts.number, dueOn: facts.dueOn, document };
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
        contentHash: statement.contentHash,
      },
    })),
  );
  return { issued, blocked };
}

interface ReadyStatement {
  readonly statement: StatementRow;
  readonly lines: readonly StatementLineRow[];
  readonly recipient: RecipientRow;
}

interface Examined {
  readonly profile: ProfileRow;
  readonly ready: readonly ReadyStatement[];
  readonly blocked: readonly BlockedStatement[];
}

/** A number of the right form, for looking at a document that has none yet. */
const NUMBER_OF_DRAFT = 'ENTWURF';

/**
 * Tells what can be issued from what cannot, and why, in a fixed number of queries.
 * @throws DomainError BILLING_PROFILE_MISSING
 */
export async function examine(
  tx: HatTx,
  centreId: string,
  drafts: readonly StatementRow[],
  issuedOn: Day,
): Promise<Examined> {
  const profile = await findProfile(tx, centreId);
  if (profile === undefined) throw new DomainError(BILLING_PROFILE_MISSING, 'There is no billing profile.');
  const linesById = groupBy(
    await repo.listLines(
      tx,
      drafts.map(({ id }) => id),
    ),
    ({ statementId }) => statementId,
  );
  const recipients = await recipientsOf(tx, centreId, [
    ...new Set(drafts.map((draft) => draft.organisationId)),
  ]);
  const recipientById = new Map(recipients.map((recipient) => [recipient.organisationId, recipient]));
  const vatObstacles = await vatChanges(tx, centreId, drafts, linesById);
  const gone = await repo.supersededAmong(
    tx,
    drafts.flatMap(({ correctsId }) => correctsId ?? []),
  );
  const ready: ReadyStatement[] = [];
  const blocked: BlockedStatement[] = [];
  for (const statement of drafts) {
    const lines = linesById.get(statement.id) ?? [];
    const recipient = recipientById.get(statement.organisationId);
    const obstacles = [
      ...(vatObstacles.get(statement.id) ?? []),
      ...(gone.has(statement.correctsId ?? '') ? [SUPERSEDED] : []),
      ...(recipient === undefined
        ? [missingRecipient(statement)]
        : refusals(statement, lines, profile, recipient, issuedOn)),
    ];
    if (recipient !== undefined && obstacles.length === 0) ready.push({ statement, lines, recipient });
    else blocked.push({ statement, obstacles });
  }
  return { profile, ready, blocked };
}

const SUPERSEDED: Obstacle = {
  problem: STATEMENT_SUPERSEDED,
  detail: 'What it corrects is no longer valid.',
  errors: [],
};

/**
 * A draft as it would be sent, for looking at.
 * @throws DomainError BILLING_PROFILE_MISSING, BILLING_RECIPIENT_MISSING
 */
export async function documentOfDraft(
  tx: HatTx,
  statement: StatementRow,
  issuedOn: Day,
): Promise<StatementDocument> {
  const profile = await findProfile(tx, statement.centreId);
  if (profile === undefined) throw new DomainError(BILLING_PROFILE_MISSING, 'There is no billing profile.');
  const [recipient] = await recipientsOf(tx, statement.centreId, [statement.organisationId]);
  if (recipient === undefined) {
    const { problem, detail } = missingRecipient(statement);
    throw new DomainError(problem, detail);
  }
  const facts = { number: NUMBER_OF_DRAFT, issuedOn, dueOn: dueOnOf(statement, profile, issuedOn) };
  return documentOf(statement, await repo.listLines(tx, [statement.id]), profile, recipient, facts);
}

function dueOnOf({ dueOn }: StatementRow, { paymentDays }: ProfileRow, issuedOn: Day): Day {
  const soonest = dueOn ?? plusDays(issuedOn, paymentDays);
  return soonest < issuedOn ? issuedOn : soonest;
}

function refusals(
  statement: StatementRow,
  lines: readonly StatementLineRow[],
  profile: ProfileRow,
  recipient: RecipientRow,
  issuedOn: Day,
): Obstacle[] {
  const facts = { number: NUMBER_OF_DRAFT, issuedOn, dueOn: dueOnOf(statement, profile, issuedOn) };
  const errors = checkDocument(documentOf(statement, lines, profile, recipient, facts));
  if (errors.length === 0) return [];
  const detail = `${errors.length === 1 ? 'One thing stands' : `${errors.length} things stand`} against it: ${errors[0]?.pointer} ${errors[0]?.detail}.`;
  return [{ problem: DOCUMENT_REFUSED, detail, errors }];
}

function missingRecipient({ memberName }: StatementRow): Obstacle {
  return {
    problem: BILLING_RECIPIENT_MISSING,
    detail: `${memberName} has no address for its documents.`,
    errors: [],
  };
}

/** The VAT of each line is asked again: what was determined or questioned since the draft was made blocks it. */
async function vatChanges(
  tx: HatTx,
  centreId: string,
  drafts: readonly StatementRow[],
  linesById: ReadonlyMap<string, readonly StatementLineRow[]>,
): Promise<Map<string, Obstacle[]>> {
  // A credit note takes back what was said, right or wrong.
  const asked = drafts
    .filter(({ kind }) => kind !== 381)
    .flatMap(({ id, endsOn }) =>
      (linesById.get(id) ?? []).map((line) => ({ id, line, day: plusDays(endsOn, -1) })),
    );
  const answers = await vatForAll(
    tx,
    centreId,
    asked.map(({ line, day }) => ({ serviceId: line.serviceId, organisationId: line.organisationId, day })),
  );
  const obstacles = new Map<string, Obstacle[]>();
  for (const [at, answer] of answers.entries()) {
    const { id, line } = asked[at] as (typeof asked)[number];
    const found = obstacleOf(answer, line);
    const known = obstacles.get(id) ?? [];
    if (found === undefined || known.some(({ detail }) => detail === found.detail)) continue;
    obstacles.set(id, [...known, found]);
  }
  return obstacles;
}

function obstacleOf(
  answer: Awaited<ReturnType<typeof vatForAll>>[number],
  { vatDeterminationId, line }: StatementLineRow,
): Obstacle | undefined {
  if ('gap' in answer) return { ...answer.gap, errors: [] };
  if (answer.holding.id === vatDeterminationId) return undefined;
  const detail = `${answer.holding.number} is in force for ${line.service.title} now.`;
  return { problem: STATEMENT_VAT_CHANGED, detail, errors: [] };
}

async function supersede(tx: HatTx, issued: readonly StatementRow[]): Promise<void> {
  const pairs = issued.flatMap(({ id, correctsId }) =>
    correctsId === null ? [] : [{ id: correctsId, supersededBy: id }],
  );
  if (pairs.length === 0) return;
  if ((await repo.markSuperseded(tx, pairs)) === pairs.length) return;
  throw new Error('a document was superseded after it had been looked at under its lock');
}
