import type { Day } from '../../../../platform/clock.ts';
import { sumCents } from '../../../../platform/money/index.ts';
import { isIban } from '../../documents/identifiers.rules.ts';
import type { BankFile, BankFileFault, BankStatement } from './bank-statement.types.ts';
import { readEntry } from './read-entry.ts';
import { bankCents, bankDay } from './values.ts';
import { all, first, readXml, textAt, XmlFault, type XmlNode } from './xml-tree.ts';

const NAMESPACE = /^urn:iso:std:iso:20022:tech:xsd:(camt\.053\.001\.0[28])$/;
const ENTRY_LIMIT = 5000;

/** What a bank cannot have booked yet; a sound file holds none. */
export function futureFaults({ statements }: BankFile, today: Day): BankFileFault[] {
  return statements
    .flatMap(({ entries }) => entries)
    .filter(({ bookedOn }) => bookedOn > today)
    .map(({ place, bookedOn }) => ({
      code: 'DAY_FUTURE',
      place,
      reason: `was booked on ${bookedOn}, which is still to come`,
    }));
}

export type BankReading = { readonly file: BankFile } | { readonly faults: readonly BankFileFault[] };

/**
 * A bank statement (ISO 20022 camt.053.001.02 or .08) with everything that payments need of it. Strict: what does not add up, or
 * cannot be said for certain, is a fault and not a guess.
 */
export function readCamt(bytes: Uint8Array): BankReading {
  let root: XmlNode;
  try {
    root = readXml(bytes);
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
    return {
      faults: [{ code: 'XML_MALFORMED', place: 'file', reason: `is no sound XML: ${error.message}` }],
    };
  }
  const [, format] = NAMESPACE.exec(root.namespace) ?? [];
  const message = first(root, 'BkToCstmrStmt');
  if (root.name !== 'Document' || format === undefined || message === undefined) {
    const reason = 'is no camt.053.001.02 or camt.053.001.08';
    return { faults: [{ code: 'FORMAT_UNKNOWN', place: 'file', reason }] };
  }
  const faults: BankFileFault[] = [];
  const statements = all(message, 'Stmt').map((node, at) =>
    readStatement(node, `statement ${at + 1}`, faults),
  );
  const messageId = textAt(message, 'GrpHdr', 'MsgId');
  if (messageId === undefined)
    faults.push({ code: 'FIELD_MISSING', place: 'GrpHdr/MsgId', reason: 'is missing' });
  if (statements.length === 0) faults.push({ code: 'FILE_EMPTY', place: 'file', reason: 'has no statement' });
  faults.push(...wholeFileFaults(statements));
  if (faults.length > 0) return { faults };
  return {
    file: { messageId: messageId as string, format: format as BankFile['format'], statements },
  };
}

function wholeFileFaults(statements: readonly BankStatement[]): BankFileFault[] {
  const entries = statements.flatMap((statement) => statement.entries);
  if (entries.length > ENTRY_LIMIT) {
    return [{ code: 'FILE_TOO_LONG', place: 'file', reason: `has more than ${ENTRY_LIMIT} transfers` }];
  }
  const keys = new Set<string>();
  const twice = entries.filter(({ key }) => keys.has(key) || !keys.add(key));
  const ids = statements.map(({ iban, id }) => `${iban} ${id}`);
  return [
    ...twice.map(({ place }) => ({ code: 'ENTRY_REPEATED', place, reason: 'stands in the file twice' })),
    ...ids.flatMap((id, at) =>
      ids.indexOf(id) === at
        ? []
        : [{ code: 'STATEMENT_REPEATED', place: `statement ${at + 1}`, reason: 'stands in the file twice' }],
    ),
  ];
}

function readStatement(node: XmlNode, place: string, faults: BankFileFault[]): BankStatement {
  const fault = (code: string, reason: string, at = place) => faults.push({ code, place: at, reason });
  const id = textAt(node, 'Id') ?? '';
  const iban = textAt(node, 'Acct', 'Id', 'IBAN') ?? '';
  if (id === '') fault('FIELD_MISSING', 'has no id');
  if (!isIban(iban)) fault('IBAN_INVALID', `is of the account ${JSON.stringify(iban)}, which is no IBAN`);
  const currency = textAt(node, 'Acct', 'Ccy') ?? 'EUR';
  if (currency !== 'EUR') fault('CURRENCY_FOREIGN', `is in ${currency} and not in EUR`);
  const opening = balanceOf(node, ['OPBD', 'PRCD'], `${place}, opening balance`, faults);
  const closing = balanceOf(node, ['CLBD'], `${place}, closing balance`, faults);
  const read = all(node, 'Ntry').map((entry, at) =>
    readEntry(entry, { iban, statementId: id, place: `${place}, entry ${at + 1}`, position: at }, faults),
  );
  const booked = read.filter(({ isBooked }) => isBooked);
  const entries = booked.flatMap((entry) => entry.entries);
  if (opening !== undefined && closing !== undefined && faults.length === 0) {
    const end = sumCents([opening.cents, ...booked.map(({ amountCents }) => amountCents)]);
    if (end !== closing.cents) {
      const reason = `opens with ${opening.cents} cents and closes with ${closing.cents}, but its entries lead to ${end}`;
      fault('BALANCE_WRONG', reason);
    }
  }
  return {
    id,
    iban,
    openingCents: opening?.cents ?? 0,
    closingCents: closing?.cents ?? 0,
    openedOn: opening?.day ?? null,
    closedOn: closing?.day ?? null,
    entries,
    pendingCount: read.length - booked.length,
  };
}

function balanceOf(
  statement: XmlNode,
  codes: readonly string[],
  place: string,
  faults: BankFileFault[],
): { cents: number; day: string | null } | undefined {
  const ofCode = (code: string) =>
    all(statement, 'Bal').filter((node) => textAt(node, 'Tp', 'CdOrPrtry', 'Cd') === code);
  const balances = codes.map(ofCode).find((found) => found.length > 0) ?? [];
  const [node] = balances;
  if (node === undefined || balances.length > 1) {
    faults.push({
      code: 'BALANCE_MISSING',
      place,
      reason: node === undefined ? 'is missing' : 'is there twice',
    });
    return undefined;
  }
  const cents = bankCents(node, place, faults);
  return cents === undefined ? undefined : { cents, day: bankDay(first(node, 'Dt'), place, faults) };
}
