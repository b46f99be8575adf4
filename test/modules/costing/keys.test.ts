import type { LightMyRequestResponse } from 'fastify';
import tap from 'tap';
import {
  addCost,
  addService,
  addWording,
  type CostingWorld,
  problemOf,
  startCostingWorld,
  use,
  verifyFile,
} from '../../support/costing.ts';
import { must } from '../../support/services.ts';

interface Line {
  readonly pool: string;
  readonly member: string;
  readonly amountCents: number;
}

const one = (key: object, percent = '100') => ({ id: 't', label: 'Alles', percent, key });
const clause = (key: object) => ({ mode: 'cascade', tranches: [one(key)] });

/** A service of its own for each case, cost on it, and the answer of a simulation. */
async function simulate(world: CostingWorld, more: object = {}): Promise<LightMyRequestResponse> {
  return world.finance.call('POST', '/allocation-runs', {
    periodId: world.periodId,
    simulate: true,
    ...more,
  });
}

function sharesOf(answer: LightMyRequestResponse, pool: string): Record<string, number> {
  const { lines } = answer.json<{ lines: Line[] }>();
  return Object.fromEntries(
    lines.filter((line) => line.pool === pool).map((line) => [line.member, line.amountCents]),
  );
}

function keyOf(answer: LightMyRequestResponse, pool: string): { source?: string; origin?: object } {
  const { pools } = answer.json<{ pools: { id: string; tranches: { key: object }[] }[] }>();
  return pools.find(({ id }) => id === pool)?.tranches[0]?.key ?? {};
}

tap.test('keys of a run (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { test, centre, finance, erwitte, anroechte, association } = world;
  const [E, A] = ['05974016', '05974004'];
  const service = async (code: string, costClause: unknown, members = [erwitte, anroechte]) => {
    const id = await addService(test, centre, code, code);
    await addWording(world, [id], members, costClause);
    await addCost(world, id, 100);
    return id;
  };

  t.test('422: nothing to share', async (t) => {
    t.equal(problemOf(await simulate(world)).code, 'RUN_WITHOUT_COST');
    t.equal(problemOf(await simulate(world, { periodId: centre.id })).code, 'PERIOD_UNKNOWN');
    const budget = { periodId: world.periodId, costKind: 'budget' };
    const real = await finance.call('POST', '/allocation-runs', budget);
    t.equal(problemOf(real).code, 'RUN_SIMULATION_ONLY', 'a budget is never shared out');
  });

  t.test(
    '422, 200, 201: a list from a file, all rows or none, each fault by row and column (8)',
    async (t) => {
      const send = (file: string, more = '') =>
        finance.call(
          'POST',
          `/allocation-key-imports?name=Datei&type=area&asOf=2026-01-01&source=Kataster${more}`,
          file,
          { 'content-type': 'text/csv' },
        );
      const broken = `Mitglied;Wert\n${E};-1\n${A};1.2\n05000000;1\n${anroechte.id};1\n${A};2\n`;
      const refused = await send(broken);
      t.equal(refused.statusCode, 422);
      t.match(problemOf(refused).errors, [
        { pointer: '/rows/2/Wert', code: 'NEGATIVE_WEIGHT' },
        { pointer: '/rows/3/Wert', code: 'VALUE_MALFORMED' },
        { pointer: '/rows/4/Mitglied', code: 'MEMBER_UNKNOWN' },
        { pointer: '/rows/6/Mitglied', code: 'MEMBER_REPEATED' },
      ]);
      const issueOf = async (value: string, more = '') =>
        (await send(`Mitglied;Wert\n${E};${value}\n`, `&dryRun=true${more}`)).json<{ issues: object[] }>()
          .issues;
      t.match(await issueOf('1.234'), [{ row: 2, code: 'VALUE_AMBIGUOUS', reason: /numberFormat/ }]);
      t.match(await issueOf('1,234'), [{ code: 'VALUE_AMBIGUOUS' }]);
      t.same(await issueOf('1.234', '&numberFormat=german'), []);
      t.same(await issueOf('1.234', '&numberFormat=english'), []);
      t.match(await issueOf('1,1234567'), [{ code: 'VALUE_DECIMALS', reason: /has 7 decimals, up to 6/ }]);
      t.match(await issueOf('0,00'), [{ row: null, code: 'ALLOCATION_KEY_EMPTY' }]);
      const spelled = '05 9 74 016;1\n5974004;2\n';
      t.match((await send(`Mitglied;Wert\n${spelled}`, '&dryRun=true')).json(), {
        issues: [],
        values: { [E]: '1', [A]: '2' },
      });
      t.match((await send(`Mitglied;Wert\n${E};1\n5974016;2\n`, '&dryRun=true')).json(), {
        issues: [{ row: 3, code: 'MEMBER_REPEATED' }],
      });
      const good = `Mitglied;Wert\n${E};1.234,50\n${anroechte.id};07\n`;
      const values = { [E]: '1234.50', [anroechte.id]: '7' };
      t.match((await send(good, '&dryRun=true')).json(), { dryRun: true, rowCount: 2, issues: [], values });
      const lists = async () =>
        (await must<{ items: unknown[] }>(finance, 'GET', '/allocation-keys?name=Datei')).items;
      t.same(await lists(), []);
      t.match((await send(good)).json(), { name: 'Datei', number: 1, type: 'area', values });
      t.equal((await lists()).length, 1);
    },
  );

  t.test(
    'seat, graded inhabitants, weighted cases and typed lists, as the clause spells them (6)',
    async (t) => {
      await service('seat', {
        mode: 'cascade',
        tranches: [
          { id: 'a', label: 'Sitz', percent: '10', key: { type: 'seat', seat: E } },
          { id: 'b', label: 'Rest', percent: '90', key: { type: 'equal' } },
        ],
      });
      const grades = [
        { upTo: '10000', factor: '1' },
        { upTo: null, factor: '02.5' },
      ];
      await service('graded', clause({ type: 'graded_population', basis: 'census-2022', grades }));
      const equivalents = { cases: '1', complex: '2.5' };
      const weighted = await service('weighted', clause({ type: 'weighted_cases', equivalents }));
      await use(world, erwitte, weighted, '10', { meter: 'cases' });
      await use(world, erwitte, weighted, '2', { meter: 'complex' });
      await use(world, anroechte, weighted, '4', { meter: 'complex' });
      await service('area', clause({ type: 'area', keyName: 'Gebiet' }));
      const list = { name: 'Gebiet', asOf: '2026-01-01', source: 'Kataster', values: { [E]: '3', [A]: '1' } };
      await must(finance, 'POST', '/allocation-keys', { ...list, type: 'head_count' });
      const refused = await simulate(world);
      t.match(problemOf(refused), { code: 'KEY_LIST_TYPE', detail: /“Gebiet” counts head_count/ });
      await must(finance, 'POST', '/allocation-keys', { ...list, type: 'area' });
      const answer = await simulate(world);
      t.same(sharesOf(answer, 'area'), { [A]: 25, [E]: 75 });
      t.match(keyOf(answer, 'graded'), {
        formula: { grades: [{ factor: '1' }, { factor: '2.5' }], populations: { [E]: '16000' } },
        values: { [E]: '25000', [A]: '10000' },
      });
      t.match(keyOf(answer, 'weighted'), {
        origin: { kind: 'usage_events', eventCount: 3 },
        values: { [E]: '15', [A]: '10' },
      });
      const { lines } = answer.json<{ lines: Line[] }>();
      const seat = lines.filter(({ pool }) => pool === 'seat').map(({ amountCents }) => amountCents);
      t.same(seat, [0, 10, 45, 45], 'the seat bears its tranche alone, then its share of the rest');
      t.equal(await verifyFile(answer.body), 0);
      t.equal(await verifyFile(answer.body.replace('"complex": "2.5"', '"complex": "3.5"')), 2);
    },
  );

  t.test(
    'equal, fixed, minutes, and a list by name: the newest before the end of the period (6)',
    async (t) => {
      await service('equal', clause({ type: 'equal' }));
      await service('fixed', clause({ type: 'fixed', values: { [E]: '3', [A]: '1' } }));
      const phone = await service('phone', clause({ type: 'minutes', meter: 'minutes' }));
      await use(world, erwitte, phone, '10.5', { meter: 'minutes' });
      await use(world, anroechte, phone, '31.5', { meter: 'minutes' });
      await use(world, anroechte, phone, '400', { meter: 'cases' });
      await service('list', clause({ type: 'values', keyName: 'Fläche' }));
      const list = { name: 'Fläche', type: 'area', source: 'Kataster' };
      for (const [asOf, value] of [
        ['2026-01-01', '1'],
        ['2026-09-30', '4'],
        ['2026-10-01', '99'],
        ['2026-06-30', '50'],
      ]) {
        await must(finance, 'POST', '/allocation-keys', {
          ...list,
          asOf,
          values: { [E]: value, [anroechte.id]: '1' },
        });
      }
      const answer = await simulate(world);
      t.equal(answer.statusCode, 200, answer.body);
      t.same(sharesOf(answer, 'equal'), { [E]: 50, [A]: 50 });
      t.same(sharesOf(answer, 'fixed'), { [E]: 75, [A]: 25 });
      t.same(sharesOf(answer, 'phone'), { [E]: 25, [A]: 75 });
      t.same(sharesOf(answer, 'list'), { [E]: 80, [A]: 20 });
      t.same(keyOf(answer, 'fixed').origin, { kind: 'cost_clause' });
      t.same(keyOf(answer, 'phone').origin, {
        kind: 'usage_events',
        eventCount: 2,
        startsOn: '2026-07-01',
        endsOn: '2026-10-01',
      });
      t.match([keyOf(answer, 'list').source, keyOf(answer, 'list').origin], ['Kataster', undefined]);
      const versions = await must<{ items: { number: number; asOf: string }[] }>(
        finance,
        'GET',
        `/allocation-keys?name=${encodeURIComponent('Fläche')}`,
      );
      t.same(
        versions.items.map(({ number }) => number),
        [4, 3, 2, 1],
      );
    },
  );

  t.test('422: value lists name members of the centre, each once', async (t) => {
    const list = { name: 'x', type: 'area', asOf: '2026-01-01', source: 'x' };
    for (const values of [{ '05974999': '1' }, { [E]: '1', [erwitte.id]: '1' }]) {
      const answer = await finance.call('POST', '/allocation-keys', { ...list, values });
      t.match([answer.statusCode, problemOf(answer).code], [422, 'KEY_MEMBER_UNKNOWN']);
    }
    const send = (values: object) => finance.call('POST', '/allocation-keys', { ...list, values });
    const negative = await send({ [A]: '1', [E]: '-1' });
    t.match(
      [negative.statusCode, problemOf(negative)],
      [422, { code: 'NEGATIVE_WEIGHT', errors: [{ pointer: `/values/${E}`, code: 'NEGATIVE_WEIGHT' }] }],
    );
    const long = await send({ [A]: '1', [E]: `0.${'1'.repeat(30)}` });
    t.match(
      [long.statusCode, problemOf(long)],
      [400, { errors: [{ pointer: `/values/${E}`, code: 'DECIMALS', detail: /has 30 decimals, up to 6/ }] }],
    );
    const empty = await send({ [A]: '0', [E]: '0.00' });
    t.match([empty.statusCode, problemOf(empty).code], [422, 'ALLOCATION_KEY_EMPTY']);
    const malformed = await send({ [E]: 'viel' });
    t.match([malformed.statusCode, problemOf(malformed).errors], [400, [{ code: 'PATTERN' }]]);
  });

  t.test(
    '422: a run that cannot be explained is refused, naming service, tranche and member (6)',
    async (t) => {
      const refused = async (code: string, costClause: unknown, members = [erwitte, anroechte]) => {
        const id = await service(code, costClause, members);
        const answer = problemOf(await simulate(world));
        await addCost(world, id, -100);
        await retire(world, id);
        return answer;
      };
      t.match(await refused('no-list', clause({ type: 'values', keyName: 'Umsatz' })), {
        code: 'KEY_LIST_MISSING',
        detail: /no-list.*Umsatz/,
      });
      t.match(
        await refused('no-value', clause({ type: 'values', keyName: 'Fläche' }), [erwitte, association]),
        {
          code: 'KEY_VALUE_MISSING',
          detail: /Service no-value, tranche t: Zweckverband Hellweg/,
        },
      );
      t.match(await refused('no-figure', clause({ type: 'population', basis: 'census-1987' })), {
        code: 'KEY_VALUE_MISSING',
        detail: /Erwitte|Anröchte/,
      });
      t.match(await refused('no-cases', clause({ type: 'cases', meter: 'cases' })), {
        code: 'ALLOCATION_KEY_EMPTY',
        detail: /Service “no-cases” \(no-cases\), tranche t .*key cases are all 0\. Record usage of cases/,
      });
      t.match(await refused('no-clause', null), { code: 'COST_CLAUSE_MISSING', detail: /no-clause/ });
      const mixed = await service('mixed', clause({ type: 'minutes', meter: 'minutes' }));
      await use(world, erwitte, mixed, '1', { meter: 'minutes' });
      await use(world, anroechte, mixed, '1', { meter: 'minutes', unit: 'hour' });
      t.match(problemOf(await simulate(world)), {
        code: 'KEY_UNITS_DIFFER',
        detail: /mixed.*hour and minute/,
      });
      await retire(world, mixed);
      const outside = await service('outside', clause({ type: 'cases', meter: 'cases' }));
      await use(world, erwitte, outside, '1');
      await test.owner
        .sql`insert into agreement_coverage (centre_id, agreement_version_id, organisation_id, service_id, valid_from)
      select centre_id, agreement_version_id, ${association.id}, service_id, valid_from from agreement_coverage
      where service_id = ${outside} and organisation_id = ${erwitte.id}`;
      await use(world, association, outside, '1');
      t.match(problemOf(await simulate(world)), { code: 'KEY_USAGE_OUTSIDE', detail: /outside/ });
      await retire(world, outside);
      const lonely = await addService(test, centre, 'lonely', 'x');
      await addCost(world, lonely, 1);
      t.match(problemOf(await simulate(world)), { code: 'COST_CLAUSE_MISSING', detail: /lonely/ });
      await retire(world, lonely);
    },
  );

  t.test(
    '422: agreements that differ on one service; within one agreement the wording can be chosen (6)',
    async (t) => {
      const id = await addService(test, centre, 'change', 'Wechsel');
      await addCost(world, id, 100);
      const first = await addWording(world, [id], [erwitte], clause({ type: 'equal' }), { to: '2026-08-01' });
      const second = await addWording(
        world,
        [id],
        [erwitte, anroechte],
        clause({ type: 'population', basis: 'census-2011' }),
        {
          agreementId: first.agreementId,
          from: '2026-08-01',
          number: 2,
        },
      );
      t.match(problemOf(await simulate(world)), { code: 'COST_CLAUSE_AMBIGUOUS', detail: /change/ });
      const chosen = await simulate(world, { clauseVersionId: second.versionId });
      t.same(sharesOf(chosen, 'change'), { [E]: 50, [A]: 50 });
      await addWording(world, [id], [association], clause({ type: 'equal' }));
      const other = await simulate(world, { clauseVersionId: second.versionId });
      t.equal(
        problemOf(other).code,
        'COST_CLAUSE_AMBIGUOUS',
        'never laid upon the parties of another agreement',
      );
      await retire(world, id);
      const twins = await service('twins', clause({ type: 'equal' }), [erwitte]);
      await addWording(world, [twins], [anroechte], clause({ type: 'equal' }));
      t.same(sharesOf(await simulate(world), 'twins'), { [E]: 50, [A]: 50 }, 'the same clause twice is one');
    },
  );
});

/** Takes the cost of a service out of the way of the next case. */
async function retire({ test }: CostingWorld, serviceId: string): Promise<void> {
  const { sql } = test.owner;
  await sql`alter table cost_lines disable trigger cost_lines_append_only`;
  await sql`delete from cost_lines where service_id = ${serviceId}`;
  await sql`alter table cost_lines enable trigger cost_lines_append_only`;
}
