import tap from 'tap';
import { costClausesFor, findCoverage } from '../../../src/modules/agreements/index.ts';
import { fixedClock } from '../../../src/platform/clock.ts';
import { withHatTx } from '../../../src/platform/db/hat.ts';
import { newId } from '../../../src/platform/ids.ts';
import { agree, agreementTerms, draftAgreement } from '../../support/agreements.ts';
import type { Answer } from '../../support/answers.ts';
import { startTestApp } from '../../support/app.ts';
import { createService, createTeam } from '../../support/catalogue.ts';

const TODAY = '2027-03-15';
const clock = fixedClock(`${TODAY}T10:00:00.000Z`);

tap.test('agreements', async (t) => {
  const test = await startTestApp(t, { clock });
  const [erwitte, anroechte, stranger, soon] = await Promise.all([
    test.organisation('Erwitte', '05974016'),
    test.organisation('Anröchte', '05974004'),
    test.organisation('Kalletal', '05766036'),
    test.organisation('Rüthen', '05974040'),
  ]);
  const centreHat = await test.centre('SOE', [erwitte, anroechte, soon]);
  const otherHat = await test.centre('LIP', [erwitte, stranger]);
  const centre = await test.caller(centreHat, ['catalogue-manager', 'team-lead']);
  const other = await test.caller(otherHat, ['centre-admin']);
  const member = await test.caller(erwitte, ['requester']);
  const neighbour = await test.caller(anroechte, ['requester']);
  const outsider = await test.caller(stranger, ['requester']);
  const team = await createTeam(centre, 'Standesamt');
  const otherTeam = await createTeam(other, 'Gebäude');
  let series = 0;
  /** A fresh service, so that subtests do not cover the same. */
  const service = async () => {
    series += 1;
    return (await createService(centre, team, `service-${series}`)).id;
  };
  const foreignService = (await createService(other, otherTeam, 'foreign')).id;
  const create = (changes: object = {}, headers: Record<string, string> = {}) =>
    centre.call('POST', '/agreements', { title: 'A', mode: 'statutes', ...changes }, headers);
  const act = (id: string, action: string, version: number | string | undefined, body: object = {}) =>
    centre.call(
      'POST',
      `/agreements/${id}/actions/${action}`,
      body,
      version === undefined ? {} : { 'if-match': typeof version === 'string' ? version : `"${version}"` },
    );
  const covered = (serviceId: string, day: string, organisationId = erwitte.id) =>
    withHatTx(test.db, centre.context, (tx) =>
      findCoverage(tx, { centreId: centreHat.id, organisationId, serviceId, day }),
    ).then((found) => found?.agreementVersionId);

  await t.test('201: an agreement begins as a draft that covers nothing', async (t) => {
    const id = await service();
    const costClause = {
      mode: 'cascade',
      tranches: [{ id: 'standby', label: 'Vorhaltung', percent: '100', key: { type: 'equal' } }],
    };
    const answer = await create({ ...agreementTerms([erwitte.id], [id], { costClause }) });
    t.equal(answer.statusCode, 201, answer.body);
    t.equal(answer.headers.etag, '"1"');
    t.match(answer.json<Answer>(), {
      centreId: centreHat.id,
      status: 'draft',
      versionNumber: 1,
      draftVersion: 1,
      validFrom: '2027-01-01',
      validTo: null,
      organisationIds: [erwitte.id],
      services: [id],
      costClause,
    });
    t.equal(await covered(id, TODAY), undefined);
    const [entry] = await test.owner
      .sql`select action, actor_id from audit_entries where entity_id = ${answer.json<Answer>().id}`;
    t.match(entry, { action: 'agreements.created', actor_id: centre.userId });
  });

  await t.test('201: the same idempotency key gives the same agreement', async (t) => {
    const body = agreementTerms([erwitte.id], [await service()]);
    const first = await create(body, { 'idempotency-key': 'k1' });
    const again = await create(body, { 'idempotency-key': 'k1' });
    t.equal(again.headers['idempotency-replayed'], 'true');
    t.equal(first.json<Answer>().id, again.json<Answer>().id);
    const changed = await create({ ...body, validFrom: '2027-02-01' }, { 'idempotency-key': 'k1' });
    t.equal(changed.statusCode, 409);
  });

  await t.test(
    '422: what the centre does not have, all at once; a foreign id answers like an unknown one (1)',
    async (t) => {
      const unknown = newId();
      const id = await service();
      const answer = await create(
        agreementTerms([erwitte.id, stranger.id, unknown], [id, foreignService, unknown], {
          validTo: '2026-01-01',
        }),
      );
      t.equal(answer.statusCode, 422, answer.body);
      const { code, errors } = answer.json<Answer>();
      t.equal(code, 'AGREEMENT_TERMS_REFUSED');
      t.same(
        errors.map((fault) => `${fault.pointer} ${fault.code}`),
        [
          '/validTo PERIOD_EMPTY',
          '/organisationIds/1 NOT_A_MEMBER',
          '/organisationIds/2 NOT_A_MEMBER',
          '/services/1 UNKNOWN',
          '/services/2 UNKNOWN',
        ],
      );
      const [foreign, missing] = errors.slice(3);
      t.equal(foreign?.detail, missing?.detail);
    },
  );

  await t.test('422: a cost clause that cannot be computed (7)', async (t) => {
    const tranche = {
      id: 'a',
      label: 'A',
      percent: '99',
      key: { type: 'fixed', values: { '05974016': '1' } },
    };
    const costClause = { mode: 'cascade', tranches: [tranche] };
    const body = agreementTerms([erwitte.id, anroechte.id], [await service()], { costClause });
    const pointers = (await create(body)).json<Answer>().errors.map(({ pointer }) => pointer);
    t.same(pointers, ['/costClause/tranches/0/key/values/05974004', '/costClause/tranches']);
  });

  await t.test('400: unknown fields, wrong types, days that do not exist', async (t) => {
    const terms = agreementTerms([erwitte.id], [await service()]);
    const bad: [object, string][] = [
      [{ ...terms, colour: 'red' }, '/colour'],
      [{ ...terms, mode: 'friendly' }, '/mode'],
      [{ ...terms, validFrom: '2027-02-30' }, '/validFrom'],
      [{ ...terms, validFrom: 20270101 }, '/validFrom'],
      [{ ...terms, organisationIds: [] }, '/organisationIds'],
      [{ ...terms, services: ["'; drop table services; --"] }, '/services/0'],
      [{ ...terms, costClause: { mode: 'cascade', tranches: [], x: 1 } }, '/costClause'],
      [{ ...terms, title: '  ' }, '/title'],
    ];
    for (const [body, pointer] of bad) {
      const answer = await create(body);
      t.equal(answer.statusCode, 400, `${pointer} ${answer.body}`);
      t.ok(
        answer.json<Answer>().errors.some((error) => error.pointer.startsWith(pointer)),
        answer.body,
      );
    }
  });

  await t.test('201: SQL and HTML in a title are text', async (t) => {
    const title = `<script>alert(1)</script>'; drop table agreements; --`;
    const answer = await create({ ...agreementTerms([erwitte.id], [await service()]), title });
    t.equal(answer.json<Answer>().title, title);
  });

  await t.test('200: bringing into force covers each party and service over the period (3)', async (t) => {
    const [one, two] = [await service(), await service()];
    const made = await draftAgreement(centre, [erwitte.id, anroechte.id], [one, two], {
      validTo: '2028-01-01',
    });
    const answer = await act(made.id, 'bring-into-force', 1, { number: 1 });
    t.equal(answer.statusCode, 200, answer.body);
    t.match(answer.json<Answer>(), { status: 'in_force', draftVersion: null, version: 2 });
    for (const id of [one, two]) {
      for (const party of [erwitte.id, anroechte.id]) {
        t.equal(await covered(id, '2026-12-31', party), undefined);
        t.equal(await covered(id, '2027-01-01', party), made.versionId);
        t.equal(await covered(id, '2027-12-31', party), made.versionId);
        t.equal(await covered(id, '2028-01-01', party), undefined);
      }
      t.equal(await covered(id, TODAY, soon.id), undefined, 'members that are no party');
    }
  });

  await t.test('200: lists that a clause names and nobody recorded yet are told (11)', async (t) => {
    const finance = await test.caller(centreHat, ['finance']);
    const list = {
      name: 'Stellen',
      type: 'head_count',
      asOf: '2027-01-01',
      source: 'Stellenplan',
      values: { '05974016': '3' },
    };
    const recorded = await finance.call('POST', '/allocation-keys', list);
    t.equal(recorded.statusCode, 201, recorded.body);
    const tranche = (id: string, key: object) => ({ id, label: id, percent: '25', key });
    const tranches = [
      tranche('a', { type: 'values', keyName: 'Nirgends' }),
      tranche('b', { type: 'head_count', keyName: 'Stellen' }),
      tranche('c', { type: 'area', keyName: 'Stellen' }),
      tranche('d', { type: 'equal' }),
    ];
    const costClause = { mode: 'cascade', tranches };
    const { id } = await draftAgreement(centre, [erwitte.id], [await service()], { costClause });
    const answer = await act(id, 'bring-into-force', 1);
    t.equal(answer.statusCode, 200, answer.body);
    t.match(answer.json<Answer>(), {
      status: 'in_force',
      warnings: [
        {
          pointer: '/costClause/tranches/0/key/keyName',
          code: 'KEY_LIST_MISSING',
          detail: 'There is no value list “Nirgends” yet; runs are refused until it is recorded.',
        },
        { pointer: '/costClause/tranches/2/key/keyName', code: 'KEY_LIST_TYPE' },
      ],
    });
    t.equal(answer.json<{ warnings: object[] }>().warnings.length, 2);
    const plain = await draftAgreement(centre, [erwitte.id], [await service()]);
    t.same((await act(plain.id, 'bring-into-force', 1)).json<{ warnings: object[] }>().warnings, []);
  });

  await t.test('200: an action needs no body', async (t) => {
    const { id, version } = await draftAgreement(centre, [erwitte.id], [await service()]);
    const answer = await centre.call('POST', `/agreements/${id}/actions/bring-into-force`, undefined, {
      'if-match': `"${version}"`,
    });
    t.equal(answer.statusCode, 200, answer.body);
    t.equal((await act(id, 'burn', 2)).statusCode, 404);
  });

  await t.test('200: the next version takes over on its first day (3)', async (t) => {
    const [kept, dropped] = [await service(), await service()];
    const { id, versionId } = await agree(centre, [erwitte.id, anroechte.id], [kept, dropped]);
    const next = agreementTerms([erwitte.id], [kept], { validFrom: '2027-07-01' });
    const drafted = await centre.call('POST', `/agreements/${id}/versions`, next);
    t.equal(drafted.statusCode, 201, drafted.body);
    t.equal(drafted.json<Answer>().number, 2);
    t.equal(
      (await centre.call('POST', `/agreements/${id}/versions`, next)).json<Answer>().code,
      'AGREEMENT_DRAFT_EXISTS',
    );
    t.match((await centre.call('GET', `/agreements/${id}`)).json<Answer>(), {
      versionNumber: 1,
      draftVersion: 2,
      version: 3,
    });
    t.equal(
      (await act(id, 'bring-into-force', 3, { number: 1 })).json<Answer>().code,
      'AGREEMENT_DRAFT_MISSING',
    );
    t.equal((await act(id, 'bring-into-force', 3)).statusCode, 200);
    t.equal(await covered(kept, '2027-06-30'), versionId);
    t.equal(await covered(kept, '2027-07-01'), drafted.json<Answer>().id);
    t.equal(await covered(dropped, '2027-06-30'), versionId);
    t.equal(await covered(dropped, '2027-07-01'), undefined);
    t.equal(await covered(kept, '2027-07-01', anroechte.id), undefined, 'a party that left');
    const versions = await centre.call('GET', `/agreements/${id}/versions`);
    t.match(versions.json<Answer>().items, [
      { number: 2, validFrom: '2027-07-01', validTo: null },
      { number: 1, validFrom: '2027-01-01', validTo: '2027-07-01' },
    ]);
    t.equal(
      (await centre.call('GET', `/agreements/${id}`)).json<Answer>().versionNumber,
      1,
      'the one that holds today',
    );
  });

  await t.test('200: a version replaced before its first day never held (3)', async (t) => {
    const id = await service();
    const agreement = await agree(centre, [erwitte.id], [id], { validFrom: '2028-01-01' });
    const next = agreementTerms([erwitte.id], [id], { validFrom: '2027-06-01' });
    const drafted = (await centre.call('POST', `/agreements/${agreement.id}/versions`, next)).json<Answer>();
    t.equal((await act(agreement.id, 'bring-into-force', 3)).json<Answer>().versionNumber, 2);
    t.equal(await covered(id, '2028-02-01'), drafted.id);
    const clauses = await withHatTx(test.db, centre.context, (tx) =>
      costClausesFor(tx, centreHat.id, [id], '2027-01-01', '2030-01-01'),
    );
    t.match(clauses, [{ agreementVersionId: drafted.id, serviceIds: [id], organisationIds: [erwitte.id] }]);
    t.equal(clauses.length, 1);
  });

  await t.test('409: two agreements cannot cover the same on one day (4)', async (t) => {
    const id = await service();
    await agree(centre, [erwitte.id], [id], { validTo: '2028-01-01' });
    const second = await draftAgreement(centre, [erwitte.id, anroechte.id], [id], {
      validFrom: '2027-12-31',
    });
    const answer = await act(second.id, 'bring-into-force', 1);
    t.equal(answer.statusCode, 409);
    t.equal(answer.json<Answer>().code, 'COVERAGE_OVERLAPS');
    t.equal(
      (await centre.call('GET', `/agreements/${second.id}`)).json<Answer>().status,
      'draft',
      'nothing was changed',
    );
    const terms = agreementTerms([erwitte.id, anroechte.id], [id], { validFrom: '2028-01-01' });
    const changed = await centre.call('PUT', `/agreements/${second.id}/versions/1`, terms, {
      'if-match': '"1"',
    });
    t.match(changed.json<Answer>(), { validFrom: '2028-01-01', version: 2 });
    t.equal((await act(second.id, 'bring-into-force', 2)).statusCode, 200, 'the day after is free');
  });

  await t.test('409: two at once come into force one after the other (4)', async (t) => {
    const id = await service();
    const drafts = await Promise.all([1, 2].map(() => draftAgreement(centre, [erwitte.id], [id])));
    const answers = await Promise.all(drafts.map((draft) => act(draft.id, 'bring-into-force', 1)));
    t.same(answers.map(({ statusCode }) => String(statusCode)).sort(), ['200', '409']);
  });

  await t.test('200: a termination shortens; 422: not into the past, never longer (6)', async (t) => {
    const id = await service();
    const agreement = await agree(centre, [erwitte.id], [id]);
    const past = await act(agreement.id, 'terminate', 2, { validTo: '2027-03-14' });
    t.equal(past.statusCode, 422);
    t.match(past.json<Answer>(), { code: 'TERMINATION_REFUSED', errors: [{ pointer: '/validTo' }] });
    const ended = await act(agreement.id, 'terminate', 2, { validTo: '2027-07-01' });
    t.match(ended.json<Answer>(), { status: 'terminated', validTo: '2027-07-01', version: 3 });
    t.equal(await covered(id, '2027-06-30'), agreement.versionId);
    t.equal(await covered(id, '2027-07-01'), undefined);
    t.equal((await act(agreement.id, 'terminate', 3, { validTo: '2027-08-01' })).statusCode, 422);
    t.equal((await act(agreement.id, 'terminate', 3, { validTo: TODAY })).statusCode, 200);
    t.equal(await covered(id, TODAY), undefined);
    const draft = await draftAgreement(centre, [erwitte.id], [id]);
    t.equal(
      (await act(draft.id, 'terminate', 1, { validTo: '2028-01-01' })).statusCode,
      422,
      'a draft does not end',
    );
  });

  await t.test('428, 412: changes name the state they are meant for', async (t) => {
    const id = await service();
    const { id: agreementId } = await draftAgreement(centre, [erwitte.id], [id]);
    const terms = agreementTerms([erwitte.id], [id]);
    const put = (headers: Record<string, string>) =>
      centre.call('PUT', `/agreements/${agreementId}/versions/1`, terms, headers);
    t.equal((await put({})).statusCode, 428);
    t.equal((await put({ 'if-match': '"2"' })).statusCode, 412);
    t.equal((await put({ 'if-match': '"1 or 1=1"' })).statusCode, 412);
    t.equal((await act(agreementId, 'bring-into-force', undefined)).statusCode, 428);
    t.equal((await act(agreementId, 'bring-into-force', 7)).statusCode, 412);
    t.equal((await act(agreementId, 'bring-into-force', 1)).statusCode, 200);
    t.equal((await act(agreementId, 'terminate', 1, { validTo: '2028-01-01' })).statusCode, 412);
    t.equal(
      (await put({ 'if-match': '"2"' })).json<Answer>().code,
      'AGREEMENT_DRAFT_MISSING',
      'what is in force stays (2)',
    );
  });

  await t.test('the database itself keeps what is in force (2)', async (t) => {
    const { versionId } = await agree(centre, [erwitte.id], [await service()]);
    const changes = [
      test.owner.sql`update agreement_versions set service_ids = '{}' where id = ${versionId}`,
      test.owner.sql`update agreement_versions set cost_clause = '{}' where id = ${versionId}`,
      test.owner.sql`update agreement_versions set valid_from = '2020-01-01' where id = ${versionId}`,
    ];
    for (const change of changes) await t.rejects(change, { code: 'VB409' });
  });

  await t.test('404: members read what they are a party of, and no draft (8)', async (t) => {
    const [id, next] = [await service(), await service()];
    const made = await draftAgreement(centre, [erwitte.id], [id]);
    const read = (caller: typeof member, path = '') => caller.call('GET', `/agreements/${made.id}${path}`);
    for (const caller of [member, neighbour, outsider, other]) {
      t.equal((await read(caller)).statusCode, 404, 'a draft');
      t.equal((await read(caller, '/versions')).statusCode, 404);
    }
    await act(made.id, 'bring-into-force', 1);
    await centre.call(
      'POST',
      `/agreements/${made.id}/versions`,
      agreementTerms([erwitte.id, anroechte.id], [next]),
    );
    const seen = await read(member);
    t.equal(seen.statusCode, 200);
    t.match(seen.json<Answer>(), { versionNumber: 1, draftVersion: null });
    t.equal((await read(member, '/versions')).json<Answer>().items.length, 1);
    for (const caller of [neighbour, outsider, other]) {
      t.equal((await read(caller)).statusCode, 404);
      t.notOk((await caller.call('GET', '/agreements?limit=200')).body.includes(made.id));
    }
    const missing = await member.call('GET', `/agreements/${newId()}`);
    const foreign = await outsider.call('GET', `/agreements/${made.id}`);
    t.equal(missing.json<Answer>().detail, foreign.json<Answer>().detail);
  });

  await t.test('403, 404: who may not write', async (t) => {
    const id = await service();
    const body = { title: 'A', mode: 'statutes', ...agreementTerms([erwitte.id], [id]) };
    const caseworker = await test.caller(centreHat, ['caseworker', 'finance', 'auditor']);
    const admin = await test.caller(erwitte, ['member-admin', 'approver', 'member-finance']);
    t.equal((await caseworker.call('POST', '/agreements', body)).statusCode, 403);
    t.equal((await admin.call('POST', '/agreements', body)).statusCode, 403);
    const made = await draftAgreement(centre, [erwitte.id], [id]);
    const header = { 'if-match': '"1"' };
    const at = `/agreements/${made.id}`;
    t.equal((await other.call('POST', `${at}/actions/bring-into-force`, {}, header)).statusCode, 404);
    t.equal(
      (await other.call('POST', `${at}/versions`, agreementTerms([stranger.id], [foreignService])))
        .statusCode,
      404,
    );
    t.equal((await member.call('POST', `${at}/actions/bring-into-force`, {}, header)).statusCode, 403);
    t.equal((await test.inject({ method: 'GET', url: '/api/v1/agreements' })).statusCode, 401);
  });

  await t.test('rights of the hat do not reach another hat, even with the permission', async (t) => {
    const forged = { ...member.context, permissions: new Set(['agreements:manage']) };
    const body = {
      title: 'A',
      mode: 'statutes' as const,
      ...agreementTerms([erwitte.id], [await service()]),
    };
    await t.rejects(test.modules.agreements.create(forged, body as never), { code: 'FORBIDDEN' });
    const write = withHatTx(
      test.db,
      member.context,
      (
        tx,
      ) => tx.sql`insert into agreement_coverage (centre_id, agreement_version_id, organisation_id, service_id, valid_from)
        select centre_id, id, ${erwitte.id}, ${foreignService}, '2020-01-01' from agreement_versions limit 1`,
    );
    await t.rejects(write, { code: '42501' }, 'a member cannot cover itself, in the database either');
  });

  await t.test('200: lists are paged and filtered', async (t) => {
    const all: string[] = [];
    let cursor = '';
    do {
      const page = (await centre.call('GET', `/agreements?limit=2${cursor}`)).json<Answer>();
      all.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    const whole = (await centre.call('GET', '/agreements?limit=200')).json<Answer>().items;
    t.same(
      all,
      whole.map(({ id }) => id),
    );
    t.ok(all.length > 5);
    const drafts = (await centre.call('GET', '/agreements?limit=200&status=draft')).json<Answer>().items;
    t.ok(drafts.length > 0 && drafts.every(({ status }) => status === 'draft'));
    t.same((await centre.call('GET', `/agreements?centreId=${otherHat.id}`)).json<Answer>().items, []);
    const parties = (await centre.call('GET', `/agreements?organisationId=${anroechte.id}`)).json<Answer>()
      .items;
    t.ok(parties.every((item) => item.organisationIds.includes(anroechte.id)));
    for (const query of ['colour=red', 'limit=0', 'limit=201', 'status=gone', 'cursor=abc', 'centreId=1'])
      t.equal((await centre.call('GET', `/agreements?${query}`)).statusCode, 400, query);
  });
});
