import tap, { type Test } from 'tap';
import { fixedClock } from '../../src/platform/clock.ts';
import { agree, draftAgreement } from '../support/agreements.ts';
import { type Caller, PLATFORM, startTestApp, type TestApp } from '../support/app.ts';
import { bodyOf } from '../support/bodies.ts';
import { makeOrderable, must, type OrderableWorld, tagOf } from '../support/services.ts';

const TODAY = '2026-11-22';
const LAST = '2026-12-31';
const clock = fixedClock(`${TODAY}T10:00:00.000Z`);

interface Scene {
  readonly test: TestApp;
  readonly world: OrderableWorld;
  readonly leave: (
    organisationId: string,
    leftOn: string | null,
    caller?: Caller,
  ) => ReturnType<Caller['call']>;
  /** A further member that no agreement binds yet. */
  readonly guest: (joinedOn?: string) => Promise<string>;
}

// Numbers in brackets are the invariants of src/modules/organisations/README.md.
tap.test('leaving a centre', async (t) => {
  const test = await startTestApp(t, { clock });
  const world = await makeOrderable(test);
  const { admin, centre } = world;
  const url = (organisationId: string) => `/centres/${centre.id}/members/${organisationId}`;
  const scene: Scene = {
    test,
    world,
    async leave(organisationId, leftOn, caller = admin) {
      const headers = { 'if-match': `"${await tagOf(admin, url(organisationId))}"` };
      return caller.call('PATCH', url(organisationId), { leftOn }, headers);
    },
    async guest(joinedOn = '2020-01-01') {
      const { id } = await test.organisation('Gast');
      await must(admin, 'POST', `/centres/${centre.id}/members`, { organisationId: id, joinedOn });
      return id;
    },
  };
  for (const part of [days, agreements, orders, rights]) await t.test(part.name, (t) => part(t, scene));
});

async function days(t: Test, { world, leave, guest }: Scene): Promise<void> {
  const { admin, centre } = world;
  await t.test('200: from today on, and it can be taken back [6]', async (t) => {
    const id = await guest();
    t.match(bodyOf(await leave(id, TODAY)), { organisationId: id, leftOn: TODAY });
    t.match(bodyOf(await leave(id, LAST)), { leftOn: LAST });
    t.match(bodyOf(await leave(id, null)), { leftOn: null });
    const { items } = await must<{ items: { details: unknown; action: string }[] }>(
      admin,
      'GET',
      `/audit-entries?entityId=${centre.id}&limit=3`,
    );
    t.match(items, [
      { action: 'centres.member-changed', details: { leftOn: { from: LAST, to: null } } },
      { details: { leftOn: { from: TODAY, to: LAST } } },
      { details: { leftOn: { from: null, to: TODAY } } },
    ]);
  });
  await t.test('422: not in the past, and not before it has joined [6]', async (t) => {
    const refused = async (id: string, leftOn: string) => {
      const answer = await leave(id, leftOn);
      t.equal(answer.statusCode, 422, leftOn);
      t.match(bodyOf(answer), { code: 'LEAVING_REFUSED', errors: [{ pointer: '/leftOn' }] });
    };
    await refused(await guest(), '2026-11-21');
    const later = await guest('2027-01-01');
    await refused(later, '2026-12-01');
    await refused(later, '2027-01-01');
    t.equal((await leave(later, '2027-01-02')).statusCode, 200);
  });
  await t.test('412: of two changes of what both have read one holds [7]', async (t) => {
    const id = await guest();
    const url = `/centres/${centre.id}/members/${id}`;
    const headers = { 'if-match': `"${await tagOf(admin, url)}"` };
    const changes = ['2027-01-01', '2027-02-01', '2027-03-01', '2027-04-01'];
    const answers = await Promise.all(changes.map((leftOn) => admin.call('PATCH', url, { leftOn }, headers)));
    t.strictSame(
      answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
      [200, 412, 412, 412],
    );
  });
  await t.test('200: the same day again changes nothing and is not told twice', async (t) => {
    const id = await guest();
    const first = await leave(id, LAST);
    t.equal((await leave(id, LAST)).headers['etag'], first.headers['etag']);
    const { items } = await must<{ items: { requestId: string }[] }>(
      admin,
      'GET',
      `/audit-entries?entityId=${centre.id}&limit=2`,
    );
    t.equal(items.filter(({ requestId }) => requestId === first.headers['x-request-id']).length, 1);
    t.equal(items[0]?.requestId, first.headers['x-request-id']);
  });
}

async function agreements(t: Test, { world, leave, guest }: Scene): Promise<void> {
  const { admin, serviceId } = world;
  const end = (made: { id: string; version: number }, validTo: string) =>
    must(
      admin,
      'POST',
      `/agreements/${made.id}/actions/terminate`,
      { validTo },
      { 'if-match': `"${made.version}"` },
    );
  await t.test('409: not while an agreement in force binds it beyond the day [6]', async (t) => {
    const id = await guest();
    const agreement = await agree(admin, [id], [serviceId]);
    const answer = await leave(id, LAST);
    t.match(bodyOf(answer), { code: 'MEMBER_IS_PARTY', errors: [{ pointer: '/leftOn' }] });
    t.match(answer.body, /Vereinbarung/, 'which one is said');
    await end(agreement, '2027-06-01');
    t.equal(bodyOf(await leave(id, '2027-05-31')).code, 'MEMBER_IS_PARTY');
    t.equal((await leave(id, '2027-06-01')).statusCode, 200);
  });
  await t.test('200: a version without it is enough, and a draft with it no obstacle', async (t) => {
    const [id, other] = [await guest(), await guest()];
    const { id: agreementId } = await agree(admin, [id, other], [serviceId]);
    const next = {
      validFrom: '2027-03-01',
      organisationIds: [other],
      services: [serviceId],
      dataProtectionRole: 'processor',
    };
    await must(admin, 'POST', `/agreements/${agreementId}/versions`, next);
    const etag = { 'if-match': `"${await tagOf(admin, `/agreements/${agreementId}`)}"` };
    await must(admin, 'POST', `/agreements/${agreementId}/actions/bring-into-force`, {}, etag);
    await draftAgreement(admin, [id], [serviceId]);
    t.equal((await leave(id, '2027-03-01')).statusCode, 200);
  });
  await t.test('422: no agreement outlasts a membership that has an end', async (t) => {
    const id = await guest();
    await leave(id, '2027-03-01');
    const offer = (validTo: string | null) => draftAgreement(admin, [id], [serviceId], { validTo });
    await t.rejects(offer(null), /NOT_A_MEMBER/);
    await t.rejects(offer('2027-03-02'), /NOT_A_MEMBER/);
    await t.resolves(offer('2027-03-01'));
  });
  await t.test('409: of leaving and being bound at once one happens', async (t) => {
    for (let round = 0; round < 5; round += 1) {
      const id = await guest();
      const draft = await draftAgreement(admin, [id], [serviceId]);
      const bind = admin.call(
        'POST',
        `/agreements/${draft.id}/actions/bring-into-force`,
        {},
        {
          'if-match': `"${draft.version}"`,
        },
      );
      const codes = (await Promise.all([bind, leave(id, LAST)])).map(({ statusCode }) => statusCode);
      t.equal(codes.filter((code) => code === 200).length, 1, codes.join(' '));
    }
  });
}

async function orders(t: Test, { test, world, leave }: Scene): Promise<void> {
  const { admin, requester, caseworker, member, otherMember, serviceId } = world;
  await t.test(
    '200: what was ordered before is worked off; 422: from the day on nothing is ordered [6]',
    async (t) => {
      const order = (submit: boolean) =>
        requester.call('POST', '/service-requests', {
          serviceId,
          subject: 'Urkunde',
          formData: { registerNumber: 'G 1', copies: 1 },
          submit,
        });
      const { id } = bodyOf(await order(true));
      const { items } = await must<{ items: { id: string; version: number }[] }>(
        admin,
        'GET',
        '/agreements?status=in_force',
      );
      for (const { id: agreementId, version } of items.filter((one) =>
        JSON.stringify(one).includes(member.id),
      ))
        await must(
          admin,
          'POST',
          `/agreements/${agreementId}/actions/terminate`,
          { validTo: LAST },
          { 'if-match': `"${version}"` },
        );
      t.equal((await leave(member.id, LAST)).statusCode, 200);
      t.equal((await order(true)).statusCode, 201, 'until then as before');
      clock.set('2026-12-31T10:00:00.000Z');
      const refused = await order(true);
      t.match(bodyOf(refused), { code: 'SERVICE_NOT_ORDERABLE', errors: [{ code: 'not_a_member' }] });
      const open = await must(caseworker, 'GET', `/service-requests/${id}`);
      const headers = { 'if-match': `"${open.version}"` };
      t.equal(
        (await caseworker.call('POST', `/service-requests/${id}/actions/accept`, {}, headers)).statusCode,
        200,
      );
      t.equal(
        (await requester.call('GET', `/service-requests/${id}`)).statusCode,
        200,
        'and the member sees it',
      );
      clock.set(`${TODAY}T10:00:00.000Z`);
    },
  );
  await t.test('404: a member reads its own membership and no other', async (t) => {
    const own = `/centres/${world.centre.id}/members`;
    t.equal((await requester.call('GET', `${own}/${member.id}`)).statusCode, 200);
    t.equal((await requester.call('GET', `${own}/${otherMember.id}`)).statusCode, 404);
    const stranger = await test.caller(await test.organisation('Fremd'), ['member-admin']);
    t.equal((await stranger.call('GET', `${own}/${member.id}`)).statusCode, 404);
  });
}

async function rights(t: Test, { test, leave, guest }: Scene): Promise<void> {
  await t.test('403: neither the platform, which sees no agreements, nor the member itself', async (t) => {
    const id = await guest();
    const platform = await test.caller(PLATFORM, ['platform-admin']);
    const member = await test.caller({ kind: 'organisation', id }, ['member-admin']);
    for (const caller of [platform, member]) t.equal((await leave(id, LAST, caller)).statusCode, 403);
  });
}
