import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { renderAll } from './render-statement.ts';
import { insertDocuments, markRendered } from './statement-documents.repo.ts';
import { findStatement } from './statements.repo.ts';
import type { StatementRow } from './statements.types.ts';

export type StatementRenderingService = ReturnType<typeof createStatementRenderingService>;

/** What follows once all files of a statement are there, in the same transaction. */
type AfterRendering = (tx: HatTx, ctx: HatContext, statement: StatementRow) => Promise<void>;

/** Makes the files of issued statements. A statement that has them already is left alone. */
export function createStatementRenderingService(db: Database, afterRendering: AfterRendering) {
  return {
    async render(ctx: HatContext, id: string): Promise<void> {
      const statement = await withHatTx(db, ctx, (tx) => findStatement(tx, id));
      if (statement === undefined || statement.document === null || statement.renderedAt !== null) return;
      // Outside of any transaction: it takes its time, and reads nothing.
      const documents = await renderAll(statement.document);
      await withHatTx(db, ctx, async (tx) => {
        if (!(await markRendered(tx, ctx, id))) return;
        await insertDocuments(tx, ctx, statement, documents);
        await afterRendering(tx, ctx, statement);
      });
    },
  };
}
