import type { Database } from '../../platform/db/database.ts';
import { type AfterNotice, createDunningService } from './dunning/dunning.service.ts';
import { createDunningBlocksService } from './dunning/dunning-blocks.service.ts';
import { createInstalmentIssuingService } from './instalments/instalment-issuing.service.ts';
import { createInstalmentPlansService } from './instalments/instalment-plans.service.ts';
import { createBankImportsService } from './payments/bank-imports.service.ts';
import { createOpenItemsService } from './payments/open-items.service.ts';
import { createPayerAccountsService } from './payments/payer-accounts.service.ts';
import { createPaymentsService } from './payments/payments.service.ts';
import { createSettlementsService } from './settlements/settlements.service.ts';
import { createWriteOffsService } from './write-offs/write-offs.service.ts';

export type ReceivablesService = ReturnType<typeof createReceivablesService>;

/** What members owe in advance and at the end, and what they paid. */
export function createReceivablesService(db: Database, afterNotice: AfterNotice) {
  return {
    plans: createInstalmentPlansService(db),
    instalments: createInstalmentIssuingService(db),
    openItems: createOpenItemsService(db),
    payments: createPaymentsService(db),
    payerAccounts: createPayerAccountsService(db),
    bankImports: createBankImportsService(db),
    settlements: createSettlementsService(db),
    dunning: createDunningService(db, afterNotice),
    dunningBlocks: createDunningBlocksService(db),
    writeOffs: createWriteOffsService(db),
  };
}
