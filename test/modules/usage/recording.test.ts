import t, { type Test } from 'tap';
import { REQUEST_SOURCE, recordUsage } from '../../../src/modules/usage/index.ts';
import { withHatTx } from '../../../src/platform/db/hat.ts';
import { newId } from '../../../src/platform/ids.ts';
import { addAgreement, addService, type Body, startUsageWorld } from '../../support/usage.ts';

// Numbers in brackets are the invariants of src/modules/usage/README.md.
t.test('recording usage', async (t) => {
  const world = await startUsageWorld(t);
  const { test, finance, member, erwitte, lippetal, centre, serviceId, event, countEvents } = world;
  const post = (body: unknown, headers = {}) => finance.call('POST', '/usage-events', body, headers);
  const refuses = async (t: Test, body: unknown, status: number, code: string, pointer?: string) => {
    const before = await countEvents();
    const answer = await post(body);
    t.equal(answer.statusCode, status, answer.body);
    t.equal(answer.json<Body>().code, code);
    if (pointer !== undefined) t.equal(answer.json<Body>().errors[0]?.pointer, pointer, answer.body);
    t.equal(await countEvents(), before, 'nothing is written');
    return answer.json<Body>();
  };

  t.test(
    '201: an event is answered whole, with defaults, its day in Germany and its agreement',
    async (t) => {
      const answer = await post(
        event({ quantity: '007.50', occurredAt: '2026-10-31T23:30:00Z', attributes: { line: 'a' } }),
      );
      t.equal(answer.statusCode, 201, answer.body);
      t.match(answer.json<Body>(), {
        kind: 'usage',
        centreId: centre.id,
        organisationId: erwitte.id,
        meter: 'cases',
        unit: 'case',
        quantity: '7.5',
        occurredAt: '2026-10-31T23:30:00.000Z',
        occurredOn: '2026-11-01',
        attributes: { line: 'a' },
        reference: null,
        requestId: null,
        correctsEventId: null,
      });
      const again = await finance.call('GET', `/usage-events/${answer.json<Body>().id}`);
      t.same(again.json<Body>(), answer.json<Body>());
      const entries = await test.owner
        .sql`select action, organisation_id from audit_entries where entity_id = ${answer.json<Body>().id}`;
      t.same([...entries], [{ action: 'usage.recorded', organisation_id: erwitte.id }]);
    },
  );

  t.test('200: the same content again is the first event, however it is spelled [1]', async (t) => {
    const body = event({ quantity: '1', meter: 'minutes' });
    const first = await post(body);
    t.equal(first.statusCode, 201, first.body);
    const { organisationId, ...rest } = body;
    const respelled = {
      ...rest,
      unit: 'minute',
      quantity: '1.000',
      occurredAt: '2026-11-02T11:00:00+01:00',
      organisationId,
    };
    const again = await post(respelled);
    t.equal(again.statusCode, 200, again.body);
    t.same(again.json<Body>(), first.json<Body>());
  });

  t.test('409: the same key for another content [1]', async (t) => {
    const body = event();
    const first = await post(body);
    const answer = await refuses(t, { ...body, quantity: '2' }, 409, 'USAGE_KEY_REUSED', '/idempotencyKey');
    t.match(answer.detail, first.json<Body>().id);
    t.equal(
      (await post({ ...body, source: 'other', quantity: '2' })).statusCode,
      201,
      'another source has keys of its own',
    );
  });

  t.test('one row: 50 equal posts at once make one event, and all get it [1]', async (t) => {
    const body = event();
    const before = await countEvents();
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(body)));
    const ids = new Set(answers.map((answer) => answer.json<Body>().id));
    t.equal(ids.size, 1);
    t.equal(answers.filter((answer) => answer.statusCode === 201).length, 1);
    t.equal(answers.filter((answer) => answer.statusCode === 200).length, 49);
    t.equal(await countEvents(), before + 1);
  });

  t.test('no deadlock: batches with the same keys in opposite order, at once [1]', async (t) => {
    const batch = Array.from({ length: 100 }, () => event());
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => post(index % 2 === 0 ? batch : batch.toReversed())),
    );
    t.same(
      [...new Set(answers.map((answer) => answer.statusCode))].toSorted((a, b) => a - b),
      [200, 201],
    );
    const made = answers
      .flatMap((answer) => answer.json<Body>().results)
      .filter((result) => result.status === 'created');
    t.equal(made.length, 100, 'each was created once');
  });

  t.test('201: Idempotency-Key gives the stored first answer again', async (t) => {
    const body = event();
    const headers = { 'idempotency-key': newId() };
    const first = await post(body, headers);
    const again = await post(body, headers);
    t.equal(again.statusCode, 201);
    t.equal(again.headers['idempotency-replayed'], 'true');
    t.same(again.json<Body>(), first.json<Body>());
    t.equal((await post(event(), headers)).json<Body>().code, 'IDEMPOTENCY_KEY_REUSED');
  });

  t.test('201: a batch answers in its order, with what existed and repetitions within it', async (t) => {
    const known = event();
    const first = (await post(known)).json<Body>();
    const fresh = event({ source: 'a' });
    const answer = await post([fresh, known, fresh]);
    t.equal(answer.statusCode, 201, answer.body);
    const [one, two, three] = answer.json<Body>().results;
    t.same(two, { status: 'existing', id: first.id });
    t.same([one?.status, three?.status], ['created', 'existing']);
    t.equal(one?.id, three?.id);
    t.equal((await post([fresh, known])).statusCode, 200, 'nothing new');
  });

  t.test('400: a batch with one bad item writes nothing and points at it [2]', async (t) => {
    const batch = [event(), event(), event(), event({ quantity: 'viel' })];
    await refuses(t, batch, 400, 'VALIDATION_FAILED', '/3/quantity');
    await refuses(t, [event(), { ...event(), colour: 'red' }], 400, 'VALIDATION_FAILED', '/1/colour');
    await refuses(t, [event(), 7], 400, 'VALIDATION_FAILED', '/1');
    await refuses(t, [], 400, 'VALIDATION_FAILED', '');
    await refuses(
      t,
      Array.from({ length: 1001 }, () => event()),
      400,
      'VALIDATION_FAILED',
      '',
    );
  });

  t.test('422 and 409: a batch refused by a rule writes nothing and names every item [2]', async (t) => {
    const known = event();
    await post(known);
    const late = event({ occurredAt: '2026-11-21T12:00:00Z' });
    const answer = await refuses(
      t,
      [event(), late, event({ serviceId: newId() })],
      422,
      'USAGE_IN_FUTURE',
      '/1/occurredAt',
    );
    t.match(answer.errors, [
      { pointer: '/1/occurredAt' },
      { pointer: '/2/organisationId', code: 'NOT_COVERED' },
    ]);
    await refuses(t, [event(), { ...known, quantity: '9' }], 409, 'USAGE_KEY_REUSED', '/1/idempotencyKey');
    const twice = event();
    await refuses(t, [twice, { ...twice, quantity: '9' }], 409, 'USAGE_KEY_REUSED', '/1/idempotencyKey');
  });

  t.test('404: no event goes to a centre other than the own, which may be named', async (t) => {
    await refuses(t, event({ centreId: newId() }), 404, 'NOT_FOUND', '/centreId');
    await refuses(t, [event(), event({ centreId: newId() })], 404, 'NOT_FOUND', '/1/centreId');
    const named = event({ centreId: centre.id.toUpperCase() });
    t.equal((await finance.call('POST', '/usage-events', named)).statusCode, 201);
  });

  t.test('400: fields are checked one by one', async (t) => {
    const cases: [Record<string, unknown>, string][] = [
      [{ colour: 'red' }, '/colour'],
      [{ organisationId: 'Erwitte' }, '/organisationId'],
      [{ quantity: '-1' }, '/quantity'],
      [{ quantity: 1 }, '/quantity'],
      [{ quantity: '1e3' }, '/quantity'],
      [{ quantity: `0.${'1'.repeat(30)}` }, '/quantity'],
      [{ quantity: '1234567890123456789' }, '/quantity'],
      [{ occurredAt: '2026-02-30T10:00:00Z' }, '/occurredAt'],
      [{ occurredAt: '2026-11-02' }, '/occurredAt'],
      [{ occurredAt: '2016-12-31T23:59:60Z' }, '/occurredAt'],
      [{ source: ' ' }, '/source'],
      [{ idempotencyKey: '' }, '/idempotencyKey'],
      [{ reference: 'x'.repeat(121) }, '/reference'],
      [{ requestId: newId() }, '/requestId'],
      [{ centreId: 'SOE' }, '/centreId'],
    ];
    for (const [change, pointer] of cases) await refuses(t, event(change), 400, 'VALIDATION_FAILED', pointer);
    for (const idempotencyKey of ['a\u0000b', 'a\ud800']) {
      await refuses(t, event({ idempotencyKey }), 400, 'TEXT_NOT_STORABLE', '/idempotencyKey');
    }
    const { quantity, ...without } = event();
    t.equal(quantity, '1');
    await refuses(t, without, 400, 'VALIDATION_FAILED', '/quantity');
    const answer = await refuses(t, event({ quantity: `0.${'1'.repeat(30)}` }), 400, 'VALIDATION_FAILED');
    t.match(answer.detail, /18 digits before and 6 behind the point/);
    await refuses(t, undefined, 400, 'VALIDATION_FAILED', '');
  });

  t.test('400 and 415: what is no JSON object', async (t) => {
    for (const payload of ['{', 'null', '"x"', '7']) {
      const answer = await finance.call('POST', '/usage-events', payload, {
        'content-type': 'application/json',
      });
      t.equal(answer.statusCode, 400, payload);
    }
    const text = await finance.call('POST', '/usage-events', 'hello', { 'content-type': 'text/plain' });
    t.equal(text.statusCode, 415);
  });

  t.test('422: usage lies no more than five minutes in the future [4]', async (t) => {
    await refuses(
      t,
      event({ occurredAt: '2026-11-20T12:05:00.001Z' }),
      422,
      'USAGE_IN_FUTURE',
      '/occurredAt',
    );
    t.equal((await post(event({ occurredAt: '2026-11-20T12:05:00Z' }))).statusCode, 201);
  });

  t.test('422: without an agreement for centre, organisation, service and day [3]', async (t) => {
    const uncovered = [
      event({ organisationId: lippetal.id }),
      event({ organisationId: newId() }),
      event({ serviceId: newId() }),
      event({ occurredAt: '2025-12-31T22:59:59Z' }),
    ];
    for (const body of uncovered) await refuses(t, body, 422, 'USAGE_NO_AGREEMENT');
    const firstMoment = await post(event({ occurredAt: '2025-12-31T23:00:00Z' }));
    t.equal(firstMoment.statusCode, 201, 'the day begins at midnight in Germany');
    t.equal(firstMoment.json<Body>().occurredOn, '2026-01-01');
  });

  t.test('existing: an event stays the first one after its agreement has ended [1]', async (t) => {
    const own = await addService(test, centre);
    const version = await addAgreement(test, centre, erwitte, [own]);
    const body = event({ serviceId: own });
    const first = await post(body);
    t.equal(first.json<Body>().agreementVersionId, version);
    await test.owner
      .sql`update agreement_coverage set valid_to = '2026-02-01' where agreement_version_id = ${version}`;
    t.equal((await post(body)).json<Body>().id, first.json<Body>().id);
    await refuses(t, event({ serviceId: own }), 422, 'USAGE_NO_AGREEMENT');
  });

  t.test('422: personal data in attributes and references [5]', async (t) => {
    const attributes: [Record<string, unknown>, string][] = [
      [{ name: 'x' }, '/attributes/name'],
      [{ 'Steuer-ID': '1' }, '/attributes/Steuer-ID'],
      [{ STRASSE: '1' }, '/attributes/STRASSE'],
      [{ straße: '1' }, '/attributes/straße'],
      [{ 'E-Mail': '1' }, '/attributes/E-Mail'],
      [{ 'Vorname ': '1' }, '/attributes/Vorname '],
      [{ Adrésse: '1' }, '/attributes/Adrésse'],
      [{ caller: { birth_date: '1' } }, '/attributes/caller/birth_date'],
      [{ callers: [{ iban: '1' }] }, '/attributes/callers/0/iban'],
      [{ note: 'an anna.meier@example.org' }, '/attributes/note'],
    ];
    for (const [value, pointer] of attributes) {
      await refuses(t, event({ attributes: value }), 422, 'USAGE_PERSONAL_DATA', pointer);
    }
    for (const text of ['Max Mustermann, geb. 1980', 'a b', 'a\u00a0b', 'Müller,Eva', '+49-2945-1']) {
      const { errors } = await refuses(
        t,
        event({ attributes: { calls: [{ note: text }] } }),
        422,
        'USAGE_PERSONAL_DATA',
        '/attributes/calls/0/note',
      );
      t.match(errors, [{ detail: /short code .* without blanks/ }], text);
    }
    for (const attributes of [
      { serviceName: 'x', line: 3 },
      { a: 'Bürgerservice', b: '', c: 'f'.repeat(64) },
    ])
      t.equal((await post(event({ attributes }))).statusCode, 201);
  });

  t.test('400: a reference is a number or a hash and nothing that somebody is called [5]', async (t) => {
    const names = [
      'Max Mustermann, geb. 1980',
      'Erika Mustermann',
      'anna@example.org',
      'a\tb',
      'Müller,Eva',
      '',
    ];
    for (const reference of names) {
      const body = await refuses(t, event({ reference }), 400, 'VALIDATION_FAILED', '/reference');
      if (reference !== '') t.match(body.detail, /number of a request or file, or a keyed hash/);
      await refuses(t, [event(), event({ reference })], 400, 'VALIDATION_FAILED', '/1/reference');
    }
    for (const reference of ['SOE-2026-000123', '32.1/2026#4', 'Stü_7:b', 'f'.repeat(64)]) {
      const answer = await post(event({ reference }));
      t.match([answer.statusCode, answer.json<Body>().reference], [201, reference]);
    }
  });

  t.test('422: attributes are small and storable [5]', async (t) => {
    const deep = { a: { b: { c: { d: { e: 1 } } } } };
    const many = (value: unknown) =>
      Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`k${index}`, value]));
    const huge = many(many('x'.repeat(64)));
    const broken = [deep, huge, { a: 'x'.repeat(65) }, { ['k'.repeat(61)]: 1 }];
    for (const attributes of broken) {
      await refuses(t, event({ attributes }), 422, 'USAGE_ATTRIBUTES_TOO_LARGE');
    }
    for (const a of ['\u0000', '\ud800']) {
      await refuses(t, event({ attributes: { a } }), 400, 'TEXT_NOT_STORABLE', '/attributes/a');
    }
    const payload = JSON.stringify(event({ attributes: { a: 0 } })).replace('{"a":0}', '{"a":1e999}');
    const infinite = await finance.call('POST', '/usage-events', payload, {
      'content-type': 'application/json',
    });
    t.equal(infinite.statusCode, 422, infinite.body);
    const tooMany = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`k${index}`, 1]));
    await refuses(t, event({ attributes: tooMany }), 400, 'VALIDATION_FAILED', '/attributes');
  });

  t.test('422: sources and keys that Verbund writes itself', async (t) => {
    for (const source of [REQUEST_SOURCE, 'request-booking'])
      await refuses(t, event({ source }), 422, 'USAGE_KEY_RESERVED', '/source');
    await refuses(t, event({ idempotencyKey: 'reversal:x' }), 422, 'USAGE_KEY_RESERVED', '/idempotencyKey');
  });

  t.test('201: text is kept as it is, SQL and HTML included', async (t) => {
    const key = `"'\\;--${newId()} '); drop table usage_events; -- <b>&amp;</b> Ä 🏛`;
    const body = event({ idempotencyKey: key, unit: '<script>alert(1)</script>', meter: 'Gebühr 1' });
    const answer = await post(body);
    t.match(answer.json<Body>(), {
      idempotencyKey: key,
      unit: '<script>alert(1)</script>',
      meter: 'Gebühr 1',
    });
    t.equal((await post([body])).json<Body>().results[0]?.id, answer.json<Body>().id);
  });

  t.test('401, 403: only the centre records', async (t) => {
    const bodies = [event(), [event()]];
    const auditor = await test.caller(centre, ['auditor']);
    const before = await countEvents();
    for (const body of bodies) {
      t.equal((await member.call('POST', '/usage-events', body)).statusCode, 403);
      t.equal((await auditor.call('POST', '/usage-events', body)).statusCode, 403);
    }
    const pretender = await test.caller(erwitte, ['finance']);
    t.equal((await pretender.call('POST', '/usage-events', event())).json<Body>().code, 'FORBIDDEN');
    t.equal(await countEvents(), before);
    await t.rejects(
      withHatTx(
        test.db,
        pretender.context,
        (tx) => tx.sql`insert into usage_events select * from usage_events limit 1`,
      ),
      { code: '42501' },
      'the database refuses a member too [6]',
    );
  });

  t.test('exactly once: other modules record in their own transaction, again and again [1]', async (t) => {
    const input = { ...(event() as never as Parameters<typeof recordUsage>[2][0]), source: REQUEST_SOURCE };
    const run = () => withHatTx(test.db, finance.context, (tx) => recordUsage(tx, finance.context, [input]));
    await t.rejects(
      withHatTx(test.db, finance.context, async (tx) => {
        await recordUsage(tx, finance.context, [input]);
        throw new Error('died');
      }),
      { message: 'died' },
    );
    const [first] = await run();
    const [second] = await run();
    t.equal(first?.status, 'created');
    t.same(second, { status: 'existing', id: first?.id });
    const uncovered = { ...input, serviceId: newId(), idempotencyKey: newId() };
    await t.rejects(
      withHatTx(test.db, finance.context, (tx) => recordUsage(tx, finance.context, [uncovered])),
      { message: /^Event 0: No agreement/ },
    );
  });

  t.test(
    'append-only: no event is changed or deleted, not even by the owner of the schema [6]',
    async (t) => {
      await t.rejects(test.owner.sql`update usage_events set quantity = 0`, { code: 'VB409' });
      await t.rejects(test.owner.sql`delete from usage_events`, { code: 'VB409' });
      await t.rejects(
        withHatTx(test.db, finance.context, (tx) => tx.sql`update usage_events set quantity = 0`),
        { code: '42501' },
      );
      t.equal(serviceId.length, 36);
    },
  );
});
