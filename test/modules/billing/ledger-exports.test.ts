import { createHash } from 'node:crypto';
import tap from 'tap';
import { withHatTx } from '../../../src/platform/db/hat.ts';
import { isSqlState } from '../../../src/platform/db/postgres-errors.ts';
import { problemOf, startCostingWorld } from '../../support/costing.ts';
import {
  accountPlan,
  accountRule,
  type Charged,
  CSV_PROFILE,
  DATEV_PROFILE,
  fromWindows1252,
  type Issuing,
  issue,
  readRows,
  setUpBilling,
} from '../../support/ledger.ts';
import { must } from '../../support/services.ts';
import { determination, inForce, LEGACY_FACTS } from '../../support/vat.ts';

interface ExportBody {
  readonly id: string;
  readonly number: string;
  readonly repeatsId: string | null;
  readonly reason: string | null;
  readonly fileName: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly statementCount: number;
  readonly rowCount: number;
  readonly sums: Readonly<Record<string, number>>;
  readonly statements: readonly { readonly number: string }[];
  readonly repetitions: readonly { readonly number: string }[];
}

interface Preview extends Pick<ExportBody, 'statementCount' | 'sums' | 'fileName'> {
  readonly vouchers: readonly {
    readonly number: string;
    readonly bookings: readonly {
      readonly debitAccount: string;
      readonly creditAccount: string;
      readonly amountCents: number;
      readonly text: string;
    }[];
  }[];
}

tap.test('ledger exports (numbers in brackets: invariants)', async (t) => {
  const world = await startCostingWorld(t);
  const { test, finance, colleague, auditor, member, stranger, erwitte, anroechte, marriage, certificates } =
    world;
  const members = [erwitte, anroechte];
  const period = { id: world.periodId, code: '2026-Q3', startsOn: '2026-07-01', endsOn: '2026-10-01' };
  const issuing: Issuing = { db: test.db, centre: finance, period };
  await setUpBilling(issuing, members);
  const charged = async (
    serviceId: string,
    title: string,
    vat: Charged['vat'],
    facts = {},
  ): Promise<Charged> => {
    const ids = members.map(({ id }) => id);
    const { id } = await inForce(finance, colleague, determination(serviceId, ids, facts));
    return { serviceId, title, vat, code: title.toLowerCase().replace(/[^a-z]/g, ''), determinationId: id };
  };
  const marriages = await charged(marriage, 'Eheschließung', { category: 'S', ratePercent: '19' });
  const papers = await charged(
    certificates,
    'Urkunden',
    { category: 'O', ratePercent: '0', vatexCode: 'VATEX-EU-O', reason: 'Nicht steuerbar' },
    { facts: LEGACY_FACTS },
  );

  const csv = await must(finance, 'POST', '/ledger-export-profiles', {
    name: 'Kasse',
    settings: CSV_PROFILE,
  });
  const datev = await must(finance, 'POST', '/ledger-export-profiles', {
    name: 'DATEV',
    settings: DATEV_PROFILE,
  });
  const october = { profileId: csv.id, startsOn: '2026-10-01', endsOn: '2026-11-01' };
  const ask = (body: object, caller = finance) => caller.call('POST', '/ledger-exports', body);
  const make = (body: object) => must<ExportBody>(finance, 'POST', '/ledger-exports', body);
  const fileOf = (id: string, caller = finance) => caller.call('GET', `/ledger-exports/${id}/file`);
  const rowsOf = async (id: string) => readRows(fromWindows1252((await fileOf(id)).rawPayload), ';', '"');
  const exportCount = async () =>
    Number((await test.owner.sql`select count(*)::int as n from ledger_exports`)[0]?.['n']);
  const etag = (version: number) => ({ 'if-match': `"${version}"` });

  const instalment = await issue(issuing, {
    member: erwitte,
    kind: 326,
    issuedOn: '2026-10-05',
    lines: [[marriages, 100_00]],
  });
  const final = await issue(issuing, {
    member: erwitte,
    kind: 380,
    issuedOn: '2026-10-06',
    lines: [
      [marriages, 250_01],
      [marriages, 50_00],
    ],
    setsOff: [instalment],
  });
  const other = await issue(issuing, {
    member: anroechte,
    kind: 380,
    issuedOn: '2026-10-06',
    lines: [[papers, 70_00]],
  });

  await t.test('422: what is missing is named at once, and nothing is written (40)', async (t) => {
    t.match(problemOf(await ask(october)), {
      code: 'LEDGER_ACCOUNTS_MISSING',
      errors: [{ code: 'PLAN_MISSING' }, { code: 'PLAN_MISSING' }],
    });
    const rules = [accountRule({ serviceId: marriage, vatAccount: null })];
    const plan = await must(finance, 'POST', '/ledger-account-plans', accountPlan([erwitte], { rules }));
    const { code, errors } = problemOf(await ask(october));
    t.equal(code, 'LEDGER_ACCOUNTS_MISSING');
    t.same(errors.map(({ detail }) => detail).sort(), [
      'Anröchte has no personal account',
      'Eheschließung (eheschlieung), instalment, VAT S 19: no account in the plan from 2026-01-01',
      'Eheschließung (eheschlieung), settlement, VAT S 19: no VAT account in the plan from 2026-01-01',
      'Urkunden (urkunden), settlement, VAT O 0: no account in the plan from 2026-01-01',
    ]);
    t.equal(await exportCount(), 0);
    const url = `/ledger-account-plans/${plan.id}`;
    t.equal((await finance.call('PUT', url, accountPlan(members))).statusCode, 428);
    t.equal((await finance.call('PUT', url, accountPlan(members), etag(7))).statusCode, 412);
    t.match(await must(finance, 'PUT', url, accountPlan(members), etag(1)), { version: 2, isUsed: false });
  });

  await t.test(
    '422, 409: plans and profiles that do not hold together are refused by place (40)',
    async (t) => {
      const refused = async (url: string, body: object) => {
        const answer = await finance.call('POST', url, body);
        const { code, errors = [] } = answer.json<{
          code: string;
          errors?: { pointer: string; code: string }[];
        }>();
        return [code, ...errors.map(({ pointer, code: of }) => `${pointer} ${of}`)];
      };
      const rules = [
        accountRule({ vatCategory: 'S', ratePercent: '7.0' }),
        accountRule({ vatCategory: 'S', ratePercent: '7' }),
        accountRule({ ratePercent: '19' }),
        accountRule({ serviceId: world.periodId }),
      ];
      const debtors = [erwitte, erwitte, { id: world.periodId }].map(({ id }) => ({
        organisationId: id,
        account: '1',
      }));
      t.same(
        await refused('/ledger-account-plans', accountPlan([], { rules, debtors, validFrom: '2027-01-01' })),
        [
          'LEDGER_PLAN_REFUSED',
          '/rules/1 RULE_TWICE',
          '/rules/2/ratePercent RATE_WITHOUT_CATEGORY',
          '/rules/3/serviceId SERVICE_UNKNOWN',
          '/debtors/1 MEMBER_TWICE',
          '/debtors/2/organisationId MEMBER_UNKNOWN',
        ],
      );
      t.same(await refused('/ledger-account-plans', accountPlan([])), [
        'LEDGER_PLAN_DAY_TAKEN',
        '/validFrom taken',
      ]);
      t.same(await refused('/ledger-export-profiles', { name: 'Kasse', settings: CSV_PROFILE }), [
        'LEDGER_PROFILE_NAME_TAKEN',
        '/name taken',
      ]);
      const columns = [{ header: 'A', field: 'account', maxLength: 2, overflow: 'cut' }];
      t.same(await refused('/ledger-export-profiles', { name: 'X', settings: { ...CSV_PROFILE, columns } }), [
        'LEDGER_PROFILE_REFUSED',
        '/settings/columns/0/overflow NOT_CUTTABLE',
      ]);
      for (const settings of [
        { ...CSV_PROFILE, fileName: '../x.csv' },
        { ...CSV_PROFILE, delimiter: 'x' },
        { ...DATEV_PROFILE, accountLength: 9 },
      ]) {
        t.equal((await refused('/ledger-export-profiles', { name: 'X', settings }))[0], 'VALIDATION_FAILED');
      }
      t.same((await refused('/ledger-exports', { profileId: csv.id }))[0], 'LEDGER_SELECTION_MISSING');
      t.same(
        (await refused('/ledger-exports', { ...october, endsOn: '2026-10-01' }))[0],
        'LEDGER_SELECTION_MISSING',
      );
      t.same(
        (await refused('/ledger-exports', { ...october, profileId: world.periodId }))[0],
        'LEDGER_PROFILE_UNKNOWN',
      );
      t.same(
        (await refused('/ledger-exports', { ...october, periodId: csv.id }))[0],
        'LEDGER_PERIOD_UNKNOWN',
      );
    },
  );

  await t.test('409: a final document waits for the instalments it sets off (42)', async (t) => {
    const later = { ...october, startsOn: '2026-10-06' };
    t.match(problemOf(await ask(later)), {
      code: 'LEDGER_ACCOUNTS_MISSING',
      errors: [{ code: 'PREDECESSOR_MISSING' }],
    });
  });

  await t.test('200: a preview shows the bookings and writes nothing (47)', async (t) => {
    const answer = await ask({ ...october, dryRun: true });
    t.equal(answer.statusCode, 200);
    const preview = answer.json<Preview>();
    t.same([preview.statementCount, preview.fileName], [3, 'sollstellung_VORSCHAU_20261005.csv']);
    const shown = preview.vouchers.map(({ number, bookings }) => [
      number,
      ...bookings.map(
        ({ debitAccount, creditAccount, amountCents, text }) =>
          `${debitAccount}/${creditAccount} ${amountCents} ${text}`,
      ),
    ]);
    t.same(shown, [
      [
        instalment.number,
        '10001/1710 10000 Abschlag Eheschließung 2026-Q3',
        '10001/1777 1900 Umsatzsteuer 19 % 2026-Q3',
      ],
      [
        final.number,
        '10001/8400 30001 Eheschließung 2026-Q3',
        `1710/10001 10000 Verrechnung Abschlag ${instalment.number}`,
        '10001/1776 5700 Umsatzsteuer 19 % 2026-Q3',
        `1777/10001 1900 Verrechnung Abschlag ${instalment.number}`,
      ],
      [other.number, '10002/8400 7000 Urkunden 2026-Q3'],
    ]);
    t.same(preview.sums, { revenueCents: 370_01, advanceCents: 0, vatCents: 57_00, debtorCents: 427_01 });
    t.equal(await exportCount(), 0);
    t.equal((await test.owner.sql`select from ledger_export_numbers`).length, 0);
  });

  const made: ExportBody[] = [];
  await t.test(
    '201: of two exports at once one takes the documents, the other finds none (47)',
    async (t) => {
      const answers = await Promise.all([
        ask(october),
        ask(october),
        ask({ ...october, periodId: world.periodId }),
      ]);
      t.same(answers.map(({ statusCode }) => statusCode).sort(), [201, 409, 409]);
      for (const answer of answers) {
        if (answer.statusCode === 201) made.push(answer.json());
        else t.equal(problemOf(answer).code, 'LEDGER_EXPORT_EMPTY');
      }
      t.match(made, [{ number: 'SOE-F-000001', repeatsId: null, statementCount: 3, rowCount: 7 }]);
      t.same(
        made[0]?.statements.map(({ number }) => number),
        [instalment, final, other].map(({ number }) => number),
      );
      const [taken] = await test.owner
        .sql`select count(*)::int as n, count(distinct statement_id)::int as d from ledger_export_statements`;
      t.same(taken, { n: 3, d: 3 });
    },
  );
  const [first] = made as [ExportBody];

  await t.test('200: the file is served as it was kept, with its charset and name (44, 48)', async (t) => {
    const answer = await fileOf(first.id);
    t.equal(answer.headers['content-type'], 'text/csv; charset=windows-1252');
    t.equal(answer.headers['content-disposition'], `attachment; filename="${first.fileName}"`);
    t.equal(first.fileName, 'sollstellung_SOE-F-000001_20261005.csv');
    t.equal(createHash('sha256').update(answer.rawPayload).digest('hex'), first.sha256);
    t.equal(answer.rawPayload.length, first.sizeBytes);
    const [header, ...rows] = await rowsOf(first.id);
    t.same(
      header,
      CSV_PROFILE.columns.map((column) => column.header),
    );
    t.same(rows[2], [
      '0001',
      final.number,
      '06.10.2026',
      '05.11.2026',
      '10001',
      '8400',
      '300,01',
      '3',
      '11130',
      'Eheschließung 2026-Q3',
      '',
    ]);
    t.same(await must(auditor, 'GET', `/ledger-exports/${first.id}`), first);
    const { items } = await must<{ items: ExportBody[] }>(auditor, 'GET', '/ledger-exports');
    t.same(
      items.map(({ number }) => number),
      ['SOE-F-000001'],
    );
  });

  await t.test('VB409: neither what was handed over nor the plan behind it is changed (48)', async (t) => {
    const { sql } = test.owner;
    for (const [name, work] of [
      ['bytes', () => sql`update ledger_exports set bytes = 'x'`],
      ['export', () => sql`delete from ledger_exports`],
      ['entries', () => sql`update ledger_export_statements set entries = '[]'`],
      ['statement', () => sql`delete from ledger_export_statements`],
      ['plan', () => sql`update ledger_account_plans set valid_from = '2020-01-01'`],
      ['rule', () => sql`delete from ledger_account_rules`],
      ['account', () => sql`update ledger_debtors set account = '1'`],
      ['number', () => sql`update ledger_export_numbers set last = 0`],
    ] as const) {
      await t.rejects(work, { code: 'VB409' }, name);
    }
    const [plan] = (
      await must<{ items: { id: string; version: number; isUsed: boolean }[] }>(
        finance,
        'GET',
        '/ledger-account-plans',
      )
    ).items;
    t.equal(plan?.isUsed, true);
    const answer = await finance.call(
      'PUT',
      `/ledger-account-plans/${plan?.id}`,
      accountPlan(members),
      etag(plan?.version ?? 0),
    );
    t.equal(problemOf(answer).code, 'LEDGER_PLAN_USED');
    const again = await withHatTx(test.db, finance.context, async ({ sql: own }) => {
      return own`insert into ledger_export_statements select * from ledger_export_statements limit 1`;
    }).catch((error: unknown) => error);
    t.ok(isSqlState(again, '23505'), 'a document goes to the books once, whoever writes it');
  });

  await t.test(
    '201: a later document goes with the next export, under the plan of its day (47)',
    async (t) => {
      const rules = [
        accountRule({ account: '4400' }),
        accountRule({ kind: 'correction', account: '4410' }),
        accountRule({ kind: 'credit', account: '4490' }),
      ];
      await must(
        finance,
        'POST',
        '/ledger-account-plans',
        accountPlan(members, { validFrom: '2026-10-20', rules }),
      );
      const corrected = await issue(issuing, {
        member: erwitte,
        kind: 384,
        issuedOn: '2026-10-20',
        lines: [[marriages, 200_00]],
        corrects: final,
        setsOff: [instalment],
      });
      const credit = await issue(issuing, {
        member: anroechte,
        kind: 381,
        issuedOn: '2026-10-21',
        lines: [[papers, 70_00]],
        corrects: other,
      });
      const next = await make({ ...october, profileId: datev.id });
      t.match(next, {
        number: 'SOE-F-000002',
        fileName: 'EXTF_Buchungsstapel_SOE-F-000002.csv',
        statementCount: 2,
      });
      t.same(next.sums, { revenueCents: -170_01, advanceCents: 0, vatCents: -19_00, debtorCents: -189_01 });
      const [head, names, ...rows] = await rowsOf(next.id);
      t.same([head?.[0], head?.[14], head?.[15], names?.length], ['EXTF', '20261020', '20261021', 125]);
      t.same(
        rows.map((row) => [0, 1, 6, 7, 10, 13].map((at) => row[at])),
        [
          ['300,01', 'H', '10001', '8400', corrected.number, `Storno ${final.number}`],
          ['100,00', 'S', '10001', '1710', corrected.number, `Storno ${final.number}`],
          ['200,00', 'S', '10001', '4410', corrected.number, 'Eheschließung 2026-Q3 (korrigiert)'],
          ['100,00', 'H', '10001', '1710', corrected.number, `Verrechnung Abschlag ${instalment.number}`],
          ['57,00', 'H', '10001', '1776', corrected.number, `Storno ${final.number}`],
          ['19,00', 'S', '10001', '1777', corrected.number, `Storno ${final.number}`],
          ['38,00', 'S', '10001', '1776', corrected.number, 'Umsatzsteuer 19 % 2026-Q3'],
          ['19,00', 'H', '10001', '1777', corrected.number, `Verrechnung Abschlag ${instalment.number}`],
          ['70,00', 'H', '10002', '4490', credit.number, 'Erstattung Urkunden 2026-Q3'],
        ],
      );
    },
  );

  await t.test(
    '201: a re-export gives the same bookings, marked as a repetition of the first (48)',
    async (t) => {
      const repeat = (id: string, body: object) =>
        must<ExportBody>(finance, 'POST', `/ledger-exports/${id}/re-exports`, body);
      const again = await repeat(first.id, { reason: 'Datei verloren' });
      const mark = {
        repeatsId: first.id,
        reason: 'Datei verloren',
        number: 'SOE-F-000001-W1',
        sums: first.sums,
        statements: first.statements,
      };
      t.match(again, { ...mark, fileName: 'sollstellung_SOE-F-000001-W1_20261005_Wiederholung.csv' });
      const [before, after] = [await rowsOf(first.id), await rowsOf(again.id)];
      t.same(
        after.map((row) => row.slice(0, -1)),
        before.map((row) => row.slice(0, -1)),
      );
      t.same([...new Set(after.slice(1).map((row) => row.at(-1)))], ['Wiederholung']);
      const third = await repeat(again.id, { reason: 'Anderes Programm', profileId: datev.id });
      t.match(third, { number: 'SOE-F-000001-W2', repeatsId: first.id, fileName: /_Wiederholung\.csv$/ });
      const [head] = await rowsOf(third.id);
      t.same([head?.[16], head?.[30]], ['Wiederholung SOE-F-000001-W2', 'Wiederholung']);
      const now = await must<ExportBody>(finance, 'GET', `/ledger-exports/${first.id}`);
      t.same(
        now.repetitions.map(({ number }) => number),
        ['SOE-F-000001-W1', 'SOE-F-000001-W2'],
      );
      t.same({ ...now, repetitions: [] }, first, 'and the first one is as it was');
      t.equal(problemOf(await ask(october)).code, 'LEDGER_EXPORT_EMPTY');
      const both = await Promise.all([1, 2].map(() => repeat(first.id, { reason: 'Zugleich' })));
      t.same(both.map(({ number }) => number).sort(), ['SOE-F-000001-W3', 'SOE-F-000001-W4']);
    },
  );

  await t.test('422: a file that cannot be written takes no document (45, 47)', async (t) => {
    await must(
      finance,
      'POST',
      '/ledger-account-plans',
      accountPlan(members, { validFrom: '2026-10-28', debtors: [], collectiveDebtor: 'D-99' }),
    );
    const late = await issue(issuing, {
      member: anroechte,
      kind: 380,
      issuedOn: '2026-10-28',
      lines: [[marriages, 1_00]],
    });
    const before = await exportCount();
    t.match(problemOf(await ask({ ...october, profileId: datev.id })), {
      code: 'LEDGER_FILE_REFUSED',
      errors: [
        { code: 'FIELD_REFUSED', detail: `${late.number}: "D-99" is no personal account of 5 digits` },
      ],
    });
    t.equal(await exportCount(), before);
    t.match(await make(october), { number: 'SOE-F-000003', statements: [{ number: late.number }] });
  });

  await t.test('404, 403: a centre keeps its books to itself (49)', async (t) => {
    for (const url of [
      `/ledger-exports/${first.id}`,
      `/ledger-exports/${first.id}/file`,
      `/ledger-export-profiles/${csv.id}`,
    ]) {
      t.equal((await stranger.call('GET', url)).statusCode, 404, url);
      t.equal((await member.call('GET', url)).statusCode, 403, url);
      t.equal((await auditor.call('GET', url)).statusCode, 200, url);
    }
    const reason = { reason: 'Neugier' };
    t.equal((await stranger.call('POST', `/ledger-exports/${first.id}/re-exports`, reason)).statusCode, 404);
    t.equal((await auditor.call('POST', `/ledger-exports/${first.id}/re-exports`, reason)).statusCode, 403);
    t.equal(problemOf(await ask(october, stranger)).code, 'LEDGER_PROFILE_UNKNOWN');
    t.equal((await ask(october, auditor)).statusCode, 403);
    const { items } = await must<{ items: object[] }>(stranger, 'GET', '/ledger-exports');
    t.same(items, []);
    const trail = await test.owner
      .sql`select action from audit_entries where action like 'billing.ledger-export%' order by id`;
    t.equal(trail.length, await exportCount());
  });
});
