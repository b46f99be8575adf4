import type { Logger } from 'pino';
import { startWorkers } from '../workers/main.ts';
import { type AppDependencies, buildApp } from './app.ts';
import { type Backing, openBacking } from './backing.ts';
import type { Config } from './config.ts';
import { createModules, type Modules, moduleSettings } from './modules.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import { countMigrations, knownMigrations } from './platform/db/migrate.ts';
import type { Measure, Probe } from './platform/http/observability.ts';
import { QUEUES } from './platform/jobs/contract.ts';
import type { Queue } from './platform/jobs/queues.ts';
import { authSecretOf } from './runtime-files.ts';

/** Which parts of the program this process runs. */
export interface Parts {
  readonly api: boolean;
  readonly worker: boolean;
  readonly migrates: boolean;
}

export interface RunningProcess {
  /** `http://127.0.0.1:3000`; undefined without an API. */
  readonly address: string | undefined;
  readonly modules: Modules;
  readonly backing: Backing;
  /** Running requests and jobs finish first. */
  stop(): Promise<void>;
}

/** Starts one process of the program. `beforeListening` may load data while nobody calls yet. */
export async function startProcess(
  config: Config,
  log: Logger,
  parts: Parts,
  options: { clock?: Clock; beforeListening?: (backing: Backing, modules: Modules) => Promise<void> } = {},
): Promise<RunningProcess> {
  const clock = options.clock ?? systemClock;
  const authSecret = await authSecretOf(config);
  const backing = await openBacking(config, log, parts);
  const closers: (() => Promise<unknown>)[] = [() => backing.close()];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const modules = createModules({ db: backing.db, clock, settings: moduleSettings(config, authSecret) });
    await options.beforeListening?.(backing, modules);
    if (parts.worker) {
      const workers = startWorkers({
        modules,
        queues: backing.queues,
        outbox: backing.outbox,
        clock,
        log,
        concurrency: config.WORKER_CONCURRENCY,
      });
      closers.push(() => workers.stop());
    }
    const address = parts.api
      ? await listen({ config, authSecret, clock, logger: log, modules }, backing, closers)
      : undefined;
    return { address, modules, backing, stop };
  } catch (error) {
    await stop().catch((second: unknown) =>
      log.error({ err: second }, 'could not clean up after a failed start'),
    );
    throw error;
  }
}

async function listen(
  deps: Omit<AppDependencies, 'probes' | 'measures'>,
  backing: Backing,
  closers: (() => Promise<unknown>)[],
): Promise<string> {
  const queues = QUEUES.map((name) => ({ name, queue: backing.queues.queue(name) }));
  closers.push(() => Promise.all(queues.map(({ queue }) => queue.close())));
  const probes = probesOf(backing, queues[0]?.queue);
  const app = await buildApp({ ...deps, probes, measures: measuresOf(backing, queues) });
  closers.push(() => app.close());
  const { PORT: port, HOST: host } = deps.config;
  const address = await app.listen({ port, host });
  app
    .compileSchemas()
    .catch((error: unknown) => deps.logger.error({ err: error }, 'a schema of the API is wrong'));
  await backing.embedded?.announce(address);
  return address;
}

function probesOf({ db }: Backing, queue: Queue | undefined): Probe[] {
  return [
    {
      name: 'database',
      async check() {
        await db.sql`select 1`;
      },
    },
    {
      name: 'migrations',
      async check() {
        if ((await countMigrations(db.sql)) < knownMigrations())
          throw new Error('the schema is older than the program; run `verbund migrate`');
      },
    },
    { name: 'queue', check: async () => queue?.ping() },
  ];
}

function measuresOf({ outbox }: Backing, queues: readonly { name: string; queue: Queue }[]): Measure[] {
  return [
    {
      name: 'verbund_queue_jobs',
      help: 'Jobs in the queues by state',
      labels: ['queue', 'state'],
      async read() {
        const counts = await Promise.all(
          queues.map(async ({ name, queue }) => ({ name, counts: await queue.counts() })),
        );
        return counts.flatMap(({ name, counts: states }) =>
          Object.entries(states).map(([state, value]) => ({ labels: { queue: name, state }, value })),
        );
      },
    },
    {
      name: 'verbund_outbox_jobs',
      help: 'Jobs in the outbox: waiting for a queue, with a queue, or given up (dead letters)',
      labels: ['state'],
      async read() {
        const rows = await outbox.sql<{ state: string; value: number }[]>`
          select 'waiting' as state, count(*)::int as value from outbox_jobs where dispatched_at is null
          union all select 'dispatched', count(*)::int from outbox_jobs where dispatched_at is not null and completed_at is null and failed_at is null
          union all select 'dead', count(*)::int from outbox_jobs where failed_at is not null`;
        return rows.map(({ state, value }) => ({ labels: { state }, value }));
      },
    },
  ];
}
