import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/database.ts';
import type { Mailer } from '../../platform/mail/mailer.ts';
import { createLedgerService } from './ledger/ledger.service.ts';
import { createBillingPartiesService } from './statements/billing-parties.service.ts';
import { createStatementActionsService } from './statements/statement-actions.service.ts';
import { createStatementBatchesService } from './statements/statement-batches.service.ts';
import { createStatementRenderingService } from './statements/statement-rendering.service.ts';
import { createSendingService } from './statements/statement-sending.service.ts';
import { createStatementsService } from './statements/statements.service.ts';
import type { Validator } from './statements/validator.ts';

export type BillingService = ReturnType<typeof createBillingService>;

/** What members are sent, and what comes of it. Without a mailer documents are only fetched, without a validator none is asked. */
export function createBillingService(
  db: Database,
  clock: Clock,
  mailer: Mailer | undefined,
  validator: Validator | undefined,
) {
  const sending = createSendingService(db, clock, mailer, validator);
  return {
    parties: createBillingPartiesService(db),
    statements: createStatementsService(db),
    statementActions: createStatementActionsService(db),
    batches: createStatementBatchesService(db),
    ledger: createLedgerService(db),
    rendering: createStatementRenderingService(db, sending.afterRendering),
    sending,
  };
}
