import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { BillingService } from './billing.service.ts';
import { ledgerRoutes } from './ledger/ledger.routes.ts';
import { billingPartiesRoutes } from './statements/billing-parties.routes.ts';
import { statementBatchesRoutes } from './statements/statement-batches.routes.ts';
import { sendingRoutes } from './statements/statement-sending.routes.ts';
import { statementsRoutes } from './statements/statements.routes.ts';

export const billingRoutes =
  (billing: BillingService): FastifyPluginAsyncTypebox =>
  async (app) => {
    await app.register(billingPartiesRoutes(billing.parties));
    await app.register(statementBatchesRoutes(billing.batches));
    await app.register(statementsRoutes(billing.statements, billing.statementActions));
    await app.register(ledgerRoutes(billing.ledger));
    await app.register(sendingRoutes(billing.sending));
  };
