import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import type { Config } from './config.ts';
import { type Modules, routesOf } from './modules.ts';
import type { Clock } from './platform/clock.ts';
import { registerAuthentication } from './platform/http/authentication.ts';
import { registerCompilers } from './platform/http/compilers.ts';
import { registerIdempotency } from './platform/http/idempotency.ts';
import { registerLimits } from './platform/http/limits.ts';
import {
  createRegistry,
  type Measure,
  type Probe,
  registerObservability,
  registerRequestLog,
} from './platform/http/observability.ts';
import { registerDocs, registerOpenApi, registerProblemPages } from './platform/http/openapi.ts';
import { answerEarly, registerProblems } from './platform/http/problems.ts';
import { registerRouteRules } from './platform/http/route-rules.ts';
import { registerShutdown } from './platform/http/shutdown.ts';
import { registerValidation } from './platform/http/validation.ts';
import { isUuid, newId } from './platform/ids.ts';
import { VERSION } from './version.ts';

export interface AppDependencies {
  readonly config: Config;
  readonly authSecret: string;
  readonly clock: Clock;
  readonly logger: FastifyBaseLogger;
  readonly modules: Modules;
  readonly probes: readonly Probe[];
  readonly measures: readonly Measure[];
}

/** The whole pipeline of a request, in order. */
export async function buildApp(deps: AppDependencies): Promise<FastifyInstance> {
  const { config, clock, modules } = deps;
  let isStopping = false;
  const app = fastify({
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: config.BODY_LIMIT_BYTES,
    trustProxy: (_address, hop) => hop < config.TRUST_PROXY,
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && isUuid(given) ? given : newId();
    },
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: answerEarly,
  });
  app.addHook('preClose', async () => {
    isStopping = true;
  });
  registerShutdown(app);

  const registry = createRegistry();
  registerProblems(app);
  registerRequestLog(app, registry);
  await registerLimits(app, config.RATE_LIMIT_PER_MINUTE);
  registerValidation(app, registerCompilers(app)); // after the hooks that set headers: its own refusal bears them too
  await registerOpenApi(app, VERSION);
  await registerDocs(app);
  registerRouteRules(app);
  await registerAuthentication(app, deps.authSecret, clock);
  registerIdempotency(app);

  registerObservability(app, registry, {
    probes: deps.probes,
    measures: deps.measures,
    metricsToken: config.METRICS_TOKEN,
    isStopping: () => isStopping,
  });
  registerProblemPages(app);
  for (const routes of routesOf(modules)) await app.register(routes, { prefix: '/api/v1' });
  return app;
}
