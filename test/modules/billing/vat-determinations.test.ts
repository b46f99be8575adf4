import { readFileSync } from 'node:fs';
import tap from 'tap';
import { problemOf, startCostingWorld } from '../../support/costing.ts';
import { must } from '../../support/services.ts';
import {
  askVat,
  determination,
  determine,
  inForce,
  LEGACY_FACTS,
  OPEN_FACTS,
  TAXABLE_FACTS,
  type VatBody,
  vatMust,
  vatStep,
} from '../../support/vat.ts';

interface VatCase {
  readonly input: Readonly<Record<string, unknown>> & { readonly serviceDay: string };
  readonly expected: Readonly<Record<string, unknown>>;
}

const cases = JSON.parse(readFileSync('examples/vat-cases.json', 'utf8')) as Record<string, VatCase>;

tap.test('determinations of VAT (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { test, finance, colleague, auditor, member, otherMember, stranger, marriage, certificates } = world;
  const { erwitte, anroechte } = world;
  const sql = test.owner.sql;
  const all = [erwitte.id, anroechte.id];
  const ask = (organisationId: string, day: string, serviceId = marriage) =>
    askVat(test.db, finance, { serviceId, organisationId, day });
  const refused = async (body: object) => problemOf(await finance.call('POST', '/vat-determinations', body));

  t.test('201: every worked case comes to its outcome, with its trace (1)', async (t) => {
    t.ok(Object.keys(cases).length >= 20, 'they are all there');
    for (const [name, { input, expected }] of Object.entries(cases)) {
      const { kind: _kind, serviceDay, ...facts } = input;
      const year = Number(serviceDay.slice(0, 4));
      const made = await determine(
        finance,
        determination(certificates, [erwitte.id], {
          validFrom: serviceDay,
          validTo: `${year + 1}-01-01`,
          facts,
        }),
      );
      t.match(made.outcome, expected, name);
      t.equal(made.status, expected['result'] === 'REVIEW' ? 'review' : 'draft', `${name}: status`);
      t.equal(made.review === null, made.status !== 'review', `${name}: says what to do`);
      const reason = { reason: 'Beispiel' };
      await vatMust(colleague, made, 'reject', reason);
    }
  });

  t.test('403: who made or submitted a determination does not approve it (7)', async (t) => {
    const draft = await determine(finance, determination(certificates, all));
    t.match(draft, { status: 'draft', availableActions: ['submit', 'reject'] });
    const submitted = await vatMust(colleague, draft, 'submit');
    const signed = { contentHash: draft.contentHash };
    for (const caller of [finance, colleague]) {
      const answer = await vatStep(caller, submitted, 'approve', signed);
      t.equal(answer.statusCode, 403);
      t.equal(problemOf(answer).code, 'FOUR_EYES_REQUIRED');
    }
    await t.rejects(
      sql`update vat_determinations set status = 'in_force', approved_by = created_by, approved_content_hash = content_hash where id = ${draft.id}`,
      /vat_determinations_four_eyes_check/,
      'nor by SQL',
    );
    const third = await test.caller(world.centre, ['finance'], 'Dritte Person');
    const other = await vatStep(third, submitted, 'approve', { contentHash: 'a'.repeat(64) });
    t.equal(problemOf(other).code, 'VAT_APPROVAL_MISMATCH', 'only what is signed');
    const approved = await vatMust(third, submitted, 'approve', signed);
    t.match(approved, { status: 'in_force', availableActions: [], version: 3 });
    t.equal((await vatStep(third, approved, 'reject', { reason: 'x' })).statusCode, 409);
    t.equal((await vatStep(third, submitted, 'approve', signed)).statusCode, 412);
  });

  t.test('VB409: what is in force never changes, nor what was said in any state (8)', async (t) => {
    const [row] = await sql<{ id: string }[]>`select id from vat_determinations where status = 'in_force'`;
    const id = row?.id ?? '';
    const draft = await determine(finance, determination(marriage, all));
    for (const change of [
      sql`update vat_determinations set status = 'draft' where id = ${id}`,
      sql`update vat_determinations set rate_percent = 7 where id = ${draft.id}`,
      sql`update vat_determinations set valid_to = null where id = ${draft.id}`,
      sql`delete from vat_determinations where id = ${draft.id}`,
      sql`update vat_determination_facts set facts = '{}' where determination_id = ${draft.id}`,
      sql`update vat_coverage set holds_to = null where determination_id = ${id}`,
      sql`delete from vat_coverage where determination_id = ${id}`,
      sql`insert into vat_coverage (determination_id, centre_id, service_id, organisation_id, holds_from, holds_to)
        select id, centre_id, service_id, member_ids[1], valid_from, valid_to from vat_determinations where id = ${draft.id}`,
    ])
      await t.rejects(change, { code: 'VB409' });
    await vatMust(finance, draft, 'reject', { reason: 'Nur ein Versuch' });
  });

  t.test('what statements are told is what is in force on the day (9)', async (t) => {
    t.equal(await ask(erwitte.id, '2026-06-30'), 'VAT_DETERMINATION_MISSING', 'nothing yet');
    const first = await inForce(finance, colleague, determination(marriage, all));
    t.equal(await ask(erwitte.id, '2026-01-01'), `${first.number} 19`);
    t.equal(await ask(anroechte.id, '2026-12-31'), `${first.number} 19`);
    t.equal(await ask(erwitte.id, '2025-12-31'), 'VAT_DETERMINATION_MISSING', 'the day before');
    t.equal(await ask(erwitte.id, '2027-01-01'), 'VAT_DETERMINATION_MISSING', 'the day after');
    t.equal(await ask(world.association.id, '2026-06-30'), 'VAT_DETERMINATION_MISSING', 'another member');
    const question = { serviceId: marriage, organisationId: erwitte.id, day: '2026-06-30' };
    t.equal(await askVat(test.db, stranger, question), 'VAT_DETERMINATION_MISSING', 'another centre');
  });

  t.test('superseding cuts days, for the members it names, and rewrites nothing (8)', async (t) => {
    const [old] = (
      await must<{ items: VatBody[] }>(
        finance,
        'GET',
        `/vat-determinations?status=in_force&serviceId=${marriage}`,
      )
    ).items;
    const before = await must<VatBody>(finance, 'GET', `/vat-determinations/${old?.id}`);
    const change = { validFrom: '2026-07-01', facts: { ...TAXABLE_FACTS, reducedRate: true } };
    const blind = await determine(finance, determination(marriage, [erwitte.id], change));
    const submitted = await vatMust(finance, blind, 'submit');
    const overlap = await vatStep(colleague, submitted, 'approve', { contentHash: blind.contentHash });
    t.equal(overlap.statusCode, 409);
    t.match(problemOf(overlap), { code: 'VAT_DETERMINATION_OVERLAPS', detail: new RegExp(before.number) });
    await vatMust(colleague, submitted, 'reject', { reason: 'Ohne Ablösung' });

    const supersedes = [before.id];
    const next = await inForce(
      finance,
      colleague,
      determination(marriage, [erwitte.id], { ...change, supersedes }),
    );
    t.equal(await ask(erwitte.id, '2026-06-30'), `${before.number} 19`, 'up to the day before');
    t.equal(await ask(erwitte.id, '2026-07-01'), `${next.number} 7`, 'from the day on');
    t.equal(await ask(anroechte.id, '2026-07-01'), `${before.number} 19`, 'not for others');
    const after = await must<VatBody>(finance, 'GET', `/vat-determinations/${before.id}`);
    t.same({ ...after, coverage: [] }, { ...before, coverage: [] }, 'what it says stays');
    t.match(after.coverage, [
      { organisationId: erwitte.id, holdsTo: '2026-07-01', supersededBy: next.id },
      { organisationId: anroechte.id, holdsTo: '2027-01-01', supersededBy: null },
    ]);

    await inForce(finance, colleague, determination(marriage, [anroechte.id], { ...change, supersedes }));
    const gone = await must<VatBody>(finance, 'GET', `/vat-determinations/${before.id}`);
    t.match(gone, { status: 'superseded', outcome: before.outcome, contentHash: before.contentHash });
    t.equal(await ask(anroechte.id, '2026-06-30'), `${before.number} 19`, 'its days go on to count');
  });

  t.test('an open question blocks issuing until two persons have answered or dropped it (10)', async (t) => {
    const days = { validFrom: '2026-03-01', validTo: '2026-05-01' };
    const open = determination(marriage, [erwitte.id], { ...days, facts: OPEN_FACTS, evidence: [] });
    const review = await determine(finance, open);
    t.match(review, { status: 'review', availableActions: [], outcome: { rule: 'FORECAST_MISSING' } });
    t.match(review.review?.reason, /Umsatzprognose/);
    const queue = await must<{ items: VatBody[] }>(auditor, 'GET', '/vat-determinations?status=review');
    t.same(
      queue.items.map(({ id }) => id),
      [review.id],
      'the queue',
    );
    t.equal(await ask(erwitte.id, '2026-03-01'), 'VAT_REVIEW_OPEN', 'though another one is in force');
    t.match(await ask(erwitte.id, '2026-05-01'), / 19$/, 'not after its days');
    t.match(await ask(anroechte.id, '2026-03-01'), / 19$/, 'not for others');
    t.equal((await vatStep(finance, review, 'submit')).statusCode, 409, 'it never comes into force');
    t.equal((await vatStep(finance, review, 'reject', { reason: 'Erledigt' })).statusCode, 403, 'one alone');
    await t.rejects(
      sql`update vat_determinations set status = 'rejected', ended_by = created_by where id = ${review.id}`,
      /vat_determinations_four_eyes_check/,
      'nor by SQL',
    );
    const dropped = await vatMust(colleague, review, 'reject', { reason: 'Erledigt' });
    t.equal(dropped.status, 'rejected');
    t.match(await ask(erwitte.id, '2026-03-01'), / 19$/);

    const second = await determine(finance, open);
    const [holding] = (
      await must<{ items: VatBody[] }>(
        finance,
        'GET',
        `/vat-determinations?status=superseded&serviceId=${marriage}`,
      )
    ).items;
    const part = await refused(
      determination(marriage, [erwitte.id], { ...days, validTo: '2026-04-01', supersedes: [second.id] }),
    );
    t.equal(part.code, 'VAT_SUPERSEDES_REFUSED', 'an answer to half of it');
    const supersedes = [second.id, holding?.id];
    const answer = await inForce(
      finance,
      colleague,
      determination(marriage, [erwitte.id], {
        ...days,
        facts: { ...OPEN_FACTS, groupForecastCents: 17_500_00 },
        supersedes,
      }),
    );
    t.equal(await ask(erwitte.id, '2026-04-30'), `${answer.number} 0`);
    t.equal(
      await ask(erwitte.id, '2026-05-01'),
      'VAT_DETERMINATION_MISSING',
      'days that nobody determined anew are said to be missing',
    );
    t.match(await must(finance, 'GET', `/vat-determinations/${second.id}`), { status: 'superseded' });
  });

  t.test('422: a determination holds on all its days alike, or is refused (11)', async (t) => {
    const of = (change: object) => determination(certificates, [world.association.id], change);
    const legacy = await refused(of({ facts: LEGACY_FACTS, validTo: null }));
    t.match(legacy, { code: 'VAT_VALIDITY_REFUSED', errors: [{ pointer: '/validTo' }] });
    t.match(legacy.detail, /On 2027-01-01 the law changes: .*LEGACY_2_3_AF/);
    const yearly = { facts: { ...OPEN_FACTS, groupForecastCents: 0 }, validTo: '2027-01-02' };
    t.match(await refused(of(yearly)), { code: 'VAT_VALIDITY_REFUSED', detail: /calendar year 2026/ });
    const small = { facts: { ...TAXABLE_FACTS, smallBusinessWaived: false }, validTo: null };
    t.equal((await refused(of(small))).code, 'VAT_VALIDITY_REFUSED', 'limits of § 19 are of a year');
    t.equal((await refused(of({ validFrom: '2024-12-31' }))).code, 'VAT_VALIDITY_REFUSED', 'two rule sets');
    t.equal((await refused(of({ validTo: '2026-01-01' }))).code, 'VAT_VALIDITY_REFUSED', 'no day at all');
    t.match(await refused(of({ validFrom: '2020-01-01', validTo: '2020-02-01' })), {
      code: 'VAT_RULES_MISSING',
      errors: [{ pointer: '/validFrom' }],
    });
    const open = await determine(finance, of({ validTo: null }));
    t.equal(open.validTo, null, 'what rests on no turnover may be open-ended');
  });

  t.test('400, 422: bad input is named, and nothing is written', async (t) => {
    const [count] = await sql`select count(*) from vat_determinations`;
    const of = (change: object) => determination(certificates, [erwitte.id], change);
    const { consideration: _left, ...incomplete } = TAXABLE_FACTS;
    const operator = await test.organisation('Kein Mitglied');
    for (const [body, code, pointer] of [
      [of({ facts: incomplete }), 'VALIDATION_FAILED', '/facts/consideration'],
      [of({ facts: { ...TAXABLE_FACTS, extra: true } }), 'VALIDATION_FAILED', '/facts/extra'],
      [
        of({ facts: { ...TAXABLE_FACTS, serviceDay: '2026-01-01' } }),
        'VALIDATION_FAILED',
        '/facts/serviceDay',
      ],
      [
        of({ facts: { ...TAXABLE_FACTS, previousYearTurnoverCents: -1 } }),
        'VALIDATION_FAILED',
        '/facts/previousYearTurnoverCents',
      ],
      [
        of({ facts: { ...TAXABLE_FACTS, yearToDateTurnoverCents: 1e20 } }),
        'VALIDATION_FAILED',
        '/facts/yearToDateTurnoverCents',
      ],
      [of({ validFrom: '2026-02-30' }), 'VALIDATION_FAILED', '/validFrom'],
      [of({ grounds: ' ' }), 'VALIDATION_FAILED', '/grounds'],
      [of({ organisationIds: [] }), 'VALIDATION_FAILED', '/organisationIds'],
      [
        of({ evidence: [{ kind: 'rumour', title: 'x', date: '2026-01-01', fileNumber: '1' }] }),
        'VALIDATION_FAILED',
        '/evidence/0/kind',
      ],
      [of({ evidence: [] }), 'VAT_EVIDENCE_MISSING', '/evidence'],
      [of({ organisationIds: [erwitte.id, operator.id] }), 'VAT_MEMBER_UNKNOWN', '/organisationIds/1'],
      [
        of({ organisationIds: [erwitte.id, erwitte.id.toUpperCase()] }),
        'VAT_MEMBER_UNKNOWN',
        '/organisationIds/1',
      ],
      [of({ serviceId: world.periodId }), 'VAT_SERVICE_UNKNOWN', '/serviceId'],
      [of({ supersedes: [world.periodId] }), 'VAT_SUPERSEDES_REFUSED', '/supersedes'],
    ] as const) {
      t.match(await refused(body), { code, errors: [{ pointer }] }, `${code} ${pointer}`);
    }
    t.same((await sql`select count(*) from vat_determinations`)[0], count, 'nothing');
    t.equal((await finance.call('GET', '/vat-determinations?status=open')).statusCode, 400);
    t.equal((await finance.call('GET', '/vat-determinations?cursor=x')).statusCode, 400);
  });

  t.test('members read what came into force for them: no facts, no others, no names (12)', async (t) => {
    const list = (caller: typeof member) =>
      must<{ items: VatBody[] }>(caller, 'GET', '/vat-determinations?limit=200');
    const seen = (await list(member)).items;
    t.ok(seen.length > 1);
    for (const one of seen) {
      t.match(one, {
        organisationIds: [erwitte.id],
        facts: null,
        availableActions: [],
        created: { by: null },
      });
      t.ok(['in_force', 'superseded'].includes(one.status));
      t.notOk(one.coverage.some(({ organisationId }) => organisationId !== erwitte.id));
    }
    const [draft] = (await must<{ items: VatBody[] }>(finance, 'GET', '/vat-determinations?status=draft'))
      .items;
    const [shared] = seen.filter(({ status }) => status === 'superseded');
    t.equal((await member.call('GET', `/vat-determinations/${draft?.id}`)).statusCode, 404, 'a draft');
    t.same(await list(stranger), { items: [], nextCursor: null }, 'another centre');
    t.equal((await stranger.call('GET', `/vat-determinations/${shared?.id}`)).statusCode, 404);
    t.equal((await vatStep(stranger, draft ?? { id: '', version: 0 }, 'submit')).statusCode, 404);
    for (const caller of [auditor, member, otherMember])
      t.equal(
        (await caller.call('POST', '/vat-determinations', determination(marriage, all))).statusCode,
        403,
      );
    const probe = `/vat-determinations?organisationId=${anroechte.id}`;
    t.same(
      (await must<{ items: VatBody[] }>(member, 'GET', probe)).items,
      [],
      'nor whether others are covered',
    );
    t.ok((await list(auditor)).items.length > seen.length, 'auditors of the centre read all');
    const bySql = await test.db.sql.begin(async (tx) => {
      await tx`select app.open_hat('organisation', ${erwitte.id}, ${member.userId}, null)`;
      const [counts] = await tx`select (select count(*)::int from vat_determination_facts) as facts,
        (select count(*)::int from vat_determinations where approved_at is null) as unsigned,
        (select count(*)::int from vat_coverage where organisation_id <> ${erwitte.id}) as others`;
      return counts;
    });
    t.same(bySql, { facts: 0, unsigned: 0, others: 0 }, 'nor by SQL');
  });

  t.test('numbers follow one another without a gap, also at once (8)', async (t) => {
    const body = determination(certificates, [erwitte.id]);
    await Promise.all(Array.from({ length: 10 }, () => determine(finance, body)));
    const rows = await sql<{ number: string }[]>`select number from vat_determinations order by number`;
    t.same(
      rows.map(({ number }) => number),
      rows.map((_, at) => `SOE-V-2026-${String(at + 1).padStart(3, '0')}`),
    );
  });

  t.test('two approvals at once: one comes into force, the other is refused (8)', async (t) => {
    const ready = async () => {
      const draft = await determine(finance, determination(certificates, [world.association.id]));
      return vatMust(finance, draft, 'submit');
    };
    const made = [await ready(), await ready()];
    const answers = await Promise.all(
      made.map((one) => vatStep(colleague, one, 'approve', { contentHash: one.contentHash })),
    );
    t.same(answers.map(({ statusCode }) => statusCode).sort(), [200, 409]);
  });
});
