import fc from 'fast-check';
import tap from 'tap';
import { planInstalments } from '../../../../src/modules/billing/index.ts';
import { spreadLines } from '../../../../src/modules/billing/instalments/spread.rules.ts';
import { systemContext } from '../../../../src/platform/context.ts';
import { newId } from '../../../../src/platform/ids.ts';
import { problemOf } from '../../../support/costing.ts';
import {
  DUE,
  type PlanBody,
  planInForce,
  planMust,
  planOf,
  planStep,
  runDue,
  startReceivablesWorld,
} from '../../../support/receivables.ts';
import { must } from '../../../support/services.ts';
import { determination, determine, inForce, OPEN_FACTS, vatMust } from '../../../support/vat.ts';

interface ShareBody {
  readonly organisationId: string;
  readonly text: string;
  readonly vatGroup: string;
  readonly amountCents: number;
  readonly amountsCents: readonly number[];
  readonly derivation: unknown;
}

interface InstalmentBody {
  readonly organisationId: string;
  readonly dueOn: string;
  readonly amountCents: number;
  readonly status: string;
  readonly statementId: string | null;
  readonly problems: readonly { readonly code: string }[];
}

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

tap.test('property: lines spread over days add up to both (23)', async (t) => {
  const cents = fc.oneof(
    fc.integer({ min: -20, max: 20 }),
    fc.integer({ min: -10_000_000_000, max: 10_000_000_000 }),
  );
  fc.assert(
    fc.property(
      fc.array(cents, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 31 }),
      (lines, days) => {
        const spread = spreadLines(lines, days);
        const due = Array.from({ length: days }, (_, at) => `2026-12-${String(at + 1).padStart(2, '0')}`);
        const { instalments } = planInstalments({ totalCents: sum(lines), due });
        return (
          lines.every((line, at) => sum(spread[at] ?? []) === line) &&
          instalments.every(
            ({ amountCents }, day) => sum(spread.map((line) => line[day] ?? 0)) === amountCents,
          ) &&
          lines.every((line, at) =>
            (spread[at] ?? []).every((amount) => Math.abs(amount * days - line) < days),
          )
        );
      },
    ),
    { numRuns: 3000 },
  );
  t.pass('in 3,000 cases');
});

tap.test('instalment plans (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { test, finance, colleague, auditor, member, clock, erwitte, anroechte, marriage, certificates } =
    world;
  const sql = test.owner.sql;
  const create = (change: object = {}) => finance.call('POST', '/instalment-plans', planOf(world, change));
  const refused = async (change: object) => problemOf(await create(change));
  const instalmentsOf = async (id: string, query = '') =>
    (
      await must<{ items: InstalmentBody[] }>(
        finance,
        'GET',
        `/instalment-plans/${id}/instalments?limit=200&${query}`,
      )
    ).items;
  const sharesOf = async (id: string) =>
    (await must<{ items: ShareBody[] }>(finance, 'GET', `/instalment-plans/${id}/shares?limit=200`)).items;

  t.test('201: the budget is shared out as a simulated run shares it, cent by cent (23)', async (t) => {
    const plan = await must<PlanBody>(finance, 'POST', '/instalment-plans', planOf(world));
    const simulation = await must<{ totals: { members: { amountCents: number }[] }; resultHash: string }>(
      finance,
      'POST',
      '/allocation-runs',
      { periodId: world.planned, simulate: true, costKind: 'budget' },
    );
    t.match(plan, { status: 'draft', amountCents: 1_050_001, availableActions: ['submit', 'reject'] });
    t.equal(plan.resultHash, simulation.resultHash);
    const shares = await sharesOf(plan.id);
    t.equal(shares.length, 8, 'two members, two services, two tranches');
    t.ok(shares.every(({ amountCents, amountsCents }) => sum(amountsCents) === amountCents));
    for (const { id } of [erwitte, anroechte]) {
      const own = shares.filter(({ organisationId }) => organisationId === id);
      const days = (await instalmentsOf(plan.id, `organisationId=${id}`)).map(
        ({ amountCents }) => amountCents,
      );
      t.same(
        days,
        DUE.map((_, day) => sum(own.map(({ amountsCents }) => amountsCents[day] ?? 0))),
      );
      t.ok(Math.max(...days) - Math.min(...days) <= 1);
    }
    t.same(
      [...new Set(shares.map(({ organisationId }) => organisationId))]
        .map((id) =>
          sum(
            shares
              .filter(({ organisationId }) => organisationId === id)
              .map(({ amountCents }) => amountCents),
          ),
        )
        .toSorted(),
      simulation.totals.members.map(({ amountCents }) => amountCents).toSorted(),
    );
    await planMust(colleague, plan, 'reject', { reason: 'Probe' });
  });

  t.test('422: what cannot be planned is refused, and nothing is written', async (t) => {
    const before = await sql`select from instalment_plans`;
    const amounts = [{ organisationId: erwitte.id, serviceId: marriage, amountCents: 100 }];
    for (const [change, code, pointer] of [
      [{ dueOn: [DUE[0], DUE[0]] }, 'INSTALMENT_DUE_DAYS_REFUSED', '/dueOn/1'],
      [{ dueOn: ['2026-10-04'] }, 'INSTALMENT_DUE_DAYS_REFUSED', '/dueOn/0'],
      [{ dueOn: ['2027-01-01'] }, 'INSTALMENT_DUE_DAYS_REFUSED', '/dueOn/0'],
      [{ periodId: newId() }, 'PERIOD_UNKNOWN', '/periodId'],
      [{ periodId: world.periodId }, 'RUN_WITHOUT_COST', undefined],
      [{ amounts: [...amounts, ...amounts] }, 'INSTALMENT_SHARE_REFUSED', '/amounts/1'],
      [
        { amounts: [{ ...amounts[0], organisationId: newId() }] },
        'INSTALMENT_SHARE_REFUSED',
        '/amounts/0/organisationId',
      ],
      [
        { amounts: [{ ...amounts[0], serviceId: newId() }] },
        'INSTALMENT_SHARE_REFUSED',
        '/amounts/0/serviceId',
      ],
      [
        { amounts: [{ ...amounts[0], organisationId: world.association.id }] },
        'INSTALMENT_SHARE_REFUSED',
        '/amounts/0',
      ],
      [{ amounts: [{ ...amounts[0], amountCents: 0 }] }, 'INSTALMENT_PLAN_EMPTY', undefined],
      [
        { amounts: [{ ...amounts[0], amountCents: 100_000_000_000_000 }] },
        'VALIDATION_FAILED',
        '/amounts/0/amountCents',
      ],
      [{ replacesId: newId() }, 'INSTALMENT_PLAN_UNKNOWN', '/replacesId'],
      [{ usagePeriodId: world.planned }, 'ASSUMPTION_REFUSED', '/usagePeriodId'],
      [{ amounts, usagePeriodId: world.periodId }, 'ASSUMPTION_REFUSED', '/usagePeriodId'],
    ] as const) {
      const problem = await refused(change);
      t.equal(problem.code, code, JSON.stringify(change));
      if (pointer !== undefined) t.equal(problem.errors[0]?.pointer, pointer);
    }
    t.equal((await sql`select from instalment_plans`).length, before.length);
  });

  t.test(
    '403: who made or submitted a plan does not approve it, and what is signed is what is there (24)',
    async (t) => {
      const draft = await must<PlanBody>(finance, 'POST', '/instalment-plans', planOf(world));
      const submitted = await planMust(colleague, draft, 'submit');
      const signed = { contentHash: draft.contentHash };
      for (const caller of [finance, colleague])
        t.equal(problemOf(await planStep(caller, submitted, 'approve', signed)).code, 'FOUR_EYES_REQUIRED');
      await t.rejects(
        sql`update instalment_plans set status = 'in_force', approved_by = created_by, approved_content_hash = content_hash where id = ${draft.id}`,
        /instalment_plans_four_eyes_check/,
      );
      const third = await test.caller(world.centre, ['finance']);
      const other = await planStep(third, submitted, 'approve', { contentHash: 'a'.repeat(64) });
      t.equal(problemOf(other).code, 'INSTALMENT_PLAN_MISMATCH');
      for (const change of [
        sql`update instalment_plans set amount_cents = 1 where id = ${draft.id}`,
        sql`update instalment_plan_shares set amount_cents = 1 where plan_id = ${draft.id}`,
        sql`update instalments set amount_cents = 1 where plan_id = ${draft.id}`,
        sql`delete from instalments where plan_id = ${draft.id}`,
      ])
        await t.rejects(change, { code: 'VB409' });
      t.equal((await planStep(auditor, submitted, 'submit')).statusCode, 403);
      t.equal((await member.call('GET', `/instalment-plans/${draft.id}`)).statusCode, 404);
      t.equal((await world.stranger.call('GET', `/instalment-plans/${draft.id}`)).statusCode, 404);
      await planMust(third, submitted, 'reject', { reason: 'Probe' });
    },
  );

  t.test('issued when their day comes, each once for ever, whatever runs twice (25)', async (t) => {
    const plan = await planInForce(world);
    clock.set('2026-10-06T09:00:00.000Z');
    await runDue(world);
    await runDue(world);
    const first = await instalmentsOf(plan.id, 'status=issued');
    t.equal(first.length, 2, 'one for each member');
    t.ok(first.every(({ dueOn }) => dueOn === DUE[0]));
    const documents = await sql<{ kind: number; netCents: number; dueOn: string; actor: string }[]>`
      select kind, net_cents::int as "netCents", due_on::text as "dueOn", issued_by_name as actor from statements where status = 'issued'`;
    t.same(
      documents.map(({ netCents }) => netCents).toSorted(),
      first.map(({ amountCents }) => amountCents).toSorted(),
    );
    t.ok(
      documents.every(({ kind, dueOn, actor }) => kind === 326 && dueOn === DUE[0] && actor === 'Verbund'),
    );
    // A job of the day before, and two at once.
    const ctx = () => systemContext(world.centre, clock.now(), newId());
    clock.set('2026-11-06T09:00:00.000Z');
    const { instalments } = test.modules.receivables;
    await Promise.all([instalments.issue(ctx(), plan.id), instalments.issue(ctx(), plan.id)]);
    t.equal((await instalmentsOf(plan.id, 'status=issued')).length, 4);
    t.equal((await sql`select from statements where status = 'issued'`).length, 4);
    t.equal(
      (await sql`select from statements where status = 'discarded'`).length,
      0,
      'nothing was thrown away',
    );
    const [one] = first;
    await t.rejects(
      sql`update instalments set status = 'pending', statement_id = null where statement_id = ${one?.statementId ?? ''}`,
      {
        code: 'VB409',
      },
    );
    const { progress } = await must<PlanBody>(finance, 'GET', `/instalment-plans/${plan.id}`);
    t.match(progress, { count: 6, issued: 4, blocked: 0 });
  });

  t.test('a change is a new plan, which counts in what was invoiced; the old one ends (26)', async (t) => {
    const [current] = (await must<{ items: PlanBody[] }>(finance, 'GET', '/instalment-plans?status=in_force'))
      .items;
    const replacesId = current?.id ?? '';
    const [{ net: issuedNet } = { net: 0 }] = await sql<
      { net: number }[]
    >`select sum(net_cents)::int as net from statements where status = 'issued'`;
    t.ok(issuedNet > 700_000 && issuedNet < 700_003, 'two of three instalments');
    clock.set('2026-11-21T09:00:00.000Z');
    const change = {
      replacesId,
      dueOn: ['2026-12-10', '2026-12-18'],
      amounts: [
        { organisationId: erwitte.id, serviceId: marriage, amountCents: 600_000 },
        { organisationId: anroechte.id, serviceId: marriage, amountCents: 300_001 },
      ],
    };
    const draft = await must<PlanBody>(finance, 'POST', '/instalment-plans', planOf(world, change));
    t.equal(draft.invoicedCents, issuedNet);
    t.equal(draft.amountCents + draft.invoicedCents, 900_001);
    const shares = await sharesOf(draft.id);
    t.ok(shares.every(({ derivation }) => derivation === null));
    t.ok(shares.some(({ text }) => text.includes('bereits berechnet')));
    t.ok(
      shares.some(({ amountCents }) => amountCents < 0),
      'what is planned no more is given back',
    );
    const submitted = await planMust(finance, draft, 'submit');
    const plain = await must<PlanBody>(
      finance,
      'POST',
      '/instalment-plans',
      planOf(world, { ...change, replacesId: undefined }),
    );
    const other = await planMust(finance, plain, 'submit');
    const signed = { contentHash: plain.contentHash };
    t.equal(problemOf(await planStep(colleague, other, 'approve', signed)).code, 'INSTALMENT_PLAN_IN_FORCE');
    const approved = await planMust(colleague, submitted, 'approve', { contentHash: draft.contentHash });
    t.equal(approved.status, 'in_force');
    t.match(await must<PlanBody>(finance, 'GET', `/instalment-plans/${replacesId}`), {
      status: 'ended',
      progress: { pending: 0 },
    });
    clock.set('2026-12-18T09:00:00.000Z');
    await runDue(world);
    const [total] = await sql<
      { net: number }[]
    >`select sum(net_cents)::int as net from statements where status = 'issued'`;
    t.equal(total?.net, 900_001, 'all that was planned, once');
    t.equal(
      problemOf(await planStep(colleague, other, 'approve', signed)).code,
      'INSTALMENT_DUE_DAYS_REFUSED',
      'too late for another',
    );
  });

  t.test('what cannot be issued says why, and is tried again by the next turn (25)', async (t) => {
    clock.set('2027-01-04T09:00:00.000Z');
    const periodId = (await must(finance, 'POST', '/billing-periods', { code: '2027-Q1' })).id;
    const plan = await planInForce(world, {
      periodId,
      dueOn: ['2027-01-20', '2027-02-20'],
      amounts: [
        { organisationId: erwitte.id, serviceId: marriage, amountCents: 100 },
        { organisationId: anroechte.id, serviceId: certificates, amountCents: -101 },
      ],
    });
    clock.set('2027-01-10T09:00:00.000Z');
    await runDue(world);
    const blocked = await instalmentsOf(plan.id, 'status=blocked');
    t.equal(blocked.length, 2);
    t.ok(blocked.every(({ problems }) => problems[0]?.code === 'VAT_DETERMINATION_MISSING'));
    const year = { validFrom: '2027-01-01', validTo: '2028-01-01' };
    const open = await determine(
      finance,
      determination(marriage, [erwitte.id], { ...year, facts: OPEN_FACTS }),
    );
    await runDue(world);
    const [asked] = await instalmentsOf(plan.id, `status=blocked&organisationId=${erwitte.id}`);
    t.equal(asked?.problems[0]?.code, 'VAT_DETERMINATION_MISSING', 'looked at once a turn');
    clock.set('2027-01-11T09:00:00.000Z');
    await runDue(world);
    const [review] = await instalmentsOf(plan.id, `status=blocked&organisationId=${erwitte.id}`);
    t.equal(review?.problems[0]?.code, 'VAT_REVIEW_OPEN');
    await vatMust(colleague, open, 'reject', { reason: 'Beantwortet' });
    await inForce(finance, colleague, determination(marriage, [erwitte.id], year));
    await inForce(finance, colleague, determination(certificates, [anroechte.id], year));
    await sql`delete from billing_recipients where organisation_id = ${anroechte.id}`;
    clock.set('2027-01-12T09:00:00.000Z');
    await runDue(world);
    t.match(await instalmentsOf(plan.id, 'status=blocked'), [
      { organisationId: anroechte.id, problems: [{ code: 'BILLING_RECIPIENT_MISSING' }] },
    ]);
    t.equal((await instalmentsOf(plan.id, 'status=issued')).length, 1);
    const ended = await planMust(finance, { ...plan, version: 3 }, 'end', {
      from: '2027-02-01',
      reason: 'Austritt',
    });
    t.match(ended, { status: 'ended', progress: { count: 4, issued: 1, blocked: 1, pending: 0 } });
    t.equal((await instalmentsOf(plan.id, 'status=cancelled')).length, 2, 'from the day on');
  });
});
