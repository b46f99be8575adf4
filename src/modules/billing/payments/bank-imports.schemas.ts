import { type Static, Type } from 'typebox';
import {
  Cents,
  closed,
  Day,
  Moment,
  named,
  nullable,
  PageQuery,
  pageOf,
  Uuid,
} from '../../../platform/http/schemas.ts';
import { Person } from '../receivables.schemas.ts';
import { UNCLEAR_REASONS } from './matching.rules.ts';

const Statement = named('BankStatement', {
  id: Type.String(),
  iban: Type.String(),
  openingCents: Cents,
  closingCents: Cents,
  openedOn: nullable(Day),
  closedOn: nullable(Day),
});

const RowMatch = named('BankStatementRowMatch', {
  statementId: Uuid,
  number: Type.String(),
  amountCents: Cents,
});

const BankRow = named('BankStatementRow', {
  place: Type.String({ examples: ['statement 1, entry 3'] }),
  bookedOn: Day,
  amountCents: Cents,
  text: Type.String(),
  counterpartyName: nullable(Type.String()),
  counterpartyIban: nullable(Type.String()),
  outcome: Type.Enum(['matched', 'unclear']),
  organisationId: nullable(Uuid),
  basis: nullable(Type.Enum(['number', 'numbers', 'amount'])),
  matches: Type.Array(RowMatch),
  creditCents: { ...Cents, description: 'What is left and stays as a credit of the member' },
  reason: nullable(Type.Enum([...UNCLEAR_REASONS])),
  candidates: Type.Array(RowMatch, { description: 'Documents it might be for, with what is open of them' }),
  paymentId: nullable(Uuid),
});
export type BankRow = Static<typeof BankRow>;

const Summary = {
  fileHash: Type.String({ description: 'SHA-256' }),
  messageId: Type.String(),
  format: Type.Enum(['camt.053.001.02', 'camt.053.001.08']),
  statements: Type.Array(Statement),
  entryCount: Type.Integer(),
  matchedCount: Type.Integer(),
  unclearCount: Type.Integer(),
  amountCents: { ...Cents, description: 'Sum of all entries' },
};

const Fault = named('BankFileFault', { code: Type.String(), place: Type.String(), reason: Type.String() });

const warnings = Type.Array(Fault, {
  description:
    'What does not keep the file out, but should be looked at: `BALANCE_GAP` where a statement does not open with what the one before it closed with',
});

export const BankImportPreview = named('BankStatementImportPreview', {
  dryRun: Type.Literal(true),
  ...Summary,
  pendingCount: Type.Integer({ description: 'Entries that are not booked yet and left out' }),
  faults: Type.Array(Fault, { description: 'What would keep the file from being taken in' }),
  warnings,
  rows: Type.Array(BankRow),
});
export type BankImportPreview = Static<typeof BankImportPreview>;

export const BankImportView = named('BankStatementImport', {
  id: Uuid,
  centreId: Uuid,
  ...Summary,
  importedBy: Person,
  importedAt: Moment,
});
export type BankImportView = Static<typeof BankImportView>;
export const BankImportPage = pageOf(BankImportView);

export const BankImportResult = named('BankStatementImportResult', {
  ...BankImportView.properties,
  warnings,
  rows: Type.Array(BankRow),
});
export type BankImportResult = Static<typeof BankImportResult>;

export const BankImportListQuery = closed(PageQuery);
export type BankImportListQuery = Static<typeof BankImportListQuery>;
export const BankImportQuery = closed({
  dryRun: Type.Boolean({ default: false, description: 'Only say what an import would do' }),
});
