import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { dunningRoutes } from './dunning/dunning.routes.ts';
import { dunningBlocksRoutes } from './dunning/dunning-blocks.routes.ts';
import { instalmentPlansRoutes } from './instalments/instalment-plans.routes.ts';
import { bankImportsRoutes } from './payments/bank-imports.routes.ts';
import { payerAccountsRoutes } from './payments/payer-accounts.routes.ts';
import { paymentsRoutes } from './payments/payments.routes.ts';
import type { ReceivablesService } from './receivables.service.ts';
import { settlementsRoutes } from './settlements/settlements.routes.ts';
import { writeOffsRoutes } from './write-offs/write-offs.routes.ts';

export const receivablesRoutes =
  (receivables: ReceivablesService): FastifyPluginAsyncTypebox =>
  async (app) => {
    await app.register(instalmentPlansRoutes(receivables.plans));
    await app.register(paymentsRoutes(receivables));
    await app.register(payerAccountsRoutes(receivables.payerAccounts));
    await app.register(bankImportsRoutes(receivables.bankImports));
    await app.register(settlementsRoutes(receivables.settlements));
    await app.register(dunningRoutes(receivables.dunning));
    await app.register(dunningBlocksRoutes(receivables.dunningBlocks));
    await app.register(writeOffsRoutes(receivables.writeOffs));
  };
