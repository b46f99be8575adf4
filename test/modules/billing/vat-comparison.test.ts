import fc from 'fast-check';
import tap from 'tap';
import { VAT_RULE_SETS } from '../../../src/modules/billing/index.ts';
import { type VatOfRow, vatOfRow, vatSums } from '../../../src/modules/billing/vat/vat-comparison.rules.ts';
import { keepChangeJournal } from '../../support/change-journal.ts';
import { fillQuarter, problemOf, startCostingWorld } from '../../support/costing.ts';
import { must } from '../../support/services.ts';
import {
  determination,
  determine,
  inForce,
  LEGACY_FACTS,
  OPEN_FACTS,
  TAXABLE_FACTS,
} from '../../support/vat.ts';

interface Sums {
  readonly netCents: number;
  readonly vatCents: number;
  readonly unclearCents: number;
  readonly grossCents: number | null;
}

interface Comparison {
  readonly vat: {
    readonly heldOn: string;
    readonly totals: { readonly base: Sums; readonly scenario: Sums };
  };
  readonly totals: object;
  readonly members: readonly {
    readonly member: string;
    readonly vat: { readonly base: Sums; readonly scenario: Sums };
  }[];
  readonly rows: readonly {
    readonly member: string;
    readonly serviceCode: string;
    readonly baseCents: number | null;
    readonly scenarioCents: number | null;
    readonly vat: VatOfRow;
  }[];
  readonly exits: readonly unknown[];
}

const URL = '/vat-reports/comparisons';

tap.test('VAT in a comparison (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { test, finance, colleague, auditor, member, stranger, periodId } = world;
  const { erwitte, anroechte, association, marriage, certificates } = world;
  await fillQuarter(world);
  await inForce(finance, colleague, determination(marriage, [erwitte.id], { facts: LEGACY_FACTS }));
  await inForce(finance, colleague, determination(marriage, [anroechte.id]));
  const group = await must(finance, 'POST', '/vat-activity-groups', {
    name: 'Standesamt',
    serviceIds: [marriage],
  });
  const forecast = { year: 2027, amountCents: 5_000_000, grounds: 'Plan' };
  await must(finance, 'POST', `/vat-activity-groups/${group.id}/forecasts`, forecast);
  const unknown = { ...LEGACY_FACTS, groupForecastCents: null };
  await inForce(
    finance,
    colleague,
    determination(certificates, [erwitte.id, anroechte.id], { facts: unknown }),
  );
  await determine(finance, determination(certificates, [anroechte.id], { facts: OPEN_FACTS, evidence: [] }));
  const body = (scenario: object = {}, day = '2027-01-01') => ({
    base: { periodId },
    scenario,
    vat: { day },
  });
  const compare = (scenario?: object, day?: string) =>
    must<Comparison>(finance, 'POST', URL, body(scenario, day));
  const rowOf = ({ rows }: Comparison, name: string, code: string) =>
    rows.find((row) => row.member === name && row.serviceCode === code);

  t.test(
    '200: what holds today beside what the law of the day makes of the asserted facts (32)',
    async (t) => {
      const found = await compare();
      t.equal(found.vat.heldOn, '2026-10-05', 'today');
      const legacy = rowOf(found, '05974016', 'marriage');
      const net = legacy?.baseCents ?? 0;
      const vat = Math.floor((net * 19 + 50) / 100);
      t.match(legacy?.vat, {
        base: { rule: 'LEGACY_2_3_AF', basis: 'IN_FORCE', vatCents: 0, grossCents: net },
        scenario: {
          rule: 'STANDARD',
          basis: 'RECOMPUTED',
          ratePercent: 19,
          vatCents: vat,
          grossCents: net + vat,
        },
      });
      const taxed = rowOf(found, '05974004', 'marriage');
      t.equal(taxed?.vat.base?.vatCents, taxed?.vat.scenario?.vatCents);
      t.ok((taxed?.vat.base?.vatCents ?? 0) > 0);
    },
  );

  t.test('200: what nobody can say is said so, in rows and sums, and is never 0 (32)', async (t) => {
    const found = await compare();
    const nothing = { unclear: 'UNDETERMINED', basis: null, vatCents: null, grossCents: null };
    t.match(rowOf(found, association.id, 'marriage')?.vat, { base: nothing, scenario: nothing });
    t.match(rowOf(found, '05974016', 'certificates')?.vat, {
      base: { unclear: null, rule: 'LEGACY_2_3_AF', vatCents: 0 },
      scenario: { unclear: 'REVIEW', rule: 'FORECAST_MISSING', vatCents: null },
    });
    t.match(
      rowOf(found, '05974004', 'certificates')?.vat.base,
      { unclear: 'REVIEW', basis: 'OPEN_QUESTION', vatCents: null },
      'an open question outranks what is in force',
    );
    const sums = found.members.find(({ member: name }) => name === '05974016')?.vat;
    t.equal(sums?.base.grossCents, sums?.base.netCents);
    t.match(sums?.scenario, { grossCents: null, unclearCents: 5834, unclearRows: 1 });
    const { base, scenario } = found.vat.totals;
    t.same(
      [base.netCents, scenario.netCents, base.grossCents, scenario.grossCents],
      [910_002, 910_002, null, null],
    );
  });

  t.test(
    '200: other members and cost are taxed as they would be; the comparison is that of costing (32)',
    async (t) => {
      const assumptions = { leaves: [{ organisationId: anroechte.id, serviceIds: [marriage] }] };
      const found = await compare({ assumptions });
      t.equal(rowOf(found, '05974004', 'marriage')?.vat.scenario, null);
      const row = rowOf(found, '05974016', 'marriage');
      t.equal(row?.vat.scenario?.netCents, row?.scenarioCents);
      const plain = await must<Comparison>(finance, 'POST', '/allocation-runs/comparisons', {
        base: { periodId },
        scenario: { assumptions },
      });
      const { vat: _vat, members, rows, ...head } = found;
      t.same(
        {
          ...head,
          members: members.map(({ vat: _sums, ...rest }) => rest),
          rows: rows.map(({ vat: _of, ...rest }) => rest),
        },
        plain,
      );
      const past = await compare({}, '2026-07-01');
      t.equal(past.vat.heldOn, '2026-06-30', 'never after the day');
    },
  );

  t.test('200: files name what is not determined, and gross is a formula (32)', async (t) => {
    const csv = await finance.call('POST', `${URL}?format=csv`, body());
    const [head = '', ...lines] = csv.body.replace('\uFEFF', '').trim().split('\r\n');
    t.match(
      head,
      /;Umsatzsteuer bisher;Steuersatz in % bisher;Steuerbetrag bisher;Brutto bisher;Netto ohne Feststellung bisher;/,
    );
    const line = lines.find((text) => text.includes('Zweckverband'));
    t.match(
      line,
      /;nicht festgestellt;;;;\d+,\d\d;Für Leistung und Mitglied ist keine Umsatzsteuer festgestellt\.;nicht festgestellt;;;;\d+,\d\d;Für /,
    );
    const xlsx = await finance.call('POST', `${URL}?format=xlsx`, body());
    const { default: excel } = await import('exceljs');
    const workbook = new excel.Workbook();
    await workbook.xlsx.load(xlsx.rawPayload as never);
    const sheet = workbook.getWorksheet('Einzelbeträge');
    t.equal(sheet?.getCell('N4').formula, 'G4+M4');
    t.match(workbook.getWorksheet('Mitglieder')?.getCell('E3').formula, /^SUM\('Einzelbeträge'!M3:M4\)$/);
  });

  t.test('200: files say by which law, rule set and turnovers, and why something is open (32)', async (t) => {
    const question = {
      ...body({ assumptions: { leaves: [{ organisationId: anroechte.id, serviceIds: [marriage] }] } }),
      vat: { day: '2027-01-01', previousYearTurnoverCents: 2_400_000, yearToDateTurnoverCents: 900_000 },
    };
    const csv = await finance.call('POST', `${URL}?format=csv`, question);
    const text = csv.body.replaceAll('\u00a0', ' ');
    const [head = '', first = '', second = ''] = text.split('\r\n');
    t.match(
      head,
      ';Umsatzsteuer nach der Rechtslage vom (bisher);Umsatzsteuer nach der Rechtslage vom (nach der Annahme);Regelwerk (nach der Annahme);Gesamtumsatz des Vorjahres 2026 (§ 19 UStG) (nach der Annahme);Gesamtumsatz des Jahres 2027 (§ 19 UStG) (nach der Annahme);Annahmen (in der ersten Zeile, für alle)',
    );
    const said =
      ';05.10.2026;01.01.2027;Umsatzsteuergesetz, Stand ab 01.01.2025 (ustg-2025-01);24.000,00 €;9.000,00 €;';
    for (const line of [first, second]) t.match(line, said, 'in each row');
    t.match(first, /;Austritt: Anröchte tritt aus: Eheschließung \(marriage\), die Kosten bleiben$/);
    t.match(text, ';zu klären;', 'what is missing for the day');
    t.match(text, ';Die Umsatzprognose der gleichartigen Tätigkeiten für das Kalenderjahr fehlt.;');
    t.match(text, ';Offene Frage: Die Umsatzprognose ');
    t.match(
      csv.headers['content-disposition'],
      /"vat-comparison-2026-Q3-2026-Q3-leaves-vat-2027-01-01-[0-9a-f]{8}\.csv"/,
    );
    const english = await finance.call('POST', `${URL}?format=csv&locale=en`, body());
    t.match(
      english.body,
      ';2026-10-05;2027-01-01;Umsatzsteuergesetz as of 2025-01-01 (ustg-2025-01);not stated;not stated;none\r\n',
    );
    const json = await must<{ vat: object }>(finance, 'POST', URL, question);
    t.match(json.vat, { previousYearTurnoverCents: 2_400_000, yearToDateTurnoverCents: 900_000 });
    const names = new Set<string>();
    for (const vat of [
      { day: '2027-01-01' },
      { day: '2028-01-01' },
      { day: '2027-01-01', yearToDateTurnoverCents: 1 },
    ]) {
      const { headers } = await finance.call('POST', `${URL}?format=csv`, { ...body(), vat });
      names.add(String(headers['content-disposition']));
    }
    t.equal(names.size, 3, 'no two that differ have one name');
  });

  t.test('200: members and services have gross amounts that the workbook adds up again (32)', async (t) => {
    const found = await compare();
    const { rawPayload } = await finance.call('POST', `${URL}?format=xlsx`, body());
    const { default: excel } = await import('exceljs');
    const workbook = new excel.Workbook();
    await workbook.xlsx.load(rawPayload as never);
    const columnOf = (sheet: string, header: string) => {
      const { values } = workbook.getWorksheet(sheet)?.getRow(1) ?? {};
      return (values as string[]).indexOf(header);
    };
    const cell = (sheet: string, row: number, header: string) =>
      workbook.getWorksheet(sheet)?.getRow(row).getCell(columnOf(sheet, header));
    const centsOf = (sheet: string, row: number, header: string) =>
      Math.round(Number(cell(sheet, row, header)?.result ?? Number.NaN) * 100);
    for (const [at, { vat }] of found.members.entries())
      for (const [side, name] of [
        ['base', 'bisher'],
        ['scenario', 'nach der Annahme'],
      ] as const) {
        const { netCents, vatCents, grossCents } = vat[side];
        const gross = cell('Mitglieder', at + 2, `Brutto ${name}`);
        if (grossCents === null) {
          t.equal(gross?.value, null, 'what nobody can say is no amount');
          continue;
        }
        t.match(gross?.formula, /^[A-Z]+\d+\+[A-Z]+\d+$/);
        t.equal(centsOf('Mitglieder', at + 2, `Brutto ${name}`), grossCents);
        t.equal(centsOf('Mitglieder', at + 2, `Steuerbetrag ${name}`), vatCents);
        t.equal(centsOf('Mitglieder', at + 2, side === 'base' ? 'Bisher' : 'Nach der Annahme'), netCents);
      }
    t.ok(
      found.members.some(({ vat }) => vat.base.grossCents !== null),
      'some are known',
    );
    t.ok(columnOf('Leistungen', 'Brutto nach der Annahme') > 0);
    const summary = workbook.getWorksheet('Übersicht');
    const lineOf = (label: string) => {
      const rows = (summary?.getSheetValues() ?? []) as (string[] | undefined)[];
      return rows.find((row) => row?.[1] === label);
    };
    t.match(lineOf('Umsatzsteuer nach der Rechtslage vom'), { 2: '05.10.2026', 3: '01.01.2027' });
    t.match(lineOf('Regelwerk'), { 3: /ustg-2025-01/ });
    t.match(lineOf('Gesamtumsatz des Vorjahres 2026 (§ 19 UStG)'), { 3: 'nicht angegeben' });
    t.match(lineOf('Steuerbetrag, soweit bestimmbar'), { 2: { formula: /^SUM\('Einzelbeträge'!/ } });
    t.match(lineOf('Brutto'), { 3: /^offen/ });
    t.match(lineOf('Annahmen'), { 3: 'keine' });
    t.match(lineOf('Zeitraum'), { 2: '2026-Q3 (01.07.2026 bis 30.09.2026)' });
  });

  t.test('200: turnovers of § 19 that are missing are a reason like any other (32)', async (t) => {
    const small = { previousYearTurnoverCents: 1_000_000, yearToDateTurnoverCents: 1_000_000 };
    const facts = { ...TAXABLE_FACTS, smallBusinessWaived: false, ...small };
    await inForce(finance, colleague, determination(marriage, [association.id], { facts }));
    const found = rowOf(await compare(), association.id, 'marriage');
    t.match(found?.vat.scenario, { unclear: 'REVIEW', rule: 'TURNOVER_MISSING' });
    const csv = await finance.call('POST', `${URL}?format=csv`, body());
    t.match(csv.body, ';Der Gesamtumsatz des Vorjahres oder des laufenden Jahres fehlt (§ 19 UStG).;');
  });

  t.test('400, 403, 404, 422: it belongs to the centre, and writes nothing (12, 23)', async (t) => {
    const journal = await keepChangeJournal(test.owner);
    const before = await journal.mark();
    t.equal((await auditor.call('POST', URL, body())).statusCode, 200);
    t.equal((await member.call('POST', URL, body())).statusCode, 403);
    t.equal(problemOf(await stranger.call('POST', URL, body())).code, 'PERIOD_UNKNOWN');
    t.equal((await stranger.call('POST', URL, { ...body(), centreId: world.centre.id })).statusCode, 422);
    t.equal((await finance.call('POST', URL, { base: { periodId }, scenario: {} })).statusCode, 400);
    t.match(problemOf(await finance.call('POST', URL, body({}, '2020-01-01'))), {
      code: 'VAT_RULES_MISSING',
      errors: [{ pointer: '/vat/day' }],
    });
    t.same(await journal.since(before), []);
  });
});

const cents = fc.option(fc.integer({ min: -10_000_000, max: 1_000_000_000 }));
const treatment = fc.option(
  fc.constantFrom(
    { result: 'TAXABLE', rule: 'STANDARD', category: 'S', ratePercent: 19 } as const,
    { result: 'TAXABLE', rule: 'STANDARD', category: 'S', ratePercent: 7 } as const,
    { result: 'OUT_OF_SCOPE', rule: '2B_2_2', category: 'O', ratePercent: 0 } as const,
    { result: 'REVIEW', rule: 'FORECAST_MISSING', category: null, ratePercent: null } as const,
  ),
);

tap.test(
  '1,000 rows: known is net and gross, unknown is neither, and sums say how much is unknown (32)',
  async (t) => {
    const row = fc.record({ baseCents: cents, scenarioCents: cents, doubted: treatment, decided: treatment });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
        const found = rows.map((each) =>
          vatOfRow({ ...each, before: null, forecastCents: null }, '2027-01-01', VAT_RULE_SETS),
        );
        for (const side of ['base', 'scenario'] as const) {
          const sides = found.map((vat) => vat[side]);
          const sums = vatSums(sides);
          for (const vat of sides) {
            if (vat === null) continue;
            if ((vat.unclear === null) !== (vat.vatCents !== null)) return false;
            if (vat.vatCents !== null && vat.grossCents !== vat.netCents + vat.vatCents) return false;
            if (vat.unclear === null && vat.ratePercent === null) return false;
          }
          const known = sides.filter((vat) => vat !== null && vat.unclear === null).length;
          if (known + sums.unclearRows !== sides.filter((vat) => vat !== null).length) return false;
          if ((sums.grossCents === null) !== sums.unclearRows > 0) return false;
        }
        return true;
      }),
      { numRuns: 1000 },
    );
    t.pass();
  },
);
