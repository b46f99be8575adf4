import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { DomainError } from '../errors.ts';
import { within } from '../within.ts';
import { NOT_FOUND } from './problems.ts';

export interface Probe {
  readonly name: string;
  check(): Promise<void>;
}

export interface Measure {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  read(): Promise<{ labels: Record<string, string>; value: number }[]>;
}

export interface ObservabilityOptions {
  readonly probes: readonly Probe[];
  readonly measures: readonly Measure[];
  readonly metricsToken: string | undefined;
  readonly isStopping: () => boolean;
}

/** One log line per request, without query strings, for they may hold names; request id on every answer. */
export function registerRequestLog(app: FastifyInstance, registry: Registry): void {
  const durations = new Histogram({
    name: 'verbund_http_request_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    const { hat, actor } = request.ctx ?? {};
    request.log.info(
      {
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        hat: hat?.id,
        actor: actor?.id,
      },
      'answered',
    );
  });
}

export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** `/health/live` says the process runs, `/health/ready` that it can do its work, `/metrics` speaks Prometheus. */
export function registerObservability(
  app: FastifyInstance,
  registry: Registry,
  options: ObservabilityOptions,
): void {
  const hidden = { config: { access: 'public' }, schema: { hide: true } } as const;
  for (const measure of options.measures) addGauge(registry, measure);
  app.get('/health/live', hidden, async () => ({ status: 'ok' }));
  app.get('/health/ready', hidden, async (_request, reply) => {
    const checks = await Promise.all(options.probes.map(runProbe));
    const isReady = !options.isStopping() && checks.every((check) => check.ok);
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready', checks });
  });
  app.get('/metrics', hidden, async (request, reply) => {
    assertMayScrape(request, options.metricsToken);
    return sendMetrics(reply, registry);
  });
}

async function sendMetrics(reply: FastifyReply, registry: Registry): Promise<FastifyReply> {
  return reply.type(registry.contentType).send(await registry.metrics());
}

function assertMayScrape(request: FastifyRequest, token: string | undefined): void {
  const isAllowed =
    token === undefined ? isLocal(request) : request.headers.authorization === `Bearer ${token}`;
  if (!isAllowed) throw new DomainError(NOT_FOUND, 'There is no GET at this address.');
}

/** By the connection itself, not by what a header claims; what a proxy on this machine passes on is not local. */
function isLocal({ raw, headers }: FastifyRequest): boolean {
  const isForwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  return (
    !isForwarded && ['127.0.0.1', '::1', '::ffff:127.0.0.1', undefined].includes(raw.socket.remoteAddress)
  );
}

/** What does not answer in time is a no as well. */
const PROBE_TIMEOUT_MS = 2000;

async function runProbe(probe: Probe): Promise<{ name: string; ok: boolean }> {
  const ok = await within(PROBE_TIMEOUT_MS, probe.check()).then(
    () => true,
    () => false,
  );
  return { name: probe.name, ok };
}

function addGauge(registry: Registry, measure: Measure): void {
  const gauge = new Gauge({
    name: measure.name,
    help: measure.help,
    labelNames: [...measure.labels],
    registers: [registry],
    async collect() {
      gauge.reset();
      const rows = await within(PROBE_TIMEOUT_MS, measure.read()).catch(() => []);
      for (const { labels, value } of rows) gauge.set(labels, value);
    },
  });
}
