import tap from 'tap';
import {
  addCost,
  addWording,
  type CostingWorld,
  createRun,
  freeze,
  linesOf,
  problemOf,
  startCostingWorld,
} from '../../support/costing.ts';
import {
  awardedGrant,
  clawback,
  draftGrant,
  draw,
  drawdown,
  type GrantBody,
  grantMust,
  grantStep,
  type MoneyBody,
  moneyStep,
  receive,
  taggedCost,
} from '../../support/grants.ts';
import { must } from '../../support/services.ts';

interface CostBody {
  readonly tags: readonly {
    readonly tag: string;
    readonly rowCount: number;
    readonly amountCents: number;
    readonly costLines: string;
  }[];
  readonly eligible: { readonly rowCount: number; readonly amountCents: number; readonly costLines: string };
  readonly notEligible: {
    readonly rowCount: number;
    readonly amountCents: number;
    readonly costLines: string;
  };
  readonly sharedCents: number;
  readonly availableCents: number;
  readonly financing: Readonly<Record<string, number>>;
  readonly balance: { readonly toDrawCents: number; readonly toRepayCents: number };
}

interface LinesBody {
  readonly items: readonly { readonly id: string; readonly amountCents: number; readonly category: string }[];
}

let tags = 0;
/** A grant that was awarded, with a tag that no other claims. */
async function award(
  { finance, colleague, erwitte, anroechte, marriage }: CostingWorld,
  notice: object = {},
  change: Record<string, unknown> = {},
): Promise<{ grant: GrantBody; tag: string }> {
  tags += 1;
  const tag = `M-${tags}`;
  const rule = { eligibleTags: [tag] };
  const draft = await draftGrant(finance, marriage, [erwitte.id, anroechte.id], { rule, ...change });
  return { grant: await awardedGrant(finance, colleague, draft, notice), tag };
}

tap.test('money of grants (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { test, finance, auditor, member, marriage, certificates, erwitte } = world;
  const sql = test.owner.sql;
  const costOf = (id: string, query = '') =>
    must<CostBody>(finance, 'GET', `/grants/${id}/eligible-cost${query}`);
  const read = (id: string) => must<GrantBody>(finance, 'GET', `/grants/${id}`);
  const linesAt = async (link: string) =>
    (await must<LinesBody>(finance, 'GET', `${link.replace('/api/v1', '')}&limit=200`)).items;
  const incomeOf = async (id: string) => {
    const rows = await sql<{ amount: number; on: string; category: string; text: string }[]>`
      select amount_cents as amount, booked_on as on, category, text from cost_lines where text like ${`%${(await read(id)).number},%`} order by id`;
    return rows.map((row) => ({ ...row }));
  };

  t.test(
    'eligible is what bears a tag in the approved period; each sum leads to exactly its lines (7)',
    async (t) => {
      const { grant, tag } = await award(world, {}, { rule: { eligibleTags: ['T-1', 'T-2', 'T-3'] } });
      const other = await award(world);
      const one = await taggedCost(finance, marriage, 100_01, { tags: ['T-1'], bookedOn: '2026-01-01' });
      const two = await taggedCost(finance, certificates, 50_00, {
        tags: ['T-1', 'T-2'],
        bookedOn: '2026-12-31',
      });
      const back = await taggedCost(finance, marriage, -1, { tags: ['T-2', other.tag] });
      for (const change of [
        { bookedOn: '2025-12-31' },
        { bookedOn: '2027-01-01' },
        { kind: 'budget' },
        { category: 'grant' },
      ])
        await taggedCost(finance, marriage, 7_00, { tags: ['T-1'], ...change });
      const plain = await taggedCost(finance, marriage, 3_00, { tags: ['XX'] });
      await taggedCost(finance, certificates, 5_00, { tags: [] });
      t.equal(tag.startsWith('M-'), true);
      const cost = await costOf(grant.id);
      t.match(cost, {
        eligible: { rowCount: 3, amountCents: 150_00 },
        notEligible: { rowCount: 1, amountCents: 3_00 },
        sharedCents: -1,
        tags: [
          { tag: 'T-1', rowCount: 2, amountCents: 150_01 },
          { tag: 'T-2', rowCount: 2, amountCents: 49_99 },
          { tag: 'T-3', rowCount: 0, amountCents: 0 },
        ],
        financing: {
          eligibleCents: 150_00,
          notEligibleCents: 3_00,
          grantCents: 135_00,
          ownShareCents: 15_00,
          netPoolCents: 18_00,
        },
        availableCents: 135_00,
      });
      const ids = async (link: string) => (await linesAt(link)).map(({ id }) => id).sort();
      t.same(await ids(cost.eligible.costLines), [one.id, two.id, back.id].sort());
      t.same(await ids(cost.notEligible.costLines), [plain.id]);
      t.same(await ids(cost.tags[1]?.costLines ?? ''), [two.id, back.id].sort());
      const early = await costOf(grant.id, '?to=2026-12-31');
      t.match(early.eligible, { rowCount: 2, amountCents: 100_00 }, 'up to a day');
      t.same(await ids(early.eligible.costLines), [one.id, back.id].sort());
      for (const to of ['2026-01-01', '2027-01-02'])
        t.equal((await finance.call('GET', `/grants/${grant.id}/eligible-cost?to=${to}`)).statusCode, 422);
      const centre = await must<{ id: string }>(finance, 'POST', '/cost-centres', {
        code: 'K-1',
        name: 'Vergabe',
        type: 'final',
        serviceId: marriage,
      });
      await must(finance, 'POST', '/cost-lines', {
        costCentreId: centre.id,
        bookedOn: '2026-08-15',
        costType: 'Miete',
        amountCents: 9_00,
        text: 'Miete',
      });
      t.match(
        (await costOf(grant.id)).notEligible,
        { amountCents: 12_00 },
        'with cost centres that feed the service',
      );
    },
  );

  t.test('422: never more is drawn than the cost so far gives, less what was drawn (8)', async (t) => {
    const { grant, tag } = await award(world, { awardedCents: 100_00 });
    const ask = (body: object) => finance.call('POST', `/grants/${grant.id}/drawdowns`, body);
    await taggedCost(finance, marriage, 50_00, { tags: [tag], bookedOn: '2026-03-31' });
    await taggedCost(finance, marriage, 500_00, { tags: [tag], bookedOn: '2026-08-01' });
    t.match(problemOf(await ask(drawdown(45_01, '2026-04-01'))), {
      code: 'GRANT_DRAWDOWN_TOO_HIGH',
      detail: /4500 are left/,
      errors: [{ pointer: '/amountCents' }],
    });
    const first = await must<MoneyBody>(
      finance,
      'POST',
      `/grants/${grant.id}/drawdowns`,
      drawdown(45_00, '2026-04-01'),
    );
    t.match(first, { number: 1, status: 'requested', eligibleCents: 50_00, entitledCents: 45_00 });
    t.equal((await ask(drawdown(55_01))).statusCode, 422, 'the award bounds it');
    await draw(finance, grant.id, 40_00);
    t.equal((await ask(drawdown(15_01))).statusCode, 422);
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask(drawdown(10_00))));
    t.same(
      answers.map(({ statusCode }) => statusCode).sort(),
      [201, 422, 422, 422],
      'of some at once one fits',
    );
    const cancelled = await moneyStep(finance, `/grants/${grant.id}/drawdowns/1`, first, 'cancel', {
      reason: 'Irrtum',
    });
    t.match(cancelled.json(), { status: 'cancelled', ended: { reason: 'Irrtum' }, availableActions: [] });
    t.equal((await costOf(grant.id)).availableCents, 50_00, 'what was given up is free again');
    await t.rejects(
      sql`insert into grant_drawdowns (id, centre_id, grant_id, number, status, amount_cents, requested_on, cost_to, eligible_cents, entitled_cents, created_by, created_by_name, created_at)
        select gen_random_uuid(), centre_id, id, 99, 'requested', 5001, '2026-10-01', '2026-10-01', 9999999, 9999999, created_by, created_by_name, now() from grants where id = ${grant.id}`,
      { code: 'VB409' },
      'nor by SQL',
    );
    const rows = await sql`select count(*)::int as count from grant_drawdowns where grant_id = ${grant.id}`;
    for (const [body, code, pointer] of [
      [{ ...drawdown(1), requestedOn: '2026-10-06' }, 'GRANT_DAY_REFUSED', '/requestedOn'],
      [drawdown(1, '2026-01-01'), 'GRANT_DAY_REFUSED', '/costTo'],
      [drawdown(1, '2027-01-02'), 'GRANT_DAY_REFUSED', '/costTo'],
      [drawdown(0), 'VALIDATION_FAILED', '/amountCents'],
      [drawdown(100_000_000_000_001), 'VALIDATION_FAILED', '/amountCents'],
    ] as const)
      t.match(problemOf(await ask(body)), { code, errors: [{ pointer }] }, pointer);
    t.same(await sql`select count(*)::int as count from grant_drawdowns where grant_id = ${grant.id}`, rows);
    const draft = await draftGrant(finance, marriage, [erwitte.id]);
    const early = await finance.call('POST', `/grants/${draft.id}/drawdowns`, drawdown(1));
    t.equal(problemOf(early).code, 'GRANT_STATE_REFUSED', 'before it is awarded');
  });

  t.test('what comes in is income on its day, once, whoever sends it how often (9)', async (t) => {
    const { grant, tag } = await award(world);
    await taggedCost(finance, marriage, 100_00, { tags: [tag] });
    const asked = await draw(finance, grant.id, 90_00);
    const path = `/grants/${grant.id}/drawdowns/1`;
    const body = { receivedOn: '2026-09-15', voucherNumber: 'K-77', amountCents: 80_00 };
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => moneyStep(finance, path, asked, 'receive', body)),
    );
    t.same(answers.map(({ statusCode }) => statusCode).sort(), [200, 412, 412, 412]);
    const received = await must<MoneyBody>(finance, 'GET', path);
    t.match(received, {
      status: 'received',
      receivedCents: 80_00,
      bookedOn: '2026-09-15',
      availableActions: [],
    });
    t.equal((await moneyStep(finance, path, received, 'receive', body)).statusCode, 409);
    t.same(await incomeOf(grant.id), [
      {
        amount: 80_00,
        on: '2026-09-15',
        category: 'grant',
        text: `Zuwendung ${grant.number}, Mittelabruf 1`,
      },
    ]);
    const { items } = await must<LinesBody>(
      finance,
      'GET',
      `/cost-lines?serviceId=${marriage}&category=grant`,
    );
    t.ok(
      items.some(({ id }) => id === received.costLineId),
      'the cost line it names',
    );
    t.match((await read(grant.id)).sums, { drawnCents: 80_00, receivedCents: 80_00 });
    t.equal((await costOf(grant.id)).availableCents, 10_00, 'what did not come can be drawn again');
    const seen = await must<{ items: MoneyBody[] }>(member, 'GET', `/grants/${grant.id}/drawdowns`);
    t.match(
      seen.items,
      [{ status: 'received', created: { by: null }, ended: { by: null } }],
      'parties read it',
    );
    const next = await draw(finance, grant.id, 10_00);
    const second = `/grants/${grant.id}/drawdowns/2`;
    for (const [wrong, code, pointer] of [
      [{ receivedOn: '2026-10-06' }, 'GRANT_DAY_REFUSED', '/receivedOn'],
      [{ receivedOn: '2026-09-15', amountCents: 10_01 }, 'GRANT_DRAWDOWN_TOO_HIGH', '/amountCents'],
    ] as const)
      t.match(problemOf(await moneyStep(finance, second, next, 'receive', wrong)), {
        code,
        errors: [{ pointer }],
      });
    for (const change of [
      sql`update grant_drawdowns set received_cents = 1 where grant_id = ${grant.id} and number = 1`,
      sql`update grant_drawdowns set amount_cents = 1 where grant_id = ${grant.id} and number = 2`,
      sql`delete from grant_drawdowns where grant_id = ${grant.id}`,
    ])
      await t.rejects(change, { code: 'VB409' }, 'nor by SQL');
  });

  t.test(
    'a clawback by cost is what was received beyond it; paid back it is negative income (10)',
    async (t) => {
      const { grant, tag } = await award(world);
      await taggedCost(finance, marriage, 1_000_00, { tags: [tag] });
      await receive(finance, grant.id, await draw(finance, grant.id, 900_00));
      const path = `/grants/${grant.id}/clawbacks`;
      const nothing = await finance.call('POST', path, clawback());
      t.equal(nothing.statusCode, 409);
      t.equal(problemOf(nothing).code, 'GRANT_NOTHING_TO_CLAW_BACK');
      await taggedCost(finance, marriage, -100_01, { tags: [tag] });
      t.equal((await costOf(grant.id)).balance.toRepayCents, 90_01, '900.00 less 90 % of 899.99, cut off');
      const demanded = await must<MoneyBody>(finance, 'POST', path, clawback());
      t.match(demanded, {
        status: 'demanded',
        amountCents: 90_01,
        derivation: {
          rule: 'eligible_cost',
          eligibleCents: 899_99,
          entitledCents: 809_99,
          receivedCents: 900_00,
          clawedBackCents: 0,
        },
      });
      t.equal((await finance.call('POST', path, clawback())).statusCode, 409, 'once');
      t.match((await costOf(grant.id)).balance, { toDrawCents: 0, toRepayCents: 90_01 });
      const repaid = await moneyStep(finance, `${path}/1`, demanded, 'repay', {
        repaidOn: '2026-10-04',
        bookedOn: '2026-09-30',
        voucherNumber: 'A-1',
      });
      t.match(repaid.json(), { status: 'repaid', bookedOn: '2026-09-30', repaidOn: '2026-10-04' });
      t.equal(
        (await moneyStep(finance, `${path}/1`, demanded, 'repay', { repaidOn: '2026-10-04' })).statusCode,
        412,
      );
      const income = await incomeOf(grant.id);
      t.same(
        income.map(({ amount, on }) => [amount, on]),
        [
          [900_00, '2026-09-30'],
          [-90_01, '2026-09-30'],
        ],
      );
      t.match((await costOf(grant.id)).balance, { toDrawCents: 0, toRepayCents: 0 });
      await taggedCost(finance, marriage, 500_00, { tags: [tag] });
      t.equal(
        (await finance.call('POST', `/grants/${grant.id}/drawdowns`, drawdown(359_99))).statusCode,
        201,
      );
      t.equal((await costOf(grant.id)).availableCents, 0, 'drawn money that went back is not free again');
    },
  );

  t.test(
    'a purpose ended early costs its days, rounded once; another reason states its amount (10)',
    async (t) => {
      const { grant, tag } = await award(world, { purposeEndsOn: '2027-01-08' });
      await taggedCost(finance, marriage, 1_000_00, { tags: [tag] });
      await receive(finance, grant.id, await draw(finance, grant.id, 100_00));
      const path = `/grants/${grant.id}/clawbacks`;
      for (const [change, code, pointer] of [
        [{ reason: 'purpose_ended' }, 'GRANT_CLAWBACK_REFUSED', '/endedOn'],
        [{ reason: 'purpose_ended', endedOn: '2026-12-31' }, 'GRANT_CLAWBACK_REFUSED', '/endedOn'],
        [{ reason: 'purpose_ended', endedOn: '2027-01-08' }, 'GRANT_CLAWBACK_REFUSED', '/endedOn'],
        [
          { reason: 'purpose_ended', endedOn: '2027-01-02', amountCents: 1 },
          'GRANT_CLAWBACK_REFUSED',
          '/amountCents',
        ],
        [{ reason: 'other' }, 'GRANT_CLAWBACK_REFUSED', '/amountCents'],
        [{ reason: 'other', amountCents: 100_01 }, 'GRANT_CLAWBACK_REFUSED', '/amountCents'],
        [{ reason: 'other', amountCents: 1, dueOn: '2026-10-01' }, 'GRANT_CLAWBACK_REFUSED', '/dueOn'],
        [{ reason: 'other', amountCents: 1, demandedOn: '2026-10-06' }, 'GRANT_DAY_REFUSED', '/demandedOn'],
        [{ reason: 'because' }, 'VALIDATION_FAILED', '/reason'],
      ] as const)
        t.match(problemOf(await finance.call('POST', path, clawback(change))), {
          code,
          errors: [{ pointer }],
        });
      const ended = await must<MoneyBody>(
        finance,
        'POST',
        path,
        clawback({ reason: 'purpose_ended', endedOn: '2027-01-03' }),
      );
      t.match(ended, {
        amountCents: 71_43,
        derivation: {
          rule: 'purpose_ended',
          keptCents: 100_00,
          purposeDays: 7,
          lostDays: 5,
          exactCents: '50000/7',
        },
      });
      const cancelled = await moneyStep(finance, `${path}/1`, ended, 'cancel', { reason: 'Widerspruch' });
      t.equal(cancelled.json<MoneyBody>().status, 'cancelled');
      const stated = await must<MoneyBody>(
        finance,
        'POST',
        path,
        clawback({ reason: 'other', amountCents: 100_00 }),
      );
      t.match(stated, { number: 2, amountCents: 100_00, derivation: { rule: 'stated', keptCents: 100_00 } });
      t.equal(
        (await finance.call('POST', path, clawback({ reason: 'other', amountCents: 1 }))).statusCode,
        422,
      );
      await t.rejects(
        sql`update grant_clawbacks set amount_cents = 1 where grant_id = ${grant.id} and number = 2`,
        { code: 'VB409' },
        'nor by SQL',
      );
    },
  );

  t.test(
    '409: it is closed once it is proved and no money is on its way; clawbacks can follow',
    async (t) => {
      const { grant, tag } = await award(world);
      await taggedCost(finance, marriage, 100_00, { tags: [tag] });
      const asked = await draw(finance, grant.id, 90_00);
      const proof = { submittedOn: '2026-10-05', reference: 'VN 1' };
      const future = await grantStep(finance, grant, 'submit-proof', { ...proof, submittedOn: '2026-10-06' });
      t.equal(problemOf(future).code, 'GRANT_DAY_REFUSED');
      const proved = await grantMust(finance, grant, 'submit-proof', proof);
      t.match(proved, {
        status: 'proved',
        proof: { eligibleCents: 100_00, grantCents: 90_00, hash: /^[0-9a-f]{64}$/ },
      });
      t.match(proved.deadlines, [
        { kind: 'proof', state: 'done' },
        { kind: 'purpose_end', state: 'open' },
      ]);
      t.equal(problemOf(await grantStep(finance, proved, 'close')).code, 'GRANT_MONEY_OPEN', 'asked for');
      await receive(finance, grant.id, asked);
      await taggedCost(finance, marriage, -10_00, { tags: [tag] });
      t.match(problemOf(await grantStep(finance, proved, 'close')), {
        code: 'GRANT_MONEY_OPEN',
        detail: /900 cents are to be paid back/,
      });
      await taggedCost(finance, marriage, 10_00, { tags: [tag] });
      const closed = await grantMust(finance, proved, 'close');
      t.match(closed, { status: 'closed', availableActions: [] });
      t.equal((await finance.call('POST', `/grants/${grant.id}/drawdowns`, drawdown(1))).statusCode, 409);
      const early = clawback({ reason: 'purpose_ended', endedOn: '2027-01-01' });
      t.equal(
        (await must<MoneyBody>(finance, 'POST', `/grants/${grant.id}/clawbacks`, early)).amountCents,
        90_00,
        'all of it',
      );
      t.equal((await auditor.call('GET', `/grants/${grant.id}/clawbacks/1`)).statusCode, 200);
    },
  );
});

tap.test(
  '409: a run shares out net of the grant; a frozen period takes no money of grants (9)',
  async (t) => {
    const world = await startCostingWorld(t);
    const { finance, certificates, erwitte, anroechte } = world;
    await addWording(world, [certificates], [erwitte, anroechte], {
      mode: 'cascade',
      tranches: [{ id: 'all', label: 'Alles', percent: '100', key: { type: 'equal' } }],
    });
    const { grant, tag } = await award(world, {}, { serviceId: certificates });
    await taggedCost(finance, certificates, 1_000_00, { tags: [tag] });
    await addCost(world, certificates, 200_00);
    await receive(finance, grant.id, await draw(finance, grant.id, 900_00), { receivedOn: '2026-08-20' });
    const { items } = await must<LinesBody>(finance, 'GET', '/cost-lines?category=grant');
    t.equal(items.length, 1);
    const run = await createRun(world);
    t.match(run.pools, [{ amountCents: 300_00 }], 'eligible + not eligible − grant');
    const net = (await must<CostBody>(finance, 'GET', `/grants/${grant.id}/eligible-cost`)).financing;
    t.equal(run.amountCents, net['netPoolCents']);
    t.same(
      (await linesOf(finance, run.id)).map(({ amountCents }) => amountCents),
      [150_00, 150_00],
    );
    const file = await finance.call('GET', `/allocation-runs/${run.id}/calculation`);
    t.match(file.json(), {
      pools: [
        {
          netting: {
            costCents: 1_200_00,
            deductions: [{ type: 'grant', label: 'Zuwendungen', amountCents: 900_00 }],
          },
        },
      ],
    });

    await freeze(world);
    await taggedCost(finance, certificates, 100_00, { tags: [tag], bookedOn: '2026-10-01' });
    const asked = await must<MoneyBody>(
      finance,
      'POST',
      `/grants/${grant.id}/drawdowns`,
      drawdown(10_00, '2026-10-02'),
    );
    const path = `/grants/${grant.id}/drawdowns/2`;
    const refused = await moneyStep(finance, path, asked, 'receive', { receivedOn: '2026-09-30' });
    t.equal(refused.statusCode, 409);
    t.match(problemOf(refused), { code: 'PERIOD_FROZEN', errors: [{ pointer: '/receivedOn' }] });
    t.match(
      await must<MoneyBody>(finance, 'GET', path),
      { status: 'requested', costLineId: null },
      'nothing written',
    );
    const same = { receivedOn: '2026-10-01', bookedOn: '2026-09-30' };
    t.match(problemOf(await moneyStep(finance, path, asked, 'receive', same)), {
      code: 'PERIOD_FROZEN',
      errors: [{ pointer: '/bookedOn' }],
    });
    const late = { receivedOn: '2026-09-30', bookedOn: '2026-10-01' };
    t.equal(
      (await moneyStep(finance, path, asked, 'receive', late)).statusCode,
      200,
      'an open day of the ledger',
    );
  },
);
