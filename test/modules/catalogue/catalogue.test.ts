import tap from 'tap';
import { getOrderable, getServiceVersion, validateFormData } from '../../../src/modules/catalogue/index.ts';
import { fixedClock } from '../../../src/platform/clock.ts';
import { withHatTx } from '../../../src/platform/db/hat.ts';
import type { DomainError } from '../../../src/platform/errors.ts';
import { newId } from '../../../src/platform/ids.ts';
import { agree, draftAgreement } from '../../support/agreements.ts';
import type { Answer } from '../../support/answers.ts';
import { type Caller, startTestApp } from '../../support/app.ts';
import {
  createService,
  createTeam,
  publish,
  publishedService,
  serviceContent,
} from '../../support/catalogue.ts';

const TODAY = '2027-03-15';
// Midnight has passed in Germany and not in UTC.
const clock = fixedClock('2027-03-14T23:30:00.000Z');

tap.test('catalogue', async (t) => {
  const test = await startTestApp(t, { clock });
  const [erwitte, anroechte, stranger, former] = await Promise.all([
    test.organisation('Erwitte', '05974016'),
    test.organisation('Anröchte', '05974004'),
    test.organisation('Kalletal', '05766036'),
    test.organisation('Lippetal', '05974024'),
  ]);
  const centreHat = await test.centre('SOE', [erwitte, anroechte, former]);
  const otherHat = await test.centre('LIP', [stranger]);
  const centre = await test.caller(centreHat, ['catalogue-manager', 'team-lead']);
  const other = await test.caller(otherHat, ['centre-admin']);
  const member = await test.caller(erwitte, ['requester']);
  const outsider = await test.caller(stranger, ['requester']);
  const leaver = await test.caller(former, ['requester']);
  const team = await createTeam(centre, 'Standesamt');
  const otherTeam = await createTeam(other, 'Gebäude');

  const create = (code: string, changes: object = {}, headers: Record<string, string> = {}) =>
    centre.call('POST', '/services', { code, category: 'test', ...serviceContent(team, changes) }, headers);
  const act = (
    id: string,
    number: number,
    action: string,
    etag: string | undefined,
    caller: Caller = centre,
  ) =>
    caller.call(
      'POST',
      `/services/${id}/versions/${number}/actions/${action}`,
      {},
      etag === undefined ? {} : { 'if-match': etag },
    );
  const orderable = (caller: Caller, serviceId: string, organisationId = caller.hat.id, day = TODAY) =>
    withHatTx(test.db, caller.context, (tx) => getOrderable(tx, { serviceId, organisationId, day }));
  const reasonOf = async (caller: Caller, serviceId: string) => {
    const detail = (await caller.call('GET', `/services/${serviceId}`)).json<Answer>();
    const list = (await caller.call('GET', '/services?limit=200')).json<Answer>().items;
    const item = list.find(({ id }) => id === serviceId);
    if (item === undefined) throw new Error('the service is not listed');
    t.equal(detail.reason, item.reason, 'list and single resource agree');
    t.equal(detail.orderable, item.reason === undefined);
    t.equal(item.orderable, item.reason === undefined);
    const outcome = await orderable(caller, serviceId).then(
      () => undefined,
      (error: DomainError) => error.errors[0]?.code,
    );
    t.equal(outcome, item.reason, 'and filing a request agrees with both');
    return item.reason;
  };

  await t.test('201: a service begins as a draft, with its form closed (5)', async (t) => {
    const answer = await create('marriage', {
      checklist: [{ id: 'check', label: 'Registereintrag prüfen' }],
    });
    t.equal(answer.statusCode, 201, answer.body);
    t.equal(answer.headers.etag, '"1"');
    t.match(answer.json<Answer>(), {
      centreId: centreHat.id,
      code: 'marriage',
      status: 'draft',
      versionNumber: 1,
      draftVersion: 1,
      publishedVersion: null,
      title: 'Eheurkunde',
      formSchema: { unevaluatedProperties: false, properties: { copies: { title: 'Anzahl' } } },
      processingRule: { teamId: team, autoAccept: true, objectionDays: 14, routes: [] },
      checklist: [{ id: 'check', isRequired: false }],
      approvalRule: null,
    });
    t.notOk('orderable' in answer.json<Answer>(), 'a centre orders nothing');
    const [entry] = await test.owner
      .sql`select action, actor_id from audit_entries where entity_id = ${answer.json<Answer>().id}`;
    t.match(entry, { action: 'catalogue.service-created', actor_id: centre.userId });
  });

  await t.test(
    '201: the same idempotency key gives the same service; 409: a code is used once (9)',
    async (t) => {
      const first = await create('once', {}, { 'idempotency-key': 'k' });
      const again = await create('once', {}, { 'idempotency-key': 'k' });
      t.equal(again.headers['idempotency-replayed'], 'true');
      t.equal(again.json<Answer>().id, first.json<Answer>().id);
      t.match((await create('once')).json<Answer>(), {
        status: 409,
        code: 'SERVICE_CODE_TAKEN',
        errors: [{ pointer: '/code' }],
      });
      const elsewhere = { code: 'once', category: 'test', ...serviceContent(otherTeam) };
      t.equal(
        (await other.call('POST', '/services', elsewhere)).statusCode,
        201,
        'codes are the centre’s own',
      );
    },
  );

  await t.test(
    '422: content that does not hold together; a foreign team answers like an unknown one (5, 7, 8)',
    async (t) => {
      const refused = async (changes: object) => {
        const answer = await create(`refused-${newId().slice(-8)}`, changes);
        t.equal(answer.statusCode, 422, answer.body);
        t.equal(answer.json<Answer>().code, 'SERVICE_VERSION_REFUSED');
        return answer.json<Answer>().errors;
      };
      const [foreign] = await refused({ processingRule: { teamId: otherTeam } });
      const [unknown] = await refused({ processingRule: { teamId: newId() } });
      t.same(foreign, unknown);
      t.equal(foreign?.pointer, '/processingRule/teamId');
      const form = { type: 'object', properties: { a: { type: 'string' } } };
      t.match(await refused({ formSchema: form }), [{ pointer: '/formSchema/properties/a/title' }]);
      const usageRule = { meter: 'm', unit: 'Stück', quantity: { formField: '/none' } };
      t.match(await refused({ usageRule }), [{ pointer: '/usageRule/quantity/formField' }]);
    },
  );

  await t.test('400: unknown fields and wrong types', async (t) => {
    const bad: [object, string][] = [
      [{ colour: 'red' }, '/colour'],
      [{ serviceKey: '12345' }, '/serviceKey'],
      [{ code: 'No Such Code' }, '/code'],
      [{ code: "x'; drop table services; --" }, '/code'],
      [{ formSchema: 'x' }, '/formSchema'],
      [{ formSchema: null }, '/formSchema'],
      [{ usageRule: { meter: 'm', unit: 'x', quantity: 1 } }, '/usageRule/quantity'],
      [
        { usageRule: { meter: 'm', unit: 'x', quantity: { fixed: '1', formField: '/a' } } },
        '/usageRule/quantity',
      ],
      [{ processingRule: { teamId: 'x' } }, '/processingRule/teamId'],
      [{ processingRule: { teamId: team, objectionDays: 1.5 } }, '/processingRule/objectionDays'],
      [{ title: '' }, '/title'],
      [{ description: 'a\u0000b' }, '/description'],
    ];
    for (const [changes, pointer] of bad) {
      const answer = await create('bad', changes);
      t.equal(answer.statusCode, 400, `${pointer} ${answer.body}`);
      t.ok(
        answer.json<Answer>().errors?.some((error) => error.pointer.startsWith(pointer)),
        answer.body,
      );
    }
  });

  await t.test('201: SQL and HTML in texts are text, in the search too', async (t) => {
    const title = `<img src=x onerror=alert(1)> 100% '; drop table services; --`;
    t.equal((await create('hostile', { title })).json<Answer>().title, title);
    const found = async (q: string) =>
      (await centre.call('GET', `/services?q=${encodeURIComponent(q)}`)).json<Answer>().items.length;
    t.equal(await found(`100% '; drop`), 1);
    t.equal(await found('100_'), 0, 'wildcards of SQL mean themselves');
    t.equal(await found('%'), 1);
    t.equal(await found('HOSTILE'), 1, 'code, in any case');
  });

  await t.test('200: a draft is changed by whoever read it last', async (t) => {
    const { id } = await createService(centre, team, 'draft');
    const at = `/services/${id}/versions/1`;
    const put = (etag: string | undefined, changes: object = {}) =>
      centre.call('PUT', at, serviceContent(team, changes), etag === undefined ? {} : { 'if-match': etag });
    t.equal((await put(undefined)).statusCode, 428);
    t.equal((await put('"9"')).statusCode, 412);
    t.equal((await put('*')).statusCode, 412);
    const changed = await put('"1"', { title: 'Neu' });
    t.equal(changed.statusCode, 200, changed.body);
    t.equal(changed.headers.etag, '"2"');
    t.equal((await put('"1"')).statusCode, 412);
    t.match((await centre.call('GET', `/services/${id}`)).json<Answer>(), { title: 'Neu', version: 2 });
    t.equal((await put('"2"', { processingRule: { teamId: otherTeam } })).statusCode, 422);
    const both = await Promise.all([put('"2"', { title: 'A' }), put('"2"', { title: 'B' })]);
    t.same(
      both.map(({ statusCode }) => String(statusCode)).sort(),
      ['200', '412'],
      'two at once: one of them',
    );
  });

  await t.test('200: publishing puts one version in place of the other (2, 3)', async (t) => {
    const { id } = await createService(centre, team, 'life');
    t.equal((await act(id, 1, 'publish', undefined)).statusCode, 428);
    t.equal((await act(id, 1, 'publish', '"5"')).statusCode, 412);
    t.equal((await act(id, 1, 'retire', '"1"')).json<Answer>().code, 'SERVICE_VERSION_STATE');
    t.match((await act(id, 1, 'publish', '"1"')).json<Answer>(), {
      status: 'published',
      version: 2,
      publishedAt: clock.now(),
    });
    t.equal((await act(id, 1, 'publish', '"2"')).json<Answer>().code, 'SERVICE_VERSION_STATE');
    const next = serviceContent(team, { title: 'Zweite Fassung' });
    const drafted = await centre.call('POST', `/services/${id}/versions`, next);
    t.match(drafted.json<Answer>(), { number: 2, status: 'draft' });
    t.equal(drafted.headers.etag, '"1"');
    t.equal(
      (await centre.call('POST', `/services/${id}/versions`, next)).json<Answer>().code,
      'SERVICE_DRAFT_EXISTS',
    );
    t.match((await centre.call('GET', `/services/${id}`)).json<Answer>(), {
      title: 'Eheurkunde',
      publishedVersion: 1,
      draftVersion: 2,
    });
    await publish(centre, id, 2);
    t.match((await centre.call('GET', `/services/${id}`)).json<Answer>(), {
      title: 'Zweite Fassung',
      publishedVersion: 2,
      draftVersion: null,
    });
    const versions = (await centre.call('GET', `/services/${id}/versions`)).json<Answer>().items;
    t.match(versions, [
      { number: 2, status: 'published' },
      { number: 1, status: 'retired', retiredAt: clock.now() },
    ]);
    t.match((await act(id, 2, 'retire', '"2"')).json<Answer>(), { status: 'retired' });
    t.match((await centre.call('GET', `/services/${id}`)).json<Answer>(), {
      publishedVersion: null,
      versionNumber: 2,
    });
    t.equal((await act(id, 2, 'burn', '"3"')).statusCode, 404);
    t.equal((await act(id, 7, 'publish', '"1"')).statusCode, 404);
  });

  await t.test('200: two publications at once leave one published (3)', async (t) => {
    const { id } = await publishedService(centre, team, 'race');
    await centre.call('POST', `/services/${id}/versions`, serviceContent(team));
    const answers = await Promise.all([1, 2].map(() => act(id, 2, 'publish', '"1"')));
    t.same(answers.map(({ statusCode }) => String(statusCode)).sort(), ['200', '412']);
    const [row] = await test.owner
      .sql`select count(*)::int as n from service_versions where service_id = ${id} and status = 'published'`;
    t.equal(row?.n, 1);
  });

  await t.test('409 and the database: what is published stays (2)', async (t) => {
    const { id, versionId } = await publishedService(centre, team, 'stays');
    const put = await centre.call('PUT', `/services/${id}/versions/1`, serviceContent(team), {
      'if-match': '"2"',
    });
    t.equal(put.json<Answer>().code, 'SERVICE_VERSION_STATE');
    for (const change of [
      test.owner.sql`update service_versions set form_schema = '{}' where id = ${versionId}`,
      test.owner.sql`update service_versions set title = 'x' where id = ${versionId}`,
      test.owner.sql`delete from service_versions where id = ${versionId}`,
    ])
      await t.rejects(change, { code: 'VB409' });
  });

  await t.test('422: a draft whose team is gone is not published (8)', async (t) => {
    const gone = await createTeam(centre, 'Auf Zeit');
    const { id } = await createService(centre, gone, 'teamless');
    await test.owner.sql`delete from teams where id = ${gone}`;
    t.match((await act(id, 1, 'publish', '"1"')).json<Answer>(), {
      status: 422,
      errors: [{ pointer: '/processingRule/teamId' }],
    });
  });

  await t.test('404: members see what was published, and no draft; strangers see nothing (1)', async (t) => {
    const secret = await createService(centre, team, 'secret', { title: 'Geheim' });
    const { id } = await publishedService(centre, team, 'open');
    await centre.call('POST', `/services/${id}/versions`, serviceContent(team, { title: 'Geheim' }));
    t.equal((await member.call('GET', `/services/${secret.id}`)).statusCode, 404);
    t.equal((await member.call('GET', `/services/${secret.id}/versions`)).statusCode, 404);
    t.equal((await member.call('GET', `/services/${secret.id}/versions/1`)).statusCode, 404);
    t.notOk((await member.call('GET', '/services?limit=200')).body.includes('Geheim'));
    const seen = await member.call('GET', `/services/${id}`);
    t.match(seen.json<Answer>(), { versionNumber: 1, draftVersion: null, formSchema: { type: 'object' } });
    t.notOk(seen.body.includes(team), 'who works on it is the centre’s own business');
    t.equal((await member.call('GET', `/services/${id}/versions`)).json<Answer>().items.length, 1);
    t.equal((await member.call('GET', `/services/${id}/versions/2`)).statusCode, 404);
    t.notOk((await member.call('GET', `/services/${id}/versions/1`)).body.includes(team));
    for (const caller of [outsider, other]) {
      for (const path of ['', '/versions', '/versions/1'])
        t.equal((await caller.call('GET', `/services/${id}${path}`)).statusCode, 404);
      t.notOk((await caller.call('GET', `/services?centreId=${centreHat.id}`)).body.includes(id));
    }
    const missing = (await outsider.call('GET', `/services/${newId()}`)).json<Answer>().detail;
    t.equal((await outsider.call('GET', `/services/${id}`)).json<Answer>().detail, missing);
  });

  await t.test('403, 404: who may not write', async (t) => {
    const { id } = await publishedService(centre, team, 'guarded');
    const body = { code: 'x1', category: 'test', ...serviceContent(team) };
    const caseworker = await test.caller(centreHat, ['caseworker', 'team-lead', 'finance', 'auditor']);
    for (const caller of [caseworker, member]) {
      t.equal((await caller.call('POST', '/services', body)).statusCode, 403);
      t.equal((await act(id, 1, 'retire', '"2"', caller)).statusCode, 403);
    }
    t.equal((await act(id, 1, 'retire', '"2"', other)).statusCode, 404);
    t.equal(
      (await other.call('POST', `/services/${id}/versions`, serviceContent(otherTeam))).statusCode,
      404,
    );
    t.equal((await test.inject({ method: 'GET', url: `/api/v1/services/${id}` })).statusCode, 401);
    const forged = { ...member.context, permissions: new Set(['services:manage']) };
    await t.rejects(test.modules.catalogue.create(forged, body as never), { code: 'FORBIDDEN' });
    await t.rejects(test.modules.catalogue.retire(forged, id, 1, 2), { code: 'FORBIDDEN' });
  });

  await t.test(
    '200: each item says whether it can be ordered today in Germany, and why not (4)',
    async (t) => {
      const [now, later, over, drafted, none, retired] = await Promise.all(
        ['now', 'later', 'over', 'drafted', 'none', 'retired'].map((code) =>
          publishedService(centre, team, `o-${code}`),
        ),
      );
      if (!now || !later || !over || !drafted || !none || !retired) throw new Error('a service is missing');
      await agree(centre, [erwitte.id, former.id], [now.id, retired.id], { validFrom: TODAY });
      await agree(centre, [erwitte.id], [later.id], { validFrom: '2027-03-16' });
      await agree(centre, [erwitte.id], [over.id], { validFrom: '2026-01-01', validTo: TODAY });
      await draftAgreement(centre, [erwitte.id], [drafted.id]);
      await act(retired.id, 1, 'retire', '"2"');
      t.equal(await reasonOf(leaver, now.id), undefined);
      await test.owner
        .sql`update centre_members set left_on = '2027-03-15' where organisation_id = ${former.id}`;
      t.equal(await reasonOf(member, now.id), undefined);
      t.equal(await reasonOf(member, later.id), 'not_yet_in_force');
      t.equal(await reasonOf(member, over.id), 'ended');
      t.equal(await reasonOf(member, drafted.id), 'no_agreement');
      t.equal(await reasonOf(member, none.id), 'no_agreement');
      t.equal(await reasonOf(member, retired.id), 'service_not_published');
      t.equal(await reasonOf(leaver, now.id), 'not_a_member');
      const item = (await centre.call('GET', '/services?q=o-now')).json<Answer>().items[0];
      t.notOk(item === undefined || 'orderable' in item || 'reason' in item);
    },
  );

  await t.test('what a request is pinned to; 404 and 422 otherwise', async (t) => {
    const { id, versionId } = await publishedService(centre, team, 'pinned');
    const { versionId: agreementVersionId } = await agree(centre, [erwitte.id], [id]);
    const found = await orderable(member, id);
    t.match(found, {
      centreId: centreHat.id,
      centreCode: 'SOE',
      agreementVersionId,
      service: { id, code: 'pinned' },
      version: {
        id: versionId,
        number: 1,
        title: 'Eheurkunde',
        processingRule: { teamId: team, objectionDays: 14 },
      },
    });
    t.same(validateFormData(found.version, { copies: 2 }), []);
    t.match(validateFormData(found.version, { copies: 0, x: 1 }), [
      { pointer: '/formData/copies', code: 'MINIMUM' },
      { pointer: '/formData/x' },
    ]);
    await t.rejects(orderable(outsider, id), { code: 'NOT_FOUND' });
    await t.rejects(orderable(member, newId()), { code: 'NOT_FOUND' });
    await t.rejects(
      orderable(member, id, anroechte.id),
      { code: 'SERVICE_NOT_ORDERABLE' },
      'not for the neighbour',
    );
    t.equal(
      (await orderable(centre, id, erwitte.id)).agreementVersionId,
      agreementVersionId,
      'the centre for a member',
    );
    const read = (caller: Caller) =>
      withHatTx(test.db, caller.context, (tx) => getServiceVersion(tx, versionId));
    t.equal((await read(member)).number, 1);
    await t.rejects(read(outsider), { code: 'NOT_FOUND' });
  });

  await t.test('200: lists are paged by title and filtered; 400: what is not known', async (t) => {
    const all: string[] = [];
    let cursor = '';
    do {
      const page = (await member.call('GET', `/services?limit=3${cursor}`)).json<Answer>();
      all.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    const whole = (await member.call('GET', '/services?limit=200')).json<Answer>().items;
    t.same(
      all,
      whole.map(({ id }) => id),
    );
    t.ok(all.length > 6);
    await publishedService(centre, team, 'cat', { title: 'Aaa' });
    t.equal((await member.call('GET', '/services?limit=1')).json<Answer>().items[0]?.title, 'Aaa');
    const filtered = (await centre.call('GET', '/services?category=test&limit=200')).json<Answer>().items;
    t.ok(filtered.length > 0 && filtered.every(({ category }) => category === 'test'));
    for (const query of ['colour=red', 'limit=x', 'cursor=abc', 'centreId=1', 'q='])
      t.equal((await member.call('GET', `/services?${query}`)).statusCode, 400, query);
  });
});
