import { plusDays } from '../../platform/clock.ts';
import type { MoneyLocale } from '../../platform/money/index.ts';
import { drawLetterhead, drawSummary, drawTitle, SUMMARY_AMOUNT } from '../../platform/pdf/blocks.ts';
import { metadataOf, PDF_UA } from '../../platform/pdf/metadata.ts';
import { drawPageFrames } from '../../platform/pdf/pages.ts';
import {
  bytesOf,
  COLOURS,
  CONTENT_WIDTH,
  createSheet,
  heading,
  PAGE,
  paragraph,
  type Sheet,
  STYLES,
} from '../../platform/pdf/sheet.ts';
import { type Column, drawTable, type Row } from '../../platform/pdf/table.ts';
import type { ProofOfUse } from './proof-of-use.types.ts';
import { type ProofWriter, proofWriter } from './proof-of-use.writer.ts';

/** The proof on paper: PDF/A-3a and PDF/UA-1, by the same hand as what members are sent. */
export async function renderProofPdf(proof: ProofOfUse, locale: MoneyLocale): Promise<Buffer> {
  const writer = proofWriter(locale);
  const { grant } = proof;
  const title = `${writer.say('title')} ${grant.number}`;
  const sheet = await createSheet({ title, locale, issuedOn: proof.asOf, creator: 'Verbund' });
  const sender = writer.typed(grant.centre);
  drawLetterhead(sheet, sender, writer.typed(grant.operator));
  sheet.y = 84;
  drawTitle(sheet, title);
  paragraph(sheet, writer.say('intro', { authority: writer.typed(grant.authority) }));
  drawSummary(sheet, summaryOf(proof, writer));
  drawFacts(sheet, proof, writer);
  drawFinancing(sheet, proof, writer);
  drawDrawdowns(sheet, proof, writer);
  drawClawbacks(sheet, proof, writer);
  drawDeclaration(sheet, writer);
  drawLines(sheet, proof, writer);
  drawPageFrames(sheet, {
    sender,
    title,
    foot: [
      [writer.typed(grant.operator), sender],
      [grant.number],
      [writer.say('as-of', { day: writer.day(proof.asOf) })],
    ],
    pageText: (page, pages) => writer.say('page', { page: String(page), pages: String(pages) }),
  });
  sheet.pdf.appendXML(metadataOf([PDF_UA]));
  return bytesOf(sheet);
}

function summaryOf({ financing, balance }: ProofOfUse, writer: ProofWriter) {
  const column = (key: string, cents: number) => ({
    share: 0.25,
    label: writer.say(`summary.${key}`),
    text: writer.euros(cents),
    style: key === 'grant' ? { ...SUMMARY_AMOUNT, size: 12 } : { ...STYLES.strong, size: 12 },
  });
  return [
    column('eligible', financing.eligibleCents),
    column('grant', financing.grantCents),
    column('to-draw', balance.toDrawCents),
    column('to-repay', balance.toRepayCents),
  ];
}

function drawFacts(sheet: Sheet, { grant, notice, rule }: ProofOfUse, writer: ProofWriter): void {
  heading(sheet, writer.say('heading.facts'), 60);
  const { reference } = grant;
  const basis = `${writer.typed(reference.title)} (${writer.day(reference.date)}), ${writer.typed(rule.source)}`;
  const facts: (readonly [key: string, value: string])[] = [
    ['title', writer.typed(grant.title)],
    ['lead', writer.typed(grant.lead)],
    ['parties', writer.typed(grant.parties.join(', '))],
    ['programme', writer.typed(grant.programme)],
    ['basis', basis],
    ['notice', `${writer.typed(notice.number)} (${writer.day(notice.noticeOn)})`],
    ['awarded', writer.euros(notice.awardedCents)],
    ['approved', writer.period(notice.approvedFrom, notice.approvedTo)],
    ['proof-due', writer.day(notice.proofDueOn)],
    ['purpose-until', writer.day(plusDays(notice.purposeEndsOn, -1))],
    ['tags', writer.typed(grant.tags.join(', '))],
  ];
  drawTable(sheet, {
    columns: [
      { header: writer.say('column.fact'), width: 150 },
      { header: writer.say('column.value'), width: CONTENT_WIDTH - 150 },
    ],
    rowHeader: 0,
    rows: facts.map(([key, value]) => ({ cells: [{ text: writer.say(`fact.${key}`) }, { text: value }] })),
  });
}

function drawFinancing(sheet: Sheet, proof: ProofOfUse, writer: ProofWriter): void {
  heading(sheet, writer.say('heading.financing'), 90);
  const { financing, notEligible, rule, notice, lines, sharedCents } = proof;
  const row = (key: string, cents: number, isSum = false, more: readonly string[] = []): Row => ({
    isSum,
    cells: [{ text: writer.say(`financing.${key}`), more }, { text: writer.euros(cents) }],
  });
  const grantBasis = writer.say('grant-basis', {
    percent: writer.decimal(rule.percent),
    cap: writer.euros(rule.capCents),
    awarded: writer.euros(notice.awardedCents),
  });
  const count = (rows: number) => [writer.say('rows', { count: String(rows) })];
  drawTable(sheet, {
    columns: [
      { header: writer.say('column.item'), width: CONTENT_WIDTH - 110 },
      { header: writer.say('column.amount'), width: 110, align: 'right' },
    ],
    rowHeader: 0,
    keptTogether: 2,
    rows: [
      row('eligible', financing.eligibleCents, false, count(lines.length)),
      row('not-eligible', financing.notEligibleCents, false, count(notEligible.rowCount)),
      row('grant', financing.grantCents, false, [grantBasis]),
      row('own-share', financing.ownShareCents, true),
      row('net-pool', financing.netPoolCents, true),
    ],
  });
  if (sharedCents === 0) return;
  sheet.y += 4;
  paragraph(sheet, writer.say('shared-note', { amount: writer.euros(sharedCents) }), STYLES.small);
}

type Columns = readonly (readonly [key: string, width: number, align?: 'right'])[];

/** Columns of given widths; the one of width 0 takes what is left. */
function columnsOf(columns: Columns, writer: ProofWriter): Column[] {
  const rest = CONTENT_WIDTH - columns.reduce((sum, [, width]) => sum + width, 0);
  return columns.map(
    ([key, width, align]): Column => ({
      header: writer.say(`column.${key}`),
      width: width === 0 ? rest : width,
      ...(align !== undefined && { align }),
    }),
  );
}

const dayOrNothing = (day: string | null, writer: ProofWriter) => (day === null ? '' : writer.day(day));

function drawDrawdowns(sheet: Sheet, { drawdowns, sums }: ProofOfUse, writer: ProofWriter): void {
  if (drawdowns.length === 0) return;
  heading(sheet, writer.say('heading.drawdowns'), 60);
  const rows = drawdowns.map((row): Row => {
    const received = row.receivedCents === null ? '' : writer.euros(row.receivedCents);
    const until = writer.say('cost-until', { day: writer.day(plusDays(row.costTo, -1)) });
    const voucher = row.voucherNumber === null ? [] : [writer.typed(row.voucherNumber)];
    return {
      cells: [
        { text: String(row.number) },
        { text: writer.say(`status.${row.status}`), more: [until] },
        { text: writer.day(row.requestedOn) },
        { text: writer.euros(row.amountCents) },
        { text: dayOrNothing(row.receivedOn, writer), more: voucher },
        { text: received },
      ],
    };
  });
  const cells = [writer.say('sum-received'), '', '', '', '', writer.euros(sums.receivedCents)];
  drawTable(sheet, {
    columns: columnsOf(
      [
        ['number', 70],
        ['status', 0],
        ['requested', 66],
        ['amount', 86, 'right'],
        ['received-on', 78],
        ['received', 86, 'right'],
      ],
      writer,
    ),
    rowHeader: 0,
    keptTogether: 1,
    rows: [...rows, { isSum: true, cells: cells.map((text) => ({ text })) }],
  });
}

function drawClawbacks(sheet: Sheet, { clawbacks, sums }: ProofOfUse, writer: ProofWriter): void {
  if (clawbacks.length === 0) return;
  heading(sheet, writer.say('heading.clawbacks'), 60);
  const rows = clawbacks.map((row): Row => {
    const voucher = row.voucherNumber === null ? [] : [writer.typed(row.voucherNumber)];
    return {
      cells: [
        { text: String(row.number) },
        { text: writer.say(`reason.${row.reason}`), more: [writer.say(`status.${row.status}`)] },
        { text: writer.day(row.demandedOn) },
        { text: writer.euros(row.amountCents) },
        { text: dayOrNothing(row.repaidOn, writer), more: voucher },
        { text: row.status === 'repaid' ? writer.euros(row.amountCents) : '' },
      ],
    };
  });
  const cells = [writer.say('sum-repaid'), '', '', '', '', writer.euros(sums.repaidCents)];
  drawTable(sheet, {
    columns: columnsOf(
      [
        ['number', 70],
        ['reason', 0],
        ['demanded', 70],
        ['amount', 80, 'right'],
        ['repaid-on', 76],
        ['repaid', 84, 'right'],
      ],
      writer,
    ),
    rowHeader: 0,
    keptTogether: 1,
    rows: [...rows, { isSum: true, cells: cells.map((text) => ({ text })) }],
  });
}

/** What whoever signs answers for. */
function drawDeclaration(sheet: Sheet, writer: ProofWriter): void {
  heading(sheet, writer.say('heading.declaration'), 90);
  paragraph(sheet, writer.say('declaration'));
  sheet.y += 34;
  const line = sheet.y - 3;
  sheet.decorate(() => {
    sheet.pdf
      .moveTo(PAGE.left, line)
      .lineTo(PAGE.left + 240, line)
      .lineWidth(0.5)
      .stroke(COLOURS.quiet);
  });
  paragraph(sheet, writer.say('signature'), STYLES.small);
}

function drawLines(sheet: Sheet, { lines, financing }: ProofOfUse, writer: ProofWriter): void {
  heading(sheet, writer.say('heading.lines'), 60);
  if (lines.length === 0) {
    paragraph(sheet, writer.say('no-lines'));
    return;
  }
  const rows = lines.map(
    (line): Row => ({
      cells: [
        { text: writer.day(line.bookedOn) },
        { text: line.voucherNumber === null ? '' : writer.typed(line.voucherNumber) },
        { text: writer.typed(line.text), more: [writer.typed(line.costType)] },
        { text: writer.euros(line.amountCents) },
      ],
    }),
  );
  const cells = [writer.say('sum'), '', '', writer.euros(financing.eligibleCents)];
  drawTable(sheet, {
    columns: columnsOf(
      [
        ['day', 66],
        ['voucher', 84],
        ['text', 0],
        ['amount', 90, 'right'],
      ],
      writer,
    ),
    rowHeader: 0,
    keptTogether: 1,
    rows: [...rows, { isSum: true, cells: cells.map((text) => ({ text })) }],
  });
}
