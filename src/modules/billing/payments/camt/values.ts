import { isDay } from '../../../../platform/calendar.ts';
import type { Day } from '../../../../platform/clock.ts';
import { dayOf, plusSeconds } from '../../../../platform/clock.ts';
import type { BankFileFault } from './bank-statement.types.ts';
import { first, textAt, type XmlNode } from './xml-tree.ts';

/** Thirteen digits of euros would be more than documents can show. */
const AMOUNT = /^(\d{1,11})(?:\.(\d{1,5}))?$/;

/** The amount of a node as whole cents, with the sign of its mark; faults are written down. */
export function bankCents(node: XmlNode, place: string, faults: BankFileFault[]): number | undefined {
  const cents = amountCents(first(node, 'Amt'), place, faults);
  const mark = textAt(node, 'CdtDbtInd');
  if (mark !== 'CRDT' && mark !== 'DBIT') {
    faults.push({ code: 'SIGN_MISSING', place, reason: 'does not say whether it is a credit or a debit' });
    return undefined;
  }
  if (cents === undefined) return undefined;
  return mark === 'CRDT' || cents === 0 ? cents : -cents;
}

/** An amount in euros as whole cents. */
export function amountCents(
  node: XmlNode | undefined,
  place: string,
  faults: BankFileFault[],
): number | undefined {
  const currency = node?.attributes['Ccy'];
  if (node !== undefined && currency !== 'EUR') {
    faults.push({
      code: 'CURRENCY_FOREIGN',
      place,
      reason: `is in ${currency ?? 'no currency'} and not in EUR`,
    });
    return undefined;
  }
  const [, whole, part = ''] = AMOUNT.exec(node?.text.trim() ?? '') ?? [];
  if (whole === undefined || /[^0]/.test(part.slice(2))) {
    const shown = JSON.stringify(node?.text.trim().slice(0, 40) ?? '');
    faults.push({
      code: 'AMOUNT_INVALID',
      place,
      reason: `${shown} is no amount in whole cents below 10^11 euros`,
    });
    return undefined;
  }
  return Number(whole) * 100 + Number(part.slice(0, 2).padEnd(2, '0'));
}

/** `Dt`, or the day in Germany of `DtTm`; null where there is none. What is no day of the calendar is a fault. */
export function bankDay(node: XmlNode | undefined, place: string, faults: BankFileFault[]): Day | null {
  const written = textAt(node, 'Dt') ?? textAt(node, 'DtTm');
  if (written === undefined) return null;
  const day = textAt(node, 'Dt') === undefined ? dayOfMoment(written) : written;
  if (isDay(day)) return day;
  const reason = `has ${JSON.stringify(cut(written, 40))} for a day, which is in no calendar`;
  faults.push({ code: 'DAY_INVALID', place, reason });
  return null;
}

/** Empty where it is no moment: `Date` would roll 30 February over to March. */
function dayOfMoment(text: string): string {
  const own = text.slice(0, 10);
  if (!isDay(own) || Number.isNaN(Date.parse(text))) return '';
  return /(Z|[+-]\d\d:\d\d)$/.test(text) ? dayOf(plusSeconds(text, 0)) : own;
}

/** The first characters; never half of one, which no database stores. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : Array.from(text).slice(0, length).join('');
}
