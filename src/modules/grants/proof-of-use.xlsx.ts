import type { MoneyLocale } from '../../platform/money/index.ts';
import { columnName, type SheetCell, type Worksheet, writeWorkbook } from '../../platform/xlsx-writer.ts';
import type { ProofOfUse } from './proof-of-use.types.ts';
import { type ProofWriter, proofWriter } from './proof-of-use.writer.ts';

/** A workbook with real numbers; whatever is added up or computed is a formula, so that a reader can see it come about. */
export function renderProofXlsx(proof: ProofOfUse, locale: MoneyLocale): Uint8Array {
  const writer = proofWriter(locale);
  const sheets = [lineSheet(proof, writer), drawdownSheet(proof, writer), clawbackSheet(proof, writer)];
  return writeWorkbook([headSheet(proof, writer), ...sheets], proof.asOf);
}

const text = (value: string | null): SheetCell =>
  value === null ? undefined : { type: 'text', text: value };
const strong = (value: string): SheetCell => ({ type: 'text', text: value, isStrong: true });
const day = (value: string | null): SheetCell => (value === null ? undefined : { type: 'day', day: value });
const cents = (value: number | null, formula?: string): SheetCell =>
  value === null ? undefined : { type: 'cents', cents: value, ...(formula !== undefined && { formula }) };

const LINES = ['day', 'voucher', 'cost-type', 'text', 'amount'] as const;
const DRAWDOWNS = [
  'number',
  'status',
  'requested',
  'cost-to',
  'amount',
  'received-on',
  'received',
  'voucher',
] as const;
const CLAWBACKS = [
  'number',
  'status',
  'reason',
  'demanded',
  'due',
  'amount',
  'repaid-on',
  'repaid',
  'voucher',
] as const;

const header = (writer: ProofWriter, keys: readonly string[]) =>
  keys.map((key) => strong(writer.say(`column.${key}`)));

/** The values below a header: `'Belege'!E2:E9`. */
function range(
  writer: ProofWriter,
  sheet: string,
  keys: readonly string[],
  key: string,
  rows: number,
): string {
  const column = columnName(keys.indexOf(key));
  return `'${writer.say(`sheet.${sheet}`)}'!${column}2:${column}${Math.max(rows, 1) + 1}`;
}

function headSheet(proof: ProofOfUse, writer: ProofWriter): Worksheet {
  const { grant, notice, rule } = proof;
  const row = (key: string, cell: SheetCell) => [text(writer.say(`fact.${key}`)), cell];
  const facts = [
    [strong(writer.say('title'))],
    row('number', text(grant.number)),
    row('title', text(writer.typed(grant.title))),
    row('centre', text(writer.typed(`${grant.centre}, ${grant.operator}`))),
    row('lead', text(writer.typed(grant.lead))),
    row('parties', text(writer.typed(grant.parties.join(', ')))),
    row('programme', text(writer.typed(grant.programme))),
    row('authority', text(writer.typed(grant.authority))),
    row('notice', text(writer.typed(notice.number))),
    row('notice-on', day(notice.noticeOn)),
    row('approved', text(writer.period(notice.approvedFrom, notice.approvedTo))),
    row('proof-due', day(notice.proofDueOn)),
    row('purpose-ends', day(notice.purposeEndsOn)),
    row('as-of', day(proof.asOf)),
    row('percent', { type: 'number', text: rule.percent }),
    row('cap', cents(rule.capCents)),
    row('awarded', cents(notice.awardedCents)),
    [],
  ];
  const rows = [...facts, ...financingRows(proof, writer, facts.length)];
  return { name: writer.say('sheet.proof'), widths: [44, 48], rows };
}

/** Formulas name the rows above them: percentage, cap and award stand right before, `above` rows from the top. */
function financingRows(proof: ProofOfUse, writer: ProofWriter, above: number): SheetCell[][] {
  const { lines, notEligible, financing, drawdowns, clawbacks, sums, balance } = proof;
  const [percent, cap, awarded] = [above - 3, above - 2, above - 1].map((at) => `B${at}`);
  const first = above + 2;
  const at = (offset: number) => `B${first + offset}`;
  const [eligible, other, grant, drawn, received, clawed, repaid] = [0, 1, 2, 5, 6, 7, 8].map(at);
  const drawdownSum = (key: (typeof DRAWDOWNS)[number]) =>
    range(writer, 'drawdowns', DRAWDOWNS, key, drawdowns.length);
  const clawbackSum = (key: (typeof CLAWBACKS)[number]) =>
    range(writer, 'clawbacks', CLAWBACKS, key, clawbacks.length);
  const open = writer.say('status.requested');
  const cancelled = writer.say('status.cancelled');
  const active = clawbacks.filter(({ status }) => status !== 'cancelled');
  const demanded = active.reduce((sum, { amountCents }) => sum + amountCents, 0);
  const asked = drawdowns.filter(({ status }) => status === 'requested');
  const askedCents = asked.reduce((sum, { amountCents }) => sum + amountCents, 0);
  const row = (key: string, value: number, formula?: string) => [
    text(writer.say(`financing.${key}`)),
    cents(value, formula),
  ];
  return [
    [strong(writer.say('heading.financing'))],
    row('eligible', financing.eligibleCents, `SUM(${range(writer, 'lines', LINES, 'amount', lines.length)})`),
    row('not-eligible', notEligible.amountCents),
    row(
      'grant',
      financing.grantCents,
      `MIN(${awarded},${cap},ROUNDDOWN(ROUND(MAX(${eligible},0)*${percent}/100,6),2))`,
    ),
    row('own-share', financing.ownShareCents, `${eligible}-${grant}`),
    row('net-pool', financing.netPoolCents, `${eligible}+${other}-${grant}`),
    row(
      'drawn',
      askedCents + sums.receivedCents,
      `${received}+SUMIFS(${drawdownSum('amount')},${drawdownSum('status')},"${open}")`,
    ),
    row('received', sums.receivedCents, `SUM(${drawdownSum('received')})`),
    row(
      'clawed-back',
      demanded,
      `SUM(${clawbackSum('amount')})-SUMIFS(${clawbackSum('amount')},${clawbackSum('status')},"${cancelled}")`,
    ),
    row('repaid', sums.repaidCents, `SUM(${clawbackSum('repaid')})`),
    row('to-draw', balance.toDrawCents, `MAX(0,${grant}-${drawn})`),
    row('to-repay', balance.toRepayCents, `${clawed}-${repaid}+MAX(0,${received}-${clawed}-${grant})`),
    [text(writer.say('shared')), cents(proof.sharedCents)],
  ];
}

function lineSheet({ lines }: ProofOfUse, writer: ProofWriter): Worksheet {
  const rows = lines.map((line): SheetCell[] => [
    day(line.bookedOn),
    text(line.voucherNumber && writer.typed(line.voucherNumber)),
    text(writer.typed(line.costType)),
    text(writer.typed(line.text)),
    cents(line.amountCents),
  ]);
  const name = writer.say('sheet.lines');
  return { name, widths: [12, 18, 24, 60, 16], rows: [header(writer, LINES), ...rows] };
}

function drawdownSheet({ drawdowns }: ProofOfUse, writer: ProofWriter): Worksheet {
  const rows = drawdowns.map((row): SheetCell[] => [
    { type: 'number', text: String(row.number) },
    text(writer.say(`status.${row.status}`)),
    day(row.requestedOn),
    day(row.costTo),
    cents(row.amountCents),
    day(row.receivedOn),
    cents(row.receivedCents),
    text(row.voucherNumber && writer.typed(row.voucherNumber)),
  ]);
  const name = writer.say('sheet.drawdowns');
  return { name, widths: [8, 16, 14, 18, 16, 14, 16, 18], rows: [header(writer, DRAWDOWNS), ...rows] };
}

function clawbackSheet({ clawbacks }: ProofOfUse, writer: ProofWriter): Worksheet {
  const rows = clawbacks.map((row): SheetCell[] => [
    { type: 'number', text: String(row.number) },
    text(writer.say(`status.${row.status}`)),
    text(writer.say(`reason.${row.reason}`)),
    day(row.demandedOn),
    day(row.dueOn),
    cents(row.amountCents),
    day(row.repaidOn),
    cents(row.status === 'repaid' ? row.amountCents : null),
    text(row.voucherNumber && writer.typed(row.voucherNumber)),
  ]);
  const name = writer.say('sheet.clawbacks');
  return { name, widths: [8, 16, 36, 14, 14, 16, 14, 16, 18], rows: [header(writer, CLAWBACKS), ...rows] };
}
