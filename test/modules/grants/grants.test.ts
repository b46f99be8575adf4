import tap from 'tap';
import { problemOf, startCostingWorld } from '../../support/costing.ts';
import {
  application,
  awardedGrant,
  draftGrant,
  type GrantBody,
  grantMust,
  grantStep,
  makeProgramme,
  NOTICE,
  noticedGrant,
  type ProgrammeBody,
  programme,
  RULE,
} from '../../support/grants.ts';
import { must } from '../../support/services.ts';

tap.test('grants (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { test, clock, finance, colleague, auditor, member, otherMember, stranger, marriage } = world;
  const { erwitte, anroechte, association } = world;
  const sql = test.owner.sql;
  const both = [erwitte.id, anroechte.id];
  const read = (caller: typeof finance, id: string) => must<GrantBody>(caller, 'GET', `/grants/${id}`);
  const tagged = (tag: string) => ({ rule: { eligibleTags: [tag] } });

  t.test('201: rules are data with a source; a grant keeps the one of its day (1)', async (t) => {
    const first = await makeProgramme(finance);
    const later = { ...RULE, validFrom: '2026-07-01', percent: '80', source: 'Änderung vom 1.7.2026' };
    const grown = await must<ProgrammeBody>(finance, 'POST', `/grant-programmes/${first.id}/rules`, later);
    t.match(grown, {
      version: 2,
      rules: [
        { number: 2, percent: '80' },
        { number: 1, percent: '90' },
      ],
    });
    const made = (appliedOn: string) =>
      must<GrantBody>(
        finance,
        'POST',
        '/grants',
        application(first.id, marriage, both, { appliedOn, plannedEligibleCents: 10_00 }),
      );
    const old = await made('2026-06-30');
    t.equal(old.planned.grantCents, 9_00);
    t.equal((await made('2026-07-01')).planned.grantCents, 8_00);
    const corrected = { ...later, percent: '70', source: 'Druckfehler der Änderung' };
    await must(finance, 'POST', `/grant-programmes/${first.id}/rules`, corrected);
    t.equal((await made('2026-07-01')).planned.grantCents, 7_00, 'of two for one day the later one');
    t.equal((await read(finance, old.id)).planned.grantCents, 9_00, 'and the old one as before');
    await t.rejects(sql`update grant_rule_versions set percent = '1'`, { code: 'VB409' }, 'nor by SQL');
    const same = await finance.call('POST', '/grant-programmes', { ...programme(), name: 'X' });
    t.equal(same.statusCode, 201);
    t.equal(
      problemOf(await finance.call('POST', '/grant-programmes', { ...programme(), name: 'X' })).code,
      'GRANT_PROGRAMME_NAME_TAKEN',
    );
  });

  t.test(
    'the planned grant follows the rule: cap by parties, percentage cut off to the cent (2)',
    async (t) => {
      const three = await draftGrant(finance, marriage, [...both, association.id], {
        plannedEligibleCents: 1_000_000_00,
      });
      t.match(three.planned, { capCents: 21_000_000, percentCents: 90_000_000, grantCents: 21_000_000 });
      t.equal(three.planned.ownShareCents, 79_000_000);
      const one = await draftGrant(finance, marriage, [erwitte.id], { plannedEligibleCents: 19 });
      t.match(one.planned, { capCents: 7_500_000, grantCents: 17, ownShareCents: 2 });
      t.match(one.parties, [{ organisationId: erwitte.id, isLead: true }]);
      t.match(one.number, /^SOE-F-2026-\d{3}$/);
    },
  );

  t.test(
    '422: less saved than the rule asks for takes a justification; the bound itself is enough (3)',
    async (t) => {
      const { id } = await makeProgramme(finance);
      const body = (costAfterCents: number, change: object = {}) =>
        application(id, marriage, both, { costBeforeCents: 1_000_00, costAfterCents, ...change });
      t.match(problemOf(await finance.call('POST', '/grants', body(850_01))), {
        code: 'GRANT_SAVINGS_TOO_SMALL',
        detail: /14\.9990 % are saved, 15 %/,
        errors: [{ pointer: '/costAfterCents' }],
      });
      const exact = await must<GrantBody>(finance, 'POST', '/grants', body(850_00));
      t.match(exact.savings, { percent: '15.0000', isMet: true });
      const justified = await must<GrantBody>(
        finance,
        'POST',
        '/grants',
        body(1_200_00, { savingsJustification: 'Neue Pflichtaufgabe' }),
      );
      t.match(justified.savings, { percent: '-20.0000', isMet: false, justification: 'Neue Pflichtaufgabe' });
    },
  );

  t.test(
    '409: the application needs the decision of each council, and is fixed once it is out (4)',
    async (t) => {
      const draft = await draftGrant(finance, marriage, both, {
        parties: [{ organisationId: erwitte.id }, { organisationId: anroechte.id, decision: null }],
      });
      const early = await grantStep(finance, draft, 'submit');
      t.equal(early.statusCode, 409);
      t.match(problemOf(early), { code: 'GRANT_DECISION_MISSING', detail: /=Erwitte/ });
      const etag = { 'if-match': `"${draft.version}"` };
      const parties = both.map((organisationId) => ({
        organisationId,
        decision: { decidedOn: '2025-11-03', reference: 'Vorlage 7' },
      }));
      const changed = await finance.call('PATCH', `/grants/${draft.id}`, { parties, title: 'Neu' }, etag);
      t.equal(changed.statusCode, 200, changed.body);
      t.match(changed.json(), { title: 'Neu', version: 2, planned: draft.planned });
      t.equal((await finance.call('PATCH', `/grants/${draft.id}`, { title: 'x' }, etag)).statusCode, 412);
      const applied = await grantMust(finance, changed.json(), 'submit');
      t.match(applied, { status: 'applied', availableActions: ['record-notice', 'withdraw'] });
      const now = { 'if-match': `"${applied.version}"` };
      const late = await finance.call('PATCH', `/grants/${draft.id}`, { title: 'x' }, now);
      t.equal(problemOf(late).code, 'GRANT_STATE_REFUSED');
      for (const change of [
        sql`update grants set title = 'x' where id = ${draft.id}`,
        sql`update grants set planned_eligible_cents = 1 where id = ${draft.id}`,
        sql`delete from grants where id = ${draft.id}`,
        sql`delete from grant_parties where grant_id = ${draft.id}`,
      ])
        await t.rejects(change, { code: 'VB409' }, 'nor by SQL');
      const gone = await grantMust(finance, applied, 'withdraw', { reason: 'Zurückgezogen' });
      t.match(gone, { status: 'withdrawn', availableActions: [], ended: { reason: 'Zurückgezogen' } });
    },
  );

  t.test(
    '403: who recorded the notice does not confirm it, and the award signs what it says (5)',
    async (t) => {
      const noticed = await noticedGrant(finance, await draftGrant(finance, marriage, both, tagged('A-1')));
      t.match(noticed.notice, { ...NOTICE, purposeEndsOn: '2032-01-01', proofDueOn: '2027-07-01' });
      t.match(noticed.availableActions, ['reject-notice', 'withdraw']);
      const signed = { contentHash: noticed.contentHash };
      const own = await grantStep(finance, noticed, 'award', signed);
      t.equal(own.statusCode, 403);
      t.equal(problemOf(own).code, 'FOUR_EYES_REQUIRED');
      await t.rejects(
        sql`update grants set status = 'awarded', awarded_by = notice_by, awarded_content_hash = content_hash where id = ${noticed.id}`,
        /grants_four_eyes_check/,
        'nor by SQL',
      );
      const other = await grantStep(colleague, noticed, 'award', { contentHash: 'a'.repeat(64) });
      t.equal(problemOf(other).code, 'GRANT_APPROVAL_MISMATCH');
      t.ok((await read(colleague, noticed.id)).availableActions.includes('award'));
      const back = await grantMust(colleague, noticed, 'reject-notice', { reason: 'Betrag verlesen' });
      t.match(back, { status: 'applied', notice: null, contentHash: null });
      const anew = await grantMust(finance, back, 'record-notice', { ...NOTICE, awardedCents: 1_000_00 });
      t.not(anew.contentHash, noticed.contentHash, 'another amount is another content');
      t.equal(problemOf(await grantStep(colleague, anew, 'award', signed)).code, 'GRANT_APPROVAL_MISMATCH');
      await t.rejects(
        sql`update grants set status = 'awarded', awarded_cents = 2, awarded_by = ${colleague.userId}, awarded_content_hash = content_hash where id = ${anew.id}`,
        { code: 'VB409' },
        'nor does an award change, by SQL, what it signs',
      );
      const awarded = await grantMust(colleague, anew, 'award', { contentHash: anew.contentHash });
      t.match(awarded, { status: 'awarded', availableActions: ['submit-proof'] });
      t.equal((await grantStep(finance, awarded, 'withdraw', { reason: 'x' })).statusCode, 409);
      for (const change of [
        sql`update grants set awarded_cents = 2 where id = ${awarded.id}`,
        sql`update grants set tags = '{x}' where id = ${awarded.id}`,
      ])
        await t.rejects(change, { code: 'VB409' }, 'nor by SQL');
    },
  );

  t.test('409: no two grants claim the cost of one tag on one day (6)', async (t) => {
    const rule = { rule: { eligibleTags: ['B-1', 'B-2'] } };
    const first = await draftGrant(finance, marriage, both, { ...rule, tags: ['B-1'] });
    await noticedGrant(finance, first);
    const second = await grantMust(finance, await draftGrant(finance, marriage, both, rule), 'submit');
    t.match(problemOf(await grantStep(finance, second, 'record-notice', NOTICE)), {
      code: 'GRANT_TAG_TAKEN',
      detail: new RegExp(first.number),
    });
    const after = { ...NOTICE, approvedFrom: '2027-01-01', approvedTo: '2028-01-01' };
    t.equal((await grantStep(finance, second, 'record-notice', after)).statusCode, 200, 'other days');
    const third = await draftGrant(finance, marriage, both, { ...rule, tags: ['B-2'] });
    const past = { approvedFrom: '2025-12-01', approvedTo: '2027-01-01' };
    t.match(await noticedGrant(finance, third, past), { status: 'noticed', tags: ['B-2'] }, 'another tag');
  });

  t.test('400, 422: bad input is named, and nothing is written', async (t) => {
    const [count] =
      await sql`select (select count(*) from grants) as grants, (select count(*) from grant_programmes) as programmes,
      (select count(*) from grant_rule_versions) as rules, (select count(*) from grant_parties) as parties`;
    const { id } = await makeProgramme(finance);
    const outsider = await test.organisation('Kein Mitglied');
    const of = (change: object) => application(id, marriage, both, change);
    const party = (organisationId: string) => ({ organisationId });
    for (const [body, code, pointer] of [
      [of({ tags: ['LF-1', 'XX'] }), 'GRANT_TAG_UNKNOWN', '/tags/1'],
      [of({ tags: ['-'] }), 'VALIDATION_FAILED', '/tags/0'],
      [
        of({ parties: [party(erwitte.id), party(outsider.id)] }),
        'GRANT_PARTIES_REFUSED',
        '/parties/1/organisationId',
      ],
      [
        of({ parties: [party(erwitte.id), party(erwitte.id.toUpperCase())] }),
        'GRANT_PARTIES_REFUSED',
        '/parties/1/organisationId',
      ],
      [of({ leadOrganisationId: association.id }), 'GRANT_PARTIES_REFUSED', '/leadOrganisationId'],
      [of({ parties: [] }), 'VALIDATION_FAILED', '/parties'],
      [of({ plannedEligibleCents: 100_000_000_000_001 }), 'VALIDATION_FAILED', '/plannedEligibleCents'],
      [of({ plannedEligibleCents: 0 }), 'VALIDATION_FAILED', '/plannedEligibleCents'],
      [of({ costBeforeCents: 0 }), 'VALIDATION_FAILED', '/costBeforeCents'],
      [of({ costAfterCents: 1.5 }), 'VALIDATION_FAILED', '/costAfterCents'],
      [of({ appliedOn: '2021-08-30' }), 'GRANT_RULE_MISSING', '/appliedOn'],
      [of({ appliedOn: '2026-02-30' }), 'VALIDATION_FAILED', '/appliedOn'],
      [of({ programmeId: world.periodId }), 'GRANT_PROGRAMME_UNKNOWN', '/programmeId'],
      [of({ serviceId: world.periodId }), 'COST_SERVICE_UNKNOWN', '/serviceId'],
      [of({ serviceId: null }), 'COST_PLACE_UNCLEAR', '/costCentreId'],
      [of({ serviceId: null, costCentreId: world.periodId }), 'COST_CENTRE_UNKNOWN', '/costCentreId'],
      [of({ extra: 1 }), 'VALIDATION_FAILED', '/extra'],
    ] as const) {
      t.match(
        problemOf(await finance.call('POST', '/grants', body)),
        { code, errors: [{ pointer }] },
        pointer,
      );
    }
    for (const [rule, code, pointer] of [
      [{ percent: '100.01' }, 'GRANT_PERCENT_OUT_OF_RANGE', '/rule/percent'],
      [{ savingsPercent: '101' }, 'GRANT_PERCENT_OUT_OF_RANGE', '/rule/savingsPercent'],
      [{ percent: '-1' }, 'VALIDATION_FAILED', '/rule/percent'],
      [{ percent: '9e1' }, 'VALIDATION_FAILED', '/rule/percent'],
      [{ baseCents: 100_000_000_000_001 }, 'VALIDATION_FAILED', '/rule/baseCents'],
      [{ eligibleTags: ['a b'] }, 'VALIDATION_FAILED', '/rule/eligibleTags/0'],
      [{ eligibleTags: [] }, 'VALIDATION_FAILED', '/rule/eligibleTags'],
      [{ source: ' ' }, 'VALIDATION_FAILED', '/rule/source'],
    ] as const) {
      const answer = await finance.call('POST', '/grant-programmes', programme(rule));
      t.match(problemOf(answer), { code, errors: [{ pointer }] }, pointer);
    }
    const draft = await draftGrant(finance, marriage, both, tagged('C-1'));
    const applied = await grantMust(finance, draft, 'submit');
    for (const [change, pointer] of [
      [{ noticeOn: '2026-10-06' }, '/noticeOn'],
      [{ noticeOn: '2025-11-30' }, '/noticeOn'],
      [{ awardedCents: 175_000_01 }, '/awardedCents'],
      [{ approvedTo: '2026-01-01' }, '/approvedTo'],
      [{ purposeEndsOn: '2026-12-31' }, '/purposeEndsOn'],
      [{ proofDueOn: '2026-12-31' }, '/proofDueOn'],
    ] as const) {
      const answer = await grantStep(finance, applied, 'record-notice', { ...NOTICE, ...change });
      t.match(problemOf(answer), { code: 'GRANT_NOTICE_REFUSED', errors: [{ pointer }] }, pointer);
    }
    const [after] =
      await sql`select (select count(*) from grants) - 1 as grants, (select count(*) from grant_programmes) - 2 as programmes,
      (select count(*) from grant_rule_versions) - 2 as rules, (select count(*) from grant_parties) - 2 as parties`;
    t.same(after, count, 'nothing but what was arranged');
    t.match(await read(finance, applied.id), { status: 'applied', notice: null });
  });

  t.test('members read what was awarded to them; nobody else, and no names of staff (12)', async (t) => {
    const list = (caller: typeof member) => must<{ items: GrantBody[] }>(caller, 'GET', '/grants?limit=200');
    const draft = await draftGrant(finance, marriage, [erwitte.id], tagged('D-1'));
    t.equal((await member.call('GET', `/grants/${draft.id}`)).statusCode, 404, 'a draft');
    const noticed = await noticedGrant(finance, draft, { awardedCents: 1_00 });
    t.equal((await member.call('GET', `/grants/${draft.id}`)).statusCode, 404, 'before it is awarded');
    const awarded = await grantMust(colleague, noticed, 'award', { contentHash: noticed.contentHash });
    const seen = await read(member, awarded.id);
    t.match(seen, { status: 'awarded', created: { by: null }, awarded: { by: null }, availableActions: [] });
    t.match(seen, { noticed: { by: null } });
    t.match(seen, {
      rule: { percent: '90', recorded: { by: null } },
      programme: { authority: 'Bezirksregierung' },
    });
    t.ok((await list(member)).items.some(({ id }) => id === awarded.id));
    for (const caller of [otherMember, stranger]) {
      t.equal((await caller.call('GET', `/grants/${awarded.id}`)).statusCode, 404, 'no party');
      t.notOk((await list(caller)).items.some(({ id }) => id === awarded.id));
      t.equal((await caller.call('GET', `/grants/${awarded.id}/drawdowns`)).statusCode, 404);
    }
    for (const path of ['eligible-cost', 'cost-lines', 'proof-of-use'])
      t.equal((await member.call('GET', `/grants/${awarded.id}/${path}`)).statusCode, 403, path);
    t.equal((await member.call('GET', '/grant-programmes')).statusCode, 403);
    t.equal((await auditor.call('POST', '/grants', {})).statusCode, 403);
    t.equal((await read(auditor, awarded.id)).id, awarded.id);
    const bySql = await test.db.sql.begin(async (tx) => {
      await tx`select app.open_hat('organisation', ${anroechte.id}, ${otherMember.userId}, null)`;
      const [row] =
        await tx`select (select count(*)::int from grants where not ${anroechte.id} = any (party_ids) or awarded_at is null) as grants,
        (select count(*)::int from grant_parties p where p.grant_id = ${awarded.id}) as parties, (select count(*)::int from grant_reminders) as reminders`;
      return row;
    });
    t.same(bySql, { grants: 0, parties: 0, reminders: 0 }, 'nor by SQL');
  });

  t.test(
    'a proof that is due soon, or was, is remembered once, however often somebody looks (11)',
    async (t) => {
      const draft = await draftGrant(finance, marriage, both, tagged('E-1'));
      const { id } = await awardedGrant(finance, colleague, draft, { proofDueOn: '2027-06-30' });
      const remind = async (day: string) => {
        clock.set(`${day}T10:00:00.000Z`);
        await Promise.all([
          test.modules.grants.deadlines.remind(clock.now()),
          test.modules.grants.deadlines.remind(clock.now()),
        ]);
        const rows = await sql<
          { kind: string }[]
        >`select kind from grant_reminders where grant_id = ${id} order by reminded_at`;
        return rows.map(({ kind }) => kind);
      };
      const proofOf = async () =>
        must<GrantBody>(await test.caller(world.centre, ['auditor']), 'GET', `/grants/${id}`).then(
          ({ deadlines }) => deadlines[0],
        );
      t.same(await remind('2027-05-30'), [], '31 days before');
      t.match(await proofOf(), { kind: 'proof', dueOn: '2027-06-30', state: 'open', remindedAt: null });
      t.same(await remind('2027-05-31'), ['proof_soon'], '30 days before');
      t.match(await proofOf(), { state: 'soon', remindedAt: '2027-05-31T10:00:00.000Z' });
      t.same(await remind('2027-06-30'), ['proof_soon'], 'the day itself is in time');
      t.same(await remind('2027-07-01'), ['proof_soon', 'proof_overdue']);
      t.same(await remind('2027-09-01'), ['proof_soon', 'proof_overdue'], 'and never again');
      t.match(await proofOf(), { state: 'overdue' });
      const [audited] =
        await sql`select count(*)::int as count from audit_entries where entity_id = ${id} and action = 'grants.deadline-reminded'`;
      t.equal(audited?.['count'], 2);
      clock.set('2026-10-05T08:00:00.000Z');
    },
  );

  t.test('numbers follow one another without a gap, also at once', async (t) => {
    const { id } = await makeProgramme(finance);
    const body = application(id, marriage, both);
    await Promise.all(Array.from({ length: 8 }, () => must(finance, 'POST', '/grants', body)));
    const rows = await sql<{ number: string }[]>`select number from grants order by number`;
    t.same(
      rows.map(({ number }) => number),
      rows.map((_, at) => `SOE-F-2026-${String(at + 1).padStart(3, '0')}`),
    );
  });
});
