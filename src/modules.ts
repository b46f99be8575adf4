import type { FastifyPluginAsync } from 'fastify';
import { createOrganisationsService, organisationsRoutes } from './modules/organisations/index.ts';
import { createUsageService, usageRoutes } from './modules/usage/index.ts';
import type { Clock } from './platform/clock.ts';
import type { Database } from './platform/db/database.ts';

export interface ModuleDependencies {
  readonly db: Database;
  readonly clock: Clock;
}

export type Modules = ReturnType<typeof createModules>;

/** The composition root: every service once, in the order of the module chain. Shared by server, workers, seeds and tests. */
export function createModules({ db, clock }: ModuleDependencies) {
  return { organisations: createOrganisationsService(db), usage: createUsageService(db, clock) };
}

/** Routes of all modules, in the order the API document shows them. */
export function routesOf(modules: Modules): FastifyPluginAsync[] {
  return [organisationsRoutes(modules.organisations), usageRoutes(modules.usage)] as FastifyPluginAsync[];
}
