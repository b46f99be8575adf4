import { deepStrictEqual as deepEqual } from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import t from 'tap';
import { writerFor } from '../../../../src/modules/billing/documents/format.ts';
import {
  checkDocument,
  type DocumentKind,
  renderCii,
  renderCsv,
  renderUbl,
  renderXlsx,
  type StatementDocument,
  type VatTreatment,
} from '../../../../src/modules/billing/documents/index.ts';
import { deductionSheet } from '../../../../src/modules/billing/documents/tables/deduction-sheet.ts';
import {
  allSamples,
  compositeLineOf,
  EXEMPT,
  linesOf,
  nettedLines,
  OUT_OF_SCOPE,
  REDUCED,
  repaidLines,
  STANDARD,
  sampleDocument,
} from '../../../support/documents.ts';
import { addUp, figuresOfCii, figuresOfUbl } from '../../../support/einvoice-figures.ts';

const weightsOf = (members: number) =>
  fc
    .array(fc.integer({ min: 0, max: 5_000_000 }), { minLength: members, maxLength: members })
    .filter((values) => values.some((weight) => weight > 0));
const tranches = fc
  .integer({ min: 2, max: 8 })
  .chain((members) =>
    fc.tuple(
      fc.integer({ min: 1, max: 99 }),
      weightsOf(members),
      weightsOf(members),
      fc.constantFrom('population', 'cases', 'fixed'),
    ),
  )
  .map(([percent, first, second, key]) => [
    { label: 'Sockel', percent, key, weights: first },
    { label: 'Nutzung', percent: 100 - percent, key: 'minutes', weights: second },
  ]);
const poolCents = fc.oneof(
  fc.integer({ min: -5_000_000, max: 900_000_000 }),
  fc.constantFrom(0, 1, -1, 10_000_000_000_000),
);

function servicesOf(vats: readonly VatTreatment[]) {
  const service = fc.record({
    poolCents,
    tranches,
    vat: fc.constantFrom(...vats),
    at: fc.integer({ min: 1, max: 99 }),
    isComposite: fc.boolean(),
  });
  return fc.array(service, { minLength: 1, maxLength: 6 });
}

const documents = fc
  .record({
    services: fc.oneof(servicesOf([OUT_OF_SCOPE]), servicesOf([STANDARD, REDUCED, EXEMPT])),
    kind: fc.constantFrom<DocumentKind>(326, 380, 384, 381),
    grossCents: fc.integer({ min: 0, max: 1_000_000_000 }),
    percentPrepaid: fc.integer({ min: 0, max: 100 }),
  })
  .map(({ services, kind, grossCents, percentPrepaid }): StatementDocument => {
    const before = {
      number: 'SZB-2025-000009',
      kind: 326,
      issuedOn: '2026-01-31',
      grossCents,
      prepaidCents: Math.floor((grossCents * percentPrepaid) / 100),
      prepaidVatCents: 0,
    } as const;
    const lines = services.flatMap(({ at, isComposite, ...service }) => {
      const sample = { ...service, code: `L-${at}`, title: `Leistung ${at}` };
      return isComposite ? [compositeLineOf(sample)] : linesOf(sample);
    });
    return sampleDocument(services[0]?.vat, { kind, lines, preceding: [before] });
  });

t.test('figures of e-invoices', async (t) => {
  t.test(
    'property: both syntaxes add up, carry the figures of the document, and pass our checks',
    async () => {
      fc.assert(
        fc.property(documents, (document) => {
          const ubl = figuresOfUbl(renderUbl(document));
          const { netCents, vatCents, grossCents, prepaidCents, payableCents } = document.totals;
          deepEqual(checkDocument(document), []);
          deepEqual(addUp(ubl), []);
          deepEqual([ubl.net, ubl.vatSum, ubl.gross, ubl.prepaid, ubl.payable].map(Number), [
            netCents,
            vatCents,
            grossCents,
            prepaidCents,
            payableCents,
          ]);
          deepEqual(
            ubl.lines.map((line) => Number(line.net)),
            document.lines.map((line) => line.netCents),
          );
          deepEqual(figuresOfCii(renderCii(document)), ubl);
        }),
        { numRuns: 1_000 },
      );
    },
  );

  t.test('the re-adding finds a cent that is wrong anywhere', async (t) => {
    const xml = renderUbl(sampleDocument(STANDARD));
    const amounts = [...xml.matchAll(/>-?\d+\.\d\d</g)];
    t.ok(amounts.length > 10);
    for (const { 0: found, index } of amounts) {
      const digit = found.at(-2) === '9' ? '8' : String(Number(found.at(-2)) + 1);
      const spoiled = `${xml.slice(0, index)}${found.slice(0, -2)}${digit}<${xml.slice(index + found.length)}`;
      const isOnlyNamedTwice = xml.slice(0, index).endsWith('TaxExclusiveAmount currencyID="EUR"');
      if (!isOnlyNamedTwice) t.not(addUp(figuresOfUbl(spoiled)).length, 0, `${found} at ${index}`);
    }
  });

  t.test('amounts below 10^14 cents stay exact', async (t) => {
    const line = { ...linesOfPlain(99_999_999_999_999), vat: OUT_OF_SCOPE };
    const document = sampleDocument(OUT_OF_SCOPE, { lines: [line] });
    t.same(checkDocument(document), []);
    t.match(renderUbl(document), '>999999999999.99<');
    t.match(renderCsv(document), ';999999999999,99;');
    t.match(strings(renderXlsx(document))['xl/worksheets/sheet2.xml'], '<v>999999999999.99</v>');
  });
});

t.test('what is set off from the cost of a service', async (t) => {
  const document = sampleDocument(OUT_OF_SCOPE, { lines: nettedLines(OUT_OF_SCOPE) });
  const files = strings(renderXlsx(document));
  const names = [...(files['xl/workbook.xml'] ?? '').matchAll(/<sheet name="(.*?)"/g)].map(
    ([, name]) => name,
  );
  const cellsOf = (name: string, column: string) =>
    [
      ...(files[`xl/worksheets/sheet${names.indexOf(name) + 1}.xml`] ?? '').matchAll(
        new RegExp(`<c r="${column}(\\d+)"[^>]*>\\s*(?:<f>(.*?)</f>\\s*)?<v>(.*?)</v>`, 'g'),
      ),
    ].map(([, row, formula, value]) => ({
      row: Number(row),
      formula,
      cents: Math.round(Number(value) * 100),
    }));

  t.test('the workbook adds it up, and the derivation begins with what is left', async (t) => {
    const cells = cellsOf('Kosten und Abzüge', 'D');
    t.same(
      cells.map(({ cents }) => cents),
      [36_104_599, -4_320_000, -500_000, 31_284_599, 20_330_777, -2_000_000, 18_330_777],
    );
    for (const { formula, cents } of cells.filter((cell) => cell.formula !== undefined)) {
      const [, from, to] = formula?.match(/^SUM\(D(\d+):D(\d+)\)$/) ?? [];
      const own = cells.filter(({ row }) => row >= Number(from) && row <= Number(to));
      t.equal(
        own.reduce((sum, cell) => sum + cell.cents, 0),
        cents,
        `${formula}`,
      );
    }
    const byRow = new Map(cells.map(({ row, cents }) => [row, cents]));
    const pools = cellsOf('Herleitung', 'D');
    t.equal(pools.length, document.lines.length);
    for (const { formula, cents } of pools.filter((cell) => cell.formula !== undefined))
      t.equal(byRow.get(Number(formula?.match(/^'Kosten und Abzüge'!D(\d+)$/)?.[1])), cents, `${formula}`);
    t.equal(pools.filter((cell) => cell.formula === undefined).length, 1, 'and one without deductions');
  });

  t.test(
    'what was paid back is called so in every file, and no word says twice which way it goes',
    async (t) => {
      const repaid = sampleDocument(OUT_OF_SCOPE, { lines: repaidLines(OUT_OF_SCOPE) });
      const stepsOf = (locale: 'de' | 'en') => {
        const rows = deductionSheet(repaid, writerFor(locale))[0]?.rows.slice(1) ?? [];
        return rows.map(([, , item, amount]) => [
          item?.type === 'text' && item.text,
          amount?.type === 'cents' && amount.cents,
        ]);
      };
      t.same(stepsOf('de'), [
        ['Kosten der Leistung', 35_054_599],
        ['Rückzahlung von Zuwendungen (Landesmittel)', 500_000],
        ['Zuwendung (Zuweisung Kreis)', -4_320_000],
        ['Rückzahlung sonstiger Erträge (Erstattungen)', 50_000],
        ['Umlagebetrag der Leistung', 31_284_599],
        ['Kosten der Leistung', 17_830_777],
        ['Rückzahlung von Zuwendungen (Landesmittel)', 500_000],
        ['Umlagebetrag der Leistung', 18_330_777],
      ]);
      t.same(stepsOf('en')[1], ['Repayment of grants (Landesmittel)', 500_000]);
      const csv = (locale: 'de' | 'en') => renderCsv(repaid, locale).replaceAll('\u00a0', ' ');
      t.match(
        csv('de'),
        '350545,99;37700,00;"zuzüglich Rückzahlung von Zuwendungen (Landesmittel): 5.000,00 €; Zuwendung (Zuweisung Kreis): 43.200,00 €; zuzüglich Rückzahlung sonstiger Erträge (Erstattungen): 500,00 €"',
      );
      t.match(
        csv('de'),
        '178307,77;-5000,00;zuzüglich Rückzahlung von Zuwendungen (Landesmittel): 5.000,00 €',
      );
      t.match(csv('en'), 'plus repayment of grants (Landesmittel): 5,000.00 €');
      for (const xml of [renderUbl(repaid), renderCii(repaid)].map((one) => one.replaceAll('\u00a0', ' '))) {
        t.match(
          xml,
          'Kosten der Leistung: 350.545,99 €; abzüglich Zuwendung (Zuweisung Kreis) 43.200,00 €; zuzüglich Rückzahlung von Zuwendungen (Landesmittel) 5.000,00 €, Rückzahlung sonstiger Erträge (Erstattungen) 500,00 €; Umlagebetrag: 312.845,99 €.',
        );
        t.match(
          xml,
          'Kosten der Leistung: 178.307,77 €; zuzüglich Rückzahlung von Zuwendungen (Landesmittel) 5.000,00 €; Umlagebetrag: 183.307,77 €.',
        );
      }
    },
  );

  t.test('in the table for programs cost less deductions is what is shared out', async (t) => {
    const rows = parse(renderCsv(document), { bom: true, delimiter: ';', columns: true }) as Record<
      string,
      string
    >[];
    const cents = (row: Record<string, string>, name: string) => Number((row[name] || '0').replace(',', ''));
    for (const row of rows) {
      const left = cents(row, 'Kosten der Leistung') - cents(row, 'Summe der Abzüge');
      t.equal(left, cents(row, 'Umlagebetrag der Leistung'));
    }
    t.notOk(
      'Umlagebetrag der Leistung' in
        (parse(renderCsv(sampleDocument()), { delimiter: ';', columns: true, bom: true })[0] as object),
    );
  });
});

function linesOfPlain(netCents: number): StatementDocument['lines'][number] {
  return {
    service: { code: 'L-1', title: 'Leistung' },
    text: '',
    quantity: '12.5',
    unit: 'HUR',
    netCents,
    vat: STANDARD,
  };
}

function strings(archive: Uint8Array): Record<string, string> {
  const decoder = new TextDecoder();
  return Object.fromEntries(
    Object.entries(unzipSync(archive)).map(([name, bytes]) => [name, decoder.decode(bytes)]),
  );
}

t.test('figures of tables', async (t) => {
  t.test('property: the net column of the CSV file adds up to the document', async () => {
    fc.assert(
      fc.property(documents, (document) => {
        const rows = parse(renderCsv(document), { bom: true, delimiter: ';', columns: true }) as Record<
          string,
          string
        >[];
        const sum = rows.reduce((total, row) => total + BigInt((row.Netto || '0').replace(',', '')), 0n);
        return sum === BigInt(document.totals.netCents);
      }),
      { numRuns: 1_000 },
    );
  });

  for (const [name, document] of Object.entries(allSamples())) {
    t.test(`${name}: the formulas of the workbook lead to the figures of the document`, async (t) => {
      const files = strings(renderXlsx(document));
      const sheet = (at: number) => files[`xl/worksheets/sheet${at}.xml`] ?? '';
      const names = [...(files['xl/workbook.xml'] ?? '').matchAll(/<sheet name="(.*?)"/g)].map(
        ([, name]) => name,
      );
      const preceding = names.indexOf('Verrechnung') + 1;
      const cells = [...sheet(1).matchAll(/<c r="(B\d+)"[^>]*>\s*<f>(.*?)<\/f>\s*<v>(.*?)<\/v>/g)];
      const values = Object.fromEntries(
        [...sheet(1).matchAll(/<c r="(B\d+)"[^>]*>\s*(?:<f>.*?<\/f>\s*)?<v>(.*?)<\/v>/g)].map(
          ([, cell = '', value]) => [cell, Number(value)],
        ),
      );
      const named = Object.fromEntries(cells.map(([, cell = '', , value]) => [cell, Number(value)]));
      const column = (at: number, letter: string) =>
        [...sheet(at).matchAll(new RegExp(`<c r="${letter}\\d+" s="\\d">\\s*<v>(.*?)</v>`, 'g'))].map(
          ([, value]) => Number(value),
        );
      const byCategory = [...sheet(2).matchAll(/<row [\s\S]*?<\/row>/g)].slice(1).map(([row]) => ({
        category: row.match(/<c r="G\d+"[\s\S]*?<t>(.*?)</)?.[1],
        rate: row.match(/<c r="H\d+"[\s\S]*?<v>(.*?)</)?.[1],
        net: Number(row.match(/<c r="K\d+"[\s\S]*?<v>(.*?)</)?.[1]),
      }));
      const total = (values: number[]) =>
        Math.round(values.reduce((sum, value) => sum + value, 0) * 100) / 100;
      for (const [, cell = '', formula = '', value] of cells) {
        t.equal(evaluate(formula), Number(value), `${cell} = ${formula}`);
      }
      t.equal(cells.length, 4 + document.vat.length);

      function evaluate(formula: string): number | string {
        const vat = formula.match(/^ROUND\(SUMIFS\(.*,&quot;(.)&quot;,.*,([\d.]+)\)\*\2\/100,2\)$/);
        if (vat) {
          const own = byCategory.filter((row) => row.category === vat[1] && row.rate === vat[2]);
          return Math.round(total(own.map((row) => row.net)) * Number(vat[2]) + 1e-7) / 100;
        }
        if (/^SUM\('Positionen'!K2:K\d+\)$/.test(formula)) return total(column(2, 'K'));
        if (/^SUM\('Verrechnung'!E2:E\d+\)$/.test(formula)) return total(column(preceding, 'E'));
        const [, from, to] = formula.match(/^SUM\(B(\d+):B(\d+)\)$/) ?? [];
        if (from && to) {
          const rows = Array.from(
            { length: Number(to) - Number(from) + 1 },
            (_, at) => named[`B${Number(from) + at}`] ?? Number.NaN,
          );
          return total(rows);
        }
        if (!/^B\d+(-B\d+)+$/.test(formula)) return `unknown formula ${formula}`;
        const [whole = Number.NaN, ...less] = formula.split('-').map((cell) => values[cell] ?? Number.NaN);
        return total([whole, ...less.map((value) => -value)]);
      }
    });
  }
});
