import type { DocumentKind, DocumentLine } from '../../src/modules/billing/documents/index.ts';
import { putRecipient } from '../../src/modules/billing/statements/billing-parties.repo.ts';
import { vatGroupOf } from '../../src/modules/billing/statements/statement.rules.ts';
import { createDrafts, issueDrafts } from '../../src/modules/billing/statements/statement-issuing.service.ts';
import type { PrecedingStatement } from '../../src/modules/billing/statements/statements.types.ts';
import type { Hat } from '../../src/platform/context.ts';
import type { Database } from '../../src/platform/db/database.ts';
import { withHatTx } from '../../src/platform/db/hat.ts';
import type { Caller } from './app.ts';
import { buyer, seller } from './documents.ts';
import { putIssuer } from './issuer.ts';

/** A service with the determination that says its VAT. */
export interface Charged {
  readonly serviceId: string;
  readonly code: string;
  readonly title: string;
  readonly determinationId: string;
  readonly vat: DocumentLine['vat'];
}

export interface Issuing {
  readonly db: Database;
  readonly centre: Caller;
  readonly period: {
    readonly id: string;
    readonly code: string;
    readonly startsOn: string;
    readonly endsOn: string;
  };
}

export interface IssuedMade {
  readonly id: string;
  readonly number: string;
  readonly kind: DocumentKind;
  readonly issuedOn: string;
  readonly grossCents: number;
  readonly vatCents: number;
}

/** Says who issues, and where the documents of the members go. */
export async function setUpBilling(
  { db, centre }: Pick<Issuing, 'db' | 'centre'>,
  members: readonly Hat[],
): Promise<void> {
  await withHatTx(db, centre.context, async (tx) => {
    await putIssuer(tx, centre.context, seller);
    for (const { id } of members) {
      await putRecipient(tx, centre.hat.id, 0, { organisationId: id, buyer, email: null, formats: ['pdf'] });
    }
  });
}

export interface Wanted {
  readonly member: Hat;
  readonly kind: DocumentKind;
  readonly issuedOn: string;
  readonly lines: readonly (readonly [Charged, number])[];
  readonly corrects?: IssuedMade;
  /** Instalments set off as a whole. */
  readonly setsOff?: readonly IssuedMade[];
}

const referredTo = (made: IssuedMade, isSetOff: boolean): PrecedingStatement => ({
  statementId: made.id,
  number: made.number,
  kind: made.kind,
  issuedOn: made.issuedOn,
  grossCents: made.grossCents,
  prepaidCents: isSetOff ? made.grossCents : 0,
  prepaidVatCents: isSetOff ? made.vatCents : 0,
});

/** One issued document, made as the program makes it. */
export async function issue({ db, centre, period }: Issuing, wanted: Wanted): Promise<IssuedMade> {
  const { member, kind, issuedOn, lines, corrects, setsOff = [] } = wanted;
  const [[first]] = lines as readonly [readonly [Charged, number]];
  return withHatTx(db, centre.context, async (tx) => {
    const ids = await createDrafts(tx, centre.context, centre.hat.id, [
      {
        organisationId: member.id,
        kind,
        vatGroup: vatGroupOf(first.vat),
        batchId: null,
        runId: null,
        period,
        correctsId: corrects?.id ?? null,
        dueOn: null,
        agreementReference: 'Vereinbarung vom 01.06.2025',
        notes: [],
        preceding: [
          ...(corrects === undefined ? [] : [referredTo(corrects, false)]),
          ...setsOff.map((made) => referredTo(made, true)),
        ],
        lines: lines.map(([{ serviceId, determinationId, code, title, vat }, netCents]) => ({
          serviceId,
          organisationId: member.id,
          vatDeterminationId: determinationId,
          runId: null,
          runPosition: null,
          usageLinks: [],
          line: { service: { code, title }, text: 'Fälle', quantity: '1', unit: 'LS', netCents, vat },
        })),
      },
    ]);
    const { issued, blocked } = await issueDrafts(tx, centre.context, centre.hat.id, ids, issuedOn);
    const [made] = issued;
    if (made === undefined)
      throw new Error(`not issued: ${JSON.stringify(blocked.map(({ obstacles }) => obstacles))}`);
    const { grossCents, vatCents } = made.document.totals;
    return { id: made.id, number: made.number, kind, issuedOn, grossCents, vatCents };
  });
}

export const CSV_PROFILE = {
  format: 'csv',
  layout: 'pairs',
  vat: 'separate',
  delimiter: ';',
  quote: '"',
  quoting: 'needed',
  decimal: ',',
  dayFormat: 'DD.MM.YYYY',
  encoding: 'windows-1252',
  headerRow: true,
  lineEnding: 'crlf',
  sides: { debit: 'S', credit: 'H' },
  positiveSide: 'debit',
  repetitionText: 'Wiederholung',
  fileName: 'sollstellung_{number}_{day}.csv',
  columns: [
    { header: 'Mandant', text: '0001' },
    { header: 'Beleg', field: 'voucherNumber' },
    { header: 'Belegdatum', field: 'voucherDay' },
    { header: 'Fällig', field: 'dueDay' },
    { header: 'Soll', field: 'debitAccount' },
    { header: 'Haben', field: 'creditAccount' },
    { header: 'Betrag', field: 'amount' },
    { header: 'Steuer', field: 'taxKey' },
    { header: 'Produkt', field: 'product' },
    { header: 'Text', field: 'bookingText', maxLength: 40, overflow: 'cut' },
    { header: 'Wiederholung', field: 'repetition' },
  ],
} as const;

export const DATEV_PROFILE = {
  format: 'datev',
  vat: 'separate',
  consultantNumber: 29098,
  clientNumber: 55003,
  fiscalYearStartsOn: '01-01',
  accountLength: 4,
  isLocked: false,
} as const;

const rule = (change: object) => ({
  serviceId: null,
  kind: null,
  vatCategory: null,
  ratePercent: null,
  account: '8400',
  product: '11130',
  costObject: null,
  vatAccount: '1776',
  taxKey: '3',
  ...change,
});

/** Everything that documents of any kind need. */
export const accountPlan = (members: readonly Hat[], change: object = {}) => ({
  name: 'Kontenplan',
  validFrom: '2026-01-01',
  collectiveDebtor: null,
  rules: [rule({}), rule({ kind: 'instalment', account: '1710', vatAccount: '1777', product: null })],
  debtors: members.map(({ id }, at) => ({ organisationId: id, account: String(10001 + at) })),
  ...change,
});
export const accountRule = rule;

/** Rows of a CSV file by a reader of our own: nothing of the program's writer is in it. */
export function readRows(text: string, delimiter: string, quote: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string;
    if (isQuoted) {
      if (char !== quote) cell += char;
      else if (text[at + 1] === quote) cell += text[(at += 1)];
      else isQuoted = false;
    } else if (char === quote && cell === '') isQuoted = true;
    else if (char === delimiter) {
      row.push(cell);
      cell = '';
    } else if (char === '\n') {
      rows.push([...row, cell.replace(/\r$/, '')]);
      row = [];
      cell = '';
    } else cell += char;
  }
  return rows;
}

/** Windows-1252 beside Latin-1, as the Unicode Consortium lists it (CP1252.TXT): a second table, for the first one is under test. */
const CP1252: Readonly<Record<number, number>> = {
  0x80: 0x20ac,
  0x82: 0x201a,
  0x83: 0x0192,
  0x84: 0x201e,
  0x85: 0x2026,
  0x86: 0x2020,
  0x87: 0x2021,
  0x88: 0x02c6,
  0x89: 0x2030,
  0x8a: 0x0160,
  0x8b: 0x2039,
  0x8c: 0x0152,
  0x8e: 0x017d,
  0x91: 0x2018,
  0x92: 0x2019,
  0x93: 0x201c,
  0x94: 0x201d,
  0x95: 0x2022,
  0x96: 0x2013,
  0x97: 0x2014,
  0x98: 0x02dc,
  0x99: 0x2122,
  0x9a: 0x0161,
  0x9b: 0x203a,
  0x9c: 0x0153,
  0x9e: 0x017e,
  0x9f: 0x0178,
};

/** `TextDecoder` reads Latin-1 under this name in some versions of Node. */
export function fromWindows1252(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
    const code = CP1252[byte] ?? byte;
    if (code >= 0x80 && code <= 0x9f) throw new Error(`byte ${byte} stands for nothing`);
    return String.fromCharCode(code);
  }).join('');
}
