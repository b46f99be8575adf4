import tap, { type Test } from 'tap';
import { newId } from '../../../src/platform/ids.ts';
import { keepChangeJournal } from '../../support/change-journal.ts';
import {
  addCost,
  type CostingWorld,
  createRun,
  fillQuarter,
  freeze,
  postRun,
  problemOf,
  STANDBY_AND_CASES,
  startCostingWorld,
} from '../../support/costing.ts';
import { statementsOf } from '../../support/plans.ts';
import { must } from '../../support/services.ts';

interface Difference {
  readonly presence: string;
  readonly baseCents: number | null;
  readonly scenarioCents: number | null;
  readonly differenceCents: number;
  readonly differencePercent: string | null;
}

interface Comparison {
  readonly base: {
    readonly runNumber: string | null;
    readonly inputHash: string;
    readonly inputsChanged: boolean | null;
  };
  readonly scenario: { readonly inputHash: string; readonly assumptions: object };
  readonly totals: Difference;
  readonly members: readonly (Difference & { readonly member: string })[];
  readonly services: readonly (Difference & { readonly serviceCode: string })[];
  readonly rows: readonly (Difference & { readonly member: string; readonly serviceCode: string })[];
  readonly exits: readonly {
    readonly serviceCode: string;
    readonly poolBeforeCents: number;
    readonly poolAfterCents: number;
    readonly leavers: readonly {
      readonly member: string;
      readonly formerCents: number;
      readonly standbyCents: number;
      readonly useCents: number;
      readonly savedCents: number;
      readonly tranches: readonly { readonly tranche: string; readonly isStandby: boolean }[];
    }[];
    readonly othersMoreCents: number;
    readonly holdHarmlessCents: number;
    readonly holdEachHarmlessCents: number;
    readonly others: readonly {
      readonly member: string;
      readonly beforeCents: number;
      readonly moreCents: number;
    }[];
  }[];
}

const URL = '/allocation-runs/comparisons';

tap.setTimeout(120_000);

tap.test('comparisons (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { test, finance, auditor, member, stranger, anroechte, erwitte, marriage, certificates, periodId } =
    world;
  await fillQuarter(world);
  const compare = (scenario: object, base: object = { periodId }) =>
    must<Comparison>(finance, 'POST', URL, { base, scenario });
  const leave = { organisationId: anroechte.id, serviceIds: [marriage] };

  t.test('200: the period as it stands beside itself differs in nothing (16)', async (t) => {
    const same = await compare({});
    t.match(same, {
      base: { runNumber: null, inputsChanged: null },
      totals: { baseCents: 910_002, scenarioCents: 910_002, differenceCents: 0, differencePercent: '0' },
      exits: [],
    });
    t.equal(same.base.inputHash, same.scenario.inputHash);
    t.same(
      new Set(same.rows.map(({ presence, differenceCents }) => `${presence} ${differenceCents}`)),
      new Set(['both 0']),
    );
  });

  t.test('200: member by member and service by service, with whom only one side has (16)', async (t) => {
    const guest = await test.organisation('Geseke', '05974020');
    await test.owner
      .sql`insert into organisation_populations (organisation_id, as_of, basis, population, source)
      values (${guest.id}, '2025-12-31', 'census-2022', 21000, 'IT.NRW')`;
    const usage = [{ serviceId: marriage, meter: 'cases', quantity: '0' }];
    const assumptions = {
      leaves: [leave],
      joins: [{ organisationId: guest.id, serviceIds: [marriage], usage }],
      costs: [{ serviceId: certificates, changeCents: 3333 }],
    };
    const found = await compare({ assumptions });
    const rowOf = (name: string, code: string) =>
      found.rows.find(({ member: of, serviceCode }) => of === name && serviceCode === code);
    t.match(rowOf('05974004', 'marriage'), {
      presence: 'base',
      scenarioCents: null,
      differencePercent: '-100',
    });
    t.match(rowOf('05974020', 'marriage'), {
      presence: 'scenario',
      baseCents: null,
      differencePercent: null,
    });
    t.match(rowOf('05974004', 'certificates'), { presence: 'both', baseCents: 4167, scenarioCents: 5556 });
    t.equal(rowOf('05974004', 'certificates')?.differencePercent, '33.3333');
    t.equal(found.members.find(({ member: of }) => of === '05974004')?.presence, 'both');
    t.match(found.services, [
      { serviceCode: 'certificates', differenceCents: 3333 },
      { serviceCode: 'marriage', differenceCents: 0 },
    ]);
    const sum = (list: readonly Difference[]) =>
      list.reduce((total, { differenceCents }) => total + differenceCents, 0);
    t.same([found.rows, found.members, found.services].map(sum), [3333, 3333, 3333]);
    const file = await finance.call('POST', '/allocation-runs', { periodId, simulate: true, assumptions });
    t.match(file.json(), { inputHash: found.scenario.inputHash, assumptions: found.scenario.assumptions });
  });

  t.test(
    '200: what an exit leaves behind, for whom, and what would hold the others harmless (17)',
    async (t) => {
      const saved = [{ serviceId: marriage, savedCents: 50_000 }];
      const { exits, totals } = await compare({ assumptions: { leaves: [{ ...leave, saved }] } });
      t.equal(totals.differenceCents, -50_000);
      const [exit, ...more] = exits;
      if (exit === undefined) throw new Error('no exit');
      t.same(more, []);
      t.match(exit, {
        serviceCode: 'marriage',
        poolBeforeCents: 900_001,
        poolAfterCents: 850_001,
        leavers: [
          { member: '05974004', savedCents: 50_000, tranches: [{ isStandby: true }, { isStandby: false }] },
        ],
      });
      const [leaver] = exit.leavers;
      // 30 % of the pool by 10,000 of 26,001 inhabitants; 70 % by 4 of 11 cases.
      t.same([leaver?.standbyCents, leaver?.useCents], [103_842, 229_091]);
      t.equal(leaver?.formerCents, 332_933);
      t.equal(exit.othersMoreCents, 332_933 - 50_000);
      t.equal(
        exit.others.reduce((sum, { moreCents }) => sum + moreCents, 0),
        exit.othersMoreCents,
      );
      t.equal(exit.holdHarmlessCents, exit.othersMoreCents, 'nobody joins, so that is what has to go');
      t.ok(exit.holdEachHarmlessCents >= exit.holdHarmlessCents);
      for (const [cut, isHeld] of [
        [exit.holdEachHarmlessCents, true],
        [0, false],
      ] as const) {
        const enough = [{ serviceId: marriage, savedCents: 50_000 + cut }];
        const [held] = (await compare({ assumptions: { leaves: [{ ...leave, saved: enough }] } })).exits;
        t.equal(
          held?.others.every(({ moreCents }) => moreCents <= 2),
          isHeld,
          `${cut}`,
        );
      }
      const composite = { organisationId: anroechte.id, serviceIds: [certificates] };
      const [rounded] = (await compare({ assumptions: { leaves: [composite] } })).exits;
      // Half by head, half by fixed parts: nothing of it counts use.
      t.match(rounded?.leavers, [{ formerCents: 4167, standbyCents: 4167, useCents: 0 }]);
    },
  );

  t.test(
    '200: before an exit is the period with assumed cost and usage, and nothing else (17)',
    async (t) => {
      const equal = { id: 'all', label: 'Gleich', percent: '100', key: { type: 'equal' } };
      const clauses = [{ serviceIds: [marriage], costClause: { mode: 'cascade', tranches: [equal] } }];
      const costs = [{ serviceId: marriage, percent: '10' }];
      const [exit] = (await compare({ assumptions: { leaves: [leave], clauses, costs } })).exits;
      t.match(exit, {
        poolBeforeCents: 990_001,
        poolAfterCents: 990_001,
        leavers: [{ formerCents: 366_226 }],
      });
    },
  );

  t.test(
    '200: files for spreadsheets, German first, with formulas that add the sums up again (16)',
    async (t) => {
      const body = { base: { periodId }, scenario: { assumptions: { leaves: [leave] } } };
      const csv = await finance.call('POST', `${URL}?format=csv`, body);
      t.match(csv.headers['content-disposition'], /"comparison-2026-Q3-2026-Q3-leaves-[0-9a-f]{8}\.csv"/);
      const lines = csv.body.replace('\uFEFF', '').trim().split('\r\n');
      t.equal(
        lines[0],
        'Mitglied;AGS;Nr. der Leistung;Leistung;Bezeichnung;Vorhanden;Bisher;Nach der Annahme;Unterschied;Unterschied in %;' +
          'Lauf (bisher);Lauf (nach der Annahme);Zeitraum (bisher);Zeitraum (nach der Annahme);Kosten (bisher);Kosten (nach der Annahme);' +
          'Annahmen (in der ersten Zeile, für alle)',
      );
      t.match(
        lines.find((line) => line.startsWith('Anröchte') && line.includes(';marriage;')),
        /^Anröchte;05 9 74 004;2;marriage;Eheschließung;nur bisher;3329,33;;-3329,33;-100;nach heutigem Stand;Simulation;2026-Q3 \(01\.07\.2026 bis 30\.09\.2026\);/,
      );
      t.match(csv.body, /'=Erwitte;/, 'no name becomes a formula');
      const english = await finance.call('POST', `${URL}?format=csv&locale=en`, body);
      t.match(english.body, /before only;3329\.33;;-3329\.33;-100/);
      const xlsx = await finance.call('POST', `${URL}?format=xlsx`, body);
      t.match(xlsx.headers['content-type'], /spreadsheetml/);
      t.same(await sheetsOf(xlsx.rawPayload), [
        'Übersicht',
        'Mitglieder',
        'Leistungen',
        'Einzelbeträge',
        'Austritte',
        'Verbleibende Mitglieder',
      ]);
      const summary = (await workbookOf(xlsx.rawPayload)).worksheets[0]?.getRow(2).values;
      t.match(summary, [undefined, 'Lauf', 'nach heutigem Stand', 'Simulation']);
      await formulasAgree(t, xlsx.rawPayload);
    },
  );

  t.test('200: files say in words what is assumed, and no two scenarios have one name (16)', async (t) => {
    const tranches = [
      { id: 'a', label: 'Sockel', percent: '40.5', key: { type: 'equal' } },
      { id: 'b', label: 'Nutzung', percent: '59.5', key: { type: 'cases', meter: 'cases' } },
    ];
    const scenarios = {
      clauses: {
        clauses: [{ serviceIds: [marriage], costClause: { mode: 'cascade', tranches } }],
        costs: [
          { serviceId: marriage, percent: '3.5' },
          { serviceId: certificates, changeCents: -100_000 },
        ],
      },
      members: { leaves: [{ ...leave, saved: [{ serviceId: marriage, savedCents: 50_000 }] }] },
    };
    const names = new Set<string>();
    const textOf = async (assumptions: object, more: object = {}) => {
      const body = { base: { periodId }, scenario: { assumptions, ...more } };
      const answer = await finance.call('POST', `${URL}?format=xlsx`, body);
      if (answer.statusCode !== 200) throw new Error(answer.body);
      names.add(String(answer.headers['content-disposition']));
      const summary = (await workbookOf(answer.rawPayload)).worksheets[0];
      return (summary?.getSheetValues() ?? [])
        .flatMap((row) => [(row as unknown[]).slice(1).join(' | ').replaceAll('\u00a0', ' ')])
        .join('\n');
    };
    const clauses = await textOf(scenarios.clauses);
    t.match(
      clauses,
      'Annahmen | Andere Kostenklausel | Eheschließung (marriage): Sockel 40,5 % nach gleiche Teile, Nutzung 59,5 % nach Fälle (Zähler „cases“); gerundet wird je Teil',
    );
    t.match(clauses, '| Andere Kosten | @Urkunden (certificates): Kosten −1.000,00 €');
    t.match(clauses, '| Andere Kosten | Eheschließung (marriage): Kosten +3,5 %');
    t.notMatch(clauses, /[{}]/, 'no JSON');
    t.match(
      await textOf(scenarios.members),
      'Annahmen | Austritt | Anröchte tritt aus: Eheschließung (marriage), dadurch sinken die Kosten um 500,00 €',
    );
    t.match(
      await textOf({
        leaves: [
          {
            organisationId: anroechte.id,
            saved: [
              { serviceId: marriage, savedCents: 50_000 },
              { serviceId: certificates, savedCents: 0 },
            ],
          },
        ],
      }),
      'tritt aus: @Urkunden (certificates), die Kosten bleiben; Eheschließung (marriage), dadurch sinken die Kosten um 500,00 €',
    );
    t.match(await textOf({}), 'Annahmen |  | keine');
    await textOf({ costs: [{ serviceId: marriage, percent: '3.6' }] });
    await textOf({ costs: [{ serviceId: marriage, percent: '3.7' }] });
    t.equal(names.size, 6, [...names].join(' '));
  });

  t.test('a comparison and a simulation write nothing, in any table (14)', async (t) => {
    const journal = await keepChangeJournal(test.owner);
    const before = await journal.mark();
    const assumptions = { leaves: [leave] };
    await compare({ assumptions });
    const answer = await finance.call('POST', '/allocation-runs', { periodId, simulate: true, assumptions });
    t.equal(answer.statusCode, 200);
    t.same(await journal.since(before), []);
    const simulation = { periodId, simulate: true, assumptions };
    for (const work of [
      () => compare({ assumptions }),
      () => finance.call('POST', '/allocation-runs', simulation),
    ]) {
      const sent = await statementsOf(test.db, ['transaction'], work);
      t.match(sent, [{ text: 'set transaction read only' }], 'the database sees to it');
    }
  });

  t.test('400, 403, 404, 409, 422: what cannot be compared, and for whom (14)', async (t) => {
    for (const body of [
      { base: {}, scenario: {} },
      { base: { periodId, runId: periodId }, scenario: {} },
      { base: { runId: periodId, costKind: 'budget' }, scenario: {} },
      { base: { periodId } },
      { base: { periodId }, scenario: { simulate: true } },
    ])
      t.equal((await finance.call('POST', URL, body)).statusCode, 400, JSON.stringify(body));
    const bare = { base: { periodId }, scenario: {} };
    t.equal((await member.call('POST', URL, bare)).statusCode, 403);
    t.equal((await auditor.call('POST', URL, bare)).statusCode, 200, 'who reads the books may compare');
    t.match(problemOf(await stranger.call('POST', URL, bare)), {
      code: 'PERIOD_UNKNOWN',
      errors: [{ pointer: '/base/periodId' }],
    });
    const draft = await createRun(world);
    const run = { base: { runId: draft.id }, scenario: {} };
    t.match(problemOf(await finance.call('POST', URL, run)), {
      code: 'RUN_STATE_REFUSED',
      errors: [{ pointer: '/base/runId' }],
    });
    t.equal((await stranger.call('POST', URL, run)).statusCode, 404);
    t.equal((await finance.call('POST', URL, { ...bare, centreId: periodId })).statusCode, 404);
    const other = { base: { periodId }, scenario: { periodId: draft.id } };
    t.match(problemOf(await finance.call('POST', URL, other)), {
      errors: [{ pointer: '/scenario/periodId' }],
    });
    const wrong = { ...bare, scenario: { assumptions: { leaves: [{ organisationId: marriage }] } } };
    t.match(problemOf(await finance.call('POST', URL, wrong)), {
      code: 'ASSUMPTION_REFUSED',
      errors: [{ pointer: '/scenario/assumptions/leaves/0/organisationId', code: 'UNKNOWN' }],
    });
  });

  t.test('200: a posted run is a base, and says whether it would be the same today (16)', async (t) => {
    const draft = await createRun(world);
    await freeze(world);
    const posted = await postRun(world, draft);
    const base = { runId: posted.id };
    const first = await compare({ assumptions: { leaves: [leave] } }, base);
    t.match(first.base, { runNumber: posted.number, inputHash: posted.inputHash, inputsChanged: false });
    t.equal(first.totals.baseCents, posted.amountCents);
    t.same(
      (await compare({}, base)).rows.filter(({ differenceCents }) => differenceCents !== 0),
      [],
    );
    await test.owner.sql`update organisations set name = 'Stadt Erwitte' where id = ${erwitte.id}`;
    const renamed = await compare({}, base);
    t.equal(renamed.base.inputsChanged, true);
    t.equal(renamed.totals.differenceCents, 0);
    await addCost(world, marriage, 500_000, '2026-10-15');
    const next = (await must(finance, 'POST', '/billing-periods', { code: '2026-Q4' })).id;
    const later = await compare({ periodId: next, assumptions: { usagePeriodId: periodId } }, base);
    t.match(later.services, [
      { serviceCode: 'certificates', presence: 'base' },
      { serviceCode: 'marriage', presence: 'both', scenarioCents: 500_000 + 5 },
    ]);
  });
});

tap.test('400 members and 50 services take as many statements as a few (16)', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, test, periodId, erwitte } = world;
  const count = async (assumptions: object) => {
    const body = { base: { periodId }, scenario: { assumptions } };
    const sent = await statementsOf(test.db, ['.*'], () => must(finance, 'POST', URL, body));
    return sent.length;
  };
  const leaves = [{ organisationId: erwitte.id }];
  await manyOf(world, 3, 2);
  const few = await count({ leaves });
  await manyOf(world, 400, 50);
  t.equal(await count({ leaves }), few);
  t.ok(few < 30, `${few} statements`);
  const body = { base: { periodId }, scenario: { assumptions: { leaves } } };
  const found = await must<Comparison>(finance, 'POST', URL, body);
  t.equal(found.rows.length, 4 * 2 + 401 * 50);
  t.same([found.exits.length, found.totals.differenceCents], [52, 0]);
  const file = await finance.call('POST', `${URL}?format=xlsx`, body);
  t.equal(file.statusCode, 200);
});

/** Services with cost and a clause of their own for new members and one that leaves, with population and usage. */
async function manyOf(
  { test, centre, erwitte }: CostingWorld,
  members: number,
  services: number,
): Promise<void> {
  const { sql } = test.owner;
  const clause = JSON.stringify(STANDBY_AND_CASES);
  const ids = (count: number) => Array.from({ length: count }, () => newId());
  const [parties, costed, agreement] = [ids(members), ids(services), newId()];
  const all = [...parties, erwitte.id];
  const version = newId();
  await sql`insert into organisations (id, name, kind) select id, 'Ort ' || id, 'municipality' from unnest(${parties}::uuid[]) id`;
  await sql`insert into centre_members (centre_id, organisation_id, joined_on) select ${centre.id}, id, '2020-01-01' from unnest(${parties}::uuid[]) id`;
  await sql`insert into organisation_populations (organisation_id, as_of, basis, population, source)
    select id, '2025-12-31', 'census-2022', 5000 + n, 'IT.NRW' from unnest(${parties}::uuid[]) with ordinality as p (id, n)`;
  await sql`insert into services (id, centre_id, code, title, category) select id, ${centre.id}, id::text, 'Leistung', 'registry' from unnest(${costed}::uuid[]) id`;
  await sql`insert into agreements (id, centre_id, title, mode) values (${agreement}, ${centre.id}, 'Vereinbarung', 'delegating')`;
  await sql`insert into agreement_versions (id, centre_id, agreement_id, number, status, valid_from, organisation_ids, service_ids, cost_clause, data_protection_role)
    values (${version}, ${centre.id}, ${agreement}, 1, 'in_force', '2026-01-01', ${all}, ${costed}, ${clause}::text::jsonb, 'controller')`;
  await sql`insert into cost_lines (id, centre_id, service_id, booked_on, cost_type, amount_cents, text, recorded_by, recorded_at)
    select gen_random_uuid(), ${centre.id}, id, '2026-08-01', 'Personal', 1000001, 'x', ${centre.id}, now() from unnest(${costed}::uuid[]) id`;
  await sql`insert into usage_rollups (centre_id, month, service_id, organisation_id, meter, unit, source, quantity, event_count)
    select ${centre.id}, '2026-08-01', s, m, 'cases', 'case', 'counter', 3, 1 from unnest(${costed}::uuid[]) s, unnest(${all}::uuid[]) m`;
}

/** Names of the sheets, read by a program that is not ours. */
async function sheetsOf(bytes: Buffer): Promise<string[]> {
  return (await workbookOf(bytes)).worksheets.map(({ name }) => name);
}

async function workbookOf(bytes: Buffer) {
  const { default: excel } = await import('exceljs');
  const workbook = new excel.Workbook();
  await workbook.xlsx.load(bytes as never);
  return workbook;
}

/** Works out every sum and difference of the workbook from the cells it names, and compares with the value that stands there. */
async function formulasAgree(t: Test, bytes: Buffer): Promise<void> {
  const workbook = await workbookOf(bytes);
  const numberAt = (sheet: string, address: string): number => {
    const { value } = workbook.getWorksheet(sheet)?.getCell(address) ?? {};
    if (typeof value === 'number') return value;
    const result = typeof value === 'object' && value !== null && 'result' in value ? value.result : 0;
    return typeof result === 'number' ? result : 0;
  };
  const cells = (range: string): [string, string[]] => {
    const [, sheet = '', column = '', first = '', last = ''] =
      /^'(.+)'!([A-Z]+)(\d+):[A-Z]+(\d+)$/.exec(range) ?? [];
    const length = Number(last) - Number(first) + 1;
    return [sheet, Array.from({ length }, (_, at) => `${column}${Number(first) + at}`)];
  };
  const valuesOf = (range: string): number[] => {
    const [sheet, addresses] = cells(range);
    return addresses.map((address) => numberAt(sheet, address));
  };
  const worked = (sheet: string, formula: string): number => {
    const sum = /^SUM\((.+)\)$/.exec(formula);
    if (sum !== null) return valuesOf(sum[1] ?? '').reduce((a, b) => a + b, 0);
    const sumIf = /^SUMIF\((.+),(\d+),(.+)\)$/.exec(formula);
    if (sumIf !== null) {
      const marks = valuesOf(sumIf[1] ?? '');
      return valuesOf(sumIf[3] ?? '')
        .filter((_, at) => marks[at] === Number(sumIf[2]))
        .reduce((a, b) => a + b, 0);
    }
    const [, a = '', b = ''] = /^([A-Z]+\d+)-([A-Z]+\d+)$/.exec(formula) ?? [];
    if (a !== '') return numberAt(sheet, a) - numberAt(sheet, b);
    const [, part = '', whole = ''] = /^ROUND\((\w+)\/ABS\((\w+)\)\*100,4\)$/.exec(formula) ?? [];
    return (numberAt(sheet, part) / Math.abs(numberAt(sheet, whole))) * 100;
  };
  let count = 0;
  for (const sheet of workbook.worksheets)
    sheet.eachRow((row) =>
      row.eachCell((cell) => {
        if (cell.formula === undefined) return;
        count += 1;
        const shown = numberAt(sheet.name, cell.address);
        const difference = Math.abs(worked(sheet.name, cell.formula) - shown);
        if (!(difference < 0.001)) t.fail(`${sheet.name}!${cell.address} ${cell.formula}: ${shown}`);
      }),
    );
  t.ok(count > 20, `${count} formulas`);
}
