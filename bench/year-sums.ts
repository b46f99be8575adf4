import { createCostingService } from '../src/modules/costing/index.ts';
import { type ServiceUsageTotal, usageTotalsOfServices } from '../src/modules/usage/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import { type HatContext, systemContext } from '../src/platform/context.ts';
import { type Database, type DatabaseTarget, openDatabase } from '../src/platform/db/database.ts';
import { withHatTx } from '../src/platform/db/hat.ts';
import { YEAR, type Year } from './year.ts';

type Sql = Database['sql'];

/** Milliseconds for the usage of the year: as a run gathers it, and by one aggregate over its events. The sums of both are the same. */
export async function sumsOfYear(
  sql: Sql,
  target: DatabaseTarget,
  { centreId, serviceIds, frozenAt }: Year,
): Promise<{ gathered: number; raw: number; sums: number; events: number; rollups: number }> {
  const app = openDatabase(target, 'verbund_app', 1);
  const filter = { centreId, serviceIds, from: YEAR.from, to: YEAR.to, recordedUntil: frozenAt };
  const gather = () => withHatTx(app, hatOf(centreId), (tx) => usageTotalsOfServices(tx, filter));
  // As the owner: past row-level security, which costs nothing here that an aggregate would not have.
  const aggregate = () => sql<ServiceUsageTotal[]>`
    select service_id as "serviceId", organisation_id as "organisationId", meter, unit, trim_scale(sum(quantity))::text as quantity,
      count(*)::int as "eventCount"
    from usage_events where centre_id = ${centreId} and occurred_on >= ${YEAR.from} and occurred_on < ${YEAR.to} and recorded_at <= ${frozenAt}
    group by 1, 2, 3, 4 order by 1, 2, 3, 4`;
  const [ours, theirs] = [await gather(), await aggregate()];
  if (ours.length === 0 || JSON.stringify(ours) !== JSON.stringify(theirs)) {
    throw new Error('the sums from the roll-ups are not those of the events');
  }
  const [gathered, raw] = [await bestOf(7, gather), await bestOf(3, aggregate)];
  await app.end();
  const [counts] = await sql<{ events: number; rollups: number }[]>`
    select (select count(*) from usage_events where centre_id = ${centreId})::int as events,
      (select count(*) from usage_rollups where centre_id = ${centreId})::int as rollups`;
  return { gathered, raw, sums: ours.length, events: counts?.events ?? 0, rollups: counts?.rollups ?? 0 };
}

/** Milliseconds for a run of the year, made and stored with all its lines as if a person had asked for it. */
export async function sharedYear(
  sql: Sql,
  target: DatabaseTarget,
  { centreId, periodId }: Year,
): Promise<{ created: number; lines: number }> {
  const app = openDatabase(target, 'verbund_app', 2);
  const { runs } = createCostingService(app);
  const start = performance.now();
  const { id } = await runs.create(hatOf(centreId), { periodId });
  const created = performance.now() - start;
  await app.end();
  const [stored] = await sql<
    { lines: number }[]
  >`select count(*)::int as lines from allocation_run_lines where run_id = ${id}`;
  return { created, lines: stored?.lines ?? 0 };
}

function hatOf(centreId: string): HatContext {
  return systemContext({ kind: 'centre', id: centreId }, systemClock.now(), 'bench');
}

/** The fastest is the one that others disturbed least. */
async function bestOf(times: number, work: () => PromiseLike<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let n = 0; n < times; n += 1) {
    const start = performance.now();
    await work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}
