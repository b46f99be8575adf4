import tap from 'tap';
import { fixedClock } from '../../../src/platform/clock.ts';
import { systemContext } from '../../../src/platform/context.ts';
import { newId } from '../../../src/platform/ids.ts';
import { type Caller, startTestApp } from '../../support/app.ts';
import { requestDriver } from '../../support/requests.ts';
import { created, makeOrderable, must } from '../../support/services.ts';
import type { Body } from '../../support/usage.ts';

const NOW = '2026-06-15T08:00:00.000Z';

tap.test('what a request used', async (t) => {
  const clock = fixedClock(NOW);
  const test = await startTestApp(t, { clock });
  const world = await makeOrderable(test);
  const { requester, finance } = world;
  const drive = requestDriver(test, world, clock);
  const closed = async () => {
    const { id } = await drive.reach('closed');
    await test.modules.closedRequests.record(systemContext(world.centre, NOW, newId()), id);
    return id;
  };
  const urlOf = (id: string) => `/service-requests/${id}/usage-events`;
  const usageOf = (caller: Caller, id: string, query = '') =>
    must<Body>(caller, 'GET', `${urlOf(id)}${query}`);

  await t.test(
    '200: its own events with their corrections and no others, to both parties alike',
    async (t) => {
      const [id, other] = [await closed(), await closed()];
      const [event] = (await usageOf(finance, id)).items;
      t.match(event, { requestId: id, kind: 'usage', quantity: '2', meter: 'certificates' });
      t.not((await usageOf(finance, other)).items[0]?.id, event?.id);
      const { id: correction } = await created(finance, `/usage-events/${event?.id}/adjustment`, {
        quantity: '-1',
        reason: 'Eine verdruckt',
        idempotencyKey: 'misprint',
      });
      for (const caller of [finance, requester]) {
        const { items } = await usageOf(caller, id);
        t.strictSame(items.map((one) => one.id).toSorted(), [event?.id ?? '', correction].toSorted());
      }
      const page = await usageOf(requester, id, '?limit=1');
      t.equal(page.items.length, 1);
      const rest = await usageOf(requester, id, `?limit=1&cursor=${page.nextCursor}`);
      t.not(rest.items[0]?.id, page.items[0]?.id, 'the next page goes on behind it');
      t.equal(rest.nextCursor, null);
      const elsewhere = await requester.call('GET', `${urlOf(other)}?cursor=${page.nextCursor}`);
      t.equal(elsewhere.json<Body>().code, 'INVALID_CURSOR', 'a cursor belongs to its request');
    },
  );

  await t.test('200: nothing was used before it is closed', async (t) => {
    t.strictSame((await usageOf(requester, (await drive.reach('resolved')).id)).items, []);
  });

  await t.test('404: requests of others, and drafts to the centre, as if there were none', async (t) => {
    const id = await closed();
    const { id: draft } = await drive.reach('draft');
    const neighbour = await test.caller(world.otherMember, ['requester']);
    const stranger = await test.caller(await test.centre('XYZ'), ['finance']);
    const answers = [
      await neighbour.call('GET', urlOf(id)),
      await stranger.call('GET', urlOf(id)),
      await finance.call('GET', urlOf(draft)),
      await finance.call('GET', urlOf(newId())),
    ];
    for (const answer of answers) {
      t.equal(answer.statusCode, 404, answer.body);
      t.equal(answer.json<Body>().detail, 'There is no such request.');
    }
    t.strictSame((await usageOf(requester, draft)).items, [], 'to its member the draft is there');
  });

  const booking = (change: object = {}) => ({
    idempotencyKey: newId(),
    meter: 'minutes',
    quantity: '25',
    occurredAt: '2026-06-12T09:30:00+02:00',
    ...change,
  });

  await t.test('201: time is booked on a request and leads back to it', async (t) => {
    const { id, number } = await drive.reach('in_progress');
    const body = booking();
    const answer = await world.caseworker.call('POST', urlOf(id), body);
    t.equal(answer.statusCode, 201, answer.body);
    const event = answer.json<Body>();
    t.match(event, {
      requestId: id,
      reference: number,
      source: 'request-booking',
      idempotencyKey: body.idempotencyKey,
      kind: 'usage',
      meter: 'minutes',
      unit: 'minute',
      quantity: '25',
      occurredOn: '2026-06-12',
      centreId: world.centre.id,
      organisationId: world.member.id,
      serviceId: world.serviceId,
    });
    for (const caller of [requester, world.caseworker])
      t.strictSame((await usageOf(caller, id)).items, [event]);
    const entries = await test.owner
      .sql`select action, actor_id from audit_entries where entity_id = ${event.id}`;
    t.strictSame([...entries], [{ action: 'usage.recorded', actor_id: world.caseworker.userId }]);

    const again = await world.lead.call('POST', urlOf(id), body);
    t.equal(again.statusCode, 200, 'the same again is the first event');
    t.equal(again.json<Body>().id, event.id);
    const other = await world.caseworker.call('POST', urlOf(id), { ...body, quantity: '26' });
    t.match([other.statusCode, other.json<Body>().code], [409, 'USAGE_KEY_REUSED']);
    const headers = { 'idempotency-key': newId() };
    const first = await world.caseworker.call('POST', urlOf(id), booking({ quantity: '1' }), headers);
    t.equal(first.statusCode, 201);
    const reversed = await created(finance, `/usage-events/${event.id}/reversal`, { reason: 'Vertan' });
    t.ok((await usageOf(requester, id)).items.some((one) => one.id === reversed.id));
  });

  await t.test('closing still records what its rule says, beside what was booked', async (t) => {
    const { id } = await drive.reach('resolved');
    await created(world.caseworker, urlOf(id), booking({ meter: 'certificates', quantity: '3' }));
    await drive.act(requester, id, 'accept-result');
    for (let run = 0; run < 2; run += 1)
      await test.modules.closedRequests.record(systemContext(world.centre, NOW, newId()), id);
    const { items } = await usageOf(finance, id);
    t.strictSame(items.map(({ source, quantity, unit }) => `${source} ${quantity} ${unit}`).toSorted(), [
      'request 2 piece',
      'request-booking 3 piece',
    ]);
    t.equal((await world.caseworker.call('POST', urlOf(id), booking())).statusCode, 201, 'also afterwards');
  });

  await t.test('422 and 400: what the service does not count, and what is no event', async (t) => {
    const { id } = await drive.reach('accepted');
    const cases: [object, number, string, string][] = [
      [{ meter: 'minuten' }, 422, 'USAGE_METER_REFUSED', '/meter'],
      [{ meter: 'toString' }, 422, 'USAGE_METER_REFUSED', '/meter'],
      [{ unit: 'hour' }, 422, 'USAGE_METER_REFUSED', '/unit'],
      [{ meter: 'certificates', unit: 'Stück' }, 422, 'USAGE_METER_REFUSED', '/unit'],
      [{ occurredAt: '2026-06-16T08:00:00Z' }, 422, 'USAGE_IN_FUTURE', '/occurredAt'],
      [{ occurredAt: '2019-12-31T08:00:00Z' }, 422, 'USAGE_NO_AGREEMENT', '/organisationId'],
      [{ occurredAt: '2016-12-31T23:59:60Z' }, 400, 'VALIDATION_FAILED', '/occurredAt'],
      [{ idempotencyKey: 'reversal:x' }, 422, 'USAGE_KEY_RESERVED', '/idempotencyKey'],
      [{ quantity: '-1' }, 400, 'VALIDATION_FAILED', '/quantity'],
      [{ meter: undefined }, 400, 'VALIDATION_FAILED', '/meter'],
      [{ organisationId: world.otherMember.id }, 400, 'VALIDATION_FAILED', '/organisationId'],
      [{ reference: 'x' }, 400, 'VALIDATION_FAILED', '/reference'],
    ];
    for (const [change, status, code, pointer] of cases) {
      const answer = await world.caseworker.call('POST', urlOf(id), booking(change));
      const { code: found, errors } = answer.json<Body>();
      t.strictSame([answer.statusCode, found, errors[0]?.pointer], [status, code, pointer], answer.body);
    }
    t.strictSame((await usageOf(finance, id)).items, [], 'nothing is written');
    const { sql } = test.owner;
    const clause = {
      mode: 'cascade',
      tranches: [
        { id: 'a', label: 'a', percent: '50', key: { type: 'cases', meter: 'visits' } },
        {
          id: 'b',
          label: 'b',
          percent: '50',
          key: { type: 'weighted_cases', equivalents: { letters: '2' } },
        },
      ],
    };
    const agreementId = newId();
    await sql`insert into agreements (id, centre_id, title, mode) values (${agreementId}, ${world.centre.id}, 'Kosten', 'delegating')`;
    const agree = (member: string) =>
      sql`insert into agreement_versions (id, centre_id, agreement_id, number, status, valid_from, organisation_ids, service_ids, cost_clause, data_protection_role)
        values (${newId()}, ${world.centre.id}, ${agreementId}, ${member === world.member.id ? 2 : 1}, 'in_force', '2026-01-01', ${[member]}, ${[world.serviceId]},
          ${JSON.stringify(clause)}::text::jsonb, 'controller')`;
    await agree(world.otherMember.id);
    const foreign = await world.caseworker.call('POST', urlOf(id), booking({ meter: 'visits' }));
    t.equal(foreign.json<Body>().code, 'USAGE_METER_REFUSED', 'what others agreed on counts nothing here');
    await agree(world.member.id);
    for (const meter of ['visits', 'letters'])
      t.match(await created(world.caseworker, urlOf(id), booking({ meter, unit: 'Gang' })), { unit: 'Gang' });
  });

  await t.test('409: before the centre has taken it on, and where nothing was worked on', async (t) => {
    for (const status of ['submitted', 'rejected']) {
      const { id } = await drive.reach(status);
      const answer = await world.caseworker.call('POST', urlOf(id), booking());
      t.strictSame([answer.statusCode, answer.json<Body>().code], [409, 'ACTION_NOT_POSSIBLE'], status);
    }
  });

  await t.test('403 to who does not work on requests, 404 to who does not see it', async (t) => {
    const { id } = await drive.reach('in_progress');
    const auditor = await test.caller(world.centre, ['auditor']);
    for (const caller of [requester, finance, auditor])
      t.equal((await caller.call('POST', urlOf(id), booking())).statusCode, 403);
    const stranger = await test.caller(await test.centre('ABC'), ['caseworker']);
    const { id: draft } = await drive.reach('draft');
    for (const answer of [
      await stranger.call('POST', urlOf(id), booking()),
      await world.caseworker.call('POST', urlOf(draft), booking()),
    ])
      t.strictSame([answer.statusCode, answer.json<Body>().detail], [404, 'There is no such request.']);
    t.strictSame((await usageOf(finance, id)).items, []);
  });

  await t.test('usage of a frozen period is late and waits to be admitted', async (t) => {
    const { id } = await drive.reach('in_progress');
    const { id: periodId } = await created(finance, '/billing-periods', { code: '2026-Q1' });
    for (const [version, action] of ['close', 'freeze'].entries())
      await must(finance, 'POST', `/billing-periods/${periodId}/actions/${action}`, undefined, {
        'if-match': `"${version + 1}"`,
      });
    const late = await created(world.caseworker, urlOf(id), booking({ occurredAt: '2026-03-02T08:00:00Z' }));
    t.match(late, { warnings: [{ code: 'METER_NOT_COUNTED' }, { code: 'LATE' }] });
    t.match(await must(finance, 'GET', `/billing-periods/${periodId}`), { lateEvents: 1 });
  });
});
