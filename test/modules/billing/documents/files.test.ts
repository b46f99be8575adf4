import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import t from 'tap';
import { renderFacturX } from '../../../../src/modules/billing/documents/einvoice/cii.ts';
import {
  renderCii,
  renderCsv,
  renderPdf,
  renderUbl,
  renderXlsx,
  renderZugferd,
  type StatementDocument,
} from '../../../../src/modules/billing/documents/index.ts';
import { serviceShares } from '../../../../src/modules/billing/documents/pdf/shares.ts';
import {
  allSamples,
  INSTALMENTS,
  nettedLines,
  OUT_OF_SCOPE,
  STANDARD,
  sampleDocument,
} from '../../../support/documents.ts';

const hash = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The streams of a PDF, unpacked. */
function streamsOf(pdf: Buffer): Buffer[] {
  const text = pdf.toString('latin1');
  return [...text.matchAll(/(<<(?:(?!endobj)[\s\S])*?>>)\s*stream\n/g)].map((found) => {
    const start = found.index + found[0].length;
    const bytes = pdf.subarray(start, text.indexOf('endstream', start));
    return found[1]?.includes('/FlateDecode') ? inflateSync(bytes) : bytes;
  });
}

const count = (pdf: Buffer, pattern: RegExp) => pdf.toString('latin1').match(pattern)?.length ?? 0;

t.test('files of a document', async (t) => {
  t.test('the same document has the same bytes in every format, also at the same time', async (t) => {
    for (const [name, document] of Object.entries(allSamples())) {
      const copy = structuredClone(document);
      const [pdf, zugferd, pdfAgain, zugferdAgain] = await Promise.all([
        renderPdf(document),
        renderZugferd(document),
        renderPdf(copy),
        renderZugferd(copy),
      ]);
      t.equal(hash(pdf), hash(pdfAgain), `${name}: PDF`);
      t.equal(hash(zugferd), hash(zugferdAgain), `${name}: ZUGFeRD`);
      for (const render of [renderUbl, renderCii, renderCsv, renderXlsx]) {
        t.equal(hash(render(document)), hash(render(copy)), `${name}: ${render.name}`);
      }
    }
  });

  t.test('the archive of the workbook is dated by the document and not by the clock', async (t) => {
    const archive = Buffer.from(renderXlsx(sampleDocument()));
    const [noon, issued] = [12 << 11, ((2026 - 1980) << 9) | (11 << 5) | 20];
    t.same([archive.readUInt16LE(10), archive.readUInt16LE(12)], [noon, issued]);
  });

  t.test('one cent more is another file in every format', async (t) => {
    const document = sampleDocument();
    const other = sampleDocument(OUT_OF_SCOPE, {
      lines: document.lines.map((line, at) => (at === 0 ? { ...line, netCents: line.netCents + 1 } : line)),
    });
    t.not(hash(await renderPdf(document)), hash(await renderPdf(other)));
    for (const render of [renderUbl, renderCii, renderCsv, renderXlsx]) {
      t.not(hash(render(document)), hash(render(other)), render.name);
    }
  });

  t.test('texts arrive as they were given, marks of XML and of formulas too', async (t) => {
    const notes = ['Umlage < 5 & „mehr“ > 3 "x"'];
    const document = sampleDocument(STANDARD, {
      notes,
      lines: sampleDocument(STANDARD).lines.map((line) => ({ ...line, text: '=1+1' })),
    });
    for (const xml of [renderUbl(document), renderCii(document)]) {
      t.match(xml, 'Umlage &lt; 5 &amp; „mehr“ &gt; 3 &quot;x&quot;');
    }
    t.match(renderCsv(document), ";'=1+1;");
    const sheet = new TextDecoder().decode(unzipSync(renderXlsx(document))['xl/worksheets/sheet2.xml']);
    t.match(sheet, /<c r="D2" s="0" t="inlineStr">\s*<is>\s*<t>=1\+1<\/t>/);
    t.throws(() => renderUbl({ ...document, notes: ['\u0001'] }), RangeError);
  });
});

t.test('PDF', async (t) => {
  const document = sampleDocument(STANDARD, { preceding: INSTALMENTS });
  const pdf = await renderPdf(document);

  t.test('says that it is PDF/A-3a and PDF/UA-1 in German, and is dated on the day of issue', async (t) => {
    const text = pdf.toString('utf8');
    t.match(text, '<pdfaid:part>3</pdfaid:part>');
    t.match(text, '<pdfaid:conformance>A</pdfaid:conformance>');
    t.match(text, '<pdfuaid:part>1</pdfuaid:part>');
    t.match(text, '<pdfaExtension:schemas>');
    t.match(text, '<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/<');
    t.match(text, '<xmp:CreateDate>2026-11-20T00:00:00Z</xmp:CreateDate>');
    t.match(text, '/Lang (de-DE)');
    t.match(text, '/Marked true');
    t.match((await renderPdf(document, 'en')).toString('latin1'), '/Lang (en-GB)');
  });

  t.test('embeds both fonts, and no text is in another', async (t) => {
    t.equal(count(pdf, /\/FontFile2 /g), 2);
    t.equal(count(pdf, /\/Subtype \/(Type1|TrueType)\b/g), 0);
  });

  t.test('has a heading, tables with header cells, and a picture with a text in its place', async (t) => {
    t.equal(count(pdf, /\/S \/H1\b/g), 1);
    t.equal(count(pdf, /\/S \/Table\b/g), 4);
    t.ok(count(pdf, /\/Scope \/Column/g) >= 4 * 4);
    t.equal(count(pdf, /\/Scope \/Row/g), count(pdf, /\/S \/TR\b/g) - 4, 'each row but the headers is named');
    t.equal(count(pdf, /\/S \/Figure\b/g), 1);
    const alt = /\/Alt (\((?:[^()\\]|\\.)*\)|<[0-9a-f]+>)/.exec(pdf.toString('latin1'))?.[1] ?? '';
    t.ok(alt.length > 100, 'the picture is described');
  });

  t.test('says what is set off in a table of its own, and only where something is', async (t) => {
    const lines = nettedLines(STANDARD);
    const netted = await renderPdf(sampleDocument(STANDARD, { lines }));
    const without = await renderPdf(sampleDocument(STANDARD));
    t.equal(count(netted, /\/S \/Table\b/g), count(without, /\/S \/Table\b/g) + 1);
    t.equal(count(netted, /\/S \/H2\b/g), count(without, /\/S \/H2\b/g) + 1);
    t.equal(count(netted, /\/Scope \/Row/g), count(without, /\/Scope \/Row/g) + 4 + 3, 'each step is named');
    t.equal(count(netted, /\/Scope \/Column/g), count(without, /\/Scope \/Column/g) + 2);
  });

  t.test('everything on a page is either tagged content or marked as an artifact', async (t) => {
    const pages = streamsOf(pdf)
      .map((stream) => stream.toString('latin1'))
      .filter((stream) => stream.includes(' BDC'));
    t.ok(pages.length >= 2);
    for (const page of pages) {
      let depth = 0;
      for (const line of page.split('\n')) {
        if (/ B(DC|MC)$/.test(line)) depth += 1;
        if (/^EMC$/.test(line)) depth -= 1;
        if (/ (TJ|Tj|f|S)$|^(f|S)$/.test(line)) t.equal(depth, 1, line.slice(0, 60));
      }
      t.equal(depth, 0, 'each mark is closed');
    }
  });

  t.test('a long document breaks into pages, with all its rows', async (t) => {
    const { lines } = document;
    const many: StatementDocument['lines'] = Array.from({ length: 60 }, (_, at) => ({
      ...(lines[at % lines.length] as (typeof lines)[number]),
      service: { code: `L-${at}`, title: `Leistung ${at}` },
    }));
    const long = sampleDocument(STANDARD, { lines: many });
    const bytes = await renderPdf(long);
    const pages = count(bytes, /\/Type \/Page\b/g);
    t.ok(
      pages > 12 && pages < 24,
      `${pages} pages: rows that break by themselves would take a page for each cell`,
    );
    t.equal(count(bytes, /\/S \/Figure\b/g), Math.ceil(60 / 14));
    t.equal(
      count(bytes, /\/Scope \/Row/g),
      60 * 3 + 3,
      'lines, shares and derivations, and three rows of sums',
    );
  });
});

t.test('ZUGFeRD', async (t) => {
  t.test('carries the invoice byte for byte, named as its metadata say', async (t) => {
    const document = sampleDocument(STANDARD, { preceding: INSTALMENTS });
    const pdf = await renderZugferd(document);
    const xml = Buffer.from(renderFacturX(document), 'utf8');
    t.equal(streamsOf(pdf).filter((stream) => stream.equals(xml)).length, 1);
    const text = pdf.toString('latin1');
    t.match(text, '/AFRelationship /Alternative');
    t.match(text, '<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>');
    t.match(text, '<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>');
    t.equal(renderFacturX(document).match(/<ram:InvoiceReferencedDocument>/g)?.length, 4);
  });

  t.test('CII D16B has room for one reference: of several instalments none is singled out', async (t) => {
    const count = (document: StatementDocument) =>
      renderCii(document).match(/<ram:InvoiceReferencedDocument>/g)?.length ?? 0;
    t.equal(count(sampleDocument(STANDARD, { preceding: INSTALMENTS })), 0);
    t.equal(count(sampleDocument(STANDARD, { preceding: INSTALMENTS.slice(0, 1) })), 1);
    t.equal(count(sampleDocument(STANDARD, { kind: 384, preceding: INSTALMENTS })), 1);
    for (const { number } of INSTALMENTS) {
      t.match(renderCii(sampleDocument(STANDARD, { preceding: INSTALMENTS })), `Dokument ${number} vom`);
    }
  });
});

t.test('the share of a service is that of all its tranches together, rounded as they are', async (t) => {
  const [first, second] = serviceShares(sampleDocument().lines);
  t.same(first, {
    title: 'Zentrale Vergabestelle',
    poolCents: 31_284_599,
    shareCents: 2_085_640 + 1_743_201,
    percent: '12.2387',
  });
  t.equal(sampleDocument().lines[2]?.derivation?.roundingCents, 1, 'with a rounding cent');
  t.equal(second?.shareCents, sampleDocument().lines[2]?.netCents);
});
