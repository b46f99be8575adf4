import tap, { type Test } from 'tap';
import { fixedClock, plusSeconds } from '../../src/platform/clock.ts';
import { newId } from '../../src/platform/ids.ts';
import { type Caller, startTestApp } from '../support/app.ts';
import { bodyOf } from '../support/bodies.ts';
import { runStatement } from '../support/database.ts';
import {
  anotherService,
  eventsOf,
  FORM,
  REACHABLE,
  type RequestAnswer,
  requestDriver,
  type Scene,
} from '../support/requests.ts';
import { makeOrderable, must } from '../support/services.ts';

const NOW = '2026-11-22T10:00:00.000Z';
const DAY = 86_400;

/** What each party can do in each status, and what comes of it; written down from the product's description. */
const ALLOWED: Readonly<Record<string, { member: Record<string, string>; centre: Record<string, string> }>> =
  {
    draft: { member: { submit: 'submitted', cancel: 'cancelled' }, centre: {} },
    submitted: {
      member: { cancel: 'cancelled' },
      centre: { accept: 'accepted', reject: 'rejected', assign: 'submitted' },
    },
    accepted: {
      member: { cancel: 'cancelled' },
      centre: { reject: 'rejected', assign: 'accepted', start: 'in_progress' },
    },
    in_progress: { member: {}, centre: { assign: 'in_progress', hold: 'on_hold', resolve: 'resolved' } },
    on_hold: { member: {}, centre: { assign: 'on_hold', resume: 'in_progress' } },
    resolved: { member: { 'accept-result': 'closed', object: 'in_progress' }, centre: {} },
    closed: { member: {}, centre: {} },
    rejected: { member: {}, centre: {} },
    cancelled: { member: {}, centre: {} },
  };
const MEMBER_ACTIONS = ['submit', 'accept-result', 'object', 'cancel'];
const CENTRE_ACTIONS = ['accept', 'reject', 'assign', 'start', 'hold', 'resume', 'resolve', 'close'];

const clock = fixedClock(NOW);

tap.test('service requests', async (t) => {
  const test = await startTestApp(t, { clock });
  const world = await makeOrderable(test);
  const drive = requestDriver(test, world, clock);
  const scene = { test, world, drive };
  for (const part of [transitions, history, names, oneTransaction, conversation, closing]) {
    clock.set(NOW);
    await t.test(part.name, (t) => part(t, scene));
  }
});

/** To the centre a draft does not exist: it answers as for any id. */
async function draftIsHidden(
  t: Test,
  drive: Scene['drive'],
  caller: Caller,
  draft: RequestAnswer,
): Promise<void> {
  t.equal((await caller.call('GET', `/service-requests/${draft.id}`)).statusCode, 404);
  for (const action of CENTRE_ACTIONS) {
    t.equal((await drive.tryAction(caller, draft.id, action, draft.version)).statusCode, 404, action);
  }
}

async function transitions(t: Test, { test, world, drive }: Scene): Promise<void> {
  const { sql } = test.owner;
  const traces = async (id: string) => {
    const [row] = await sql<
      { count: number }[]
    >`select (select count(*) from service_request_events where request_id = ${id})
      + (select count(*) from audit_entries where entity_id = ${id}) + (select count(*) from outbox_jobs where payload ->> 'requestId' = ${id}) as count`;
    return row?.count;
  };
  const sides = [
    { side: 'member', caller: world.requester, own: MEMBER_ACTIONS },
    { side: 'centre', caller: world.caseworker, own: CENTRE_ACTIONS },
  ] as const;
  for (const status of REACHABLE) {
    await t.test(
      `${status}: what is offered is done, everything else is refused and changes nothing`,
      async (t) => {
        const still = await drive.reach(status);
        const before = await traces(still.id);
        for (const { side, caller, own } of sides) {
          const allowed = ALLOWED[status]?.[side] ?? {};
          if (status === 'draft' && side === 'centre') {
            await draftIsHidden(t, drive, caller, still);
            continue;
          }
          const seen = await drive.get(still.id, caller);
          t.equal(seen.status, status);
          t.strictSame(
            seen.availableActions.toSorted(),
            Object.keys(allowed).toSorted(),
            `offered to ${side}`,
          );
          for (const action of [...MEMBER_ACTIONS, ...CENTRE_ACTIONS]) {
            if (action in allowed) continue;
            const answer = await drive.tryAction(caller, still.id, action, still.version);
            const [refusal, code] = (own as readonly string[]).includes(action)
              ? [409, 'ACTION_NOT_POSSIBLE']
              : [403, 'FORBIDDEN'];
            t.equal(answer.statusCode, refusal, `${side} ${action}: ${answer.body}`);
            t.equal(bodyOf(answer).code, code);
          }
          for (const [action, next] of Object.entries(allowed)) {
            const { id, version } = await drive.reach(status);
            const answer = await drive.tryAction(caller, id, action, version);
            t.equal(answer.statusCode, 200, `${side} ${action}: ${answer.body}`);
            t.equal(bodyOf(answer).status, next, `${side} ${action}`);
            t.equal(bodyOf(answer).version, version + 1);
            t.equal(answer.headers.etag, `"${version + 1}"`);
            const list = await must<{ items: RequestAnswer[] }>(caller, 'GET', '/service-requests?limit=1');
            t.strictSame(
              list.items[0]?.availableActions,
              bodyOf(answer).availableActions,
              'the list offers the same',
            );
          }
        }
        const reader = status === 'draft' ? world.requester : world.caseworker;
        t.strictSame(await drive.get(still.id, reader), still, 'unchanged');
        t.equal(await traces(still.id), before, 'and without trace');
      },
    );
  }
  await t.test(
    '[]: who may only read is offered nothing; neither is the neighbour anything at all',
    async (t) => {
      const { id } = await drive.reach('accepted');
      t.strictSame((await drive.get(id, world.finance)).availableActions, []);
      t.equal((await drive.tryAction(world.finance, id, 'start', 1)).statusCode, 403);
      const neighbour = await test.caller(world.otherMember, ['requester']);
      t.equal((await drive.tryAction(neighbour, id, 'cancel', 1)).statusCode, 404);
      t.equal((await neighbour.call('GET', `/service-requests/${id}`)).statusCode, 404);
    },
  );
  await t.test('403: a program that holds both scopes is still one party', async (t) => {
    const { id, version } = await drive.reach('accepted');
    const member = await test.caller(world.member, ['integration']);
    const centre = await test.caller(world.centre, ['integration']);
    t.equal((await drive.tryAction(member, id, 'start', version)).statusCode, 403);
    t.equal((await drive.tryAction(centre, id, 'cancel', version)).statusCode, 403);
    const draft = await drive.file();
    const edit = (caller: Caller) =>
      caller.call('PATCH', `/service-requests/${draft.id}`, { subject: 'x' }, { 'if-match': '"1"' });
    t.equal((await edit(centre)).statusCode, 403, 'a centre does not edit drafts of members');
    const file = { serviceId: world.serviceId, subject: 'x', formData: FORM };
    t.equal((await centre.call('POST', '/service-requests', file)).statusCode, 403, 'nor files requests');
    t.equal((await edit(member)).statusCode, 200);
  });
  await t.test('409: a submitted request is not edited', async (t) => {
    const { id, version } = await drive.reach('submitted');
    const headers = { 'if-match': `"${version}"` };
    const answer = await world.requester.call('PATCH', `/service-requests/${id}`, { subject: 'x' }, headers);
    t.equal(bodyOf(answer).code, 'ACTION_NOT_POSSIBLE');
  });
  await t.test('422: only caseworkers of the centre are assigned', async (t) => {
    const { id, version } = await drive.reach('accepted');
    for (const assigneeId of [world.requester.userId, world.finance.userId, newId()]) {
      const answer = await drive.tryAction(world.lead, id, 'assign', version, { assigneeId });
      t.equal(answer.statusCode, 422, answer.body);
      t.equal(bodyOf(answer).errors[0]?.pointer, '/assigneeId');
    }
  });
}

async function history(t: Test, { test, world, drive }: Scene): Promise<void> {
  const { requester, caseworker } = world;
  await t.test('events: who, under which hat, from where to where, why, and at which version', async (t) => {
    const { id } = await drive.reach('on_hold');
    await drive.act(caseworker, id, 'resume', { reason: 'Nachweis liegt vor' });
    await drive.act(caseworker, id, 'assign', { assigneeId: world.lead.userId });
    await drive.act(caseworker, id, 'resolve');
    await drive.act(requester, id, 'object');
    const rows = (await eventsOf(caseworker, id)).map((event) => [
      event.type,
      event.fromStatus,
      event.toStatus,
      event.actor?.name,
      event.hat.id,
      event.reason,
      event.expectedVersion,
    ]);
    const member = world.member.id;
    const centre = world.centre.id;
    t.strictSame(rows, [
      ['drafted', null, 'draft', 'Rita Rathaus', member, null, null],
      ['submitted', 'draft', 'submitted', 'Rita Rathaus', member, null, 1],
      ['received', 'submitted', 'submitted', 'Verbund', centre, null, 2],
      ['accepted', 'submitted', 'accepted', 'Verbund', centre, null, 3],
      ['started', 'accepted', 'in_progress', 'Karl Kasten', centre, null, 4],
      ['held', 'in_progress', 'on_hold', 'Karl Kasten', centre, 'Bitte Nachweis', 5],
      ['resumed', 'on_hold', 'in_progress', 'Karl Kasten', centre, 'Nachweis liegt vor', 6],
      ['assigned', 'in_progress', 'in_progress', 'Karl Kasten', centre, null, 7],
      ['resolved', 'in_progress', 'resolved', 'Karl Kasten', centre, 'Urkunde liegt bei', 8],
      ['objected', 'resolved', 'in_progress', 'Rita Rathaus', member, 'Der Name ist falsch', 9],
    ]);
    const seen = await requester.call('GET', `/service-requests/${id}/events`);
    t.notOk(seen.body.includes(world.lead.userId), 'members are not told who was assigned');
    t.equal(bodyOf(seen).items.length, rows.length - 1);
    const audit = await test.owner
      .sql`select action, request_id from audit_entries where entity_id = ${id} order by id`;
    t.strictSame(
      audit.map(({ action }) => String(action)),
      ['requests.filed', ...rows.slice(1).map(([type]) => `requests.${type}`)],
    );
  });
  await t.test('members: no assignee in request, list, filter, history or audit trail', async (t) => {
    const { id } = await drive.reach('accepted');
    await drive.act(caseworker, id, 'assign', { assigneeId: caseworker.userId });
    t.equal((await drive.get(id)).assigneeId, caseworker.userId);
    t.equal((await drive.get(id, requester)).assigneeId, null);
    const auditor = await test.caller(world.member, ['auditor', 'member-admin']);
    for (const url of [
      `/service-requests/${id}`,
      '/service-requests?limit=200',
      `/service-requests/${id}/events`,
      `/audit-entries?entityId=${id}`,
    ])
      t.notOk((await auditor.call('GET', url)).body.includes(caseworker.userId), url);
    const byAssignee = `/service-requests?assigneeId=${caseworker.userId}`;
    t.equal(bodyOf(await requester.call('GET', byAssignee)).items.length, 0, 'nor by asking for it');
    t.ok(bodyOf(await caseworker.call('GET', byAssignee)).items.length > 0);
  });
}

/** Who acted, as the caller is told. */
const actorsIn = (items: readonly { actor: { name: string } | null }[]) =>
  [...new Set(items.map(({ actor }) => actor?.name ?? 'the centre'))].toSorted();

async function names(t: Test, { test, world, drive }: Scene): Promise<void> {
  const { caseworker, requester } = world;
  const auditor = await test.caller(world.member, ['auditor', 'member-admin']);
  const { id } = await drive.reach('resolved');
  await drive.act(requester, id, 'object');
  await t.test('members: the centre acts, and names nobody, in history and audit trail', async (t) => {
    const history = await requester.call('GET', `/service-requests/${id}/events`);
    const trail = await auditor.call('GET', `/audit-entries?limit=200&entityId=${id}`);
    for (const seen of [history, trail]) {
      t.notMatch(seen.body, /Karl Kasten/);
      t.notOk(seen.body.includes(caseworker.userId), 'nor the id, by which names could be put together');
      t.strictSame(actorsIn(bodyOf(seen).items), ['Rita Rathaus', 'Verbund', 'the centre']);
    }
    const started = (await eventsOf(requester, id)).find(({ type }) => type === 'started');
    t.match(started, { actor: null, hat: { kind: 'centre', id: world.centre.id } });
  });
  await t.test('centre: sees who did what, on both sides', async (t) => {
    t.strictSame(actorsIn(await eventsOf(caseworker, id)), ['Karl Kasten', 'Rita Rathaus', 'Verbund']);
    const trail = await world.admin.call('GET', `/audit-entries?limit=200&entityId=${id}`);
    t.strictSame(actorsIn(bodyOf(trail).items), ['Karl Kasten', 'Rita Rathaus', 'Verbund']);
  });
  await t.test('messages: whoever wrote to the member is named to the member', async (t) => {
    const body = { body: 'Bitte rufen Sie mich an.' };
    t.equal((await caseworker.call('POST', `/service-requests/${id}/messages`, body)).statusCode, 201);
    const { items } = bodyOf(await requester.call('GET', `/service-requests/${id}/messages`));
    t.equal(items.at(-1)?.author.name, 'Karl Kasten');
  });
}

async function oneTransaction(t: Test, { test, world, drive }: Scene): Promise<void> {
  const { sql } = test.owner;
  await runStatement(
    test.owner,
    `create function public.refuse_for_test() returns trigger language plpgsql as $$ begin raise exception 'refused for the test'; end $$`,
  );
  const tables = ['service_requests', 'service_request_events', 'audit_entries', 'outbox_jobs'];
  const counts = () =>
    Promise.all(
      tables.map(
        async (name) =>
          (await runStatement(test.owner, `select count(*)::int as n from ${name}`))[0]?.['n'] as number,
      ),
    );
  for (const table of tables.slice(1)) {
    await t.test(`500: without its row in ${table} nothing is written at all`, async (t) => {
      const working = await drive.reach('in_progress');
      const before = await counts();
      await runStatement(
        test.owner,
        `create trigger refuse_for_test before insert on ${table} for each row execute function public.refuse_for_test()`,
      );
      try {
        const body = { serviceId: world.serviceId, subject: 'x', formData: FORM, submit: true };
        const key = { 'idempotency-key': `broken-${table}` };
        t.equal((await world.requester.call('POST', '/service-requests', body, key)).statusCode, 500);
        const resolve = await drive.tryAction(world.caseworker, working.id, 'resolve', working.version);
        t.equal(resolve.statusCode, 500);
      } finally {
        await runStatement(test.owner, `drop trigger refuse_for_test on ${table}`);
      }
      t.strictSame(await counts(), before);
      t.strictSame(await drive.get(working.id), working);
      const keys = await sql`select from idempotency_keys where key = ${`broken-${table}`}`;
      t.equal(keys.length, 0, 'the key is free for the next try');
    });
  }
}

async function conversation(t: Test, { test, world, drive }: Scene): Promise<void> {
  const { requester, caseworker } = world;
  const write = (caller: Caller, id: string, body = 'Guten Tag', kind = 'messages') =>
    caller.call('POST', `/service-requests/${id}/${kind}`, { body });
  const holding = async (holdReason: string) => {
    const { id } = await drive.reach('in_progress');
    await drive.act(caseworker, id, 'hold', { holdReason });
    return id;
  };
  await t.test(
    '201: the requester’s reply resumes what waits for the requester, and nothing else',
    async (t) => {
      const waiting = await holding('awaiting_requester');
      t.equal((await write(caseworker, waiting)).statusCode, 201);
      t.equal((await write(caseworker, waiting, 'intern', 'notes')).statusCode, 201);
      t.equal((await drive.get(waiting)).status, 'on_hold', 'the centre’s own words resume nothing');
      t.equal((await write(requester, waiting)).statusCode, 201);
      const resumed = await drive.get(waiting);
      t.strictSame([resumed.status, resumed.holdReason], ['in_progress', null]);
      const last = (await eventsOf(requester, waiting)).at(-1);
      t.match(last, { type: 'resumed', actor: { name: 'Rita Rathaus' }, hat: { id: world.member.id } });
      for (const reason of ['awaiting_third_party', 'awaiting_decision', 'legal_wait', 'scheduled']) {
        const id = await holding(reason);
        t.equal((await write(requester, id)).statusCode, 201);
        t.match(await drive.get(id), { status: 'on_hold', holdReason: reason });
      }
    },
  );
  await t.test('201: replies at once are all kept, and resume once', async (t) => {
    const id = await holding('awaiting_requester');
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => write(requester, id, `Antwort ${i}`)),
    );
    t.strictSame(new Set(answers.map(({ statusCode }) => statusCode)), new Set([201]));
    const resumed = (await eventsOf(caseworker, id)).filter(({ type }) => type === 'resumed');
    t.equal(resumed.length, 1);
  });
  await t.test('409: messages only between submitting and the end', async (t) => {
    for (const status of REACHABLE) {
      const { id } = await drive.reach(status);
      if (status === 'draft')
        t.equal((await write(caseworker, id)).statusCode, 404, 'a draft is hidden from the centre');
      const expected = ['draft', 'closed', 'rejected', 'cancelled'].includes(status) ? 409 : 201;
      t.equal((await write(requester, id)).statusCode, expected, status);
    }
  });
  await t.test('403: notes stay in the centre', async (t) => {
    const { id } = await drive.reach('in_progress');
    await write(caseworker, id, 'Notiz: bitte prüfen', 'notes');
    await write(caseworker, id, 'Sichtbar');
    const admin = await test.caller(world.member, ['member-admin', 'requester', 'auditor']);
    t.equal((await admin.call('GET', `/service-requests/${id}/notes`)).statusCode, 403);
    t.equal((await write(admin, id, 'x', 'notes')).statusCode, 403);
    for (const url of [
      `/service-requests/${id}/messages`,
      `/service-requests/${id}/events`,
      '/audit-entries?limit=200',
    ])
      t.notMatch((await admin.call('GET', url)).body, /Notiz|note-written/, url);
    const bodies = (items: { body: string }[]) => items.map(({ body }) => body);
    t.ok(
      bodies(bodyOf(await admin.call('GET', `/service-requests/${id}/messages`)).items).includes('Sichtbar'),
    );
    t.strictSame(bodies(bodyOf(await caseworker.call('GET', `/service-requests/${id}/notes`)).items), [
      'Notiz: bitte prüfen',
    ]);
  });
}

async function closing(t: Test, { test, world, drive }: Scene): Promise<void> {
  const { requester, caseworker } = world;
  const { sql } = test.owner;
  const closedJobs = (id: string) =>
    sql`select hat_kind, hat_id from outbox_jobs where name = 'requests.closed' and payload ->> 'requestId' = ${id}`;
  const timers = (id: string) =>
    sql`select available_at as at, payload ->> 'resolvedAt' as "resolvedAt" from outbox_jobs
      where name = 'requests.close-due' and payload ->> 'requestId' = ${id} order by id`;
  const fire = (id: string, resolvedAt: string) =>
    test.modules.processing.closeDue(drive.system(), id, resolvedAt);

  await t.test('the timer closes when the time for objections is over, once', async (t) => {
    const { id, closesAt, resolvedAt } = await drive.reach('resolved');
    t.equal(closesAt, plusSeconds(NOW, 14 * DAY));
    t.match(await timers(id), [{ at: closesAt, resolvedAt }]);
    t.equal(bodyOf(await drive.tryAction(caseworker, id, 'close', 6)).code, 'ACTION_NOT_POSSIBLE');
    clock.set(plusSeconds(NOW, 14 * DAY - 1));
    await t.rejects(
      fire(id, resolvedAt ?? ''),
      /closes only at/,
      'too early by this clock: tried again later',
    );
    t.equal((await drive.get(id)).status, 'resolved');
    clock.set(plusSeconds(NOW, 14 * DAY));
    t.strictSame((await drive.get(id)).availableActions, ['close']);
    await Promise.all([fire(id, resolvedAt ?? ''), fire(id, resolvedAt ?? '')]);
    await fire(id, resolvedAt ?? '');
    const closed = await drive.get(id);
    t.match(closed, { status: 'closed', closedAt: clock.now(), availableActions: [] });
    t.match(await closedJobs(id), [{ hat_kind: 'centre', hat_id: world.centre.id }]);
    t.equal((await closedJobs(id)).length, 1);
    t.match((await eventsOf(requester, id)).at(-1), { type: 'closed', actor: { name: 'Verbund' } });
  });
  await t.test('an objection meanwhile voids the old timer', async (t) => {
    clock.set(NOW);
    const { id, resolvedAt } = await drive.reach('resolved');
    clock.set(plusSeconds(NOW, 5 * DAY));
    t.match(await drive.act(requester, id, 'object'), {
      status: 'in_progress',
      resultText: null,
      closesAt: null,
    });
    clock.set(plusSeconds(NOW, 14 * DAY));
    await fire(id, resolvedAt ?? '');
    t.equal((await drive.get(id)).status, 'in_progress');
    const second = await drive.act(caseworker, id, 'resolve');
    await fire(id, resolvedAt ?? '');
    t.equal((await drive.get(id)).status, 'resolved', 'the new resolution has a time of its own');
    t.equal((await timers(id)).length, 2);
    clock.set(second.closesAt ?? '');
    await fire(id, second.resolvedAt ?? '');
    t.equal((await drive.get(id)).status, 'closed');
    t.equal((await closedJobs(id)).length, 1);
  });
  await t.test('accepting the result closes at once; the timer finds nothing', async (t) => {
    clock.set(NOW);
    const { id, resolvedAt } = await drive.reach('resolved');
    await drive.act(requester, id, 'accept-result');
    clock.set(plusSeconds(NOW, 15 * DAY));
    await fire(id, resolvedAt ?? '');
    t.equal((await closedJobs(id)).length, 1);
  });
  await t.test('422: only what is finished, and one’s own, is followed up', async (t) => {
    clock.set(NOW);
    const closed = await drive.reach('closed');
    const follow = (followsId: string, caller = requester) =>
      caller.call('POST', '/service-requests', {
        serviceId: world.serviceId,
        subject: 'Berichtigung',
        formData: FORM,
        followsId,
      });
    const answer = await follow(closed.id);
    t.equal(answer.statusCode, 201, answer.body);
    t.equal(bodyOf(answer).followsId, closed.id);
    t.not(bodyOf(answer).number, closed.number);
    for (const status of ['draft', 'submitted', 'in_progress', 'resolved']) {
      const refused = await follow((await drive.reach(status)).id);
      t.equal(refused.statusCode, 422, status);
      t.equal(bodyOf(refused).errors[0]?.pointer, '/followsId');
    }
    const neighbour = await test.caller(world.otherMember, ['requester']);
    t.equal(
      (await follow(closed.id, neighbour)).statusCode,
      422,
      'another organisation’s request does not exist',
    );
    t.equal((await follow(newId())).statusCode, 422);
  });
  await t.test('no_agreement: an agreement that ended before the day of filing', async (t) => {
    const serviceId = await anotherService(world, 'ending', { type: 'object', title: 'x', properties: {} });
    const filed = await drive.file({ serviceId, formData: {}, submit: true });
    const kept = await drive.file({ serviceId, formData: {}, submit: true });
    await drive.process(kept.id);
    await test.owner
      .sql`update agreement_coverage set valid_to = '2026-11-22' where service_id = ${serviceId}`;
    await drive.process(filed.id);
    t.match(await drive.get(filed.id), { status: 'rejected', rejectionCode: 'no_agreement' });
    t.match((await eventsOf(requester, filed.id)).at(-1), { type: 'rejected', actor: { name: 'Verbund' } });
    t.equal((await drive.get(kept.id)).status, 'accepted', 'what was received stays');
  });
}
