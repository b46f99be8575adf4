import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { systemClock } from '../src/platform/clock.ts';
import type { Database } from '../src/platform/db/database.ts';
import { newId } from '../src/platform/ids.ts';
import type { World } from './world.ts';

type Sql = Database['sql'];

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
  const created = await occurrences(answer.body as ReadableStream<Uint8Array>, '"status":"created"');
  if (created !== count) throw new Error(`${created} of ${count} lines were recorded`);
  return (count * 1000) / (performance.now() - start);
}

/** How often a text occurs in a stream, of which no more than a piece is held. */
async function occurrences(stream: ReadableStream<Uint8Array>, wanted: string): Promise<number> {
  let [count, rest] = [0, ''];
  for await (const chunk of Readable.fromWeb(stream) as AsyncIterable<Buffer>) {
    const parts = (rest + chunk.toString('latin1')).split(wanted);
    count += parts.length - 1;
    rest = parts.at(-1)?.slice(1 - wanted.length) ?? '';
  }
  return count;
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
