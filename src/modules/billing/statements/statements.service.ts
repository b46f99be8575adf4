import { dayOf } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { findIssuer } from './issuer.service.ts';
import { type FileOfDocument, fileOf, render } from './render-statement.ts';
import { lastDispatch } from './statement-dispatches.repo.ts';
import { findBytes, listDocuments } from './statement-documents.repo.ts';
import { documentOfDraft, examine } from './statement-obstacles.service.ts';
import { statusOf } from './statement-sending.rules.ts';
import { listValidations } from './statement-validations.repo.ts';
import { DOCUMENT_NOT_READY, STATEMENT_STATE_REFUSED } from './statements.errors.ts';
import * as repo from './statements.repo.ts';
import type {
  StatementDetailView,
  StatementLineQuery,
  StatementLineView,
  StatementQuery,
  StatementView,
} from './statements.schemas.ts';
import type { DocumentFormat, Obstacle, StatementRow } from './statements.types.ts';
import { toStatementLineView, toStatementView } from './statements.views.ts';

const LIST = 'statements';
const LINES = 'statement-lines';

export type StatementsService = ReturnType<typeof createStatementsService>;

/** Statements for those who read them: the centre all of its own, members what was issued to them. */
export function createStatementsService(db: Database) {
  return {
    get: (ctx: HatContext, id: string): Promise<StatementDetailView> =>
      withHatTx(db, ctx, (tx) => getStatement(tx, ctx, id)),

    async list(ctx: HatContext, { limit, cursor, ...filter }: StatementQuery): Promise<Page<StatementView>> {
      const [before] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listStatements(tx, ctx, filter, before, limit + 1));
      return toPage(
        rows,
        limit,
        LIST,
        (row) => [row.id],
        (row) => toStatementView(ctx, row),
      );
    },

    /** The way back from each amount: to the share of the run and why it is what it is, and to the usage events. */
    async lines(
      ctx: HatContext,
      id: string,
      { limit, cursor }: StatementLineQuery,
    ): Promise<Page<StatementLineView>> {
      const [after = -1] = cursor === undefined ? [] : decodeCursor(LINES, cursor, ['number'] as const);
      const rows = await withHatTx(db, ctx, async (tx) => {
        await getStatementRow(tx, id);
        return repo.listLinesOf(tx, id, after, limit + 1);
      });
      return toPage(rows, limit, LINES, (row) => [row.position], toStatementLineView);
    },

    /**
     * A file of a statement: as it was sent, or of a draft as it would be.
     * @throws DomainError DOCUMENT_NOT_READY, STATEMENT_STATE_REFUSED, BILLING_PROFILE_MISSING, PAYEE_ACCOUNT_UNCONFIRMED
     */
    async file(ctx: HatContext, id: string, format: DocumentFormat): Promise<FileOfDocument> {
      const { number, bytes, draft } = await withHatTx(db, ctx, async (tx) => {
        const statement = await getStatementRow(tx, id);
        if (statement.number === null) {
          const preview = await previewOf(tx, ctx, statement);
          return { number: preview.number, bytes: undefined, draft: preview };
        }
        return { number: statement.number, bytes: await keptBytes(tx, statement, format), draft: undefined };
      });
      // What is drawn is drawn outside of the transaction.
      return fileOf(number, format, draft === undefined ? bytes : await render(draft, format));
    },
  };
}

/** @throws DomainError NOT_FOUND */
export async function getStatementRow(tx: HatTx, id: string): Promise<StatementRow> {
  const row = await repo.findStatement(tx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such statement.');
  return row;
}

export async function getStatement(tx: HatTx, ctx: HatContext, id: string): Promise<StatementDetailView> {
  const row = await getStatementRow(tx, id);
  return {
    ...toStatementView(ctx, row),
    ...(await sendingOf(tx, ctx, id)),
    agreementReference: row.agreementReference,
    notes: [...row.notes],
    preceding: row.preceding.map((before) => ({ ...before })),
    documents: await listDocuments(tx, id),
    obstacles: (await obstaclesOf(tx, ctx, row)).map(({ problem, detail, errors }) => ({
      code: problem.code,
      title: problem.title,
      detail,
      errors: errors.map((error) => ({ ...error })),
    })),
  };
}

/** Where it stands on its way to the recipient; what the validator said is the centre's own. */
async function sendingOf(
  tx: HatTx,
  { hat }: HatContext,
  id: string,
): Promise<Pick<StatementDetailView, 'dispatch' | 'validation'>> {
  const last = await lastDispatch(tx, id);
  const verdicts = hat.kind === 'centre' ? await listValidations(tx, id) : [];
  const verdict = verdicts.find(({ accepted }) => !accepted) ?? verdicts[0];
  return {
    dispatch:
      last === undefined
        ? null
        : { id: last.id, status: statusOf(last), to: last.recipient, requestedAt: last.requestedAt },
    validation:
      verdict === undefined
        ? null
        : { id: verdict.id, accepted: verdict.accepted, format: verdict.format, at: verdict.at },
  };
}

async function obstaclesOf(tx: HatTx, ctx: HatContext, row: StatementRow): Promise<readonly Obstacle[]> {
  if (row.status !== 'draft') return [];
  const found = await findIssuer(tx, row.centreId);
  if ('gap' in found) return [{ ...found.gap, errors: [] }];
  const { blocked } = await examine(tx, row.centreId, [row], dayOf(ctx.now));
  return blocked[0]?.obstacles ?? [];
}

async function keptBytes(tx: HatTx, { id, number }: StatementRow, format: DocumentFormat): Promise<Buffer> {
  const bytes = await findBytes(tx, id, format);
  if (bytes !== undefined) return bytes;
  throw new DomainError(DOCUMENT_NOT_READY, `The ${format} of ${number} is being made.`, {
    headers: { 'retry-after': '2' },
  });
}

async function previewOf(tx: HatTx, ctx: HatContext, row: StatementRow) {
  if (row.status === 'discarded') {
    throw new DomainError(STATEMENT_STATE_REFUSED, 'The statement was discarded.');
  }
  return documentOfDraft(tx, row, dayOf(ctx.now));
}
