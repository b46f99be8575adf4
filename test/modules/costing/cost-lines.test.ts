import tap from 'tap';
import type { Caller } from '../../support/app.ts';
import { freeze, movePeriod, problemOf, startCostingWorld } from '../../support/costing.ts';
import { must } from '../../support/services.ts';

const GERMAN = `\uFEFFDatum;Leistung;Kostenart;Betrag;Text;Beleg
01.07.2026;marriage;Personal;1.234,56;"Gehälter; Juli";R-1
30.09.2026;certificates;Sachkosten;-10;=SUMME(A1);
`;
const ENGLISH = `service code,day,amount,cost type,voucher
marriage,2026-08-02,1234.50,staff,=1+1
`;

function send(caller: Caller, file: string | Buffer, query = '', headers: Record<string, string> = {}) {
  return caller.call('POST', `/cost-line-imports${query}`, file, { 'content-type': 'text/csv', ...headers });
}

tap.test('cost lines and their import (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { clock, finance, auditor, test, centre, periodId, marriage } = world;
  const count = async (): Promise<number> => {
    const [row] = await test.owner.sql<{ n: number }[]>`select count(*)::int as n from cost_lines`;
    return row?.n ?? -1;
  };

  t.test('200: a dry run says what would come in and writes nothing (8)', async (t) => {
    const answer = await send(finance, GERMAN, '?dryRun=true');
    t.equal(answer.statusCode, 200, answer.body);
    t.match(answer.json(), {
      dryRun: true,
      rowCount: 2,
      amountCents: 122_456,
      alreadyImported: false,
      issueCount: 0,
      issues: [],
      services: [
        { code: 'certificates', rowCount: 1, amountCents: -1000 },
        { code: 'marriage', rowCount: 1, amountCents: 123_456 },
      ],
    });
    t.equal(await count(), 0);
    t.same((await must<{ items: unknown[] }>(finance, 'GET', '/cost-line-imports')).items, []);
  });

  t.test('200: a dry run adds up by period and kind, and warns of days in no period (8)', async (t) => {
    const file = `Datum;Leistung;Kostenart;Betrag;Wertart
01.07.2026;marriage;Personal;100,00;Ist
30.09.2026;marriage;Personal;1,00;Plan
01.10.2026;marriage;Personal;7,00;Ist
30.09.2026;certificates;Personal;0,50;Ist
`;
    const preview = await send(finance, file, '?dryRun=true');
    t.match(preview.json(), {
      issueCount: 0,
      warningCount: 1,
      warnings: [
        { row: 4, column: 'Datum', code: 'PERIOD_NONE', reason: /^2026-10-01 lies in no billing period/ },
      ],
    });
    t.same(preview.json<{ periods: object[] }>().periods, [
      { code: '2026-Q3', kind: 'actual', rowCount: 2, amountCents: 10_050 },
      { code: '2026-Q3', kind: 'budget', rowCount: 1, amountCents: 100 },
      { code: null, kind: 'actual', rowCount: 1, amountCents: 700 },
    ]);
  });

  t.test(
    '422: one broken row and nothing is written; every fault has row, column and reason (8)',
    async (t) => {
      const broken = `Datum;Leistung;Kostenart;Betrag;Text
01.07.2026;marriage;Personal;100,00;gut
31.06.2026;marriage;Personal;1.234;schlecht
01.07.2026;divorce;Personal;1,00;unbekannt
`;
      const preview = await send(finance, broken, '?dryRun=true');
      t.match(preview.json(), { rowCount: 1, issueCount: 3 });
      t.match(preview.json<{ issues: object[] }>().issues, [
        { row: 3, column: 'Datum', code: 'DAY_UNKNOWN' },
        { row: 3, column: 'Betrag', code: 'AMOUNT_AMBIGUOUS', reason: /thousands or decimals/ },
        { row: 4, column: 'Leistung', code: 'SERVICE_UNKNOWN', reason: /"divorce" is no service/ },
      ]);
      const answer = await send(finance, broken);
      t.equal(answer.statusCode, 422);
      t.match(problemOf(answer), {
        code: 'COST_LINE_IMPORT_BROKEN',
        errors: [
          { pointer: '/rows/3/Datum', detail: /Row 3, column Datum/ },
          { pointer: '/rows/3/Betrag' },
          { pointer: '/rows/4/Leistung' },
        ],
      });
      t.equal(await count(), 0);
    },
  );

  t.test('422: what is no such file at all is said so', async (t) => {
    for (const [file, code] of [
      ['Datum;Leistung;Kostenart;Betrag\n', 'FILE_EMPTY'],
      [`Datum;Leistung;Kostenart;Betrag\n${'01.07.2026;x;y;1\n'.repeat(20_001)}`, 'TOO_MANY_ROWS'],
      ['Datum;Leistung;Kostenart;Summe\n1;2;3;4', 'COLUMN_UNKNOWN'],
      [Buffer.from('Datum;Leistung;Kostenart;Betrag\n01.07.2026;x;\xE4;1', 'latin1'), 'ENCODING'],
    ] as const) {
      t.match(problemOf(await send(finance, file)).errors, [{ code }]);
    }
    t.equal((await send(finance, GERMAN, '?dryrun=true')).statusCode, 400);
    const large = Buffer.alloc(8 * 1024 * 1024 + 1, 'x');
    t.equal((await send(finance, large)).statusCode, 413);
    const json = await finance.call('POST', '/cost-line-imports', { rows: [] });
    t.equal(json.statusCode, 415);
  });

  t.test('201: German and English amounts; the same file only when asked (8)', async (t) => {
    const key = { 'idempotency-key': 'july' };
    const first = await send(finance, GERMAN, '', key);
    t.equal(first.statusCode, 201, first.body);
    t.match(first.json(), { rowCount: 2, amountCents: 122_456, importedBy: { name: 'Fina Finanz' } });
    const again = await send(finance, GERMAN, '', key);
    t.match([again.headers['idempotency-replayed'], again.json()], ['true', first.json()]);
    const twice = await send(finance, GERMAN);
    t.match([twice.statusCode, problemOf(twice).code], [409, 'COST_LINE_IMPORT_REPEATED']);
    t.equal(
      (await send(finance, GERMAN, '?dryRun=true')).json<{ alreadyImported: boolean }>().alreadyImported,
      true,
    );
    t.equal((await send(finance, ENGLISH)).statusCode, 201);
    t.equal((await send(finance, ENGLISH, '?repeat=true')).statusCode, 201);
    t.equal(await count(), 4);
    const { items } = await must<{ items: object[] }>(
      auditor,
      'GET',
      `/cost-lines?importId=${first.json<{ id: string }>().id}`,
    );
    t.match(items, [
      { bookedOn: '2026-09-30', amountCents: -1000, text: '=SUMME(A1)', voucherNumber: null },
      { bookedOn: '2026-07-01', amountCents: 123_456, text: 'Gehälter; Juli', voucherNumber: 'R-1' },
    ]);
  });

  t.test('200: lines are paged by day and filtered', async (t) => {
    const first = await must<{ items: { bookedOn: string }[]; nextCursor: string }>(
      finance,
      'GET',
      '/cost-lines?limit=2',
    );
    const second = await must<{ items: { bookedOn: string }[] }>(
      finance,
      'GET',
      `/cost-lines?limit=2&cursor=${first.nextCursor}`,
    );
    t.same(
      [...first.items, ...second.items].map((line) => line.bookedOn),
      ['2026-09-30', '2026-08-02', '2026-08-02', '2026-07-01'],
    );
    const july = await must<{ items: unknown[] }>(
      finance,
      'GET',
      `/cost-lines?from=2026-07-01&to=2026-08-02&serviceId=${marriage}`,
    );
    t.equal(july.items.length, 1);
  });

  t.test('409: a frozen period takes no more cost, typed or imported (2)', async (t) => {
    const line = { serviceId: marriage, costType: 'Personal', amountCents: 1, text: 'Nachtrag' };
    await freeze(world);
    const typed = await finance.call('POST', '/cost-lines', { ...line, bookedOn: '2026-09-30' });
    t.match([typed.statusCode, problemOf(typed).code], [409, 'PERIOD_FROZEN']);
    const next = await finance.call('POST', '/cost-lines', { ...line, bookedOn: '2026-10-01' });
    t.equal(next.statusCode, 201, next.body);
    const imported = await send(finance, ENGLISH, '?repeat=true');
    t.match(problemOf(imported).errors, [{ pointer: '/rows/2/Datum', code: 'PERIOD_FROZEN' }]);
    await movePeriod(finance, periodId, 'reopen');
    t.equal((await send(finance, ENGLISH, '?repeat=true')).statusCode, 201);
  });

  t.test('422: cost of a service that the centre does not have', async (t) => {
    const foreign = {
      serviceId: centre.id,
      bookedOn: '2026-10-01',
      costType: 'x',
      amountCents: 1,
      text: 'x',
    };
    const answer = await finance.call('POST', '/cost-lines', foreign);
    t.match([answer.statusCode, problemOf(answer).code], [422, 'COST_SERVICE_UNKNOWN']);
  });

  t.test('201: a program with the scope costs:write imports, and does nothing else (7)', async (t) => {
    const admin = await test.caller(centre, ['centre-admin']);
    const account = await must<{ clientId: string; clientSecret: string }>(
      admin,
      'POST',
      '/machine-accounts',
      {
        name: 'Finanzverfahren',
        scopes: ['costs:write'],
      },
    );
    const token = await test.inject({
      method: 'POST',
      url: '/api/v1/auth/client-token',
      payload: {
        grant_type: 'client_credentials',
        client_id: account.clientId,
        client_secret: account.clientSecret,
      },
    });
    t.equal(token.statusCode, 200, token.body);
    const { accessToken, access_token: oauth } = token.json<{
      accessToken?: string;
      access_token?: string;
    }>();
    const authorization = `Bearer ${accessToken ?? oauth}`;
    const machine = (url: string, payload: string | object, type: string) =>
      test.inject({
        method: 'POST',
        url: `/api/v1${url}`,
        payload,
        headers: { authorization, 'content-type': type },
      });
    const file = `${ENGLISH}certificates,2026-08-03,1.00,staff,\n`;
    t.equal((await machine('/cost-line-imports', file, 'text/csv')).statusCode, 201);
    t.equal((await machine('/allocation-runs', { periodId }, 'application/json')).statusCode, 403);
  });

  t.test(
    '409: periods of a centre never overlap; 412, 428: steps say which state they mean (2)',
    async (t) => {
      for (const code of ['2026', '2026-07', '2026-Q3']) {
        const answer = await finance.call('POST', '/billing-periods', { code });
        t.match([answer.statusCode, problemOf(answer).code], [409, 'PERIOD_OVERLAPS'], code);
      }
      t.equal((await finance.call('POST', '/billing-periods', { code: '2026-Q5' })).statusCode, 400);
      const december = await must<{ id: string }>(finance, 'POST', '/billing-periods', { code: '2026-12' });
      const url = `/billing-periods/${december.id}`;
      t.match(await must(auditor, 'GET', url), {
        startsOn: '2026-12-01',
        endsOn: '2027-01-01',
        availableActions: ['close'],
      });
      t.equal((await finance.call('POST', `${url}/actions/close`)).statusCode, 428);
      t.equal(
        (await finance.call('POST', `${url}/actions/close`, undefined, { 'if-match': '"9"' })).statusCode,
        412,
      );
      const early = await finance.call('POST', `${url}/actions/freeze`, undefined, { 'if-match': '"1"' });
      t.match([early.statusCode, problemOf(early).code], [409, 'PERIOD_STATE_REFUSED']);
      t.match(await movePeriod(finance, december.id, 'close'), {
        state: 'grace',
        availableActions: ['reopen'],
      });
      const freezing = () => finance.call('POST', `${url}/actions/freeze`, undefined, { 'if-match': '"2"' });
      // Half an hour before the new year begins in Germany.
      clock.set('2026-12-31T22:30:00.000Z');
      const running = await freezing();
      t.match([running.statusCode, problemOf(running).code], [409, 'PERIOD_NOT_OVER']);
      clock.set('2026-12-31T23:00:00.000Z');
      t.match(await must(auditor, 'GET', url), { state: 'grace', availableActions: ['freeze', 'reopen'] });
      t.equal((await freezing()).statusCode, 200);
      const { items } = await must<{ items: { code: string }[] }>(finance, 'GET', '/billing-periods');
      t.same(
        items.map(({ code }) => code),
        ['2026-12', '2026-Q3'],
      );
    },
  );
});
