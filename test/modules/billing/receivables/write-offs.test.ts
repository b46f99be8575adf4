import tap from 'tap';
import {
  allowedSteps,
  statusOf,
  WRITE_OFF_ACTIONS,
  WRITE_OFF_STATUSES,
} from '../../../../src/modules/billing/write-offs/write-off-states.rules.ts';
import { readUnderHat } from '../../../../src/platform/db/hat.ts';
import { newId } from '../../../../src/platform/ids.ts';
import type { Caller } from '../../../support/app.ts';
import { problemOf } from '../../../support/costing.ts';
import {
  issued,
  openItems,
  pay,
  type ReceivablesWorld,
  setOff,
  startReceivablesWorld,
} from '../../../support/receivables.ts';
import { must } from '../../../support/services.ts';

/** Numbers in brackets: invariants of the README of billing. */

interface WriteOffBody {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly chainId: string;
  readonly amountCents: number;
  readonly availableActions: readonly string[];
}

const REASON = { reason: 'Irrtum' };

const ask = (caller: Caller, statementId: string, amountCents: number, more: object = {}) =>
  caller.call('POST', '/write-offs', {
    statementId,
    amountCents,
    ground: 'minor',
    reason: 'Dienstanweisung Nr. 4',
    ...more,
  });

const step = (caller: Caller, { id, version }: WriteOffBody, action: string, body: object = {}) =>
  caller.call('POST', `/write-offs/${id}/actions/${action}`, body, { 'if-match': `"${version}"` });

/** Two people write a part of a claim off. */
async function writtenOff({ finance, colleague }: ReceivablesWorld, id: string, amountCents: number) {
  const asked = await ask(finance, id, amountCents);
  if (asked.statusCode !== 201) throw new Error(asked.body);
  const answer = await step(colleague, asked.json(), 'confirm');
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return answer.json<WriteOffBody>();
}

const amountsOf = async (caller: Caller, query = 'state=all') =>
  (await openItems(caller, query)).map((item) => {
    const { claimCents, matchedCents, writtenOffCents, openCents } = item;
    return [claimCents, matchedCents, writtenOffCents, openCents];
  });

tap.test('states: asked for, confirmed, ended, and no way back', async (t) => {
  const at = '2026-11-01T09:00:00.000Z';
  t.same(
    [
      [null, null],
      [at, null],
      [null, at],
      [at, at],
    ].map(([confirmedAt = null, endedAt = null]) => statusOf({ confirmedAt, endedAt })),
    WRITE_OFF_STATUSES,
  );
  t.same(WRITE_OFF_STATUSES.map(allowedSteps), [['confirm', 'reject'], ['revoke'], [], []]);
  t.same(new Set(WRITE_OFF_STATUSES.flatMap(allowedSteps)), new Set(WRITE_OFF_ACTIONS));
});

tap.test('a write-off takes two people, and never more than is open (27, 38)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { test, finance, colleague, auditor, member, stranger, clock, erwitte, anroechte, centre } = world;
  const sql = test.owner.sql;
  const claim = await issued(world, erwitte, { kind: 380, netCents: 10_000, dueOn: '2026-10-10' });
  const credit = await issued(world, anroechte, { kind: 380, netCents: -100, dueOn: '2026-10-10' });
  clock.set('2026-11-01T09:00:00.000Z');
  await pay(finance, {
    organisationId: erwitte.id,
    amountCents: 11_898,
    matches: [{ statementId: claim.id, amountCents: 11_898 }],
  });
  let asked: WriteOffBody;

  await t.test('refused: more than is open, a credit, what is no document, what is nothing', async (t) => {
    for (const [id, cents, status, code, pointer] of [
      [claim.id, 3, 422, 'WRITE_OFF_TOO_LARGE', '/amountCents'],
      [credit.id, 1, 422, 'WRITE_OFF_TOO_LARGE', '/amountCents'],
      [newId(), 1, 422, 'PAYMENT_STATEMENT_UNKNOWN', '/statementId'],
    ] as const) {
      const answer = await ask(finance, id, cents);
      t.equal(answer.statusCode, status, code);
      t.match(problemOf(answer), { code });
      t.match(answer.body, pointer);
    }
    for (const more of [{ amountCents: 0 }, { amountCents: -1 }, { ground: 'mercy' }, { reason: ' ' }])
      t.equal((await ask(finance, claim.id, 2, more)).statusCode, 400, JSON.stringify(more));
    t.equal((await ask(auditor, claim.id, 2)).statusCode, 403, 'auditors read');
    t.equal((await sql`select from write_offs`).length, 0);
  });

  await t.test('201: asked for, which changes nothing yet, once however often it is sent', async (t) => {
    const key = { 'idempotency-key': newId() };
    const body = { statementId: claim.id.toUpperCase(), amountCents: 2, ground: 'minor', reason: 'x' };
    const first = await finance.call('POST', '/write-offs', body, key);
    t.equal(first.statusCode, 201, first.body);
    asked = first.json();
    t.match(asked, {
      organisationId: erwitte.id,
      chainId: claim.id,
      chainNumber: claim.number,
      status: 'requested',
      recorded: { by: { id: finance.userId }, at: clock.now() },
      confirmed: null,
      ended: null,
      availableActions: ['confirm', 'reject'],
    });
    t.equal((await finance.call('POST', '/write-offs', body, key)).json().id, asked.id);
    t.same((await amountsOf(finance, `organisationId=${erwitte.id}`))[0], [11_900, 11_898, 0, 2]);
  });

  await t.test('409: who asked for it cannot confirm it', async (t) => {
    t.match(problemOf(await step(finance, asked, 'confirm')), { code: 'FOUR_EYES_REQUIRED' });
    t.equal((await step(auditor, asked, 'confirm')).statusCode, 403);
    t.equal((await step(colleague, { ...asked, version: 9 }, 'confirm')).statusCode, 412);
    t.match(problemOf(await step(colleague, asked, 'revoke', REASON)), { code: 'WRITE_OFF_STATE_REFUSED' });
  });

  await t.test('200: confirmed, it is asked for no more, and closes the open item', async (t) => {
    const answer = await step(colleague, asked, 'confirm');
    t.equal(answer.statusCode, 200, answer.body);
    t.match(answer.json(), { status: 'confirmed', confirmed: { by: { id: colleague.userId } } });
    t.same(
      (await amountsOf(finance, `organisationId=${erwitte.id}&state=settled`))[0],
      [11_900, 11_898, 2, 0],
    );
    t.same(
      (await openItems(finance)).map(({ statementId }) => statementId),
      [credit.id],
    );
    t.same(await openItems(finance, 'overdue=true'), []);
    const { notices } = await must<{ notices: object[] }>(
      finance,
      'POST',
      '/dunning-notices?dryRun=true',
      {},
    );
    t.same(notices, [], 'and nobody is reminded of it');
    t.match(problemOf(await step(colleague, answer.json(), 'confirm')), { code: 'WRITE_OFF_STATE_REFUSED' });
    t.match(problemOf(await ask(finance, claim.id, 1)), { code: 'WRITE_OFF_TOO_LARGE' }, 'nothing is left');
    asked = answer.json();
  });

  await t.test('the member sees that it is asked for no more, and not why; others see nothing', async (t) => {
    t.same(await amountsOf(member), [[11_900, 11_898, 2, 0]]);
    t.equal((await member.call('GET', '/write-offs')).statusCode, 403);
    t.equal((await stranger.call('GET', `/write-offs/${asked.id}`)).statusCode, 404);
    t.match((await stranger.call('GET', '/write-offs')).json(), { items: [] });
    const { items } = await must<{ items: WriteOffBody[] }>(auditor, 'GET', '/write-offs?status=confirmed');
    t.same(
      items.map(({ id }) => id),
      [asked.id],
    );
    for (const status of ['requested', 'rejected', 'revoked'])
      t.match((await auditor.call('GET', `/write-offs?status=${status}`)).json(), { items: [] });
  });

  await t.test('200: revoked, the claim is open again', async (t) => {
    const answer = await step(finance, asked, 'revoke', REASON);
    t.match(answer.json(), { status: 'revoked', ended: REASON, availableActions: [] });
    t.same((await amountsOf(finance, 'overdue=true'))[0], [11_900, 11_898, 0, 2]);
    const seen = await readUnderHat(test.db, member.context, (tx) => tx`select from write_offs`);
    t.equal(seen.length, 0, 'members read what holds, and no more');
  });

  await t.test('200: rejected, it never held', async (t) => {
    const next = (await ask(finance, claim.id, 2)).json<WriteOffBody>();
    t.equal((await readUnderHat(test.db, member.context, (tx) => tx`select from write_offs`)).length, 0);
    t.match((await step(finance, next, 'reject', REASON)).json(), { status: 'rejected', confirmed: null });
    t.same((await amountsOf(finance, 'overdue=true'))[0], [11_900, 11_898, 0, 2]);
  });

  await t.test('422: of two that were asked for, one fits', async (t) => {
    const [one, other] = [await ask(finance, claim.id, 2), await ask(finance, claim.id, 2)];
    const answers = await Promise.all([one, other].map((each) => step(colleague, each.json(), 'confirm')));
    t.same(answers.map(({ statusCode }) => statusCode).sort(), [200, 422], 'whoever is confirmed at once');
    t.match(
      answers.map((answer) => answer.json()),
      answers.map(({ statusCode }) => (statusCode === 422 ? { code: 'WRITE_OFF_TOO_LARGE' } : {})),
    );
  });

  await t.test('the database: two people, one confirmation, one end, a chain of its member', async (t) => {
    const refused = { code: 'VB409' };
    const deed = (kind: string, by: string) => ({
      [`${kind}_by`]: by,
      [`${kind}_by_name`]: 'F',
      [`${kind}_at`]: clock.now(),
    });
    await t.rejects(sql`update write_offs set amount_cents = 1`, refused);
    await t.rejects(
      sql`update write_offs set ended_at = null, ended_by = null, ended_by_name = null, end_reason = null`,
      refused,
    );
    await t.rejects(sql`delete from write_offs`, refused);
    const row = (chainId: string, organisationId: string) => ({
      id: newId(),
      centre_id: centre.id,
      organisation_id: organisationId,
      chain_id: chainId,
      amount_cents: 1,
      ground: 'minor',
      reason: 'x',
      ...deed('recorded', finance.userId),
    });
    await t.rejects(sql`insert into write_offs ${sql(row(claim.id, anroechte.id))}`, refused);
    const confirmed = { ...row(claim.id, erwitte.id), ...deed('confirmed', colleague.userId) };
    await t.rejects(sql`insert into write_offs ${sql(confirmed)}`, refused);
    const waiting = row(claim.id, erwitte.id);
    await sql`insert into write_offs ${sql(waiting)}`;
    const own = deed('confirmed', finance.userId);
    await t.rejects(sql`update write_offs set ${sql(own)} where id = ${waiting.id}`, { code: '23514' });
  });
});

tap.test('nothing is written off that the member may not owe after all (38)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { test, finance, colleague, erwitte, planned } = world;
  const refused = async (answer: ReturnType<typeof ask>, code: string) =>
    t.match(problemOf(await answer), { code }, code);
  const { sql } = test.owner;
  const settled = () =>
    sql`update billing_periods set state = 'settled', frozen_at = now(), recorded_until = now() where id = ${planned}`;
  const open = () =>
    sql`update billing_periods set state = 'open', frozen_at = null, recorded_until = null where id = ${planned}`;
  const instalment = await issued(world, erwitte, { netCents: 10_000 });
  await refused(ask(finance, instalment.id, 1), 'WRITE_OFF_TOO_EARLY');
  await settled();
  const asked = (await ask(finance, instalment.id, 1)).json<WriteOffBody>();
  await open();
  await refused(step(colleague, asked, 'confirm'), 'WRITE_OFF_TOO_EARLY');
  const final = await issued(world, erwitte, {
    kind: 380,
    netCents: 5_000,
    preceding: setOff(instalment),
  });
  await settled();
  await refused(ask(finance, instalment.id, 1), 'WRITE_OFF_CREDIT_OPEN');
  await refused(step(colleague, asked, 'confirm'), 'WRITE_OFF_CREDIT_OPEN');
  await must(finance, 'POST', '/payment-offsets', {
    fromStatementId: final.id,
    toStatementId: instalment.id,
    amountCents: 5_950,
  });
  const paid = await pay(finance, { organisationId: erwitte.id, amountCents: 500 });
  await refused(step(colleague, asked, 'confirm'), 'WRITE_OFF_CREDIT_OPEN');
  const matches = [{ statementId: instalment.id, amountCents: 500 }];
  await must(finance, 'POST', `/payments/${paid.id}/matches`, { matches });
  t.equal((await step(colleague, asked, 'confirm')).statusCode, 200, 'what is left is owed');
  t.same(await amountsOf(finance, 'state=open'), [[11_900, 6_450, 1, 5_449]]);
});

tap.test('what is charged after a write-off is asked for (38)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { finance, colleague, erwitte } = world;
  const claim = await issued(world, erwitte, { kind: 380, netCents: 10_000 });
  const waiting = (await ask(finance, claim.id, 1)).json<WriteOffBody>();
  await writtenOff(world, claim.id, 11_900);
  await pay(finance, {
    organisationId: erwitte.id,
    amountCents: 11_900,
    matches: [{ statementId: claim.id, amountCents: 11_900 }],
  });
  t.same(await amountsOf(finance), [[11_900, 11_900, 0, 0]], 'paid all the same');
  await issued(world, erwitte, { kind: 384, netCents: 20_000, corrects: claim });
  t.same(await amountsOf(finance), [[23_800, 11_900, 0, 11_900]], 'the second person saw nothing of it');
  t.match(problemOf(await step(colleague, waiting, 'confirm')), {
    code: 'WRITE_OFF_STATE_REFUSED',
    detail: /238\.00 € now/,
  });
});

tap.test('of several write-offs each counts for the claim it was asked for (27, 38)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { finance, erwitte } = world;
  const claim = await issued(world, erwitte, { kind: 380, netCents: 10_000 });
  await writtenOff(world, claim.id, 11_900);
  const payment = {
    organisationId: erwitte.id,
    amountCents: 11_900,
    matches: [{ statementId: claim.id, amountCents: 11_900 }],
  };
  await pay(finance, payment);
  const more = await issued(world, erwitte, { kind: 384, netCents: 20_000, corrects: claim });
  await writtenOff(world, more.id, 100);
  t.same(await amountsOf(finance), [[23_800, 11_900, 100, 11_800]], 'what was not needed before is not now');
  await writtenOff(world, more.id, 200);
  t.same(await amountsOf(finance), [[23_800, 11_900, 300, 11_600]]);
  await issued(world, erwitte, { kind: 384, netCents: 10_100, corrects: more });
  t.same(await amountsOf(finance), [[12_019, 11_900, 119, 0]], 'no more than is unpaid');
});

tap.test('a write-off makes no credit, whatever becomes of the claim (27, 38)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { finance, erwitte } = world;
  const claim = await issued(world, erwitte, { kind: 380, netCents: 10_000 });
  await writtenOff(world, claim.id, 4_000);
  t.same(await amountsOf(finance), [[11_900, 0, 4_000, 7_900]]);

  const mended = await issued(world, erwitte, { kind: 384, netCents: 2_000, corrects: claim });
  t.same(await amountsOf(finance), [[2_380, 0, 2_380, 0]], 'of a corrected claim');
  await pay(finance, {
    organisationId: erwitte.id,
    amountCents: 2_000,
    matches: [{ statementId: mended.id, amountCents: 2_000 }],
  });
  t.same(await amountsOf(finance), [[2_380, 2_000, 380, 0]], 'of what is paid all the same');

  const more = await issued(world, erwitte, { kind: 384, netCents: 8_000, corrects: mended });
  t.same(await amountsOf(finance), [[9_520, 2_000, 4_000, 3_520]], 'and it holds for its chain');
  await issued(world, erwitte, { kind: 381, netCents: 8_000, corrects: more });
  t.same(await amountsOf(finance), [[0, 2_000, 0, -2_000]], 'what was paid is owed back, and no more');
});
