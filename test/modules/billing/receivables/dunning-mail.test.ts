import { createHash } from 'node:crypto';
import tap, { type Test } from 'tap';
import { dispatchStatementJob } from '../../../../src/modules/billing/index.ts';
import { dayOf, plusDays, systemClock } from '../../../../src/platform/clock.ts';
import { systemContext } from '../../../../src/platform/context.ts';
import { readUnderHat, withHatTx } from '../../../../src/platform/db/hat.ts';
import { newId } from '../../../../src/platform/ids.ts';
import { billingProcessors } from '../../../../workers/processors/billing.ts';
import { startTestApp } from '../../../support/app.ts';
import { problemOf } from '../../../support/costing.ts';
import { makeOrderable, must } from '../../../support/services.ts';
import { headerOf, openSmtp, partsOf } from '../../../support/smtp.ts';
import { type Biller, issuedStatement, mailTo, makeBiller } from '../../../support/statement-sending.ts';

/** Numbers in brackets: invariants of the README of billing. */

interface Dispatch {
  readonly id: string;
  readonly statementId: string | null;
  readonly noticeId: string | null;
  readonly status: string;
  readonly files: readonly { readonly format: string; readonly sha256: string }[];
}

interface Notice {
  readonly id: string;
  readonly number: string;
  readonly organisationId: string;
  readonly centreId: string;
  readonly sha256: string;
}

async function biller(t: Test, env: Record<string, string>): Promise<Biller> {
  const test = await startTestApp(t, { env });
  const { finance, admin, member, serviceId } = await makeOrderable(test);
  const recipient = await test.caller(member, ['member-finance'], 'Mia Mitglied');
  const made = await makeBiller({ test, finance, second: admin, member: recipient, serviceId });
  await mailTo(made, 'kaemmerei@ahsetal.example');
  await issuedStatement(made);
  return made;
}

/** A letter of a day, by the job; the one of that day where there is one. */
async function write({ test, finance, member }: Biller, issuedOn: string): Promise<Notice> {
  const asked = {
    issuedOn,
    payUntil: '2027-12-31',
    minDaysBetween: 1,
    organisationIds: [member.hat.id],
    askedBy: { id: finance.userId, name: 'F' },
  };
  const ctx = systemContext(finance.hat, `${issuedOn}T09:00:00.000Z`, newId());
  await test.modules.receivables.dunning.issue(ctx, asked);
  const { items } = await must<{ items: Notice[] }>(finance, 'GET', '/dunning-notices?limit=1');
  const [notice] = items;
  if (notice === undefined) throw new Error('no notice');
  return notice;
}

const dispatches = async ({ finance }: Biller, query: string): Promise<Dispatch[]> =>
  (await must<{ items: Dispatch[] }>(finance, 'GET', `/statement-dispatches?${query}`)).items;

tap.setTimeout(120_000);

tap.test('dunning notices by mail', async (t) => {
  const smtp = await openSmtp(t);
  const world = await biller(t, {
    SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
    MAIL_FROM: 'Verbund <verbund@lindenau.example>',
    SMTP_TIMEOUT_SECONDS: '2',
  });
  const { test, finance, member, job } = world;
  const { sending } = test.modules.billing;
  const { sql } = test.owner;
  const byHand = (id: string) =>
    finance.call('POST', `/dunning-notices/${id}/dispatches`, { reason: 'Anschrift neu' });

  await t.test('60: written and ordered in one, or neither', async (t) => {
    await sql`create function crash() returns trigger language plpgsql as $$ begin raise exception 'crash'; end $$`;
    await sql`create trigger crash before insert on statement_dispatches execute function crash()`;
    await t.rejects(write(world, '2027-02-01'), /crash/);
    await sql`drop trigger crash on statement_dispatches`;
    t.equal((await sql`select from dunning_notices`).length, 0);
  });

  await t.test('60, 61, sent: once, the letter byte for byte, in German', async (t) => {
    const notice = await write(world, '2027-02-01');
    t.equal((await write(world, '2027-02-01')).id, notice.id, 'the job runs twice');
    await withHatTx(test.db, job, (tx) => sending.afterNotice(tx, job, notice));
    const [made, ...others] = await dispatches(world, `noticeId=${notice.id}`);
    t.same(others, []);
    t.match(made, {
      statementId: null,
      status: 'waiting',
      files: [{ format: 'pdf', sha256: notice.sha256 }],
    });
    const jobs = await sql<{ payload: { dispatchId: string } }[]>`
      select payload from outbox_jobs where name = 'billing.dispatch-statement'`;
    t.same(
      jobs.map(({ payload }) => payload.dispatchId),
      [made?.id],
    );
    for (const _time of [1, 2]) await sending.dispatch(job, made?.id ?? '');
    t.equal(smtp.messages.length, 1);
    const [{ raw, to } = { raw: '', to: [] }] = smtp.messages;
    t.same(to, ['kaemmerei@ahsetal.example']);
    t.equal(headerOf(raw, 'subject'), `Zahlungserinnerung ${notice.number} vom 01.02.2027`);
    t.equal(headerOf(raw, 'message-id'), `<${made?.id}@lindenau.example>`);
    const [text, ...files] = partsOf(raw);
    t.match(text?.bytes.toString(), /Servicezentrum Börde[\s\S]*automatisch versandt/);
    t.same(
      files.map(({ name, bytes }) => [name, createHash('sha256').update(bytes).digest('hex')]),
      [[`${notice.number}.pdf`, notice.sha256]],
    );
    t.match(await dispatches(world, `noticeId=${notice.id}`), [{ status: 'sent' }]);
    const trail = await sql<{ action: string }[]>`
      select action from audit_entries where entity_type = 'dunning_notice' and entity_id = ${notice.id} order by id`;
    t.same(
      trail.map(({ action }) => action),
      [
        'billing.dunning-notice-issued',
        'billing.dunning-notice-dispatch-requested',
        'billing.dunning-notice-dispatch-sent',
      ],
    );
  });

  await t.test('refused: in the list beside statements, and sent by hand once it is mended', async (t) => {
    const notice = await write(world, '2027-03-01');
    const [first] = await dispatches(world, `noticeId=${notice.id}`);
    smtp.says.rcpt = '550 5.1.1 unbekannt';
    await sending.dispatch(job, first?.id ?? '');
    smtp.says.rcpt = undefined;
    t.match(await dispatches(world, 'status=refused'), [{ noticeId: notice.id, statementId: null }]);
    smtp.messages.length = 0;
    await mailTo(world, 'neu@ahsetal.example');
    const answer = await byHand(notice.id);
    t.equal(answer.statusCode, 201);
    t.match(answer.json(), { trigger: 'manual', reason: 'Anschrift neu', to: 'neu@ahsetal.example' });
    await sending.dispatch(job, answer.json().id);
    t.same(
      smtp.messages.map(({ to }) => to),
      [['neu@ahsetal.example']],
    );
  });

  const jobOf = async ({ id }: Pick<Dispatch, 'id'>) => {
    const [row] = await sql<{ payload: object }[]>`
      select payload from outbox_jobs where name = ${dispatchStatementJob.name} and payload->>'dispatchId' = ${id}`;
    const real = billingProcessors(test.modules.billing).find((each) => each.job === dispatchStatementJob);
    await real?.run(job, row?.payload);
  };
  const untilOn = plusDays(dayOf(systemClock.now()), 30);
  const block = (more: object = {}) =>
    must<{ id: string; version: number }>(finance, 'POST', '/dunning-blocks', {
      organisationId: member.hat.id,
      reason: 'Stundung',
      untilOn,
      ...more,
    });
  const lift = ({ id, version }: { id: string; version: number }) =>
    must(finance, 'POST', `/dunning-blocks/${id}/actions/lift`, {}, { 'if-match': `"${version}"` });

  await t.test('31: a block that is set before the mail went out stops it, and says so', async (t) => {
    const [claim] = await sql<{ id: string }[]>`select id from statements where status = 'issued'`;

    for (const [issuedOn, scope] of [
      ['2027-03-05', {}],
      ['2027-03-08', { statementId: claim?.id }],
    ] as const) {
      const notice = await write(world, issuedOn);
      const [ordered = { id: '' }] = await dispatches(world, `noticeId=${notice.id}`);
      smtp.messages.length = 0;
      smtp.says.rcpt = '451 4.7.1 später';
      await t.rejects(jobOf(ordered), { code: 'MAIL_DEFERRED' });
      smtp.says.rcpt = undefined;
      const held = await block(scope);
      for (const _time of [1, 2]) await jobOf(ordered);
      t.equal(smtp.messages.length, 0);
      const [refused] = await dispatches(world, `noticeId=${notice.id}`);
      const [, month, day] = untilOn.split('-');
      t.match(refused, {
        status: 'refused',
        sentAt: null,
        attempts: [
          { status: 'failed' },
          { status: 'refused', answer: new RegExp(`Mahnsperre bis zum ${day}.${month}.`) },
        ],
      });
      t.match(await dispatches(world, 'status=refused&limit=1'), [{ id: ordered.id }], 'in the list');
      t.match(problemOf(await byHand(notice.id)), { code: 'DUNNING_NOTICE_BLOCKED' });
      t.equal((await dispatches(world, `noticeId=${notice.id}`)).length, 1, 'nothing was ordered');

      await lift(held);
      const again = await byHand(notice.id);
      t.equal(again.statusCode, 201, again.body);
      await jobOf(again.json());
      t.equal(smtp.messages.length, 1);
      t.match(await dispatches(world, `noticeId=${notice.id}`), [{ status: 'sent' }, { status: 'refused' }]);
    }
  });

  await t.test('31: a block of what the letter does not ask for lets it go', async (t) => {
    const notice = await write(world, '2027-03-10');
    const [ordered = { id: '' }] = await dispatches(world, `noticeId=${notice.id}`);
    const held = await block({ statementId: (await issuedStatement(world)).id });
    await jobOf(ordered);
    t.match(await dispatches(world, `noticeId=${notice.id}`), [{ status: 'sent' }]);
    await lift(held);
  });

  await t.test('members and strangers order nothing and read nothing of it', async (t) => {
    const notice = await write(world, '2027-03-01');
    const path = `/dunning-notices/${notice.id}/dispatches`;
    t.equal((await member.call('POST', path, { reason: 'x' })).statusCode, 403);
    const seen = await readUnderHat(
      test.db,
      member.context,
      (sql) => sql`select id from statement_dispatches where notice_id is not null
        union all select id from statement_dispatch_attempts where statement_id is null`,
    );
    t.equal(seen.length, 0);
  });

  await t.test('who fetches its documents gets no mail, and a person is told', async (t) => {
    await mailTo(world, null);
    const notice = await write(world, '2027-04-01');
    t.same(await dispatches(world, `noticeId=${notice.id}`), []);
    t.match(problemOf(await byHand(notice.id)), { code: 'STATEMENT_RECIPIENT_FETCHES' });
  });

  await t.test('the database: of one thing, a statement or a notice', async (t) => {
    const check = { code: '23514' };
    await t.rejects(
      sql`insert into statement_dispatches (id, centre_id, organisation_id, trigger, reason, recipient, files, requested_by,
        requested_by_name, requested_at) values (${newId()}, ${finance.hat.id}, ${member.hat.id}, 'manual', 'x', 'x', '[]',
        ${finance.userId}, 'F', now())`,
      check,
    );
    await t.rejects(
      sql`insert into statement_dispatches (id, statement_id, notice_id, centre_id, organisation_id, trigger, reason, recipient, files,
        requested_by, requested_by_name, requested_at) select ${newId()}, s.id, n.id, s.centre_id, s.organisation_id, 'manual', 'x', 'x',
        '[]', ${finance.userId}, 'F', now() from statements s, dunning_notices n limit 1`,
      check,
    );
  });
});

tap.test('without a mail server a notice is written and fetched', async (t) => {
  const world = await biller(t, {});
  const notice = await write(world, '2027-02-01');
  t.same(await dispatches(world, ''), []);
  const { finance } = world;
  const answer = await finance.call('POST', `/dunning-notices/${notice.id}/dispatches`, { reason: 'x' });
  t.match(problemOf(answer), { code: 'MAIL_OFF' });
});
