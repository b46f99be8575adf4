import tap from 'tap';
import { addWording, problemOf, STANDBY_AND_CASES, startCostingWorld, use } from '../../support/costing.ts';
import { cardInForce, cardTerms, unitPrice } from '../../support/rates.ts';
import { must } from '../../support/services.ts';

interface RatedPart {
  readonly lines: readonly { readonly amountCents: number }[];
  readonly trueUpCents: number;
  readonly cappedCents: number;
  readonly amountCents: number;
}

interface PreviewBody {
  readonly from: string;
  readonly to: string;
  readonly presentNumber: number | null;
  readonly presentCents: number | null;
  readonly previewCents: number | null;
  readonly differenceCents: number | null;
  readonly unpricedRows: number;
  readonly unpriced: readonly object[];
  readonly members: readonly {
    readonly member: string;
    readonly rows: readonly {
      readonly events: string;
      readonly eventCount: number;
      readonly meter: string;
      readonly previewCents: number | null;
      readonly previewParts: readonly RatedPart[];
    }[];
  }[];
}

tap.test('preview of prices (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { test, finance, member, stranger, erwitte, anroechte, marriage, certificates } = world;
  // Shared out by a cost clause so far: a preview asks what it would cost by price.
  await addWording(world, [marriage], [erwitte, anroechte], STANDBY_AND_CASES, { from: '2025-01-01' });
  await addWording(world, [certificates], [erwitte], null, { from: '2025-07-01' });
  await use(world, erwitte, marriage, '7', { occurredAt: '2025-08-01T10:00:00Z' });
  await use(world, erwitte, marriage, '30.5', { occurredAt: '2025-09-01T10:00:00Z', meter: 'minutes' });
  await use(world, anroechte, marriage, '4', { occurredAt: '2025-12-31T10:00:00Z' });
  await use(world, anroechte, marriage, '1000', { occurredAt: '2026-01-01T10:00:00Z' });
  const card = await cardInForce(world, 'Ehe', cardTerms([unitPrice(marriage, 4500)], { interval: 'year' }));
  const prices = [
    unitPrice(marriage, 5000),
    { serviceId: certificates, meter: 'cases', unit: 'case', model: 'flat', unitCents: 36_500 },
  ];
  const preview = { rateCardId: card.id, interval: 'year', prices };

  t.test('200: last year by new prices beside the present version, member by member (13)', async (t) => {
    const body = await must<PreviewBody>(finance, 'POST', '/rate-cards/preview', preview);
    t.match(body, {
      from: '2025-01-01',
      to: '2026-01-01',
      rateCard: 'Ehe',
      presentNumber: 1,
      presentCents: 11 * 4500,
      previewCents: 11 * 5000 + 18_400,
      differenceCents: 11 * 500,
      presentOnlyCents: 0,
      previewOnlyCents: 18_400,
      members: [
        { member: '05974004', presentCents: 18_000, previewCents: 20_000, differenceCents: 2000 },
        {
          member: '05974016',
          presentCents: 31_500,
          previewCents: 53_400,
          rows: [
            {
              serviceCode: 'certificates',
              meter: 'cases',
              quantity: '0',
              presentCents: null,
              previewCents: 18_400,
              differenceCents: null,
              remarks: ['NO_PRESENT_PRICE'],
            },
            {
              serviceCode: 'marriage',
              meter: 'cases',
              quantity: '7',
              presentCents: 31_500,
              previewCents: 35_000,
              differenceCents: 3500,
              remarks: ['COST_CLAUSE'],
            },
            {
              serviceCode: 'marriage',
              meter: 'minutes',
              quantity: '30.5',
              presentCents: null,
              previewCents: null,
              differenceCents: null,
              remarks: ['COST_CLAUSE', 'NO_PRESENT_PRICE', 'UNPRICED'],
            },
          ],
        },
      ],
    });
    for (const row of body.members.flatMap(({ rows }) => rows)) {
      const { items } = await must<{ items: unknown[] }>(finance, 'GET', row.events.replace('/api/v1', ''));
      t.equal(items.length, row.eventCount, row.events);
    }
  });

  t.test('200: a stored draft, other days, one member (13)', async (t) => {
    await must(
      finance,
      'POST',
      `/rate-cards/${card.id}/versions`,
      cardTerms([unitPrice(marriage, 9000)], { validFrom: '2027-01-01' }),
    );
    const days = { from: '2025-12-01', to: '2026-02-01', organisationIds: [anroechte.id] };
    const body = await must<PreviewBody>(finance, 'POST', '/rate-cards/preview', {
      rateCardId: card.id,
      number: 2,
      ...days,
    });
    t.match(body, { presentCents: 1004 * 4500, previewCents: 1004 * 9000 });
    t.equal(body.members.length, 1);
    const bare = await must<PreviewBody>(finance, 'POST', '/rate-cards/preview', {
      interval: 'year',
      prices,
    });
    t.match(bare, {
      presentNumber: null,
      presentCents: null,
      differenceCents: null,
      previewCents: 11 * 5000 + 18_400,
      members: [
        {
          presentCents: null,
          differenceCents: null,
          rows: [{ remarks: ['COST_CLAUSE', 'NO_PRESENT_VERSION'] }],
        },
      ],
    });
  });

  t.test('200: usage without a price is counted and named, and no sum stands for it', async (t) => {
    const wrong = { ...preview, prices: [{ ...unitPrice(marriage, 5000), unit: 'hour', meter: 'minutes' }] };
    const body = await must<PreviewBody>(finance, 'POST', '/rate-cards/preview', wrong);
    t.match(body, {
      previewCents: 0,
      differenceCents: null,
      presentOnlyCents: 11 * 4500,
      unpricedRows: 3,
      unpriced: [
        { serviceCode: 'marriage', meter: 'cases', unit: 'case', quantity: '11', memberCount: 2 },
        { serviceCode: 'marriage', meter: 'minutes', unit: 'minute', quantity: '30.5', memberCount: 1 },
      ],
    });
    t.equal(body.unpriced.length, 2);
    const none = { ...wrong, prices: [unitPrice(certificates, 1)], organisationIds: [anroechte.id] };
    t.match(await must(finance, 'POST', '/rate-cards/preview', none), {
      previewCents: null,
      unpricedRows: 1,
      members: [{ previewCents: null, unpricedRows: 1 }],
    });
    const csv = await finance.call('POST', '/rate-cards/preview?format=csv', wrong);
    t.match(
      csv.body,
      /;Genutzt, aber ohne neuen Preis\.|Bisher ohne Preis\. Genutzt, aber ohne neuen Preis\./,
    );
    t.match(
      csv.body,
      /;Summe;;;;;;;495,00;0,00;;Nutzung ohne neuen Preis ist nicht enthalten \(Zeilen: 3\)\./,
    );
  });

  t.test('200: each amount has its derivation, with minimum and maximum (10)', async (t) => {
    const committed = [
      { ...unitPrice(marriage, '450.5'), minimumCents: 2500, maximumCents: 3000 },
      { serviceId: marriage, meter: 'minutes', unit: 'minute', model: 'hourly', unitCents: 6000 },
    ];
    const question = { ...preview, prices: committed };
    const body = await must<PreviewBody>(finance, 'POST', '/rate-cards/preview', question);
    const rows = body.members.flatMap((one) => one.rows).filter((row) => row.previewCents !== null);
    t.equal(rows.length, 4);
    for (const { previewCents, previewParts } of rows) {
      const amounts = previewParts.map(({ lines, trueUpCents, cappedCents, amountCents }) => {
        const sum = lines.reduce((total, line) => total + line.amountCents, 0);
        t.equal(sum + trueUpCents - cappedCents, amountCents);
        return amountCents;
      });
      t.equal(
        amounts.reduce((total, cents) => total + cents, 0),
        previewCents,
      );
    }
    const csv = (await finance.call('POST', '/rate-cards/preview?format=csv', question)).body;
    const text = csv.replaceAll('\u00a0', ' ');
    t.match(
      text,
      /;01\.01\.2025 bis 31\.12\.2025 \(365 von 365 Tagen\): 4 × 4,505 €, ergibt 25,00 €;6,98;0,00\r\n/,
    );
    t.match(text, /: 7 × 4,505 €, ergibt 30,00 €;0,00;1,54\r\n/);
    t.match(text, /: 30,5 × 60 € je 60, ergibt 30,50 €;/);
  });

  t.test('200: as CSV for a spreadsheet, German first', async (t) => {
    const answer = await finance.call('POST', '/rate-cards/preview?format=csv', preview);
    t.match(answer.headers['content-type'], /^text\/csv/);
    const lines = answer.body.replaceAll('\u00a0', ' ').replace('\uFEFF', '').trim().split('\r\n');
    t.same(lines.slice(0, 2), [
      'Zeitraum;Mitglied;AGS;Leistung;Bezeichnung;Zähler;Einheit;Menge;Bisheriger Preis;Neuer Preis;Unterschied;Hinweis;Rechenweg des neuen Preises;Auffüllung auf den Mindestbetrag;Gekappt am Höchstbetrag',
      '01.01.2025 bis 31.12.2025;Anröchte;05 9 74 004;marriage;Eheschließung;cases;case;4;180,00;200,00;20,00;' +
        'Wird derzeit nach Kosten umgelegt, nicht nach Preis.;01.01.2025 bis 31.12.2025 (365 von 365 Tagen): 4 × 50 €, ergibt 200,00 €;0,00;0,00',
    ]);
    t.match(
      lines.find((line) => line.includes(';minute;')),
      /;'=Erwitte;05 9 74 016;marriage;Eheschließung;minutes;minute;30,5;;;;Wird .*Bisher ohne Preis\. Genutzt, aber ohne neuen Preis\.;;;$/,
      'no formula, no price',
    );
    t.match(
      lines.at(-1),
      /^01\.01\.2025 bis 31\.12\.2025;Summe;;;;;;;495,00;734,00;55,00;Nutzung .* \(Zeilen: 1\)\. Der neue Preis enthält 184,00 € für Leistungen, für die bisher kein Preis galt\. Dieser Betrag ist im Unterschied nicht enthalten\./,
      'the sums, and what they leave out',
    );
  });

  t.test('a preview writes nothing, in any table (13)', async (t) => {
    const { sql } = test.owner;
    const written = async () => {
      const rows = await sql<{ relname: string; n: number }[]>`
        select relname, (xpath('/row/c/text()', query_to_xml(format('select count(*) as c from public.%I', relname), false, true, '')))[1]::text::int as n
        from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`;
      return JSON.stringify(rows);
    };
    const before = await written();
    const answer = await finance.call('POST', '/rate-cards/preview', preview);
    t.equal(answer.statusCode, 200);
    t.equal(await written(), before);
  });

  t.test('400: it has to be said once what to preview, and on which days', async (t) => {
    for (const body of [
      {},
      { ...preview, number: 1 },
      { number: 1 },
      { prices },
      { ...preview, from: '2025-01-01' },
      { ...preview, from: '2025-01-01', to: '2025-01-01' },
      { ...preview, from: '2020-01-01', to: '2025-01-01' },
      { ...preview, from: '01.01.2025', to: '2025-06-01' },
    ]) {
      t.equal(
        (await finance.call('POST', '/rate-cards/preview', body)).statusCode,
        400,
        JSON.stringify(body),
      );
    }
    const foreign = { ...preview, prices: [unitPrice(world.centre.id, 1)] };
    t.equal(
      problemOf(await finance.call('POST', '/rate-cards/preview', foreign)).code,
      'RATE_CARD_PRICES_INVALID',
    );
    const dear = { ...preview, prices: [unitPrice(marriage, 9_000_000_000_000_000)] };
    t.equal(problemOf(await finance.call('POST', '/rate-cards/preview', dear)).code, 'VALIDATION_FAILED');
  });

  t.test('404, 403: another centre previews no card and no usage of it, a member none (7)', async (t) => {
    const stored = { rateCardId: card.id, number: 1 };
    t.equal((await stranger.call('POST', '/rate-cards/preview', stored)).statusCode, 404);
    t.equal((await finance.call('POST', '/rate-cards/preview', { ...stored, number: 9 })).statusCode, 404);
    t.equal((await member.call('POST', '/rate-cards/preview', stored)).statusCode, 403);
  });
});
