import { type Day, plusDays } from '../../../platform/clock.ts';
import { groupBy } from '../../../platform/collections.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import type { StatementDocument } from '../documents/document.types.ts';
import { checkDocument } from '../documents/index.ts';
import { openItemsBy } from '../payments/open-items.repo.ts';
import type { VatAnswer } from '../vat/vat.types.ts';
import { vatThroughout } from '../vat/vat-in-force.service.ts';
import { type RecipientRow, recipientsOf } from './billing-parties.repo.ts';
import { getIssuer, type Issuer } from './issuer.service.ts';
import { documentOf } from './statement.rules.ts';
import { conflictsAmong, setOffAmong } from './statement-conflicts.service.ts';
import { outdatedAmong } from './statement-sources.service.ts';
import { BILLING_RECIPIENT_MISSING, DOCUMENT_REFUSED, STATEMENT_VAT_CHANGED } from './statements.errors.ts';
import * as repo from './statements.repo.ts';
import type { Obstacle, StatementLineRow, StatementRow } from './statements.types.ts';

export interface BlockedStatement {
  readonly statement: StatementRow;
  readonly obstacles: readonly Obstacle[];
}

interface ReadyStatement {
  readonly statement: StatementRow;
  readonly lines: readonly StatementLineRow[];
  readonly recipient: RecipientRow;
  /** Matched to what it corrects. */
  readonly paidCents: number;
}

interface Examined {
  readonly profile: Issuer;
  readonly ready: readonly ReadyStatement[];
  readonly blocked: readonly BlockedStatement[];
}

/** A number of the right form, for looking at a document that has none yet. */
const NUMBER_OF_DRAFT = 'ENTWURF';

/**
 * Tells what can be issued from what cannot, and why, in a fixed number of queries.
 * @throws DomainError BILLING_PROFILE_MISSING, PAYEE_ACCOUNT_UNCONFIRMED
 */
export async function examine(
  tx: HatTx,
  centreId: string,
  drafts: readonly StatementRow[],
  issuedOn: Day,
): Promise<Examined> {
  const profile = await getIssuer(tx, centreId);
  // First of all, for what is asked next depends on it.
  const outdated = await outdatedAmong(tx, drafts);
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
  const conflicts = await conflictsAmong(tx, centreId, drafts);
  const paid = await paidOn(tx, centreId, drafts);
  const ready: ReadyStatement[] = [];
  const blocked: BlockedStatement[] = [];
  for (const statement of drafts) {
    const lines = linesById.get(statement.id) ?? [];
    const recipient = recipientById.get(statement.organisationId);
    const paidCents = paid.get(statement.correctsId ?? '') ?? 0;
    const obstacles = [
      ...(vatObstacles.get(statement.id) ?? []),
      ...(outdated.get(statement.id) ?? []),
      ...(conflicts.get(statement.id) ?? []),
      ...(recipient === undefined
        ? [missingRecipient(statement)]
        : refusals(statement, lines, profile, recipient, { issuedOn, paidCents })),
    ];
    if (recipient !== undefined && obstacles.length === 0)
      ready.push({ statement, lines, recipient, paidCents });
    else blocked.push({ statement, obstacles });
  }
  const setOff = await setOffAmong(
    tx,
    centreId,
    ready.map(({ statement }) => statement),
  );
  const late = ready.flatMap(({ statement }) => {
    const obstacle = setOff.get(statement.id);
    return obstacle === undefined ? [] : [{ statement, obstacles: [obstacle] }];
  });
  return {
    profile,
    ready: ready.filter(({ statement }) => !setOff.has(statement.id)),
    blocked: [...blocked, ...late],
  };
}

/**
 * What was paid on the documents that corrected invoices take the place of, by their id. The invoice says it, so that nobody pays
 * again; its claim stays the whole amount, from which open items take the same payments.
 */
async function paidOn(
  tx: HatTx,
  centreId: string,
  drafts: readonly StatementRow[],
): Promise<ReadonlyMap<string, number>> {
  const corrected = drafts.flatMap(({ kind, correctsId }) => (kind === 384 ? (correctsId ?? []) : []));
  const items = await openItemsBy(tx, centreId, 'id', corrected);
  return new Map([...items].map(([id, { matchedCents }]) => [id, matchedCents]));
}

/**
 * A draft as it would be sent, for looking at.
 * @throws DomainError BILLING_PROFILE_MISSING, PAYEE_ACCOUNT_UNCONFIRMED, BILLING_RECIPIENT_MISSING
 */
export async function documentOfDraft(
  tx: HatTx,
  statement: StatementRow,
  issuedOn: Day,
): Promise<StatementDocument> {
  const profile = await getIssuer(tx, statement.centreId);
  const [recipient] = await recipientsOf(tx, statement.centreId, [statement.organisationId]);
  if (recipient === undefined) {
    const { problem, detail } = missingRecipient(statement);
    throw new DomainError(problem, detail);
  }
  const paidCents = (await paidOn(tx, statement.centreId, [statement])).get(statement.correctsId ?? '');
  const dueOn = dueOnOf(statement, profile, issuedOn);
  const facts = { number: NUMBER_OF_DRAFT, issuedOn, dueOn, ...(paidCents !== undefined && { paidCents }) };
  return documentOf(statement, await repo.listLines(tx, [statement.id]), profile, recipient, facts);
}

export function dueOnOf({ dueOn }: StatementRow, { paymentDays }: Issuer, issuedOn: Day): Day {
  const soonest = dueOn ?? plusDays(issuedOn, paymentDays);
  return soonest < issuedOn ? issuedOn : soonest;
}

function refusals(
  statement: StatementRow,
  lines: readonly StatementLineRow[],
  profile: Issuer,
  recipient: RecipientRow,
  at: { readonly issuedOn: Day; readonly paidCents: number },
): Obstacle[] {
  const facts = { ...at, number: NUMBER_OF_DRAFT, dueOn: dueOnOf(statement, profile, at.issuedOn) };
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

/** The VAT of each line is asked again, for all days of its period: what was determined or questioned since the draft was made blocks it. */
async function vatChanges(
  tx: HatTx,
  centreId: string,
  drafts: readonly StatementRow[],
  linesById: ReadonlyMap<string, readonly StatementLineRow[]>,
): Promise<Map<string, Obstacle[]>> {
  // A credit note takes back what was said, right or wrong.
  const asked = drafts
    .filter(({ kind }) => kind !== 381)
    .flatMap(({ id, startsOn: from, endsOn: to }) =>
      (linesById.get(id) ?? []).map((line) => ({ id, line, days: { from, to } })),
    );
  const answers = await vatThroughout(
    tx,
    centreId,
    asked.map(({ line: { serviceId, organisationId }, days }) => ({ serviceId, organisationId, ...days })),
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

function obstacleOf(answer: VatAnswer, { vatDeterminationId, line }: StatementLineRow): Obstacle | undefined {
  if ('gap' in answer) return { ...answer.gap, errors: [] };
  if (answer.holding.id === vatDeterminationId) return undefined;
  const detail = `${answer.holding.number} is in force for ${line.service.title} now.`;
  return { problem: STATEMENT_VAT_CHANGED, detail, errors: [] };
}
