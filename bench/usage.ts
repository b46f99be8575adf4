import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { usageTotalsOfServices } from '../src/modules/usage/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import { systemContext } from '../src/platform/context.ts';
import { type Database, type DatabaseTarget, openDatabase } from '../src/platform/db/database.ts';
import { withHatTx } from '../src/platform/db/hat.ts';
import { newId } from '../src/platform/ids.ts';
import type { World } from './world.ts';

type Sql = Database['sql'];

const MEMBERS = 400;
const SERVICES = 50;
const YEAR = { from: '2025-01-01', to: '2026-01-01' } as const;

/** Events a second of one stream of NDJSON over HTTP, its answers read to the end. */
export async function streamedEvents(api: string, world: World, count: number): Promise<number> {
  const { memberId: organisationId, serviceId, finance } = world;
  const occurredAt = systemClock.now();
  const line = () =>
    `${JSON.stringify({ organisationId, serviceId, source: 'stream', idempotencyKey: newId(), quantity: '1', occurredAt })}\n`;
  const start = performance.now();
  const answer = await fetch(`${api}/api/v1/usage-events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${finance}`, 'content-type': 'application/x-ndjson' },
    body: Readable.toWeb(Readable.from(inPieces(line, count))),
    duplex: 'half',
  });
  const created = (await answer.text()).split('"status":"created"').length - 1;
  if (created !== count) throw new Error(`${created} of ${count} lines were recorded`);
  return (count * 1000) / (performance.now() - start);
}

function* inPieces(line: () => string, count: number): Generator<Buffer> {
  const LINES = 250;
  for (let sent = 0; sent < count; sent += LINES)
    yield Buffer.from(Array.from({ length: Math.min(LINES, count - sent) }, line).join(''));
}

/** The floor: the same rows by COPY into the same table, past rights, keys and agreements. Rows a second. */
export async function copiedEvents(sql: Sql, world: World, count: number): Promise<number> {
  const { centreId, memberId, serviceId, agreementVersionId } = world;
  const now = systemClock.now();
  const row = () => {
    const id = newId();
    const values = [
      id,
      centreId,
      memberId,
      serviceId,
      agreementVersionId,
      'copy',
      id,
      'usage',
      'cases',
      'case',
    ];
    return `${[...values, '1', now, now.slice(0, 10), '{}', memberId, now].join('\t')}\n`;
  };
  const start = performance.now();
  const writable =
    await sql`copy usage_events (id, centre_id, organisation_id, service_id, agreement_version_id, source, idempotency_key, kind,
    meter, unit, quantity, occurred_at, occurred_on, attributes, recorded_by, recorded_at) from stdin`.writable();
  await pipeline(Readable.from(inPieces(row, count)), writable);
  return (count * 1000) / (performance.now() - start);
}

/** A year of one centre with many members and services. Without triggers, for speed; the roll-ups are made as their migration does. */
export async function fillYear(
  sql: Sql,
  { centreId, agreementVersionId }: World,
  count: number,
): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`create temp table bench_members as select gen_random_uuid() as id, n from generate_series(0, ${MEMBERS - 1}) n`;
    await tx`create temp table bench_services as select gen_random_uuid() as id, n from generate_series(0, ${SERVICES - 1}) n`;
    await tx`insert into usage_events (id, centre_id, organisation_id, service_id, agreement_version_id, source, idempotency_key, kind,
        meter, unit, quantity, occurred_at, occurred_on, attributes, recorded_by, recorded_at)
      select gen_random_uuid(), ${centreId}::uuid, m.id, s.id, ${agreementVersionId}::uuid, 'bench', i::text, 'usage', 'cases', 'case', 1 + i % 3,
        d.day + interval '12 hours', d.day, '{}', ${centreId}::uuid, d.day + interval '13 hours'
      from generate_series(1, ${count}::int) i
      join bench_members m on m.n = i % ${MEMBERS} join bench_services s on s.n = (i / ${MEMBERS}) % ${SERVICES}
      cross join lateral (select ${YEAR.from}::date + (i::bigint * 365 / ${count}::int)::int as day) d`;
    await tx`insert into usage_rollups (centre_id, month, service_id, organisation_id, meter, unit, source, quantity, event_count)
      select centre_id, date_trunc('month', occurred_on)::date, service_id, organisation_id, meter, unit, source, sum(quantity), count(*)
      from usage_events where source = 'bench' group by 1, 2, 3, 4, 5, 6, 7`;
    await tx`drop table bench_members`;
  });
  await sql`vacuum analyze usage_events, usage_rollups`;
}

/** How often a second the usage of the year is summed up: as a run does it, and by one aggregate over the events. */
export async function sumsOfYear(
  sql: Sql,
  target: DatabaseTarget,
  { centreId }: World,
): Promise<{ rollups: number; raw: number }> {
  const services = await sql<
    { id: string }[]
  >`select distinct service_id as id from usage_rollups where centre_id = ${centreId}`;
  const app = openDatabase(target, 'verbund_app', 1);
  const ctx = systemContext({ kind: 'centre', id: centreId }, systemClock.now(), 'bench');
  const filter = { centreId, serviceIds: services.map(({ id }) => id), ...YEAR };
  const recordedUntil = systemClock.now();
  const summed = () => withHatTx(app, ctx, (tx) => usageTotalsOfServices(tx, { ...filter, recordedUntil }));
  const added =
    () => sql`select service_id, organisation_id, meter, unit, sum(quantity), count(*) from usage_events
    where centre_id = ${centreId} and occurred_on >= ${YEAR.from} and occurred_on < ${YEAR.to} group by 1, 2, 3, 4`;
  const [rollups, raw] = [await perSecond(summed, 5), await perSecond(added, 2)];
  await app.end();
  return { rollups, raw };
}

async function perSecond(work: () => PromiseLike<unknown>, times: number): Promise<number> {
  await work();
  const start = performance.now();
  for (let n = 0; n < times; n += 1) await work();
  return (times * 1000) / (performance.now() - start);
}
