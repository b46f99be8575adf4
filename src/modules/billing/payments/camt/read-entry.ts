import { isIban } from '../../documents/identifiers.rules.ts';
import type { BankEntry, BankFileFault } from './bank-statement.types.ts';
import { bankCents, bankDay, amountCents as centsOf, cut } from './values.ts';
import { all, first, textAt, type XmlNode } from './xml-tree.ts';

interface EntryPlace {
  readonly iban: string;
  readonly statementId: string;
  readonly place: string;
  /** In the statement, from 0. */
  readonly position: number;
}

export interface ReadEntry {
  readonly isBooked: boolean;
  readonly amountCents: number;
  readonly entries: readonly BankEntry[];
}

/** What banks write where they have no reference. */
const NO_REFERENCE = new Set(['NONREF', 'NOTPROVIDED', 'NOTAVAILABLE', 'NONE']);

/** An entry, as one transfer or as the several that were booked together. */
export function readEntry(node: XmlNode, at: EntryPlace, faults: BankFileFault[]): ReadEntry {
  const { place } = at;
  const amountCents = bankCents(node, place, faults) ?? 0;
  const status = textAt(node, 'Sts', 'Cd') ?? textAt(node, 'Sts');
  if (status === undefined) faults.push({ code: 'FIELD_MISSING', place, reason: 'has no status' });
  if (status !== 'BOOK') return { isBooked: false, amountCents: 0, entries: [] };
  const before = faults.length;
  const bookedOn = bankDay(first(node, 'BookgDt'), place, faults);
  if (bookedOn === null && faults.length === before)
    faults.push({ code: 'DAY_MISSING', place, reason: 'has no day of booking' });
  if (amountCents === 0) return { isBooked: true, amountCents, entries: [] };
  const details = all(node, 'NtryDtls', 'TxDtls');
  const parts: readonly (XmlNode | undefined)[] = details.length === 0 ? [undefined] : details;
  const amounts = partAmounts(parts, amountCents, place, faults);
  const entries = parts.map((detail, part): BankEntry => {
    const isCredit = (amounts[part] ?? 0) > 0;
    return {
      place: parts.length === 1 ? place : `${place}, transaction ${part + 1}`,
      key: keyOf(node, detail, at, part, parts.length),
      bookedOn: bookedOn ?? '',
      amountCents: amounts[part] ?? 0,
      isReversal:
        ['true', '1'].includes(textAt(node, 'RvslInd') ?? '') || first(detail, 'RtrInf') !== undefined,
      bankReference: referenceOf(node, detail) ?? null,
      endToEndId: known(textAt(detail, 'Refs', 'EndToEndId')) ?? null,
      ...counterpartyOf(detail, isCredit),
      text: remittanceOf(node, detail),
    };
  });
  return { isBooked: true, amountCents, entries: entries.filter((entry) => entry.amountCents !== 0) };
}

/** Amounts of the parts, which make up the entry to the cent; a single one may leave its own out. */
function partAmounts(
  parts: readonly (XmlNode | undefined)[],
  entryCents: number,
  place: string,
  faults: BankFileFault[],
): number[] {
  if (parts.length === 1) return [entryCents];
  const amounts = parts.map((detail, at): number => {
    const where = `${place}, transaction ${at + 1}`;
    const own = first(detail, 'Amt') ?? first(detail, 'AmtDtls', 'TxAmt', 'Amt');
    if (own === undefined) {
      faults.push({ code: 'AMOUNT_MISSING', place: where, reason: 'has no amount of its own' });
      return 0;
    }
    const cents = centsOf(own, where, faults) ?? 0;
    const mark = textAt(detail, 'CdtDbtInd') ?? (entryCents > 0 ? 'CRDT' : 'DBIT');
    return mark === 'DBIT' ? -cents : cents;
  });
  const sum = amounts.reduce((total, amount) => total + amount, 0);
  if (sum !== entryCents) {
    const reason = `is of ${entryCents} cents, but its transactions add up to ${sum}`;
    faults.push({ code: 'BATCH_SUM_WRONG', place, reason });
  }
  return amounts;
}

function keyOf(
  node: XmlNode,
  detail: XmlNode | undefined,
  { iban, statementId, position }: EntryPlace,
  part: number,
  count: number,
): string {
  const suffix = count === 1 ? '' : ` ${part}`;
  const bank = known(textAt(node, 'AcctSvcrRef'));
  if (bank !== undefined) return `${iban} bank ${bank}${suffix}`;
  const own = count === 1 ? known(textAt(detail, 'Refs', 'AcctSvcrRef')) : undefined;
  if (own !== undefined) return `${iban} bank ${own}`;
  const entry = known(textAt(node, 'NtryRef')) ?? `#${position}`;
  return `${iban} statement ${statementId} ${entry}${suffix}`;
}

function referenceOf(node: XmlNode, detail: XmlNode | undefined): string | undefined {
  return (
    known(textAt(detail, 'Refs', 'AcctSvcrRef')) ??
    known(textAt(node, 'AcctSvcrRef')) ??
    known(textAt(node, 'NtryRef'))
  );
}

function known(reference: string | undefined): string | undefined {
  return reference === undefined || NO_REFERENCE.has(reference.toUpperCase())
    ? undefined
    : cut(reference, 100);
}

/** Who paid, or was paid. In .08 a party stands one level deeper. */
function counterpartyOf(
  detail: XmlNode | undefined,
  isCredit: boolean,
): Pick<BankEntry, 'counterpartyName' | 'counterpartyIban'> {
  const parties = first(detail, 'RltdPties');
  const [party, account] = isCredit ? ['Dbtr', 'DbtrAcct'] : ['Cdtr', 'CdtrAcct'];
  const name = textAt(parties, party, 'Pty', 'Nm') ?? textAt(parties, party, 'Nm');
  const iban = textAt(parties, account, 'Id', 'IBAN')?.replaceAll(' ', '').toUpperCase();
  return {
    counterpartyName: name === undefined ? null : cut(name, 140),
    counterpartyIban: iban !== undefined && isIban(iban) ? iban : null,
  };
}

function remittanceOf(node: XmlNode, detail: XmlNode | undefined): string {
  const lines = [
    ...all(detail, 'RmtInf', 'Ustrd'),
    ...all(detail, 'RmtInf', 'Strd', 'CdtrRefInf', 'Ref'),
    ...all(detail, 'RmtInf', 'Strd', 'AddtlRmtInf'),
  ].map(({ text }) => text.trim());
  const text = lines.filter((line) => line !== '').join('\n');
  return cut(text === '' ? (textAt(node, 'AddtlNtryInf') ?? '') : text, 1000);
}
