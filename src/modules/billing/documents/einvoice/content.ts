import { formatCents } from '../../../../platform/money/index.ts';
import { percentOfTotal } from '../amounts.rules.ts';
import type {
  Deduction,
  Derivation,
  DocumentLine,
  PrecedingDocument,
  StatementDocument,
} from '../document.types.ts';
import { deductionText, termsOf, titleOf, writerFor } from '../format.ts';

/** What both syntaxes say in the same words. The language of an invoice between German bodies is German. */
const german = writerFor('de');

/** BT-23: the process of PEPPOL, which German portals expect. */
export const PROCESS = 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0';
/** BT-24. */
export const XRECHNUNG = 'urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0';
export const EN_16931 = 'urn:cen.eu:en16931:2017';

/** `1234.56` */
export function amount(cents: number): string {
  return formatCents(cents, 'en', { grouping: false });
}

/** BT-22: subject, remarks, and what is set off with the VAT in it, as § 14 (5) UStG wants it in a final invoice. */
export function notesOf(document: StatementDocument): string[] {
  const { number, period, notes, preceding, paidCents, totals } = document;
  const title = titleOf(document, german);
  return [
    german.say('xml.subject', { title, number, period: german.period(period) }),
    ...preceding.map(precedingNote),
    ...(paidCents === undefined
      ? []
      : [
          german.say('xml.paid', {
            paid: german.euros(paidCents),
            left: german.euros(totals.payableCents),
          }),
        ]),
    ...notes,
  ];
}

function precedingNote({ number, issuedOn, prepaidCents, prepaidVatCents }: PrecedingDocument): string {
  const values = { number, day: german.day(issuedOn) };
  if (prepaidCents === 0) return german.say('xml.refers-to', values);
  return german.say('xml.sets-off', {
    ...values,
    gross: german.euros(prepaidCents),
    vat: german.euros(prepaidVatCents),
  });
}

/** BT-20. */
export function paymentTerms(document: StatementDocument): string {
  return termsOf(document, german);
}

/** BT-127: the way from the cost of the service to the amount, tranche by tranche. */
export function derivationNote({ derivation }: DocumentLine): string | undefined {
  if (derivation === undefined) return undefined;
  const parts = derivation.parts.map(({ label, percent, key, weight, weightTotal }) =>
    german.say('xml.part', {
      label,
      percent: german.decimal(percent),
      key: german.key(key.type),
      weight: german.decimal(weight),
      total: german.decimal(weightTotal),
      share: german.decimal(percentOfTotal(weight, weightTotal)),
    }),
  );
  return [poolNote(derivation), ...parts].join(' ');
}

function poolNote({ netting, poolCents }: Derivation): string {
  const pool = german.euros(poolCents);
  if (netting === undefined) return german.say('xml.pool', { pool });
  const isRepaid = ({ amountCents }: Deduction) => amountCents < 0;
  const steps = [
    ...stepsOf(
      'deduction.less',
      netting.deductions.filter((one) => !isRepaid(one)),
    ),
    ...stepsOf('deduction.plus', netting.deductions.filter(isRepaid)),
  ];
  return german.say('xml.pool-net', { cost: german.euros(netting.costCents), steps: steps.join('; '), pool });
}

/** Those that go the same way, behind the word that says which; the amounts have no sign. */
function stepsOf(key: string, deductions: readonly Deduction[]): string[] {
  if (deductions.length === 0) return [];
  const texts = deductions.map(
    (one) => `${deductionText(one, german)} ${german.euros(Math.abs(one.amountCents))}`,
  );
  return [german.say(key, { deduction: texts.join(', ') })];
}

/** BT-129: below zero for a negative amount, because a price (BT-146) may not be. */
export function signedQuantity({ quantity, netCents }: DocumentLine): string {
  return netCents < 0 ? `-${quantity}` : quantity;
}
