import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { LedgerService } from './ledger.service.ts';
import { ledgerExportsRoutes } from './ledger-exports.routes.ts';
import { ledgerPlansRoutes } from './ledger-plans.routes.ts';
import { ledgerProfilesRoutes } from './ledger-profiles.routes.ts';

export const ledgerRoutes =
  (ledger: LedgerService): FastifyPluginAsyncTypebox =>
  async (app) => {
    await app.register(ledgerPlansRoutes(ledger.plans));
    await app.register(ledgerProfilesRoutes(ledger.profiles));
    await app.register(ledgerExportsRoutes(ledger.exports));
  };
