import tap from 'tap';
import {
  act,
  addCost,
  createRun,
  fillQuarter,
  freeze,
  linesOf,
  movePeriod,
  postRun,
  problemOf,
  startCostingWorld,
  step,
  use,
  verifyFile as verify,
} from '../../support/costing.ts';
import { must } from '../../support/services.ts';

tap.test('allocation runs (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, colleague, auditor, test, erwitte, marriage, periodId } = world;
  await fillQuarter(world);
  const draft = await createRun(world, { centreId: world.centre.id });
  const url = `/allocation-runs/${draft.id}`;

  t.test(
    '201: a run has one pool for each service with cost in the period, and says why (1, 6)',
    async (t) => {
      t.match(draft, { number: 'SOE-U-2026-001', status: 'draft', amountCents: 910_002 });
      t.same(
        draft.pools.map(({ serviceCode, amountCents }) => [serviceCode, amountCents]),
        [
          ['certificates', 10_001],
          ['marriage', 900_001],
        ],
      );
      const lines = await linesOf(finance, draft.id);
      const sumOf = (code: string) =>
        lines.filter((line) => line.serviceCode === code).reduce((sum, line) => sum + line.amountCents, 0);
      t.equal(sumOf('marriage'), 900_001);
      t.equal(sumOf('certificates'), 10_001);
      t.match(
        lines.find((line) => line.trancheId === 'use' && line.member === '05974016'),
        {
          parts: [{ share: /^7\/11$/, weight: /^7$/, weightTotal: /^11$/, key: { type: 'cases' } }],
          exactCents: /\d+\/11/,
        },
      );
      t.match(
        lines.find((line) => line.trancheId === 'standby' && line.member === '05974016'),
        {
          parts: [{ share: /^16000\/26001$/, key: { type: 'population', asOf: '2025-12-31' } }],
        },
      );
      const composite = lines.filter((line) => line.serviceCode === 'certificates');
      t.same(
        composite.map((line) => [line.member, line.trancheId, line.parts.length, line.amountCents]),
        [
          ['05974004', null, 2, 4167],
          ['05974016', null, 2, 5834],
        ],
      );
      t.notOk(JSON.stringify(lines).includes('"values"'), 'no line bears the figures of others');
    },
  );

  t.test('200: lines are paged by place and filtered', async (t) => {
    const first = await must<{ items: { position: number }[]; nextCursor: string }>(
      finance,
      'GET',
      `${url}/lines?limit=3`,
    );
    const second = await linesOf(finance, draft.id, `limit=200&cursor=${first.nextCursor}`);
    const all = await linesOf(finance, draft.id);
    t.same(
      [...first.items, ...second].map((line) => line.position),
      all.map((_, at) => at),
    );
    t.equal((await linesOf(finance, draft.id, `organisationId=${erwitte.id}`)).length, 3);
    t.equal(
      (await linesOf(finance, draft.id, `organisationId=${erwitte.id}&serviceId=${marriage}`)).length,
      2,
    );
  });

  t.test('200: a simulation is the same calculation each time and stored nowhere (5)', async (t) => {
    const body = { periodId, simulate: true };
    const answers = [
      await finance.call('POST', '/allocation-runs', body),
      await finance.call('POST', '/allocation-runs', body),
    ];
    t.same(
      answers.map((answer) => answer.statusCode),
      [200, 200],
    );
    t.equal(answers[0]?.body, answers[1]?.body, 'the same facts give the same bytes');
    t.match(answers[0]?.json(), { kind: 'allocation-run', runNumber: 'SIMULATION' });
    const { items } = await must<{ items: unknown[] }>(finance, 'GET', '/allocation-runs');
    t.equal(items.length, 1);
  });

  t.test('200: the calculation file verifies outside, and a tampered one does not (5)', async (t) => {
    const answer = await auditor.call('GET', `${url}/calculation`);
    t.equal(answer.statusCode, 200, answer.body);
    t.equal((await finance.call('GET', `${url}/calculation`)).body, answer.body, 'byte for byte');
    t.equal(await verify(answer.body), 0);
    t.equal(await verify(answer.body.replace('"weight": "7"', '"weight": "8"')), 1);
    t.equal(await verify(answer.body.replace('"Vorhaltung"', '"Sockel"')), 1, 'a label alone shows');
  });

  t.test('428, 412: a step says which state it means', async (t) => {
    t.equal((await finance.call('POST', `${url}/actions/submit`)).statusCode, 428);
    t.equal((await act(finance, { ...draft, version: 7 }, 'submit')).statusCode, 412);
  });

  t.test('403, 409: four eyes approve, and what they sign is the result (3)', async (t) => {
    t.equal(problemOf(await act(colleague, draft, 'approve', draft)).code, 'VALIDATION_FAILED');
    const { resultHash } = draft;
    t.equal(problemOf(await act(colleague, draft, 'approve', { resultHash })).code, 'RUN_STATE_REFUSED');
    t.equal(problemOf(await act(finance, draft, 'post')).code, 'RUN_STATE_REFUSED');
    const submitted = await step(colleague, draft, 'submit');
    t.same(submitted.availableActions, ['reject'], 'who submitted is not offered to approve');
    const own = await act(finance, submitted, 'approve', { resultHash });
    t.match([own.statusCode, problemOf(own).code], [403, 'FOUR_EYES_REQUIRED'], 'who created it');
    const again = await act(colleague, submitted, 'approve', { resultHash });
    t.match([again.statusCode, problemOf(again).code], [403, 'FOUR_EYES_REQUIRED'], 'who submitted it');
    const third = await test.caller(world.centre, ['centre-admin'], 'Ada Admin');
    const [eyes] = await Promise.allSettled([
      test.owner
        .sql`update allocation_runs set status = 'approved', approved_by = submitted_by, approved_at = now(),
        approved_result_hash = result_hash where id = ${draft.id}`,
    ]);
    t.match(eyes, { reason: { constraint_name: 'allocation_runs_four_eyes_check' } }, 'not in SQL either');
    const other = await act(third, submitted, 'approve', { resultHash: 'a'.repeat(64) });
    t.equal(problemOf(other).code, 'RUN_APPROVAL_MISMATCH');
    const approved = await step(third, submitted, 'approve', { resultHash });
    t.match(approved, { status: 'approved', approved: { by: { name: 'Ada Admin' }, resultHash } });
    t.equal(problemOf(await act(finance, approved, 'post')).code, 'PERIOD_STATE_REFUSED', 'not frozen');
    await addCost(world, marriage, 1);
    await freeze(world);
    const changed = await act(finance, approved, 'post');
    t.match([changed.statusCode, problemOf(changed).code], [409, 'RUN_INPUTS_CHANGED']);
    const rejected = await step(third, approved, 'reject', { reason: 'Nachbuchung' });
    t.match(rejected, { status: 'rejected', ended: { reason: 'Nachbuchung' }, availableActions: [] });
  });

  t.test(
    '409: late usage of a frozen period does not change its runs; a posted run is final (2, 4)',
    async (t) => {
      const second = await createRun(world);
      t.match(second, { number: 'SOE-U-2026-002', amountCents: 910_003, correctsRunId: null });
      world.clock.set('2026-10-06T08:00:00.000Z');
      await use(world, erwitte, marriage, '50');
      const posted = await postRun(world, second);
      t.match(posted, { status: 'posted', availableActions: ['supersede'] });
      for (const [action, body] of [
        ['submit', undefined],
        ['reject', { reason: 'x' }],
        ['post', undefined],
      ] as const) {
        t.equal(problemOf(await act(finance, posted, action, body)).code, 'RUN_STATE_REFUSED', action);
      }
      const more = await finance.call('POST', '/allocation-runs', { periodId });
      t.match([more.statusCode, problemOf(more).code], [409, 'PERIOD_HAS_POSTED_RUN']);
      const reopen = await finance.call('POST', `/billing-periods/${periodId}/actions/reopen`, undefined, {
        'if-match': '"3"',
      });
      t.equal(problemOf(reopen).code, 'PERIOD_HAS_POSTED_RUN');
    },
  );

  t.test('the database itself keeps a posted run as it is (4)', async (t) => {
    const { sql } = test.owner;
    const [posted] = await sql<{ id: string }[]>`select id from allocation_runs where status = 'posted'`;
    const id = posted?.id ?? '';
    const asApp = (work: (tx: typeof sql) => Promise<unknown>) =>
      test.db.sql.begin(async (tx) => {
        await tx`select app.open_hat('centre', ${world.centre.id}, ${finance.userId}, null)`;
        return work(tx as unknown as typeof sql);
      });
    await t.rejects(
      asApp((tx) => tx`update allocation_runs set number = 'X' where id = ${id}`),
      { code: 'VB409' },
    );
    await t.rejects(
      asApp((tx) => tx`update allocation_runs set status = 'draft' where id = ${id}`),
      { code: 'VB409' },
    );
    await t.rejects(
      asApp((tx) => tx`delete from allocation_runs where id = ${id}`),
      { code: '42501' },
    );
    await t.rejects(
      asApp((tx) => tx`update allocation_run_lines set amount_cents = 0 where run_id = ${id}`),
      {
        code: '42501',
      },
    );
    await t.rejects(
      asApp((tx) => tx`delete from allocation_run_calculations where run_id = ${id}`),
      { code: '42501' },
    );
    await t.rejects(
      asApp((tx) => tx`update cost_lines set amount_cents = 0`),
      { code: '42501' },
    );
    await t.rejects(
      asApp(
        (
          tx,
        ) => tx`insert into allocation_run_lines (run_id, position, centre_id, organisation_id, service_id, service_code, service_title,
            member, member_name, parts, exact_cents, rounding_cents, amount_cents)
          select run_id, 9000, centre_id, organisation_id, service_id, service_code, service_title, member, member_name, parts, exact_cents,
            rounding_cents, amount_cents from allocation_run_lines where run_id = ${id} limit 1`,
      ),
      { code: 'VB409' },
      'a line more',
    );
    await t.rejects(
      sql`update allocation_run_lines set amount_cents = 0 where run_id = ${id}`,
      { code: 'VB409' },
      'owner',
    );
    await t.rejects(sql`delete from allocation_runs where id = ${id}`, { code: 'VB409' }, 'owner');
  });

  t.test('200: a superseded run is corrected by the next, which names it', async (t) => {
    const { items } = await must<{ items: { id: string; version: number; resultHash: string }[] }>(
      finance,
      'GET',
      `/allocation-runs?status=posted&periodId=${periodId}`,
    );
    const [posted] = items;
    if (posted === undefined) throw new Error('nothing is posted');
    t.equal((await act(finance, posted, 'supersede')).statusCode, 400, 'says why');
    await step(finance, posted, 'supersede', { reason: 'Späte Fälle' });
    await movePeriod(finance, periodId, 'reopen');
    await freeze(world);
    const next = await createRun(world);
    t.match(next, { number: 'SOE-U-2026-003', correctsRunId: posted.id, amountCents: 910_003 });
    const calculation = await finance.call('GET', `/allocation-runs/${next.id}/calculation`);
    t.match(calculation.json(), { corrects: { runNumber: 'SOE-U-2026-002', resultHash: posted.resultHash } });
    t.equal((await postRun(world, next)).status, 'posted');
    const rows = await linesOf(finance, next.id, `serviceId=${marriage}&limit=200`);
    t.match(rows.find((line) => line.trancheId === 'use' && line.member === '05974016')?.parts, [
      { weight: '57' },
    ]);
  });

  t.test('every step is in the audit log, with who and what was signed (3)', async (t) => {
    const rows = await test.owner.sql<{ action: string; actor: string; hash: string }[]>`
      select action, actor_name as actor, details->>'resultHash' as hash from audit_entries where entity_id = ${draft.id} order by id`;
    t.same(
      rows.map(({ action }) => action),
      ['costing.run-created', 'costing.run-submit', 'costing.run-approve', 'costing.run-reject'],
    );
    t.match(rows[2], { actor: 'Ada Admin', hash: draft.resultHash });
  });
});
