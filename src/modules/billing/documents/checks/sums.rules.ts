import { parseDecimal } from '../../../../platform/money/index.ts';
import { breakDown, totalsOf, vatGroup } from '../amounts.rules.ts';
import type { DocumentLine, StatementDocument, VatBreakdown } from '../document.types.ts';
import { type Finding, findings } from './findings.rules.ts';
import { isFilled } from './texts.rules.ts';

/** Spreadsheets hold 15 digits: below it an amount is the same in every format. */
const CENTS_LIMIT = 100_000_000_000_000;

export function isAmount(cents: number): boolean {
  return Number.isSafeInteger(cents) && Math.abs(cents) < CENTS_LIMIT;
}

/** Whether a decimal text is one, and above zero. */
export function isPositiveDecimal(text: string): boolean {
  return isDecimal(text) && parseDecimal(text).units > 0n;
}

export function isDecimal(text: string): boolean {
  return /^-?(0|[1-9]\d{0,17})(\.\d{1,12})?$/.test(text);
}

/** Amounts of all lines and preceding documents, so that later checks can reckon with them. */
export function checkAmounts({ lines, preceding, paidCents = 0, vat, totals }: StatementDocument): Finding[] {
  const amounts: (readonly [string, number])[] = [
    ['/paidCents', paidCents],
    ...lines.map((line, at) => [`/lines/${at}/netCents`, line.netCents] as const),
    ...preceding.flatMap((document, at) =>
      (['grossCents', 'prepaidCents', 'prepaidVatCents'] as const).map(
        (field) => [`/preceding/${at}/${field}`, document[field]] as const,
      ),
    ),
    ...vat.flatMap((group, at) =>
      (['netCents', 'vatCents'] as const).map((field) => [`/vat/${at}/${field}`, group[field]] as const),
    ),
    ...Object.entries(totals).map(([field, cents]) => [`/totals/${field}`, cents as number] as const),
  ];
  return findings(
    ...amounts.map(
      ([pointer, cents]) =>
        [
          isAmount(cents),
          pointer,
          'AMOUNT_OUT_OF_RANGE',
          'is not a whole number of cents below 10^14',
        ] as const,
    ),
  );
}

export function checkVat({ lines }: StatementDocument): Finding[] {
  const categories = new Set(lines.map((line) => line.vat.category));
  return [
    ...findings([
      !(categories.has('O') && categories.size > 1),
      '/lines',
      'VAT_CATEGORIES_MIXED',
      'what is outside the scope of VAT needs a document of its own (BR-O-11)',
    ]),
    ...lines.flatMap(checkTreatment),
    ...lines.flatMap((line, at) => checkSameReason(line, at, lines)),
  ];
}

function checkTreatment({ vat }: DocumentLine, at: number): Finding[] {
  const { category, ratePercent, vatexCode, reason } = vat;
  const pointer = `/lines/${at}/vat`;
  const rate = `${pointer}/ratePercent`;
  if (category === 'S') {
    return findings(
      [isPositiveDecimal(ratePercent), rate, 'VAT_RATE_INVALID', 'has to be above zero (BR-S-05)'],
      [
        vatexCode === undefined && reason === undefined,
        pointer,
        'VAT_REASON_UNEXPECTED',
        'taxable lines have no reason for exemption (BR-S-10)',
      ],
    );
  }
  return findings(
    [
      ratePercent === '0',
      rate,
      'VAT_RATE_INVALID',
      'has to be "0" where there is no VAT (BR-E-05, BR-DE-14)',
    ],
    [
      isFilled(reason ?? ''),
      `${pointer}/reason`,
      'VAT_REASON_MISSING',
      'says why there is no VAT (BR-E-10, BR-O-10)',
    ],
    [
      vatexCode === undefined || /^VATEX-(EU|DE)-[A-Z0-9-]+$/.test(vatexCode),
      `${pointer}/vatexCode`,
      'VATEX_CODE_INVALID',
      'is no code of the VATEX list',
    ],
    [
      vatexCode === undefined || (vatexCode === 'VATEX-EU-O') === (category === 'O'),
      `${pointer}/vatexCode`,
      'VATEX_CODE_INVALID',
      'does not fit the category',
    ],
  );
}

/** A document has one place for each category (BR-E-01, BR-O-01), and that place one reason. */
function checkSameReason({ vat }: DocumentLine, at: number, lines: readonly DocumentLine[]): Finding[] {
  const first = lines.find((line) => vatGroup(line.vat) === vatGroup(vat))?.vat;
  return findings([
    first?.vatexCode === vat.vatexCode && first?.reason === vat.reason,
    `/lines/${at}/vat`,
    'VAT_REASONS_DIFFER',
    'lines of one category need the same reason: split the document',
  ]);
}

/** The sums again, to the cent: what the official rules let pass up to a euro. Needs sound amounts and rates. */
export function checkSums(document: StatementDocument): Finding[] {
  const vat = breakDown(document.lines);
  const totals = totalsOf(document.lines, vat, document.preceding, document.paidCents);
  const same = (a: VatBreakdown | undefined, b: VatBreakdown | undefined) =>
    (['category', 'ratePercent', 'vatexCode', 'reason', 'netCents', 'vatCents'] as const).every(
      (field) => a?.[field] === b?.[field],
    );
  const places = [...Array(Math.max(vat.length, document.vat.length)).keys()];
  return findings(
    ...places.map(
      (at) =>
        [
          same(vat[at], document.vat[at]),
          `/vat/${at}`,
          'VAT_WRONG',
          'does not follow from the lines',
        ] as const,
    ),
    ...(Object.keys(totals) as (keyof typeof totals)[]).map(
      (field) =>
        [
          totals[field] === document.totals[field],
          `/totals/${field}`,
          'TOTAL_WRONG',
          `is ${document.totals[field]} and not ${totals[field]}, as the lines add up to`,
        ] as const,
    ),
  );
}
