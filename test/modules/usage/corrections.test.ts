import fc from 'fast-check';
import t, { type Test } from 'tap';
import { REQUEST_SOURCE, recordUsage, usageTotalsOfServices } from '../../../src/modules/usage/index.ts';
import { daysOfPeriod, negated, plainDecimal } from '../../../src/modules/usage/usage.rules.ts';
import { withHatTx } from '../../../src/platform/db/hat.ts';
import { newId } from '../../../src/platform/ids.ts';
import { type Body, startUsageWorld } from '../../support/usage.ts';

// Numbers in brackets are the invariants of src/modules/usage/README.md.
t.test('corrections, lists and sums', async (t) => {
  const world = await startUsageWorld(t);
  const { test, finance, member, erwitte, lippetal, centre, serviceId, otherServiceId, event } = world;
  const add = async (change = {}) =>
    (await finance.call('POST', '/usage-events', event(change))).json<Body>();
  const reverse = (id: string, headers = {}) =>
    finance.call('POST', `/usage-events/${id}/reversal`, { reason: 'Doppelt erfasst' }, headers);
  const adjust = (id: string, quantity: string, idempotencyKey = newId()) =>
    finance.call('POST', `/usage-events/${id}/adjustment`, {
      quantity,
      reason: 'Zählfehler',
      idempotencyKey,
    });
  const refused = async (
    t: Test,
    answer: Awaited<ReturnType<typeof adjust>>,
    status: number,
    code: string,
  ) => {
    t.equal(answer.statusCode, status, answer.body);
    t.equal(answer.json<Body>().code, code);
  };

  t.test('201: a reversal takes the event back and keeps its time of use, once [9, 10]', async (t) => {
    const first = await add({ quantity: '10', reference: 'A-1' });
    world.clock.set('2026-11-20T13:00:00.000Z');
    const answer = await reverse(first.id);
    t.equal(answer.statusCode, 201, answer.body);
    t.match(answer.json<Body>(), {
      kind: 'reversal',
      quantity: '-10',
      correctsEventId: first.id,
      reason: 'Doppelt erfasst',
      reference: 'A-1',
      source: first.source,
      occurredAt: first.occurredAt,
      occurredOn: first.occurredOn,
      recordedAt: '2026-11-20T13:00:00.000Z',
    });
    await refused(t, await reverse(first.id), 409, 'USAGE_ALREADY_REVERSED');
    await refused(t, await reverse(answer.json<Body>().id), 422, 'USAGE_NOT_CORRECTABLE');
    await refused(t, await adjust(answer.json<Body>().id, '1'), 422, 'USAGE_NOT_CORRECTABLE');
    await refused(t, await adjust(first.id, '-1'), 422, 'USAGE_CHAIN_NEGATIVE');
    await refused(t, await adjust(first.id, '1'), 409, 'USAGE_ALREADY_REVERSED');
    const entries = await test.owner
      .sql`select action, details->>'reason' as reason from audit_entries where entity_id = ${answer.json<Body>().id}`;
    t.same([...entries], [{ action: 'usage.reversed', reason: 'Doppelt erfasst' }]);
  });

  t.test('one: 20 reversals at once make one [10]', async (t) => {
    const first = await add({ quantity: '3' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => reverse(first.id)));
    t.same(
      answers.map((answer) => answer.statusCode).toSorted((a, b) => a - b),
      [201, ...Array.from({ length: 19 }, () => 409)],
    );
    const key = { 'idempotency-key': newId() };
    const second = await add();
    const [one, two] = [await reverse(second.id, key), await reverse(second.id, key)];
    t.same(one.json<Body>(), two.json<Body>(), 'an Idempotency-Key gives the first answer again');
  });

  t.test(
    '201 and 200: an adjustment adds its difference once; the same key again is the first [1, 9]',
    async (t) => {
      const first = await add({ quantity: '10', meter: 'minutes' });
      const key = newId();
      const answer = await adjust(first.id, '-4.50', key);
      t.equal(answer.statusCode, 201, answer.body);
      t.match(answer.json<Body>(), {
        kind: 'adjustment',
        quantity: '-4.5',
        meter: 'minutes',
        unit: 'minute',
        idempotencyKey: key,
      });
      const again = await adjust(first.id, '-4.5', key);
      t.equal(again.statusCode, 200);
      t.same(again.json<Body>(), answer.json<Body>());
      await refused(t, await adjust(first.id, '-4', key), 409, 'USAGE_KEY_REUSED');
      await refused(t, await adjust(first.id, '1', first.idempotencyKey), 409, 'USAGE_KEY_REUSED');
      const taken = await adjust(first.id, '-5.500001');
      await refused(t, taken, 422, 'USAGE_CHAIN_NEGATIVE');
      t.match(taken.json<Body>().detail, /Only 5\.5 is left/);
      t.equal((await adjust(first.id, '-5.5')).statusCode, 201, 'down to zero');
      t.equal(
        (await adjust(first.id, '-4.5', key)).statusCode,
        200,
        'a repetition is one though nothing is left',
      );
    },
  );

  t.test('a reversal takes what is left; an adjustment can be reversed by itself [9, 10]', async (t) => {
    const first = await add({ quantity: '10' });
    const up = (await adjust(first.id, '5')).json<Body>();
    await adjust(first.id, '-12');
    await refused(t, await reverse(up.id), 422, 'USAGE_CHAIN_NEGATIVE');
    t.equal((await adjust(first.id, '4')).statusCode, 201);
    const back = await reverse(up.id);
    t.match(back.json<Body>(), { kind: 'reversal', quantity: '-5', correctsEventId: up.id });
    await refused(t, await reverse(up.id), 409, 'USAGE_ALREADY_REVERSED');
    await refused(t, await adjust(up.id, '1'), 422, 'USAGE_NOT_CORRECTABLE');
    t.equal((await reverse(first.id)).json<Body>().quantity, '-2');
  });

  t.test('never below zero: 30 adjustments at once take no more than there is [9]', async (t) => {
    const first = await add({ quantity: '10' });
    const answers = await Promise.all(Array.from({ length: 30 }, () => adjust(first.id, '-1')));
    t.equal(answers.filter((answer) => answer.statusCode === 201).length, 10);
    t.equal(answers.filter((answer) => answer.json<Body>().code === 'USAGE_CHAIN_NEGATIVE').length, 20);
  });

  t.test('400, 404, 422: what cannot be corrected so', async (t) => {
    const first = await add();
    for (const quantity of ['0', '-0.00', '1e3', '--1', `0.${'1'.repeat(30)}`]) {
      await refused(t, await adjust(first.id, quantity), 400, 'VALIDATION_FAILED');
    }
    const unknown = { reason: 'x', colour: 'red' };
    t.equal((await finance.call('POST', `/usage-events/${first.id}/reversal`, unknown)).statusCode, 400);
    t.equal((await finance.call('POST', `/usage-events/${first.id}/reversal`, {})).statusCode, 400);
    await refused(t, await reverse(newId()), 404, 'NOT_FOUND');
    await refused(t, await adjust(first.id, '1', 'reversal:x'), 422, 'USAGE_KEY_RESERVED');
  });

  t.test('422: an adjustment cannot take the key of a request that closes later', async (t) => {
    const input = { ...(event() as never as Parameters<typeof recordUsage>[2][0]), source: REQUEST_SOURCE };
    const [closed] = await withHatTx(test.db, finance.context, (tx) =>
      recordUsage(tx, finance.context, [input]),
    );
    await refused(t, await adjust(closed?.id ?? '', '1', newId()), 422, 'USAGE_KEY_RESERVED');
    t.equal((await adjust(closed?.id ?? '', '1', 'count of 3 March')).statusCode, 201);
  });

  t.test('404 and nothing: centre and member see theirs, others see nothing [6]', async (t) => {
    const mine = await add();
    const theirs = await add({ organisationId: lippetal.id, serviceId: otherServiceId });
    const stranger = await test.caller(await test.centre('HEL', [erwitte]), ['finance', 'centre-admin']);
    const neighbour = await test.caller(lippetal, ['requester']);
    const list = async (caller: typeof member, query = '') =>
      (await caller.call('GET', `/usage-events?limit=200${query}`)).json<Body>().items;
    t.same(await list(stranger), []);
    t.same(await list(stranger, `&centreId=${centre.id}`), []);
    t.ok((await list(member)).every((item) => item.organisationId === erwitte.id));
    t.same(
      (await list(neighbour)).map((item) => item.id),
      [theirs.id],
    );
    t.ok((await list(finance)).some((item) => item.id === theirs.id));
    t.equal((await member.call('GET', `/usage-events/${mine.id}`)).statusCode, 200);
    const missing = (await member.call('GET', `/usage-events/${newId()}`)).json<Body>();
    for (const [caller, id] of [
      [member, theirs.id],
      [neighbour, mine.id],
      [stranger, mine.id],
    ] as const) {
      const answer = await caller.call('GET', `/usage-events/${id}`);
      t.equal(answer.statusCode, 404);
      t.same({ ...answer.json<Body>(), instance: '' }, { ...missing, instance: '' });
    }
    const correction = { reason: 'x' };
    t.equal((await stranger.call('POST', `/usage-events/${mine.id}/reversal`, correction)).statusCode, 404);
    t.equal((await member.call('POST', `/usage-events/${mine.id}/reversal`, correction)).statusCode, 403);
    const sums = await stranger.call('GET', `/usage-summary?period=2026&centreId=${centre.id}`);
    t.same(sums.json<Body>().items, []);
    const uncovered = await stranger.call('POST', '/usage-events', event());
    await refused(t, uncovered, 422, 'USAGE_NO_AGREEMENT');
    t.equal((await test.inject({ method: 'GET', url: '/api/v1/usage-events' })).statusCode, 401);
    const coordinator = await test.caller({ kind: 'platform', id: newId() }, ['coordinator']);
    t.equal((await coordinator.call('GET', '/usage-events')).statusCode, 403);
  });

  t.test('200: pages are complete and stable, newest day first; filters narrow', async (t) => {
    const source = 'paging';
    for (let day = 1; day <= 9; day += 1) {
      await add({ source, serviceId: otherServiceId, occurredAt: `2026-03-0${1 + (day % 3)}T10:00:00Z` });
    }
    const query = `serviceId=${otherServiceId}&organisationId=${erwitte.id}&from=2026-03-01&to=2026-03-04`;
    const seen: { id: string; occurredOn: string }[] = [];
    let cursor = '';
    do {
      const page = (await finance.call('GET', `/usage-events?limit=2&${query}${cursor}`)).json<Body>();
      seen.push(...page.items);
      await add({ source, serviceId: otherServiceId, occurredAt: '2026-03-03T10:00:00Z' });
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    t.equal(new Set(seen.map((item) => item.id)).size, 9, 'inserts before the cursor shift nothing');
    t.same(
      seen.map((item) => item.occurredOn),
      seen
        .map((item) => item.occurredOn)
        .toSorted()
        .toReversed(),
    );
    const narrow = (
      await finance.call('GET', `/usage-events?${query.replace('to=2026-03-04', 'to=2026-03-02')}`)
    ).json<Body>();
    t.equal(narrow.items.length, 3, 'the last day is left out');
    t.equal((await finance.call('GET', '/usage-events?colour=red')).statusCode, 400);
    t.equal((await finance.call('GET', '/usage-events?cursor=abc')).json<Body>().code, 'INVALID_CURSOR');
    const first = await add();
    const reversal = (await reverse(first.id)).json<Body>();
    const corrections = (await finance.call('GET', `/usage-events?correctsEventId=${first.id}`)).json<Body>();
    t.same(corrections.items, [reversal]);
  });

  t.test('200: sums are exact, set off corrections and keep units apart [11]', async (t) => {
    const on = (quantity: string, change = {}) =>
      add({ quantity, occurredAt: '2026-08-15T10:00:00Z', ...change });
    await on('0.1');
    await on('0.2');
    await on('999999999999999999.999999');
    const wrong = await on('5');
    await reverse(wrong.id);
    await on('30', { meter: 'minutes' });
    await on('4', {
      organisationId: lippetal.id,
      serviceId: otherServiceId,
      occurredAt: '2026-09-30T21:59:59Z',
    });
    await on('8', {
      organisationId: lippetal.id,
      serviceId: otherServiceId,
      occurredAt: '2026-09-30T22:00:00Z',
    });
    const answer = await finance.call(
      'GET',
      '/usage-summary?period=2026-Q3&groupBy=service,organisation,month',
    );
    t.equal(answer.statusCode, 200, answer.body);
    const { from, to, groupBy, items } = answer.json<Body>();
    t.same([from, to, groupBy], ['2026-07-01', '2026-10-01', ['service', 'organisation', 'month']]);
    const sums: readonly object[] = items;
    for (const sum of sums) t.match(sum, { events: /^\/api\/v1\/usage-events\?/ });
    const withoutLinks = sums.map((sum) =>
      Object.fromEntries(Object.entries(sum).filter(([name]) => name !== 'events')),
    );
    t.same(withoutLinks, [
      ...[
        ['2026-08', 'case', '1000000000000000000.299999', 5],
        ['2026-08', 'minute', '30', 1],
      ].map(([month, unit, quantity, eventCount]) => ({
        serviceId,
        organisationId: erwitte.id,
        month,
        unit,
        quantity,
        eventCount,
      })),
      {
        serviceId: otherServiceId,
        organisationId: lippetal.id,
        month: '2026-09',
        unit: 'case',
        quantity: '4',
        eventCount: 1,
      },
    ]);
    const bySource = await member.call(
      'GET',
      '/usage-summary?from=2026-08-01&to=2026-09-01&groupBy=source,meter',
    );
    t.match(bySource.json<Body>().items, [
      { source: 'telephone-system', meter: 'cases', unit: 'case' },
      { source: 'telephone-system', meter: 'minutes', unit: 'minute', quantity: '30' },
    ]);
    const totals = await withHatTx(test.db, finance.context, (tx) =>
      usageTotalsOfServices(tx, {
        centreId: centre.id,
        serviceIds: [otherServiceId],
        from: '2026-07-01',
        to: '2026-11-01',
      }),
    );
    t.same(totals, [
      {
        serviceId: otherServiceId,
        organisationId: lippetal.id,
        meter: 'cases',
        unit: 'case',
        quantity: '12',
        eventCount: 2,
      },
    ]);
  });

  t.test('400: periods and groups that are none', async (t) => {
    const broken = [
      'period=2026-Q5',
      'period=2026-13',
      'period=26',
      'from=2026-01-01',
      'from=2026-02-01&to=2026-02-01',
      'period=2026&from=2026-01-01&to=2026-02-01',
      'period=2026&groupBy=colour',
      'period=2026&groupBy=',
      'period=2026&groupBy=service;drop',
      'period=2026&colour=red',
      'from=2026-02-30&to=2026-03-01',
      '',
    ];
    for (const query of broken) {
      t.equal((await finance.call('GET', `/usage-summary?${query}`)).statusCode, 400, query);
    }
  });

  t.test('rules: periods are half-open, decimals have one spelling', async (t) => {
    t.same(daysOfPeriod('2026'), { from: '2026-01-01', to: '2027-01-01' });
    t.same(daysOfPeriod('2026-Q4'), { from: '2026-10-01', to: '2027-01-01' });
    t.same(daysOfPeriod('2026-12'), { from: '2026-12-01', to: '2027-01-01' });
    t.same(daysOfPeriod('2026-09'), { from: '2026-09-01', to: '2026-10-01' });
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat({ max: 999_999 }),
        fc.nat({ max: 5 }),
        fc.boolean(),
        (whole, part, zeros, isNegative) => {
          const fraction = String(part).padStart(6, '0');
          const text = `${isNegative ? '-' : ''}${'0'.repeat(zeros)}${whole}.${fraction}${'0'.repeat(zeros)}`;
          const plain = plainDecimal(text);
          return (
            Number(plain) === Number(text) + 0 &&
            plainDecimal(plain) === plain &&
            negated(negated(plain)) === plain &&
            /^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/.test(plain)
          );
        },
      ),
    );
    t.equal(plainDecimal('-0.000'), '0');
  });
});
