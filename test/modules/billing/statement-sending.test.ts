import { createHash } from 'node:crypto';
import tap from 'tap';
import { withHatTx } from '../../../src/platform/db/hat.ts';
import type { DomainError } from '../../../src/platform/errors.ts';
import { type Caller, startTestApp, type TestApp } from '../../support/app.ts';
import { type KositPeer, openKosit, REPORT } from '../../support/kosit.ts';
import { makeOrderable, must } from '../../support/services.ts';
import { headerOf, openSmtp, partsOf, type SmtpPeer } from '../../support/smtp.ts';
import {
  type Biller,
  draftOf,
  issuedStatement,
  mailTo,
  makeBiller,
  renderedStatement,
  XML,
} from '../../support/statement-sending.ts';
import { until } from '../../support/waiting.ts';
import { startTestWorkers } from '../../support/workers.ts';

interface Dispatch {
  readonly id: string;
  readonly trigger: string;
  readonly status: string;
  readonly to: string;
  readonly reason: string | null;
  readonly requestedBy: { readonly name: string } | null;
  readonly sentAt: string | null;
  readonly files: readonly { readonly format: string; readonly sha256: string }[];
  readonly attempts: readonly { readonly status: string; readonly answer: string }[];
}

interface Validation {
  readonly id: string;
  readonly accepted: boolean;
  readonly reportSha256: string;
  readonly validator: string;
}

const dispatchesOf = async ({ finance }: Biller, id: string, caller = finance): Promise<Dispatch[]> =>
  (await must<{ items: Dispatch[] }>(caller, 'GET', `/statements/${id}/dispatches`)).items;
const validationsOf = async ({ finance }: Biller, id: string): Promise<Validation[]> =>
  (await must<{ items: Validation[] }>(finance, 'GET', `/statements/${id}/validations`)).items;
const send = (
  { finance }: Biller,
  id: string,
  headers: Record<string, string> = {},
  reason = 'Anschrift neu',
) => finance.call('POST', `/statements/${id}/dispatches`, { reason }, headers);

/** Jobs about a statement and its dispatches that wait in the outbox, by name. */
async function jobsOf({ test }: Biller, statementId: string): Promise<string[]> {
  const rows = await test.owner.sql<
    { name: string }[]
  >`select name from outbox_jobs where queue = 'mail' and completed_at is null
    and (payload ->> 'statementId' = ${statementId} or payload ->> 'dispatchId' in
      (select id::text from statement_dispatches where statement_id = ${statementId})) order by id`;
  return rows.map(({ name }) => name);
}

/** The code of the refusal; a job that meets one of 500 and above is tried again. */
const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: DomainError) => `${error.code} ${error.status}`,
  );

async function biller(test: TestApp): Promise<Biller> {
  const { finance, admin, member, serviceId } = await makeOrderable(test);
  const recipient = await test.caller(member, ['member-finance'], 'Mia Mitglied');
  const made = await makeBiller({ test, finance, second: admin, member: recipient, serviceId });
  await mailTo(made, 'kaemmerei@ahsetal.example');
  return made;
}

const settingsOf = (smtp: SmtpPeer, kosit?: KositPeer): Record<string, string> => ({
  SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
  MAIL_FROM: 'Verbund <verbund@lindenau.example>',
  SMTP_TIMEOUT_SECONDS: '2',
  KOSIT_VALIDATOR_TIMEOUT_SECONDS: '3',
  ...(kosit && { KOSIT_VALIDATOR_URL: kosit.url.replace('//', '//pruefer:s%C3%BC%C3%9F@') }),
});

tap.setTimeout(120_000);

tap.test('dispatch by mail', async (t) => {
  const smtp = await openSmtp(t);
  const test = await startTestApp(t, { env: settingsOf(smtp) });
  const world = await biller(test);
  const { finance, member, job } = world;
  const { sending } = test.modules.billing;
  const dispatch = (id: string) => sending.dispatch(job, id);
  const ordered = async (): Promise<{ id: string; dispatchId: string }> => {
    smtp.messages.length = 0;
    const { id } = await renderedStatement(world);
    const [made] = await dispatchesOf(world, id);
    return { id, dispatchId: made?.id ?? '' };
  };

  t.test('sent: what is rendered is mailed with the formats of the recipient, in German', async (t) => {
    const statement = await renderedStatement(world);
    const [made] = await dispatchesOf(world, statement.id);
    t.match(made, { trigger: 'automatic', status: 'waiting', to: 'kaemmerei@ahsetal.example', sentAt: null });
    t.same(await jobsOf(world, statement.id), ['billing.dispatch-statement']);
    await dispatch(made?.id ?? '');
    t.match(await dispatchesOf(world, statement.id), [
      { status: 'sent', sentAt: String, attempts: [{ status: 'sent', answer: /^250/ }] },
    ]);
    const [{ raw, to } = { raw: '', to: [] }] = smtp.messages;
    t.same(to, ['kaemmerei@ahsetal.example']);
    t.equal(
      headerOf(raw, 'subject'),
      `Abschlagsrechnung ${statement.number} für den Zeitraum 01.01.2026 bis 31.03.2026`,
    );
    t.equal(headerOf(raw, 'reply-to'), 'abrechnung@lindenau.example');
    t.equal(headerOf(raw, 'message-id'), `<${made?.id}@lindenau.example>`);
    const [text, ...files] = partsOf(raw);
    t.match(text?.bytes.toString(), /Servicezentrum Börde[\s\S]*automatisch versandt/);
    t.same(
      files.map(({ name, bytes }) => [name, createHash('sha256').update(bytes).digest('hex')]),
      [
        [`${statement.number}.pdf`, made?.files[0]?.sha256],
        [`${statement.number}-ubl.xml`, made?.files[1]?.sha256],
      ],
      'these and no others, byte for byte',
    );
    t.equal(files[1]?.bytes.toString(), XML);
  });

  t.test('60, sent: once, however often rendering and the job run', async (t) => {
    const { id, dispatchId } = await ordered();
    const statement = { id, centreId: finance.hat.id, organisationId: member.hat.id };
    await withHatTx(test.db, job, (tx) => sending.afterRendering(tx, job, statement));
    await dispatch(dispatchId);
    await dispatch(dispatchId);
    t.equal(smtp.messages.length, 1);
    t.equal((await dispatchesOf(world, id)).length, 1);
    t.equal((await jobsOf(world, id)).length, 1);
  });

  t.test(
    'sent: a crash before it is recorded sends the same Message-ID again, and records one end',
    async (t) => {
      const { id, dispatchId } = await ordered();
      const { sql } = test.owner;
      await sql`create function crash() returns trigger language plpgsql as $$ begin raise exception 'crash'; end $$`;
      await sql`create trigger crash before insert on statement_dispatch_attempts execute function crash()`;
      await t.rejects(dispatch(dispatchId), /crash/);
      await sql`drop trigger crash on statement_dispatch_attempts`;
      await Promise.all([dispatch(dispatchId), dispatch(dispatchId)]);
      t.ok(smtp.messages.length >= 2, 'at least once');
      t.equal(new Set(smtp.messages.map(({ raw }) => headerOf(raw, 'message-id'))).size, 1);
      t.equal(new Set(smtp.messages.map(({ raw }) => headerOf(raw, 'date'))).size, 1);
      t.match(await dispatchesOf(world, id), [{ status: 'sent', attempts: [{ status: 'sent' }] }]);
      const sent = smtp.messages.length;
      await dispatch(dispatchId);
      t.equal(smtp.messages.length, sent, 'and then no more');
    },
  );

  t.test('refused: recorded with the words of the server and not tried again', async (t) => {
    const { id, dispatchId } = await ordered();
    smtp.says.rcpt = '550 5.1.1 unbekannt';
    await dispatch(dispatchId);
    smtp.says.rcpt = undefined;
    await dispatch(dispatchId);
    t.same(smtp.messages, []);
    t.match(await dispatchesOf(world, id), [
      {
        status: 'refused',
        sentAt: null,
        attempts: [{ status: 'refused', answer: /^550 5\.1\.1 unbekannt/ }],
      },
    ]);
    t.match(await must(world.finance, 'GET', `/statements/${id}`), {
      dispatch: { id: dispatchId, status: 'refused' },
      validation: null,
    });
  });

  t.test('200: what did not arrive is listed across statements, by status, page by page', async (t) => {
    const [first, second, waiting] = [await ordered(), await ordered(), await ordered()];
    smtp.says.rcpt = '550 5.1.1 unbekannt';
    for (const { dispatchId } of [first, second]) await dispatch(dispatchId);
    smtp.says.rcpt = undefined;
    const list = (query: string) =>
      must<{ items: Dispatch[]; nextCursor: string | null }>(
        world.finance,
        'GET',
        `/statement-dispatches?${query}`,
      );
    const newest = await list('status=refused&limit=1');
    t.match(newest.items, [{ id: second.dispatchId, status: 'refused' }]);
    const older = await list(`status=refused&limit=1&cursor=${newest.nextCursor}`);
    t.match(older.items, [{ id: first.dispatchId, attempts: [{ answer: /unbekannt/ }] }]);
    t.equal((await list('status=waiting')).items[0]?.id, waiting.dispatchId);
    t.same((await list('status=failed')).items, []);
    t.equal((await world.member.call('GET', '/statement-dispatches')).statusCode, 403);
  });

  t.test(
    'failed: greylisting and a server that is away are tried again; every try is on record',
    async (t) => {
      const { id, dispatchId } = await ordered();
      smtp.says.rcpt = '450 4.2.0 later';
      t.equal(await codeOf(dispatch(dispatchId)), 'MAIL_DEFERRED 503');
      t.match(await dispatchesOf(world, id), [{ status: 'failed', sentAt: null }]);
      t.equal(await codeOf(dispatch(dispatchId)), 'MAIL_DEFERRED 503');
      smtp.says.rcpt = undefined;
      await dispatch(dispatchId);
      const [made] = await dispatchesOf(world, id);
      t.same(
        made?.attempts.map(({ status }) => status),
        ['failed', 'failed', 'sent'],
      );
      t.equal(made?.status, 'sent');
      t.equal(smtp.messages.length, 1);
    },
  );

  t.test('201: a person sends again, to the present address, once for each key', async (t) => {
    const { id, dispatchId } = await ordered();
    await dispatch(dispatchId);
    await mailTo(world, 'post@ahsetal.example', ['csv']);
    const key = { 'idempotency-key': 'once' };
    const first = await send(world, id, key);
    t.equal(first.statusCode, 201);
    const again = await send(world, id, key);
    t.same([again.statusCode, again.headers['idempotency-replayed']], [201, 'true']);
    t.equal(again.json().id, first.json().id);
    t.match(first.json(), {
      trigger: 'manual',
      reason: 'Anschrift neu',
      to: 'post@ahsetal.example',
      files: [{ format: 'csv' }],
      requestedBy: { name: 'Fina Finanz' },
    });
    await dispatch(first.json().id);
    t.same(
      smtp.messages.map(({ to }) => to[0]),
      ['kaemmerei@ahsetal.example', 'post@ahsetal.example'],
    );
    const page = await must<{ items: Dispatch[]; nextCursor: string }>(
      finance,
      'GET',
      `/statements/${id}/dispatches?limit=1`,
    );
    t.match(page.items, [{ trigger: 'manual' }]);
    const url = `/statements/${id}/dispatches?limit=1&cursor=${page.nextCursor}`;
    t.match(await must(finance, 'GET', url), { items: [{ trigger: 'automatic' }], nextCursor: null });
    await mailTo(world, 'kaemmerei@ahsetal.example');
  });

  t.test('64, 200: the member sees that and when, and nothing of staff and servers', async (t) => {
    const { id, dispatchId } = await ordered();
    await dispatch(dispatchId);
    await send(world, id);
    const shown = await dispatchesOf(world, id, member);
    t.match(shown, [
      { trigger: 'manual', status: 'waiting', reason: null, requestedBy: null, attempts: [] },
      { trigger: 'automatic', status: 'sent', sentAt: String, requestedBy: null, attempts: [] },
    ]);
    t.notMatch(JSON.stringify(shown), /250|Fina|Anschrift neu/);
    const neighbour = await test.caller(await test.organisation('Fremd'), ['member-finance']);
    const answer = await neighbour.call('GET', `/statements/${id}/dispatches`);
    t.equal(answer.statusCode, 404);
    t.equal((await member.call('POST', `/statements/${id}/dispatches`, { reason: 'x' })).statusCode, 403);
  });

  t.test('nothing is mailed to a member that fetches its documents; a person is told so', async (t) => {
    await mailTo(world, null);
    const { id } = await ordered();
    t.same([await dispatchesOf(world, id), await jobsOf(world, id)], [[], []]);
    t.equal((await send(world, id)).json().code, 'STATEMENT_RECIPIENT_FETCHES');
    await mailTo(world, 'kaemmerei@ahsetal.example');
  });

  t.test('a mail without files says that the document can be fetched', async (t) => {
    await mailTo(world, 'kaemmerei@ahsetal.example', []);
    const { dispatchId } = await ordered();
    await dispatch(dispatchId);
    const parts = partsOf(smtp.messages[0]?.raw ?? '');
    t.equal(parts.length, 1);
    t.match(parts[0]?.bytes.toString(), /zum Abruf bereit/);
    await mailTo(world, 'kaemmerei@ahsetal.example');
  });

  t.test('409: a draft, and what has not all its files yet', async (t) => {
    const draft = await draftOf(world);
    t.match((await send(world, draft)).json(), { status: 409, code: 'STATEMENT_STATE_REFUSED' });
    const { id } = await issuedStatement(world);
    t.match((await send(world, id)).json(), { status: 409, code: 'DOCUMENT_NOT_READY' });
    t.equal(
      (await member.call('GET', `/statements/${draft}/dispatches`)).statusCode,
      404,
      'drafts stay inside',
    );
  });

  t.test('61: the database keeps what was sent, and sends one by itself', async (t) => {
    const { id, dispatchId } = await ordered();
    await dispatch(dispatchId);
    const { sql } = test.owner;
    await t.rejects(sql`update statement_dispatches set recipient = 'x' where id = ${dispatchId}`);
    await t.rejects(sql`delete from statement_dispatch_attempts where dispatch_id = ${dispatchId}`);
    await t.rejects(
      sql`insert into statement_dispatches select gen_random_uuid(), statement_id, centre_id, organisation_id, trigger, reason, recipient,
        files, requested_by, requested_by_name, requested_at from statement_dispatches where id = ${dispatchId}`,
      /statement_dispatches_automatic_key/,
    );
    const entries = await must<{ items: { action: string }[] }>(
      await test.caller(finance.hat, ['auditor']),
      'GET',
      `/audit-entries?entityId=${id}`,
    );
    t.same(
      entries.items.slice(0, 2).map(({ action }) => action),
      ['billing.statement-dispatch-sent', 'billing.statement-dispatch-requested'],
    );
  });
});

tap.test('validator over HTTP', async (t) => {
  const [smtp, kosit] = [await openSmtp(t), await openKosit(t)];
  const test = await startTestApp(t, { env: settingsOf(smtp, kosit) });
  const world = await biller(test);
  const { finance, member, job } = world;
  const { sending } = test.modules.billing;
  const validated = async (mood: KositPeer['mood']): Promise<string> => {
    kosit.mood = mood;
    const { id } = await renderedStatement(world);
    t.same(await jobsOf(world, id), ['billing.validate-statement'], 'nothing goes out before');
    await sending.validate(job, id);
    return id;
  };

  t.test('accepted: the report is kept as it came, and the statement goes out', async (t) => {
    const id = await validated('accept');
    t.match(kosit.asked.at(-1), {
      method: 'POST',
      path: /^\/.+-ubl\.xml$/,
      type: 'application/xml',
      authorization: `Basic ${Buffer.from('pruefer:süß').toString('base64')}`,
      body: XML,
    });
    const [validation] = await validationsOf(world, id);
    t.match(validation, { accepted: true, validator: `${kosit.url}/` });
    t.notMatch(JSON.stringify(validation), /pruefer|s%C3|süß/, 'no credentials');
    const url = `/statements/${id}/validations/${validation?.id}/report`;
    const report = await finance.call('GET', url);
    t.equal(report.headers['content-type'], 'application/xml');
    t.equal(report.body, REPORT);
    t.equal(createHash('sha256').update(report.rawPayload).digest('hex'), validation?.reportSha256);
    t.match(await dispatchesOf(world, id), [{ trigger: 'automatic', status: 'waiting' }]);
    const asked = kosit.asked.length;
    await sending.validate(job, id);
    t.equal(kosit.asked.length, asked, 'a second run of the job asks nobody');
    t.equal((await dispatchesOf(world, id)).length, 1);
    for (const path of [url, `/statements/${id}/validations`])
      t.equal((await member.call('GET', path)).statusCode, 403, 'the centre only');
  });

  t.test('rejected: kept and not sent by itself; a person may, saying why', async (t) => {
    const id = await validated('reject');
    t.match(await validationsOf(world, id), [{ accepted: false }]);
    t.match(await must(world.finance, 'GET', `/statements/${id}`), {
      dispatch: null,
      validation: { accepted: false, format: 'xrechnung-ubl' },
    });
    t.match(await must(world.member, 'GET', `/statements/${id}`), { validation: null }, "the centre's own");
    t.same(await dispatchesOf(world, id), []);
    await sending.validate(job, id);
    t.same(await dispatchesOf(world, id), [], 'nor when the job runs again');
    const answer = await send(world, id, {}, 'Prüfregel ist überholt');
    t.match([answer.statusCode, answer.json().reason], [201, 'Prüfregel ist überholt']);
    await sending.dispatch(job, answer.json().id);
    t.match(await dispatchesOf(world, id), [{ trigger: 'manual', status: 'sent' }]);
  });

  t.test(
    'rejected: listed across statements for the centre, page by page, and for nobody else',
    async (t) => {
      const listed = async (caller: Caller, query = '') => {
        const url = `/statements?validation=rejected${query}`;
        return must<{ items: { id: string }[]; nextCursor: string | null }>(caller, 'GET', url);
      };
      const idsOf = ({ items }: { items: readonly { id: string }[] }) => items.map(({ id }) => id);
      const older = await validated('reject');
      const accepted = await validated('accept');
      const newer = await validated('reject');
      const all = idsOf(await listed(finance));
      t.same(all.slice(0, 2), [newer, older], 'newest first');
      t.notOk(all.includes(accepted));
      const first = await listed(finance, '&limit=1');
      t.same(idsOf(first), [newer]);
      t.same(idsOf(await listed(finance, `&limit=1&cursor=${first.nextCursor}`)), [older]);
      t.same(idsOf(await listed(finance, '&kind=381')), [], 'beside other filters');
      t.ok(idsOf(await must(world.member, 'GET', '/statements')).includes(newer));
      t.same(
        idsOf(await listed(world.member)),
        [],
        'verdicts are not for members, though they have the statement',
      );
      const neighbour = await test.caller(await test.centre('NB', [world.member.hat]), ['finance']);
      t.same(idsOf(await listed(neighbour)), [], 'nor for another centre');
      const unknown = await finance.call('GET', '/statements?validation=accepted');
      t.equal(unknown.statusCode, 400);
    },
  );

  t.test(
    '63, no verdict: faults, pages, redirects, silence and floods keep nothing and are tried again',
    async (t) => {
      const { id } = await renderedStatement(world);
      for (const mood of [500, 422, 400, 404, 204, 'page', 'redirect', 'hang', 'stall', 'huge'] as const) {
        kosit.mood = mood;
        const began = performance.now();
        t.equal(await codeOf(sending.validate(job, id)), 'VALIDATOR_FAILED 502', String(mood));
        t.ok(performance.now() - began < 20_000, `${mood} ends in time`);
      }
      t.notOk(
        kosit.asked.some(({ path }) => path === '/elsewhere'),
        'redirects are not followed',
      );
      t.same([await validationsOf(world, id), await dispatchesOf(world, id)], [[], []]);
      kosit.mood = 'accept';
      await sending.validate(job, id);
      t.match(await validationsOf(world, id), [{ accepted: true }], 'and then there is one');
    },
  );

  t.test('two runs at once keep one verdict and send once', async (t) => {
    kosit.mood = 'accept';
    const { id } = await renderedStatement(world);
    await Promise.all([sending.validate(job, id), sending.validate(job, id), sending.validate(job, id)]);
    t.equal((await validationsOf(world, id)).length, 1);
    t.equal((await dispatchesOf(world, id)).length, 1);
  });

  t.test('the database keeps verdicts and reports as they came', async (t) => {
    const id = await validated('reject');
    const { sql } = test.owner;
    await t.rejects(sql`update statement_validations set accepted = true where statement_id = ${id}`);
    await t.rejects(sql`delete from statement_validations where statement_id = ${id}`);
    const answer = await finance.call('GET', `/statements/${id}/validations/${id}/report`);
    t.equal(answer.statusCode, 404);
  });

  t.test('by workers: from the files to the mail', async (t) => {
    smtp.messages.length = 0;
    kosit.mood = 'accept';
    await startTestWorkers(t, test);
    const { id, number } = await renderedStatement(world);
    await until('it is sent', async () => (await dispatchesOf(world, id))[0]?.status === 'sent');
    t.ok(smtp.messages.some(({ raw }) => headerOf(raw, 'subject')?.includes(String(number))));
  });
});

tap.test('without a mail server', async (t) => {
  const kosit = await openKosit(t);
  const test = await startTestApp(t, { env: { KOSIT_VALIDATOR_URL: kosit.url } });
  const world = await biller(test);
  const { job } = world;

  t.test('documents are looked at and wait to be fetched', async (t) => {
    const { id } = await renderedStatement(world);
    await test.modules.billing.sending.validate(job, id);
    t.match(await validationsOf(world, id), [{ accepted: true }]);
    t.same(await dispatchesOf(world, id), []);
    t.match((await send(world, id)).json(), { status: 409, code: 'MAIL_OFF' });
  });

  t.test('what was to be sent before becomes a dead letter at once, and says why', async (t) => {
    const { id } = await renderedStatement(world);
    const dispatchId = '0193aaaa-0000-7000-8000-00000000000a';
    await test.owner
      .sql`insert into statement_dispatches (id, statement_id, centre_id, organisation_id, trigger, recipient, files, requested_by,
        requested_by_name, requested_at)
      select ${dispatchId}, id, centre_id, organisation_id, 'automatic', 'a@b.example', '[]', issued_by, 'Verbund', issued_at
      from statements where id = ${id}`;
    t.equal(await codeOf(test.modules.billing.sending.dispatch(job, dispatchId)), 'MAIL_OFF 409');
  });
});
