import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { groupsOfLines } from '../../../src/modules/usage/usage.lines.ts';
import { SaidWarnings } from '../../../src/modules/usage/usage.said.ts';
import { RESULTS_AHEAD_BYTES } from '../../../src/modules/usage/usage.stream.ts';
import { newId } from '../../../src/platform/ids.ts';
import { type Body, startUsageWorld } from '../../support/usage.ts';

interface Result {
  line: number;
  status: string;
  id?: string;
  warnings?: { pointer?: string; code: string; detail?: string }[];
  problem?: { code: string; detail: string; errors?: { pointer: string }[] };
}

const NDJSON = { 'content-type': 'application/x-ndjson' };
const parse = (text: string): Result[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Result);

// Numbers in brackets are the invariants of src/modules/usage/README.md.
t.test('streams of usage', async (t) => {
  const world = await startUsageWorld(t);
  const { test, finance, member, event, countEvents } = world;
  const send = (lines: readonly (string | object)[]) =>
    finance.call(
      'POST',
      '/usage-events',
      lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
      NDJSON,
    );
  await test.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = test.app.server.address() as AddressInfo;
  const open = () =>
    httpRequest({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/api/v1/usage-events',
      headers: { ...NDJSON, authorization: `Bearer ${finance.token}` },
    });

  t.test(
    '200: a line may name the own centre, as an event like any other, and no other centre',
    async (t) => {
      const sent = event();
      const elsewhere = { ...event(), centreId: sent.serviceId };
      const results = parse((await send([{ ...sent, centreId: finance.hat.id }, sent, elsewhere])).body);
      t.match(results, [
        { status: 'created' },
        { status: 'existing', id: results[0]?.id },
        { status: 'refused', problem: { code: 'NOT_FOUND', errors: [{ pointer: '/centreId' }] } },
      ]);
    },
  );

  t.test('200: moments that no calendar here has harm no other line [7]', async (t) => {
    const lines = [
      event(),
      event({ occurredAt: '0000-01-01T00:00:00Z' }),
      event({ occurredAt: '2026-06-30 10:00:00+00' }),
      event(),
    ];
    const results = parse((await send(lines)).body);
    t.match(
      results.map(({ status }) => status),
      ['created', 'refused', 'refused', 'created'],
    );
    t.match(results[1]?.problem?.errors, [{ pointer: '/occurredAt' }]);
  });

  t.test('200: a bad line is refused and the others stand, in the order of the lines [7]', async (t) => {
    const before = await countEvents();
    const known = event();
    await finance.call('POST', '/usage-events', known);
    const answer = await send([
      event(),
      '{"quantity": ',
      '',
      { ...event(), colour: 'red' },
      event({ reference: 'x'.repeat(17_000) }),
      known,
      { ...known, quantity: '5' },
      event({ serviceId: '01930e2c-6a70-7d4e-9b1a-3f8f2f1c7a10' }),
      event({ occurredAt: '2027-01-01T00:00:00Z' }),
      event({ attributes: { iban: '1' } }),
      event({ source: 'request' }),
      'null',
      event(),
      event({ reference: 'Max Mustermann, geb. 1980' }),
    ]);
    t.equal(answer.statusCode, 200, answer.body);
    t.equal(answer.headers['content-type'], 'application/x-ndjson');
    const results = parse(answer.body);
    t.same(
      results.map(({ line, status, problem }) => [line, status, problem?.code]),
      [
        [1, 'created', undefined],
        [2, 'refused', 'VALIDATION_FAILED'],
        [4, 'refused', 'VALIDATION_FAILED'],
        [5, 'refused', 'VALIDATION_FAILED'],
        [6, 'existing', undefined],
        [7, 'refused', 'USAGE_KEY_REUSED'],
        [8, 'refused', 'USAGE_NO_AGREEMENT'],
        [9, 'refused', 'USAGE_IN_FUTURE'],
        [10, 'refused', 'USAGE_PERSONAL_DATA'],
        [11, 'refused', 'USAGE_KEY_RESERVED'],
        [12, 'refused', 'VALIDATION_FAILED'],
        [13, 'created', undefined],
        [14, 'refused', 'VALIDATION_FAILED'],
      ],
    );
    t.match(results.at(-1)?.problem?.detail, /^\/reference must be the number of a request/);
    t.equal(results[2]?.problem?.errors?.[0]?.pointer, '/colour');
    t.match(results[3]?.problem?.detail, /longer than 16384 bytes/);
    t.equal(await countEvents(), before + 3);
  });

  t.test('200: CRLF, no line end at the end, an empty stream, bytes that are no UTF-8', async (t) => {
    const crlf = await send([`${JSON.stringify(event())}\r`, `${JSON.stringify(event())}`]);
    t.same(
      parse(crlf.body).map(({ line, status }) => [line, status]),
      [
        [1, 'created'],
        [2, 'created'],
      ],
    );
    t.equal((await send([''])).body, '');
    const payload = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}\n')]);
    const headers = { ...NDJSON, authorization: `Bearer ${finance.token}`, 'idempotency-key': 'k' };
    const broken = await test.inject({ method: 'POST', url: '/api/v1/usage-events', payload, headers });
    t.match(parse(broken.body), [{ line: 1, status: 'refused', problem: { code: 'VALIDATION_FAILED' } }]);
  });

  t.test('403: members send no streams', async (t) => {
    const before = await countEvents();
    t.equal((await member.call('POST', '/usage-events', JSON.stringify(event()), NDJSON)).statusCode, 403);
    const pretender = await test.caller(member.hat, ['finance']);
    const answer = await pretender.call('POST', '/usage-events', JSON.stringify(event()), NDJSON);
    t.equal(answer.json<Body>().code, 'FORBIDDEN');
    t.equal(await countEvents(), before);
  });

  t.test('at once: a slow sender has the result of a line before it sends the next [7]', async (t) => {
    const request = open();
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    request.write(`${JSON.stringify(event())}\n`);
    const [response] = await answered;
    const [first] = (await once(response, 'data')) as [Buffer];
    t.match(parse(first.toString()), [{ line: 1, status: 'created' }]);
    request.end(`${JSON.stringify(event())}\n`);
    const [second] = (await once(response, 'data')) as [Buffer];
    t.match(parse(second.toString()), [{ line: 2, status: 'created' }]);
  });

  t.test('resumable: after a broken connection the same stream again completes it [1, 7]', async (t) => {
    const before = await countEvents();
    const lines = Array.from({ length: 2000 }, () => JSON.stringify(event()));
    const request = open();
    request.on('error', () => undefined);
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    request.write(`${lines.slice(0, 1200).join('\n')}\n${lines[1200]?.slice(0, 40)}`);
    const [response] = await answered;
    response.on('error', () => undefined);
    await once(response, 'data');
    request.destroy();
    const results = parse((await send(lines)).body);
    t.equal(results.length, 2000);
    t.ok(results.every((result) => result.status !== 'refused'));
    t.ok(
      results.some((result) => result.status === 'existing'),
      'the first attempt left something',
    );
    t.equal(await countEvents(), before + 2000);
  });

  t.test('bounded: 20,000 lines in seconds, with memory that does not follow them [8]', async (t) => {
    const before = await countEvents();
    const request = open();
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    Readable.from(
      (function* () {
        for (let index = 0; index < 20_000; index += 1) yield `${JSON.stringify(event())}\n`;
      })(),
    ).pipe(request);
    const [response] = await answered;
    const heap: number[] = [];
    let created = 0;
    let rest = '';
    for await (const chunk of response) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      created += lines.filter((line) => line.includes('"created"')).length;
      heap.push(process.memoryUsage().rss);
    }
    t.equal(created, 20_000);
    t.equal(await countEvents(), before + 20_000);
    const growth = Math.max(...heap) - (heap[0] ?? 0);
    t.comment(`memory grew by ${Math.round(growth / 1e6)} MB at most`);
    t.ok(growth < 120e6, `grew by ${growth}`);
  });

  t.test('200: 40,000 lines that are all warned of, from a sender that reads last [8]', async (t) => {
    const { sql } = test.owner;
    const clause = {
      mode: 'cascade',
      tranches: [{ id: 'a', label: 'a', percent: '100', key: { type: 'minutes' } }],
    };
    const agreementId = newId();
    await sql`insert into agreements (id, centre_id, title, mode) values (${agreementId}, ${world.centre.id}, 'Kosten', 'delegating')`;
    await sql`insert into agreement_versions (id, centre_id, agreement_id, number, status, valid_from, organisation_ids, service_ids, cost_clause, data_protection_role)
      values (${newId()}, ${world.centre.id}, ${agreementId}, 1, 'in_force', '2026-01-01', ${[world.erwitte.id]}, ${[world.serviceId]},
        ${JSON.stringify(clause)}::text::jsonb, 'controller')`;
    await sql`insert into billing_periods (id, centre_id, code, starts_on, ends_on, state, frozen_at)
      values (gen_random_uuid(), ${world.centre.id}, '2026-10', '2026-10-01', '2026-11-01', 'frozen', '2026-11-05T08:00:00Z')`;
    const COUNT = 40_000;
    const sender = Readable.from(
      (function* () {
        for (let index = 0; index < COUNT; index += 1)
          yield Buffer.from(`${JSON.stringify(event({ occurredAt: '2026-10-02T10:00:00Z' }))}\n`);
      })(),
      { objectMode: false },
    );
    const results = test.modules.usage.recordStream(finance.context, sender, () => undefined);
    results.read(0); // starts the flow and takes nothing
    if (!sender.readableEnded) await once(sender, 'end');
    let text = '';
    for await (const part of results) text += part;
    const [first, ...rest] = parse(text);
    t.match(first?.warnings, [
      { pointer: '/meter', code: 'METER_NOT_COUNTED', detail: /minutes/ },
      { pointer: '/occurredAt', code: 'LATE', detail: /2026-10/ },
    ]);
    t.equal(rest.length, COUNT - 1);
    t.ok(rest.every(({ status }) => status === 'created'));
    const warnings = new Set(rest.map((result) => JSON.stringify(result.warnings)));
    t.same([...warnings], ['[{"code":"METER_NOT_COUNTED"},{"code":"LATE"}]']);
  });

  t.test('a stream remembers the last 1,000 warnings and no more [8]', async (t) => {
    const said = new SaidWarnings();
    const warning = (detail: number) => ({ pointer: '/unit', code: 'UNIT_DIFFERS', detail: `${detail}` });
    for (let index = 0; index < 1000; index += 1) t.same(said.shorten(warning(index)), warning(index));
    t.same(said.shorten(warning(0)), { code: 'UNIT_DIFFERS' });
    t.same(said.shorten(warning(1000)), warning(1000));
    t.same(said.shorten(warning(0)), { code: 'UNIT_DIFFERS' }, 'what came again is kept');
    t.same(said.shorten(warning(1)), warning(1), 'the oldest is forgotten');
  });

  t.test('back-pressure: a sender whose results are not read is not read on for ever [8]', async (t) => {
    let taken = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          taken += 1;
          yield Buffer.from(`${'x'.repeat(200)}\n`);
        }
      })(),
      { objectMode: false },
    );
    const results = test.modules.usage.recordStream(finance.context, endless, () => undefined);
    results.read(0); // starts the flow and takes nothing
    while (results.readableLength < RESULTS_AHEAD_BYTES) await setImmediate();
    for (let turn = 0; turn < 100; turn += 1) await setImmediate(); // what was read ahead comes to rest
    const before = taken;
    for (let round = 0; round < 20; round += 1) await countEvents();
    t.equal(taken, before, 'nothing more is taken from the sender');
    t.ok(
      results.readableLength < RESULTS_AHEAD_BYTES + 500 * 400,
      'the results held back keep to their limit',
    );
    results.destroy();
  });

  t.test('bounded: a line without end is dropped as it comes [8]', async (t) => {
    const pieces = function* () {
      for (let index = 0; index < 1000; index += 1) yield Buffer.alloc(65_536, 0x78);
      yield Buffer.from('\n{}\n');
    };
    const lines = [];
    for await (const group of groupsOfLines(Readable.from(pieces(), { objectMode: false })))
      lines.push(...group);
    t.same(
      lines.map(({ number, bytes }) => [number, bytes?.toString()]),
      [
        [1, undefined],
        [2, '{}'],
      ],
    );
  });

  t.test(
    '401: what stops a chunk is the answer of each of its lines, and refusals keep theirs [7]',
    async (t) => {
      const answers = async (session: string) => {
        const lines = Readable.from([`${JSON.stringify(event())}\nnull\n`], { objectMode: false });
        const context = { ...finance.context, sessionId: session };
        let text = '';
        for await (const part of test.modules.usage.recordStream(context, lines, () => undefined))
          text += part;
        return parse(text);
      };
      t.match(await answers('01930e2c-6a70-7d4e-9b1a-3f8f2f1c7a10'), [
        { line: 1, status: 'refused', problem: { code: 'SESSION_ENDED' } },
        { line: 2, status: 'refused', problem: { code: 'VALIDATION_FAILED' } },
      ]);
    },
  );
});
