import { createHash } from 'node:crypto';
import tap from 'tap';
import { newId } from '../../../src/platform/ids.ts';
import {
  addCost,
  addWording,
  createRun,
  freeze,
  movePeriod,
  postRun,
  problemOf,
  startCostingWorld,
  step,
  use,
} from '../../support/costing.ts';
import { sayWhoIssues } from '../../support/issuer.ts';
import { must } from '../../support/services.ts';
import {
  creditNote,
  issue,
  PROFILE,
  postedQuarter,
  prepare,
  readyToIssue,
  recipientOf,
  type StatementLineBody,
  statement,
  statementStep,
  statementsOf,
  taxable,
  work,
} from '../../support/statements.ts';
import { determination, determine, inForce, OPEN_FACTS } from '../../support/vat.ts';

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

tap.test('statements of a period (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, colleague, auditor, member, otherMember, stranger, periodId, erwitte, anroechte } = world;

  await t.test('a period in which nothing can be charged says so', async (t) => {
    const batch = await prepare(world);
    t.match(batch, { status: 'failed', failure: { code: 'STATEMENT_SOURCE_MISSING' } });
    const unknown = await finance.call('POST', '/statement-batches', { periodId: erwitte.id });
    t.match(problemOf(unknown), { code: 'PERIOD_UNKNOWN', errors: [{ pointer: '/periodId' }] });
  });

  const run = await postedQuarter(world);

  await t.test('members without a determination of VAT are left out and named', async (t) => {
    const batch = await prepare(world);
    t.equal(batch.status, 'issued', 'an empty batch ends by itself');
    t.equal(batch.progress.statements, 0);
    t.equal(batch.blocked.length, 3);
    t.ok(
      batch.blocked.every(({ errors }) => errors.every(({ code }) => code === 'VAT_DETERMINATION_MISSING')),
    );
    t.same(batch.availableActions, []);
  });

  await taxable(world);
  const batch = await prepare(world);

  await t.test('409: no second batch beside an open one', async (t) => {
    const again = await finance.call('POST', '/statement-batches', { periodId });
    t.equal(problemOf(again).code, 'STATEMENT_BATCH_OPEN');
    const empty = await finance.call('POST', `/statement-batches/${batch.id}/actions/discard`, undefined, {
      'if-match': '"1"',
    });
    t.equal(empty.statusCode, 412, 'nor does who saw it being prepared discard it');
  });

  await t.test('a draft charges exactly what the run shares out, line by line', async (t) => {
    const drafts = await statementsOf(finance, `&batchId=${batch.id}`);
    t.equal(sum(drafts.map(({ netCents }) => netCents)), run.amountCents);
    for (const { organisationId, netCents, vatCents, grossCents, kind } of drafts) {
      const [own] = (
        await must<{ items: { amountCents: number }[] }>(
          finance,
          'GET',
          `/allocation-runs/${run.id}/lines?limit=200&organisationId=${organisationId}`,
        )
      ).items.reduce(([total = 0], { amountCents }) => [total + amountCents], [] as number[]);
      t.equal(netCents, own);
      t.equal(
        vatCents,
        Number((BigInt(netCents) * 19n * 2n + 100n) / 200n),
        'half up, once over the document',
      );
      t.equal(grossCents, netCents + vatCents);
      t.equal(kind, 380);
    }
    t.equal(batch.payableCents, sum(drafts.map(({ payableCents }) => payableCents)));
    t.same(await statementsOf(member), [], 'a member sees no draft');
  });

  await t.test('422: without a profile nothing is issued, and the draft says so', async (t) => {
    const [draft] = await statementsOf(finance, `&batchId=${batch.id}`);
    t.match(await statement(finance, draft?.id ?? ''), { obstacles: [{ code: 'BILLING_PROFILE_MISSING' }] });
    const { contentHash, version } = batch;
    const etag = { 'if-match': `"${version}"` };
    const answer = await finance.call(
      'POST',
      `/statement-batches/${batch.id}/actions/issue`,
      { contentHash },
      etag,
    );
    t.equal(problemOf(answer).code, 'BILLING_PROFILE_MISSING');
  });

  await t.test('422: a profile or recipient that no document could bear', async (t) => {
    const bank = { ...PROFILE.seller.bank, iban: 'DE02120300000000202052' };
    const wrong = { ...PROFILE, seller: { ...PROFILE.seller, bank } };
    const first = { 'if-match': '"0"' };
    const profile = await finance.call('PUT', `/billing-profiles/${finance.hat.id}`, wrong, first);
    t.match(problemOf(profile), { code: 'DOCUMENT_REFUSED', errors: [{ pointer: '/seller/bank/iban' }] });
    const recipient = recipientOf('Stadt Erwitte', 'ER');
    const swapped = { ...recipient, buyer: { ...recipient.buyer, leitwegId: '059740028028-ER-00' } };
    const answer = await finance.call('PUT', `/billing-recipients/${erwitte.id}`, swapped, first);
    t.match(problemOf(answer), { code: 'DOCUMENT_REFUSED', errors: [{ code: 'LEITWEG_ID_INVALID' }] });
    t.equal(
      (await finance.call('GET', `/billing-profiles/${finance.hat.id}`)).statusCode,
      404,
      'nothing was written',
    );
  });

  await readyToIssue(world);

  await t.test('412: who saw another state changes nothing', async (t) => {
    const stale = await finance.call('PUT', `/billing-profiles/${finance.hat.id}`, PROFILE, {
      'if-match': '"7"',
    });
    t.equal(stale.statusCode, 412);
    const second = await finance.call('PUT', `/billing-profiles/${finance.hat.id}`, PROFILE, {
      'if-match': '"0"',
    });
    t.equal(second.statusCode, 412, 'a profile is made once');
  });

  await t.test('409: issuing signs what was seen', async (t) => {
    const etag = { 'if-match': `"${batch.version}"` };
    const contentHash = '0'.repeat(64);
    const answer = await finance.call(
      'POST',
      `/statement-batches/${batch.id}/actions/issue`,
      { contentHash },
      etag,
    );
    t.equal(problemOf(answer).code, 'STATEMENT_CONTENT_MISMATCH');
  });

  await t.test('a draft can be looked at as it would be sent', async (t) => {
    const [draft] = await statementsOf(finance, `&batchId=${batch.id}`);
    const pdf = await finance.call('GET', `/statements/${draft?.id}/documents/pdf`);
    t.equal(pdf.headers['content-type'], 'application/pdf');
    t.match(pdf.rawPayload.subarray(0, 5).toString(), '%PDF-');
    const xml = await finance.call('GET', `/statements/${draft?.id}/documents/xrechnung-ubl`);
    t.match(xml.body, '<cbc:ID>ENTWURF</cbc:ID>');
  });

  // What is signed covers the account that was confirmed meanwhile.
  const issued = await issue(world, await must(finance, 'GET', `/statement-batches/${batch.id}`));

  await t.test('200: a batch says how many were sent, refused, failed and rejected', async (t) => {
    const { sql } = world.test.owner;
    const [first, second, third] = await statementsOf(finance, `&batchId=${batch.id}&status=issued`);
    const ids: string[] = [];
    for (const [statement, statuses] of [
      [first, ['refused']],
      [first, ['failed', 'sent']],
      [second, ['failed']],
      [third, ['refused']],
    ] as const) {
      const id = newId();
      ids.unshift(id);
      await sql`insert into statement_dispatches (id, statement_id, centre_id, organisation_id, trigger, reason, recipient, files,
          requested_by, requested_by_name, requested_at)
        select ${id}, id, centre_id, organisation_id, 'manual', 'x', 'a@example.org', '[]', ${newId()}, 'F', issued_at
        from statements where id = ${statement?.id ?? ''}`;
      for (const status of statuses)
        await sql`insert into statement_dispatch_attempts (id, dispatch_id, statement_id, centre_id, organisation_id, status, answer, at)
          select ${newId()}, id, statement_id, centre_id, organisation_id, ${status}, 'x', requested_at
          from statement_dispatches where id = ${id}`;
    }
    await sql`insert into statement_validations (id, statement_id, centre_id, organisation_id, format, document_sha256, accepted, report,
        report_size_bytes, report_sha256, validator, at)
      select ${newId()}, id, centre_id, organisation_id, 'xrechnung-ubl', 'x', false, '', 0, encode(sha256(''), 'hex'), 'x', issued_at
      from statements where id = ${third?.id ?? ''}`;
    t.match(await must(finance, 'GET', `/statement-batches/${batch.id}`), {
      progress: { sent: 1, refused: 1, failed: 1, rejected: 1 },
    });
    const list = async (query: string) =>
      (await must<{ items: { id: string }[] }>(finance, 'GET', `/statement-dispatches?${query}`)).items.map(
        ({ id }) => id,
      );
    t.same(await list(`batchId=${batch.id}`), ids);
    t.same(await list(`batchId=${batch.id}&status=refused`), [ids[0], ids[3]]);
    t.same(await list(`batchId=${newId()}`), []);
  });

  await t.test('numbers follow one another without a gap, by member', async (t) => {
    t.match(issued, { status: 'issued', progress: { statements: 3, issued: 3, rendered: 3 }, blocked: [] });
    const statements = await statementsOf(finance, '&status=issued');
    const numbers = statements.map(({ number }) => number).sort();
    t.same(numbers, ['SOE-R-2026-000001', 'SOE-R-2026-000002', 'SOE-R-2026-000003']);
    const first = statements.find(({ number }) => number === 'SOE-R-2026-000001');
    t.equal(first?.organisationId, world.association.id, 'an id sorts before the AGS of the others here');
    const second = statements.find(({ number }) => number === 'SOE-R-2026-000002');
    t.equal(second?.organisationId, anroechte.id, 'the lower AGS');
  });

  await t.test('files have the hash they are said to have, and stay as they are', async (t) => {
    const [one] = await statementsOf(member);
    const { documents, number } = await statement(member, one?.id ?? '');
    t.same(
      documents.map(({ format }) => format),
      ['csv', 'pdf', 'xlsx', 'xrechnung-cii', 'xrechnung-ubl', 'zugferd'],
    );
    for (const { format, sha256, sizeBytes } of documents) {
      const file = await member.call('GET', `/statements/${one?.id}/documents/${format}`);
      t.equal(createHash('sha256').update(file.rawPayload).digest('hex'), sha256, format);
      t.equal(file.rawPayload.length, sizeBytes);
      t.equal(file.headers['repr-digest'], `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`);
      t.match(String(file.headers['content-disposition']), number ?? 'a number');
    }
    const { sql } = world.test.owner;
    await t.rejects(
      sql`update statement_documents set bytes = 'x', size_bytes = 1, sha256 = encode(sha256('x'), 'hex')`,
      { code: 'VB409' },
    );
    await t.rejects(sql`delete from statement_documents`, { code: 'VB409' });
    await t.rejects(
      sql`update statements set payable_cents = payable_cents + 1, gross_cents = gross_cents + 1, net_cents = net_cents + 1`,
      { code: 'VB409' },
    );
    await t.rejects(sql`update statements set document = '{}' where status = 'issued'`, { code: 'VB409' });
    await t.rejects(sql`delete from statements`, { code: 'VB409' });
    await t.rejects(sql`update statement_lines set net_cents = 0`, { code: 'VB409' });
    await t.rejects(
      sql`insert into statement_lines select statement_id, position + 1000, centre_id, organisation_id, service_id, vat_determination_id, net_cents, run_id, run_position, usage_links, line from statement_lines`,
      { code: 'VB409' },
    );
    await t.rejects(sql`update statement_numbers set last = 0`, { code: 'VB409' });
  });

  await t.test('every line leads back to its share and to its usage', async (t) => {
    const [one] = await statementsOf(member);
    const { items } = await must<{ items: StatementLineBody[] }>(
      member,
      'GET',
      `/statements/${one?.id}/lines`,
    );
    t.equal(sum(items.map(({ netCents }) => netCents)), one?.netCents);
    for (const { why, netCents, usageEvents } of items) {
      const reason = await must<{
        line: { amountCents: number; parts: { weight: string }[] };
        links: { usageEvents: string | null };
      }>(member, 'GET', (why ?? '').replace('/api/v1', ''));
      t.equal(reason.line.amountCents, netCents);
      for (const link of usageEvents) {
        const { items: events } = await must<{ items: { quantity: string }[] }>(
          member,
          'GET',
          link.replace('/api/v1', ''),
        );
        t.equal(sum(events.map(({ quantity }) => Number(quantity))), Number(reason.line.parts[0]?.weight));
      }
      t.same(usageEvents, reason.links.usageEvents === null ? [] : [reason.links.usageEvents]);
    }
    t.ok(items.some(({ usageEvents }) => usageEvents.length > 0));
  });

  await t.test('members see their own statements and nobody from another centre sees any', async (t) => {
    const own = await statementsOf(member);
    t.equal(own.length, 1);
    t.match(own[0], {
      organisationId: erwitte.id,
      created: { by: null },
      batchId: null,
      availableActions: [],
    });
    const id = own[0]?.id;
    for (const caller of [otherMember, stranger]) {
      for (const path of [
        `/statements/${id}`,
        `/statements/${id}/lines`,
        `/statements/${id}/documents/pdf`,
      ]) {
        t.equal((await caller.call('GET', path)).statusCode, 404, path);
      }
      t.notOk((await statementsOf(caller)).some((one) => one.id === id));
    }
    t.equal((await stranger.call('GET', `/statement-batches/${batch.id}`)).statusCode, 404);
    t.equal((await member.call('GET', `/statement-batches/${batch.id}`)).statusCode, 403);
    t.equal((await auditor.call('GET', `/statement-batches/${batch.id}`)).statusCode, 200);
    const recipients = await must<{ items: { organisationId: string }[] }>(
      member,
      'GET',
      '/billing-recipients',
    );
    t.same(
      recipients.items.map(({ organisationId }) => organisationId),
      [erwitte.id],
    );
  });

  await t.test('what was charged is not charged again', async (t) => {
    const next = await prepare(world);
    t.match(next, { status: 'issued', progress: { statements: 0 }, blocked: [] });
  });

  await t.test('a correction replaces the documents whose amounts change, and no others', async (t) => {
    await step(finance, run, 'supersede', { reason: 'Späte Fälle' });
    await movePeriod(finance, periodId, 'reopen');
    await use(world, anroechte, world.marriage, '3');
    await freeze(world);
    const second = await postRun(world, await createRun(world));
    const before = await statementsOf(finance, '&status=issued');
    const ready = await prepare(world);
    const drafts = await statementsOf(finance, `&batchId=${ready.id}`);
    t.ok(drafts.every(({ kind, correctsId }) => kind === 384 && before.some(({ id }) => id === correctsId)));
    await issue(world, ready);
    const valid = (await statementsOf(finance, '&status=issued')).filter((one) => one.supersededBy === null);
    t.equal(sum(valid.map(({ netCents }) => netCents)), second.amountCents, 'what is valid is the new run');
    const replaced = await statement(finance, drafts[0]?.correctsId ?? '');
    t.equal(replaced.supersededBy, drafts[0]?.id);
    const xml = await finance.call('GET', `/statements/${drafts[0]?.id}/documents/xrechnung-ubl`);
    t.match(xml.body, '<cbc:InvoiceTypeCode>384</cbc:InvoiceTypeCode>');
    t.match(xml.body, `<cbc:ID>${replaced.number}</cbc:ID>`);
  });

  await t.test('a document is taken back by two people, and the period can be charged anew', async (t) => {
    const [valid] = (await statementsOf(finance, `&organisationId=${erwitte.id}&status=issued`)).filter(
      (one) => one.supersededBy === null,
    );
    const { id = '' } = valid ?? {};
    const taken = await creditNote(finance, { id });
    t.equal(taken.statusCode, 201);
    const credit = taken.json();
    t.match(credit, { kind: 381, correctsId: id, payableCents: valid?.payableCents, status: 'draft' });
    const twice = await creditNote(finance, { id }, 'Noch einmal');
    t.equal(problemOf(twice).code, 'STATEMENT_SUPERSEDED');
    const { contentHash } = credit;
    const alone = await statementStep(finance, credit, 'issue', { contentHash });
    t.equal(problemOf(alone).code, 'FOUR_EYES_REQUIRED');
    const done = await statementStep(colleague, credit, 'issue', { contentHash });
    t.match(done.json(), { status: 'issued', number: /^SOE-R-2026-0000\d\d$/ });
    await work(world);
    const xml = await finance.call('GET', `/statements/${credit.id}/documents/xrechnung-cii`);
    t.match(xml.body, '<ram:TypeCode>381</ram:TypeCode>');
    t.same((await statement(finance, id)).availableActions, []);
    const anew = await prepare(world);
    const drafts = await statementsOf(finance, `&batchId=${anew.id}`);
    t.match(drafts, [{ organisationId: erwitte.id, kind: 380, correctsId: null }]);
    await issue(world, anew);
  });
});

tap.test('what stands against a statement blocks it and no other', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, colleague, erwitte, anroechte, association, marriage } = world;
  await postedQuarter(world);
  await taxable(world);
  await readyToIssue(world);
  const ready = await prepare(world);

  await t.test('a question about VAT after preparing blocks issuing', async (t) => {
    await determine(finance, determination(marriage, [erwitte.id], { facts: OPEN_FACTS, evidence: [] }));
    const batch = await issue(world, ready);
    t.match(batch, { status: 'issued', progress: { statements: 3, issued: 2 } });
    t.match(batch.blocked, [{ organisationId: erwitte.id, errors: [{ code: 'VAT_REVIEW_OPEN' }] }]);
    t.equal(batch.blocked.length, 1);
    const numbers = (await statementsOf(finance, '&status=issued')).map(({ number }) => number).sort();
    t.same(numbers, ['SOE-R-2026-000001', 'SOE-R-2026-000002'], 'and leaves no gap');
  });

  await t.test('a recipient without a Leitweg-ID blocks its own statement', async (t) => {
    const { id } = (await statementsOf(finance, `&organisationId=${erwitte.id}`))[0] ?? { id: '' };
    t.match(await statement(finance, id), { obstacles: [{ code: 'VAT_REVIEW_OPEN' }] });
  });

  await t.test('the determination that answers it is in force: the draft is made anew', async (t) => {
    const reviews = await must<{ items: { id: string }[] }>(
      finance,
      'GET',
      '/vat-determinations?status=review',
    );
    const holding = await must<{ items: { id: string; service: { id: string } }[] }>(
      finance,
      'GET',
      '/vat-determinations?status=in_force&limit=200',
    );
    const old = holding.items.find(({ service }) => service.id === marriage);
    await inForce(
      finance,
      colleague,
      determination(marriage, [erwitte.id, anroechte.id, association.id], {
        supersedes: [...reviews.items.map(({ id }) => id), old?.id],
        grounds: 'Geprüft',
      }),
    );
    const [draft] = await statementsOf(finance, `&organisationId=${erwitte.id}&status=draft`);
    const shown = await statement(finance, draft?.id ?? '');
    t.match(shown.obstacles, [{ code: 'STATEMENT_VAT_CHANGED' }]);
    const refused = await statementStep(finance, shown, 'issue', { contentHash: shown.contentHash });
    t.equal(problemOf(refused).code, 'STATEMENT_VAT_CHANGED');
    const anew = await issue(world, await prepare(world));
    t.match(anew, { status: 'issued', progress: { statements: 1, issued: 1 } });
    t.equal((await statement(finance, shown.id)).status, 'discarded', 'the old draft is gone');
  });
});

tap.test('fifty at once: no gap, no double', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, colleague, test, centre, marriage } = world;
  const members = await Promise.all(
    Array.from({ length: 50 }, (_, at) => test.organisation(`Gemeinde ${at}`)),
  );
  await test.owner.sql`insert into centre_members (centre_id, organisation_id, joined_on)
    select ${centre.id}, id, '2026-01-01' from unnest(${members.map(({ id }) => id)}::uuid[]) id`;
  await addWording(world, [marriage], members, {
    mode: 'cascade',
    tranches: [{ id: 't', label: 'Alles', percent: '100', key: { type: 'equal' } }],
  });
  await addCost(world, marriage, 1_000_001);
  await freeze(world);
  const run = await postRun(world, await createRun(world));
  const determined = determination(
    marriage,
    members.map(({ id }) => id),
  );
  await inForce(finance, colleague, determined);
  await sayWhoIssues(finance, colleague, PROFILE);
  for (const [at, { id }] of members.entries()) {
    const recipient = recipientOf(`Gemeinde ${at}`, `G${at}`);
    await must(finance, 'PUT', `/billing-recipients/${id}`, recipient, { 'if-match': '"0"' });
  }
  const batch = await prepare(world);
  const drafts = await statementsOf(finance, `&batchId=${batch.id}`);
  t.equal(drafts.length, 50);

  await t.test('each draft is issued once, whoever asks how often', async (t) => {
    const answers = await Promise.all(
      [...drafts, ...drafts.slice(0, 10)].map((draft) =>
        statementStep(finance, draft, 'issue', { contentHash: draft.contentHash }),
      ),
    );
    t.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 50);
    t.ok(answers.every(({ statusCode }) => [200, 409, 412].includes(statusCode)));
    const issued = await statementsOf(finance, '&status=issued');
    t.equal(sum(issued.map(({ netCents }) => netCents)), run.amountCents);
    t.same(
      issued.map(({ number }) => number).sort(),
      drafts.map((_, at) => `SOE-R-2026-${String(at + 1).padStart(6, '0')}`),
    );
  });
});
