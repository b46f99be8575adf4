import type { Database } from '../../platform/db/database.ts';
import { createLedgerService } from './ledger/ledger.service.ts';
import { createBillingPartiesService } from './statements/billing-parties.service.ts';
import { createStatementActionsService } from './statements/statement-actions.service.ts';
import { createStatementBatchesService } from './statements/statement-batches.service.ts';
import { createStatementRenderingService } from './statements/statement-rendering.service.ts';
import { createStatementsService } from './statements/statements.service.ts';

export type BillingService = ReturnType<typeof createBillingService>;

/** What members are sent, and what comes of it. */
export function createBillingService(db: Database) {
  return {
    parties: createBillingPartiesService(db),
    statements: createStatementsService(db),
    statementActions: createStatementActionsService(db),
    batches: createStatementBatchesService(db),
    rendering: createStatementRenderingService(db),
    ledger: createLedgerService(db),
  };
}
