import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { VatService } from './vat.service.ts';
import { vatActivityGroupsRoutes } from './vat-activity-groups.routes.ts';
import { vatDeterminationsRoutes } from './vat-determinations.routes.ts';
import { vatReportsRoutes } from './vat-reports.routes.ts';

export const vatRoutes =
  (vat: VatService): FastifyPluginAsyncTypebox =>
  async (app) => {
    await app.register(vatDeterminationsRoutes(vat.determinations));
    await app.register(vatActivityGroupsRoutes(vat.groups));
    await app.register(vatReportsRoutes(vat));
  };
