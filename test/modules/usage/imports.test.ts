import excel from 'exceljs';
import tap from 'tap';
import type { Caller } from '../../support/app.ts';
import { must } from '../../support/services.ts';
import { type Body, startUsageWorld } from '../../support/usage.ts';

interface ImportBody {
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly { readonly code: string; readonly detail: string }[];
  readonly dryRun: boolean;
  readonly rowCount: number;
  readonly createdCount: number;
  readonly existingCount: number;
  readonly refusedCount: number;
  readonly results: readonly {
    readonly row: number;
    readonly status: string;
    readonly id: string | null;
    readonly errors: readonly {
      readonly column: string | null;
      readonly code: string;
      readonly reason: string;
    }[];
  }[];
}

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

async function sheet(rows: readonly (readonly unknown[])[]): Promise<Buffer> {
  const book = new excel.Workbook();
  const page = book.addWorksheet('Export');
  page.addRows(rows.map((row) => [...row]));
  page.getColumn(4).numFmt = 'dd.mm.yyyy hh:mm';
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** A moment without zone as spreadsheets count it: in days. */
const serial = (moment: string): number => Date.parse(moment) / 86_400_000 + 25_569;

tap.test('import of usage files (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startUsageWorld(t);
  const { finance, member, test, erwitte, lippetal, countEvents, serviceId, otherServiceId } = world;
  const { sql } = test.owner;
  await sql`update organisations set ags = '05974016' where id = ${erwitte.id}`;
  await sql`update services set code = 'call' where id = ${serviceId}`;
  await sql`update services set code = 'other' where id = ${otherServiceId}`;
  const send = (file: string | Buffer, query = '', type = 'text/csv', caller: Caller = finance) =>
    caller.call('POST', `/usage-imports${query}`, file, { 'content-type': type });
  const imported = async (file: string | Buffer, query = '', type = 'text/csv'): Promise<ImportBody> => {
    const answer = await send(file, query, type);
    if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${answer.body}`);
    return answer.json();
  };
  const csv = (...rows: string[]) => ['Mitglied;Leistung;Menge;Datum;Zähler;Kennung', ...rows].join('\n');
  const good = csv(
    '05 9 74 016;call;3;02.11.2026;;a-1',
    'Erwitte;call;1.234,5;2026-11-02 23:30;minutes;a-2',
    `${lippetal.id};other;12.25;2026-11-02T22:30:00Z;;a-3`,
  );

  t.test('200: a dry run tells what the import would do, and writes nothing (14)', async (t) => {
    const before = await countEvents();
    const body = await imported(good, '?dryRun=true&source=Telefon');
    t.match(body, { dryRun: true, rowCount: 3, createdCount: 3, existingCount: 0, refusedCount: 0 });
    t.ok(body.results.every(({ id }) => id === null));
    t.equal(await countEvents(), before);
    const [keys] = await sql<{ n: number }[]>`select count(*)::int as n from usage_keys`;
    t.equal(keys?.n, 0);
  });

  t.test('200: an AGS that a spreadsheet made a number of is the one with its zero (14)', async (t) => {
    const rows = [
      ['Mitglied', 'Leistung', 'Menge', 'Datum'],
      [5974016, 'call', 1, '02.11.2026'],
      [974016, 'call', 1, '02.11.2026'],
    ];
    const body = await imported(await sheet(rows), '?source=Zahl&dryRun=true', XLSX);
    t.match(
      body.results.map(({ status }) => status),
      ['created', 'refused'],
    );
    const text = csv(
      '5974016;call;3;02.11.2026;;z-1',
      '5 974 016;call;3;02.11.2026;;z-2',
      '5974017;call;3;02.11.2026;;z-3',
    );
    t.match(
      (await imported(text, '?dryRun=true')).results.map(({ status }) => status),
      ['created', 'created', 'refused'],
    );
  });

  t.test('200: rows become events, with the days and numbers of a German spreadsheet (14)', async (t) => {
    const body = await imported(good, '?source=Telefon');
    t.match(body, { dryRun: false, createdCount: 3, results: [{ row: 2 }, { row: 3 }, { row: 4 }] });
    const { items } = await must<Body>(finance, 'GET', '/usage-events?source=Telefon');
    t.match(
      items
        .map(({ quantity, occurredAt, meter, unit, idempotencyKey }) => ({
          quantity,
          occurredAt,
          meter,
          unit,
          idempotencyKey,
        }))
        .sort((a, b) => (a.idempotencyKey < b.idempotencyKey ? -1 : 1)),
      [
        {
          quantity: '3',
          occurredAt: '2026-11-02T11:00:00.000Z',
          meter: 'cases',
          unit: 'case',
          idempotencyKey: 'a-1',
        },
        {
          quantity: '1234.5',
          occurredAt: '2026-11-02T22:30:00.000Z',
          meter: 'minutes',
          unit: 'minute',
          idempotencyKey: 'a-2',
        },
        { quantity: '12.25', occurredAt: '2026-11-02T22:30:00.000Z', meter: 'cases', idempotencyKey: 'a-3' },
      ],
    );
  });

  t.test('200: the same file again records nothing twice, a longer one only what is new (14)', async (t) => {
    const before = await countEvents();
    t.match(await imported(good, '?source=Telefon'), { createdCount: 0, existingCount: 3 });
    t.equal(await countEvents(), before);
    const longer = `${good}\nErwitte;call;1;02.11.2026;;a-4`;
    t.match(await imported(longer, '?source=Telefon'), { createdCount: 1, existingCount: 3 });
    const changed = await imported(csv('Erwitte;call;4;02.11.2026;;a-1'), '?source=Telefon');
    t.match(changed.results, [
      { status: 'refused', errors: [{ column: 'Kennung', code: 'USAGE_KEY_REUSED' }] },
    ]);
  });

  t.test(
    '200: without keys the content is the key, and rows that say the same are different events (14)',
    async (t) => {
      const rows = [
        'AGS,Leistung,Menge,Datum',
        '05974016,call,1,2026-11-03',
        '05974016,call,1,2026-11-03',
        '05974016,call,2,2026-11-03',
      ];
      t.match(await imported(rows.join('\n')), { createdCount: 3 });
      t.match(await imported(rows.join('\n')), { createdCount: 0, existingCount: 3 });
      t.match(await imported([...rows, rows[1]].join('\n')), { createdCount: 1, existingCount: 3 });
    },
  );

  t.test('200: columns of another system are named by the caller, the others are left alone', async (t) => {
    const file = 'Anschluss;Wer;Was;Dauer;Beginn;Menge\n4711;Erwitte;call;90;2026-11-04 08:00;x';
    const query = '?organisationColumn=wer&serviceColumn=Was&quantityColumn=Dauer&occurredColumn=Beginn';
    t.match(await imported(file, `${query}&dryRun=true`), { createdCount: 1 });
    const missing = await send(file, `${query}&keyColumn=Nummer`);
    t.equal(missing.statusCode, 422);
    t.match(missing.json(), {
      code: 'USAGE_IMPORT_UNREADABLE',
      errors: [{ code: 'COLUMN_MISSING', detail: 'Nummer is missing' }],
    });
  });

  t.test('200: a broken row is told by row, column and reason, and harms no other (14)', async (t) => {
    const before = await countEvents();
    const body = await imported(
      csv(
        'Erwitte;call;1.234;02.11.2026;;b-1',
        'Erwitte;call;1,2,3;02.11.2026;;b-2',
        `Erwitte;call;0,${'3'.repeat(30)};02.11.2026;;b-3`,
        'Erwitte;call;-1;02.11.2026;;b-4',
        'Erwitte;call;1;31.02.2026;;b-5',
        'Erwitte;call;1;11/02/2026;;b-6',
        'Soest;call;1;02.11.2026;;b-7',
        'Erwitte;unknown;1;02.11.2026;;b-8',
        'Erwitte;call;1;02.11.2026',
        'Erwitte;call;1;02.11.2025;;b-10',
        'Erwitte;call;1;02.12.2026;;b-11',
        'Erwitte;call;1;02.11.2026;;reversal:x',
        'Erwitte;call;;02.11.2026;;b-13',
        'Erwitte;call;100000000000000;02.11.2026;;b-14',
      ),
      '?source=broken',
    );
    t.same(
      body.results.map(({ row, status, errors: [error] }) => [
        row,
        status,
        error?.column ?? null,
        error?.code ?? null,
      ]),
      [
        [2, 'refused', 'Menge', 'QUANTITY_AMBIGUOUS'],
        [3, 'refused', 'Menge', 'QUANTITY_MALFORMED'],
        [4, 'refused', 'Menge', 'QUANTITY_MALFORMED'],
        [5, 'refused', 'Menge', 'QUANTITY_MALFORMED'],
        [6, 'refused', 'Datum', 'DAY_UNKNOWN'],
        [7, 'refused', 'Datum', 'MOMENT_MALFORMED'],
        [8, 'refused', 'Mitglied', 'UNKNOWN'],
        [9, 'refused', 'Leistung', 'UNKNOWN'],
        [10, 'refused', null, 'ROW_WIDTH'],
        [11, 'refused', 'Mitglied', 'USAGE_NO_AGREEMENT'],
        [12, 'refused', 'Datum', 'USAGE_IN_FUTURE'],
        [13, 'refused', 'Kennung', 'USAGE_KEY_RESERVED'],
        [14, 'refused', 'Menge', 'CELL_EMPTY'],
        [15, 'created', null, null],
      ],
    );
    t.equal(await countEvents(), before + 1);
  });

  t.test('200: an XLSX file is read like its CSV file, numbers and days as what they are (14)', async (t) => {
    const file = await sheet([
      ['Mitglied', 'Leistung', 'Menge', 'Datum', 'Zähler', 'Kennung'],
      ['Erwitte', 'call', 1.234, serial('2026-11-05'), 'minutes', 'x-1'],
      [],
      [
        '05974016',
        'call',
        { formula: '0.1+0.2', result: 0.1 + 0.2 },
        serial('2026-11-05T23:30:00Z'),
        null,
        { richText: [{ text: 'x-' }, { text: '2' }] },
      ],
      ['Erwitte', 'call', 'viel', '05.11.2026', '', 'x-3'],
    ]);
    const body = await imported(file, '?source=xlsx', XLSX);
    t.match(body.results, [
      { row: 2, status: 'created' },
      { row: 4, status: 'created' },
      { row: 5, status: 'refused', errors: [{ column: 'Menge' }] },
    ]);
    const { items } = await must<Body>(finance, 'GET', '/usage-events?source=xlsx');
    t.same(items.map((item) => [item.idempotencyKey, item.quantity, item.occurredAt]).sort(), [
      ['x-1', '1.234', '2026-11-05T11:00:00.000Z'],
      ['x-2', '0.3', '2026-11-05T22:30:00.000Z'],
    ]);
    t.match(await imported(file, '?source=xlsx', XLSX), { createdCount: 0, existingCount: 2 });
  });

  t.test('200: a name as reference is refused, from CSV and XLSX alike', async (t) => {
    const rows = [
      ['Mitglied', 'Leistung', 'Menge', 'Datum', 'Aktenzeichen'],
      ['Erwitte', 'call', '1', '2026-11-05', 'Max Mustermann, geb. 1980'],
      ['Erwitte', 'call', '1', '2026-11-05', '32.1/2026-7'],
    ];
    const text = rows.map((row) => row.join(';')).join('\n');
    for (const [file, type] of [
      [text, 'text/csv'],
      [await sheet(rows), XLSX],
    ] as const) {
      const body = await imported(file, '?dryRun=true', type);
      t.match(body, { createdCount: 1, refusedCount: 1, results: [{ row: 2, status: 'refused', id: null }] });
      t.match(body.results[0]?.errors, [{ column: 'Aktenzeichen', reason: /keyed hash/ }]);
    }
  });

  t.test('422: what is no table', async (t) => {
    const refused = async (file: string | Buffer, type: string) => {
      const answer = await send(file, '', type);
      t.equal(answer.statusCode, 422, answer.body.slice(0, 200));
      return answer.json<ImportBody>().errors.map(({ code }) => code);
    };
    t.same(await refused('', 'text/csv'), ['HEADER_MISSING']);
    t.same(await refused('Mitglied;Leistung;Menge;Datum\n', 'text/csv'), ['FILE_EMPTY']);
    t.same(await refused('a;b\n1;2', 'text/csv'), [
      'COLUMN_MISSING',
      'COLUMN_MISSING',
      'COLUMN_MISSING',
      'COLUMN_MISSING',
    ]);
    t.same(await refused(Buffer.from([0x4d, 0xfc, 0x0a]), 'text/csv'), ['ENCODING']);
    t.same(await refused(good, XLSX), ['XLSX_MALFORMED']);
    const rows = Array.from({ length: 20_001 }, () => 'Erwitte;call;1;02.11.2026');
    t.same(await refused(['Mitglied;Leistung;Menge;Datum', ...rows].join('\n'), 'text/csv'), [
      'TOO_MANY_ROWS',
    ]);
    t.equal((await send('{}', '', 'application/json')).statusCode, 415);
  });

  t.test(
    'a member imports nothing, and a centre nothing for members or services of another (6)',
    async (t) => {
      const before = await countEvents();
      t.equal((await send(good, '', 'text/csv', member)).statusCode, 403);
      const stranger = await test.caller(await test.centre('PB', [lippetal]), ['finance']);
      const answer = await send(good, '', 'text/csv', stranger);
      t.match(answer.json(), { createdCount: 0, refusedCount: 3 });
      t.equal(await countEvents(), before);
    },
  );

  t.test('each row of a summary leads to exactly its events (13)', async (t) => {
    const query = 'from=2026-11-02&to=2026-11-20&groupBy=service,organisation,meter,month,source';
    let seen = 0;
    for (const caller of [finance, member]) {
      const { items } = await must<{ items: { quantity: string; eventCount: number; events: string }[] }>(
        caller,
        'GET',
        `/usage-summary?${query}`,
      );
      for (const item of items) {
        const events = await must<Body>(caller, 'GET', `${item.events.replace('/api/v1', '')}&limit=200`);
        t.equal(events.items.length, item.eventCount, item.events);
        const sum = events.items.reduce((total, event) => total + Number(event.quantity) * 1e6, 0);
        t.equal(Math.round(sum), Math.round(Number(item.quantity) * 1e6), item.events);
        seen += item.eventCount;
      }
    }
    t.ok(seen > 10);
  });
});
