import { checkDerivations } from './checks/derivation.rules.ts';
import { type Finding, findings } from './checks/findings.rules.ts';
import { checkBuyer, checkSeller } from './checks/parties.rules.ts';
import { checkAmounts, checkSums, checkVat, isPositiveDecimal } from './checks/sums.rules.ts';
import { checkTexts, isFilled } from './checks/texts.rules.ts';
import type { DocumentKind, StatementDocument } from './document.types.ts';

/**
 * Everything that stands against issuing a document; empty when nothing does. Covers what the official rules ask of a
 * document like ours, and what they let pass: cents of VAT, check digits of the Leitweg-ID and of the IBAN.
 */
export function checkDocument(document: StatementDocument): Finding[] {
  const amounts = [...checkAmounts(document), ...checkVat(document)];
  return [
    ...checkHead(document),
    ...checkSeller(document),
    ...checkBuyer(document),
    ...checkPreceding(document),
    ...checkLines(document),
    ...amounts,
    ...(amounts.length === 0 ? [...checkSums(document), ...checkDerivations(document)] : []),
    ...checkTexts(document),
  ];
}

const titles: Readonly<Record<DocumentKind, string>> = {
  326: 'instalment',
  380: 'invoice',
  384: 'corrected invoice',
  381: 'credit note',
};

function checkHead({
  kind,
  number,
  issuedOn,
  dueOn,
  period,
  agreementReference,
}: StatementDocument): Finding[] {
  return findings(
    [kind in titles, '/kind', 'KIND_INVALID', 'is not one of 326, 380, 384, 381'],
    [isNumber(number), '/number', 'NUMBER_INVALID', 'needs 1 to 40 letters, digits, or - . / _'],
    [isDay(issuedOn), '/issuedOn', 'DAY_INVALID', 'is no day'],
    [isDay(dueOn), '/dueOn', 'DAY_INVALID', 'is no day'],
    [dueOn >= issuedOn, '/dueOn', 'DUE_BEFORE_ISSUE', 'is before the day of issue'],
    [isDay(period.startsOn), '/period/startsOn', 'DAY_INVALID', 'is no day'],
    [isDay(period.endsOn), '/period/endsOn', 'DAY_INVALID', 'is no day'],
    [period.startsOn < period.endsOn, '/period', 'PERIOD_EMPTY', 'ends before it starts'],
    [isFilled(agreementReference), '/agreementReference', 'TEXT_MISSING', 'names no agreement (BT-12)'],
  );
}

function checkPreceding({ kind, issuedOn, number, preceding }: StatementDocument): Finding[] {
  const corrects = kind === 384 || kind === 381;
  const numbers = preceding.map((document) => document.number);
  return [
    ...findings(
      [
        !corrects || preceding.length > 0,
        '/preceding',
        'PRECEDING_MISSING',
        `a ${titles[kind]} names the document it corrects (BR-DE-26)`,
      ],
      [new Set(numbers).size === numbers.length, '/preceding', 'PRECEDING_TWICE', 'names a document twice'],
    ),
    ...preceding.flatMap((before, at) => {
      const pointer = `/preceding/${at}`;
      return findings(
        [isNumber(before.number), `${pointer}/number`, 'NUMBER_INVALID', 'is no number of a document'],
        [before.number !== number, `${pointer}/number`, 'PRECEDING_ITSELF', 'is this document'],
        [isDay(before.issuedOn), `${pointer}/issuedOn`, 'DAY_INVALID', 'is no day'],
        [before.issuedOn <= issuedOn, `${pointer}/issuedOn`, 'PRECEDING_LATER', 'is after the day of issue'],
        [
          isWithin(before.prepaidCents, before.grossCents),
          `${pointer}/prepaidCents`,
          'PREPAID_TOO_LARGE',
          'is more than the document asked for',
        ],
        [
          isWithin(before.prepaidVatCents, before.prepaidCents),
          `${pointer}/prepaidVatCents`,
          'PREPAID_VAT_TOO_LARGE',
          'is more than the amount it is part of',
        ],
      );
    }),
  ];
}

function checkLines({ lines }: StatementDocument): Finding[] {
  return [
    ...findings([lines.length > 0, '/lines', 'LINES_MISSING', 'a document has at least one line (BR-16)']),
    ...lines.flatMap((line, at) =>
      findings(
        [isFilled(line.service.code), `/lines/${at}/service/code`, 'TEXT_MISSING', 'the service has no code'],
        [
          isFilled(line.service.title),
          `/lines/${at}/service/title`,
          'TEXT_MISSING',
          'the line has no name (BT-153)',
        ],
        [
          isPositiveDecimal(line.quantity),
          `/lines/${at}/quantity`,
          'QUANTITY_INVALID',
          'is no quantity above zero; a credit is a negative amount',
        ],
      ),
    ),
  ];
}

function isNumber(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._/-]{0,39}$/.test(text);
}

function isDay(text: string): boolean {
  return (
    /^[12]\d{3}-\d\d-\d\d$/.test(text) &&
    !Number.isNaN(Date.parse(text)) &&
    Number(text.slice(8)) <= daysIn(text)
  );
}

/** `Date.parse` takes 2026-02-30 for 2 March. */
function daysIn(day: string): number {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Same sign, and not larger. */
function isWithin(part: number, whole: number): boolean {
  return whole < 0 ? part >= whole && part <= 0 : part >= 0 && part <= whole;
}
