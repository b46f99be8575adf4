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

/** `Dt`, or the day in Germany of `DtTm`; null where there is none or it is no day. */
export function bankDay(node: XmlNode | undefined): Day | null {
  const day = textAt(node, 'Dt');
  const moment = textAt(node, 'DtTm');
  if (day !== undefined) return isDay(day) ? day : null;
  if (moment === undefined) return null;
  const hasZone = /(Z|[+-]\d\d:\d\d)$/.test(moment);
  if (Number.isNaN(Date.parse(moment))) return null;
  const own = moment.slice(0, 10);
  if (hasZone) return dayOf(plusSeconds(moment, 0));
  return isDay(own) ? own : null;
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
}
