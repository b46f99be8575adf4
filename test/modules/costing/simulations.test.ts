import tap from 'tap';
import {
  addWording,
  type CostingWorld,
  createRun,
  fillQuarter,
  type ProblemBody,
  problemOf,
  STANDBY_AND_CASES,
  startCostingWorld,
  use,
  verifyFile,
} from '../../support/costing.ts';
import { must } from '../../support/services.ts';

interface File {
  readonly assumptions?: Record<string, unknown>;
  readonly inputHash: string;
  readonly resultHash: string;
  readonly members: readonly { readonly member: string; readonly name: string }[];
  readonly pools: readonly {
    readonly id: string;
    readonly amountCents: number;
    readonly members: readonly string[];
    readonly tranches: readonly { readonly id: string; readonly key: Record<string, unknown> }[];
  }[];
  readonly totals: {
    readonly amountCents: number;
    readonly members: readonly { readonly member: string; readonly amountCents: number }[];
  };
}

const AREA = {
  mode: 'cascade',
  tranches: [{ id: 'all', label: 'Fläche', percent: '100', key: { type: 'values', keyName: 'Fläche' } }],
};

async function simulate(world: CostingWorld, assumptions: object, more: object = {}): Promise<File> {
  const body = { periodId: world.periodId, simulate: true, assumptions, ...more };
  const answer = await world.finance.call('POST', '/allocation-runs', body);
  if (answer.statusCode !== 200) throw new Error(answer.body);
  if ((await verifyFile(answer.body)) !== 0) throw new Error('the file does not verify');
  return answer.json();
}

async function refused(world: CostingWorld, assumptions: object): Promise<[string, string[]]> {
  const body = { periodId: world.periodId, simulate: true, assumptions };
  const problem: ProblemBody = problemOf(await world.finance.call('POST', '/allocation-runs', body));
  return [problem.code, (problem.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`)];
}

const sharesOf = ({ totals }: File) =>
  Object.fromEntries(totals.members.map(({ member, amountCents }) => [member, amountCents]));

tap.test('simulations (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { test, finance, erwitte, anroechte, association, marriage, certificates, periodId } = world;
  await fillQuarter(world);
  const guest = await test.organisation('Geseke', '05974020');
  await test.owner
    .sql`insert into organisation_populations (organisation_id, as_of, basis, population, source)
    values (${guest.id}, '2025-12-31', 'census-2022', 21000, 'IT.NRW')`;
  const plain = await simulate(world, {});
  const join = {
    organisationId: guest.id,
    serviceIds: [marriage],
    usage: [{ serviceId: marriage, meter: 'cases', quantity: '9' }],
  };

  t.test('422: only what is simulated can be assumed (14)', async (t) => {
    const body = { periodId, assumptions: { costs: [] } };
    const answer = await finance.call('POST', '/allocation-runs', body);
    t.match(
      [answer.statusCode, problemOf(answer)],
      [422, { code: 'RUN_SIMULATION_ONLY', errors: [{ pointer: '/assumptions' }] }],
    );
    t.equal(
      (await finance.call('POST', '/allocation-runs', { periodId, simulate: true, assumptions: { x: 1 } }))
        .statusCode,
      400,
    );
  });

  t.test('200: nothing assumed is what a run would be (14)', async (t) => {
    const run = await createRun(world);
    t.equal(plain.assumptions, undefined);
    t.same(
      plain.totals.members,
      run.members.map(({ member, amountCents }) => ({ member, amountCents })),
    );
    const empty = await simulate(world, { costs: [], joins: [], clauses: [] });
    t.equal(empty.inputHash, plain.inputHash, 'and empty lists are nothing');
  });

  t.test(
    '200: other tranches and keys for a service, checked like those of an agreement (14, 15)',
    async (t) => {
      const equal = { id: 'all', label: 'Gleich', percent: '100', key: { type: 'equal' } };
      const clauses = [{ serviceIds: [marriage], costClause: { mode: 'cascade', tranches: [equal] } }];
      const file = await simulate(world, { clauses });
      t.same(
        file.pools.map(({ tranches }) => tranches.length),
        [2, 1],
      );
      t.match(file.assumptions, { clauses: [{ pool: 'marriage', mode: 'cascade' }] });
      t.match(sharesOf(file)[association.id], /^30000[01]$/, 'a third');
      const half = { ...equal, percent: '50' };
      const seat = { ...half, id: 'seat', key: { type: 'seat', seat: '05999999' } };
      const broken = [
        { serviceIds: [marriage], costClause: { mode: 'cascade', tranches: [half, seat, seat] } },
      ];
      t.same(await refused(world, { clauses: broken }), [
        'ASSUMPTION_REFUSED',
        [
          '/assumptions/clauses/0/costClause/tranches/1/key/seat NOT_A_PARTY',
          '/assumptions/clauses/0/costClause/tranches/2/id REPEATED',
          '/assumptions/clauses/0/costClause/tranches/2/key/seat NOT_A_PARTY',
          '/assumptions/clauses/0/costClause/tranches PERCENT_SUM',
        ],
      ]);
      const area = [{ serviceIds: [marriage], costClause: AREA }];
      t.equal((await refused(world, { clauses: area }))[0], 'KEY_LIST_MISSING', 'as in a run');
    },
  );

  t.test('200: another value list for a name, by AGS or id (14, 15)', async (t) => {
    const clauses = [{ serviceIds: [marriage], costClause: AREA }];
    const values = { '05974016': '3', [anroechte.id.toUpperCase()]: '1', [association.id]: '0' };
    const list = { name: 'Fläche', type: 'area', source: 'Vorlage 12/2027', values };
    const file = await simulate(world, { clauses, keyValues: [list] });
    t.match(file.pools.find(({ id }) => id === 'marriage')?.tranches[0]?.key, {
      type: 'area',
      source: 'Vorlage 12/2027',
      keyVersionId: undefined,
      values: { '05974016': '3', '05974004': '1', [association.id]: '0' },
    });
    const twice = { ...list, values: { ...values, '05974004': '1', x05111111: '1' } };
    t.same(
      (await refused(world, { clauses, keyValues: [twice, { ...list, name: 'Köpfe', type: undefined }] }))[1],
      [
        '/assumptions/keyValues/0/values/05974004 CONTRADICTION',
        '/assumptions/keyValues/0/values/x05111111 UNKNOWN_MEMBER',
        '/assumptions/keyValues/1/type REQUIRED',
      ],
    );
    t.same((await refused(world, { keyValues: [list] }))[1], ['/assumptions/keyValues/0/name UNUSED']);
    const short = { ...list, values: { '05974016': '3' } };
    t.equal((await refused(world, { clauses, keyValues: [short] }))[0], 'KEY_VALUE_MISSING');
  });

  t.test(
    '200: a member joins, with population from the directory and all figures said (14, 15)',
    async (t) => {
      const file = await simulate(world, { joins: [join] });
      const pool = file.pools.find(({ id }) => id === 'marriage');
      t.same(pool?.members, ['05974004', '05974016', '05974020', association.id].sort());
      t.match(
        pool?.tranches.map(({ key }) => key),
        [
          { values: { '05974020': '21000' } },
          { values: { '05974020': '9' }, origin: { eventCount: 2, assumedFor: ['05974020'] } },
        ],
      );
      t.match(file.assumptions, {
        joins: [{ member: '05974020', name: 'Geseke', pools: ['marriage'], usage: [{ unit: 'case' }] }],
      });
      t.equal(file.totals.amountCents, plain.totals.amountCents, 'the pool stays');
      const { usage: _none, ...mute } = join;
      t.same(await refused(world, { joins: [mute] }), [
        'ASSUMPTION_REFUSED',
        ['/assumptions/joins/0/usage REQUIRED'],
      ]);
      const stranger = { ...mute, organisationId: world.centre.id };
      t.same((await refused(world, { joins: [stranger] }))[1], [
        '/assumptions/joins/0/organisationId UNKNOWN',
      ]);
      const member = { ...join, organisationId: erwitte.id };
      t.same((await refused(world, { joins: [member, member, { ...join, serviceIds: [periodId] }] }))[1], [
        '/assumptions/joins/0/serviceIds/0 ALREADY_MEMBER',
        '/assumptions/joins/0/usage/0 CONTRADICTION',
        '/assumptions/joins/1/organisationId REPEATED',
        '/assumptions/joins/2/serviceIds/0 NO_POOL',
        '/assumptions/joins/2/usage/0/serviceId NOT_JOINED',
      ]);
      const odd = [
        { serviceId: marriage, meter: 'cases', quantity: '1', unit: 'minute' },
        { serviceId: marriage, meter: 'cases', quantity: '2' },
        { serviceId: marriage, meter: 'calls', quantity: '2' },
      ];
      t.same((await refused(world, { joins: [{ ...join, usage: odd }] }))[1], [
        '/assumptions/joins/0/usage/0/unit UNIT',
        '/assumptions/joins/0/usage/1 CONTRADICTION',
        '/assumptions/joins/0/usage/2/unit REQUIRED',
      ]);
      const more = { ...join, usage: [...join.usage, { ...odd[2], unit: 'call' }], values: { Fläche: '1' } };
      t.same((await refused(world, { joins: [more] }))[1], [
        '/assumptions/joins/0/usage/1/meter UNUSED',
        '/assumptions/joins/0/values/Fläche UNUSED',
      ]);
      const fixed = { organisationId: guest.id, serviceIds: [marriage, certificates], usage: join.usage };
      t.same((await refused(world, { joins: [fixed] }))[1], [
        '/assumptions/joins/0/serviceIds/1 CLAUSE_REQUIRED',
      ]);
      await test.owner.sql`delete from organisation_populations where organisation_id = ${guest.id}`;
      t.same((await refused(world, { joins: [join] }))[1], [
        '/assumptions/joins/0/organisationId NO_POPULATION',
      ]);
    },
  );

  t.test('200: who joins has a value in each list a service is shared by (15)', async (t) => {
    const clauses = [{ serviceIds: [marriage], costClause: AREA }];
    const values = { [erwitte.id]: '3', [anroechte.id]: '1', [association.id]: '0' };
    const keyValues = [{ name: 'Fläche', type: 'area', source: 'Vorlage', values }];
    const joins = [{ organisationId: guest.id, serviceIds: [marriage] }];
    t.same((await refused(world, { clauses, keyValues, joins }))[1], [
      '/assumptions/joins/0/values/Fläche REQUIRED',
    ]);
    const said = [{ ...joins[0], values: { Fläche: '4' } }];
    t.equal(sharesOf(await simulate(world, { clauses, keyValues, joins: said }))['05974020'], 450_001);
    const both = [{ ...keyValues[0], values: { ...values, '05974020': '4' } }];
    t.same((await refused(world, { clauses, keyValues: both, joins: said }))[1], [
      '/assumptions/joins/0/values/Fläche CONTRADICTION',
    ]);
  });

  t.test('200: a member leaves, and its share falls on the others (14, 15)', async (t) => {
    const leaves = [{ organisationId: anroechte.id }];
    const file = await simulate(world, { leaves });
    t.equal(sharesOf(file)['05974004'], undefined);
    t.equal(file.totals.amountCents, plain.totals.amountCents);
    const saved = [{ serviceId: marriage, savedCents: 100_000 }];
    const cheaper = await simulate(world, { leaves: [{ ...leaves[0], serviceIds: [marriage], saved }] });
    t.same(
      cheaper.pools.map(({ amountCents }) => amountCents),
      [10_001, 800_001],
    );
    t.ok((sharesOf(cheaper)['05974004'] ?? 0) > 0, 'it stays in the other service');
    t.same((await refused(world, { leaves: [{ organisationId: guest.id }] }))[1], [
      '/assumptions/leaves/0/organisationId NOT_A_MEMBER',
    ]);
    const wrong = {
      organisationId: association.id,
      serviceIds: [certificates, certificates],
      saved: [...saved, ...saved],
    };
    t.same((await refused(world, { leaves: [wrong] }))[1], [
      '/assumptions/leaves/0/saved/1/serviceId CONTRADICTION',
      '/assumptions/leaves/0/serviceIds/1 REPEATED',
      '/assumptions/leaves/0/serviceIds/0 NOT_A_MEMBER',
      '/assumptions/leaves/0/saved/0/serviceId NOT_LEFT',
      '/assumptions/leaves/0/saved/1/serviceId NOT_LEFT',
    ]);
    const all = [erwitte, anroechte].map(({ id }) => ({ organisationId: id, serviceIds: [certificates] }));
    t.same((await refused(world, { leaves: all }))[1], [
      '/assumptions/leaves/0 NOBODY_LEFT',
      '/assumptions/leaves/1 NOBODY_LEFT',
    ]);
  });

  t.test('200: pools change by exact percent, rounded half up, or by cents (14)', async (t) => {
    const costs = [
      { serviceId: marriage, percent: '-2.5' },
      { serviceId: certificates, changeCents: 99 },
    ];
    const file = await simulate(world, { costs });
    t.same(
      file.pools.map(({ amountCents }) => amountCents),
      [10_100, 877_501],
      '22,500.025 less',
    );
    t.same(
      (
        await refused(world, { costs: [...costs, { serviceId: marriage }, { ...costs[1], percent: '1' }] })
      )[1],
      [
        '/assumptions/costs/2 CONTRADICTION',
        '/assumptions/costs/2 REQUIRED',
        '/assumptions/costs/3 CONTRADICTION',
        '/assumptions/costs/3 REQUIRED',
      ],
    );
    t.same((await refused(world, { costs: [{ serviceId: marriage, percent: '-100.000001' }] }))[1], [
      '/assumptions/costs/0/percent RANGE',
    ]);
    const dear = [{ serviceId: marriage, changeCents: 10 ** 13 + 1 }];
    t.same(await refused(world, { costs: dear }), [
      'VALIDATION_FAILED',
      ['/assumptions/costs/0/changeCents MAXIMUM'],
    ]);
  });

  t.test("200: next year's budget on the usage of an earlier period (14)", async (t) => {
    const next = (await must(finance, 'POST', '/billing-periods', { code: '2027' })).id;
    await must(finance, 'POST', '/cost-lines', {
      serviceId: marriage,
      bookedOn: '2027-01-01',
      costType: 'Plan',
      amountCents: 1_000_000,
      text: 'Haushalt 2027',
      kind: 'budget',
    });
    const budget = { periodId: next, costKind: 'budget' };
    t.equal(
      (await finance.call('POST', '/allocation-runs', { ...budget, simulate: true })).statusCode,
      422,
      'no usage yet',
    );
    const file = await simulate(world, { usagePeriodId: periodId }, budget);
    t.match(file, {
      costKind: 'budget',
      period: { code: '2027' },
      assumptions: { usagePeriod: { code: '2026-Q3', startsOn: '2026-07-01', endsOn: '2026-10-01' } },
    });
    t.match(file.pools[0]?.tranches.find(({ id }) => id === 'use')?.key, {
      origin: { eventCount: 2, startsOn: '2026-07-01', endsOn: '2026-10-01' },
      values: { '05974016': '7', '05974004': '4' },
    });
    t.same((await refused(world, { usagePeriodId: periodId }))[1], [
      '/assumptions/usagePeriodId NOT_EARLIER',
    ]);
    t.equal((await refused(world, { usagePeriodId: next.replace(/^./, 'f') }))[0], 'PERIOD_UNKNOWN');
  });

  t.test('a file whose pools do not follow from its assumptions is refused (15)', async (t) => {
    const body = { periodId, simulate: true, assumptions: { leaves: [{ organisationId: anroechte.id }] } };
    const { body: text } = await finance.call('POST', '/allocation-runs', body);
    t.equal(await verifyFile(text), 0);
    t.equal(await verifyFile(text.replace('"savedCents": 0', '"savedCents": 5')), 1, 'shows in the hash');
    const file = JSON.parse(text) as { assumptions: { leaves: { member: string }[] } };
    for (const leave of file.assumptions.leaves) leave.member = '05974016';
    t.equal(await verifyFile(JSON.stringify(file)), 2);
  });

  t.test('usage of somebody who is no member any more has to be said to leave (15)', async (t) => {
    await test.owner
      .sql`insert into organisation_populations (organisation_id, as_of, basis, population, source)
      values (${guest.id}, '2025-12-31', 'census-2022', 21000, 'IT.NRW')`;
    await test.owner
      .sql`insert into centre_members (centre_id, organisation_id, joined_on) values (${world.centre.id}, ${guest.id}, '2020-01-01')`;
    await addWording(world, [marriage], [guest], STANDBY_AND_CASES, { to: '2027-01-01' });
    await use(world, guest, marriage, '2');
    const { items } = await must<{ items: { id: string; code: string }[] }>(
      finance,
      'GET',
      '/billing-periods',
    );
    const next = { periodId: items.find(({ code }) => code === '2027')?.id, costKind: 'budget' };
    const without = { ...next, simulate: true, assumptions: { usagePeriodId: periodId } };
    t.equal(problemOf(await finance.call('POST', '/allocation-runs', without)).code, 'KEY_USAGE_OUTSIDE');
    const assumptions = { usagePeriodId: periodId, leaves: [{ organisationId: guest.id }] };
    const file = await simulate(world, assumptions, next);
    t.equal(sharesOf(file)['05974020'], undefined);
    const scenario = { ...next, assumptions };
    const compared = await must<{ exits: unknown[] }>(finance, 'POST', '/allocation-runs/comparisons', {
      base: { periodId },
      scenario,
    });
    t.same(compared.exits, [], 'it bore nothing that could fall on the others');
  });

  t.test('usage that was taken back whole is none: it neither leaves nor hinders a join (15)', async (t) => {
    const { items } = await must<{ items: { id: string }[] }>(
      finance,
      'GET',
      `/usage-events?organisationId=${guest.id}`,
    );
    for (const { id } of items) await must(finance, 'POST', `/usage-events/${id}/reversal`, { reason: 'x' });
    const periods = await must<{ items: { id: string; code: string }[] }>(finance, 'GET', '/billing-periods');
    const next = { periodId: periods.items.find(({ code }) => code === '2027')?.id, costKind: 'budget' };
    const leaves = { usagePeriodId: periodId, leaves: [{ organisationId: guest.id }] };
    const body = { ...next, simulate: true, assumptions: leaves };
    t.match(problemOf(await finance.call('POST', '/allocation-runs', body)).errors, [
      { pointer: '/assumptions/leaves/0/organisationId', code: 'NOT_A_MEMBER' },
    ]);
    const file = await simulate(world, { usagePeriodId: periodId, joins: [join] }, next);
    t.match(file.pools[0]?.tranches.find(({ id }) => id === 'use')?.key, { values: { '05974020': '9' } });
  });
});
