import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../../platform/http/own-centre.ts';
import {
  Cents,
  closed,
  Day,
  Moment,
  named,
  nullable,
  PageQuery,
  pageOf,
  text,
  Uuid,
} from '../../../platform/http/schemas.ts';

export const CreateLedgerExport = named('CreateLedgerExport', {
  centreId: OwnCentreId,
  profileId: Uuid,
  periodId: Type.Optional({ ...Uuid, description: 'Documents of this billing period' }),
  startsOn: Type.Optional({ ...Day, description: 'First day of issue' }),
  endsOn: Type.Optional({ ...Day, description: 'Day after the last day of issue' }),
  dryRun: Type.Boolean({ default: false, description: 'Shows the bookings, and writes nothing' }),
});
export type CreateLedgerExport = Static<typeof CreateLedgerExport>;

export const RepeatLedgerExport = named('RepeatLedgerExport', {
  reason: text(500, { examples: ['Datei beim Einlesen verloren gegangen'] }),
  profileId: Type.Optional({
    ...Uuid,
    description: 'Left out: the profile of the first export as it is now',
  }),
});
export type RepeatLedgerExport = Static<typeof RepeatLedgerExport>;

const counts = {
  statementCount: Type.Integer(),
  bookingCount: Type.Integer(),
  rowCount: Type.Integer({ description: 'Rows of the file without its headers' }),
  sums: named(
    'LedgerSums',
    { revenueCents: Cents, advanceCents: Cents, vatCents: Cents, debtorCents: Cents },
    { description: 'Revenue, advance payments and VAT add up to what the members are charged' },
  ),
};

const Part = closed({ id: Uuid, number: Type.String() });

const view = {
  id: Uuid,
  centreId: Uuid,
  number: Type.String(),
  repeatsId: nullable({ ...Uuid, description: 'The first export, where this is its repetition' }),
  reason: nullable(Type.String()),
  profile: closed({ id: Uuid, name: Type.String(), format: Type.Enum(['csv', 'datev']) }),
  periodId: nullable(Uuid),
  startsOn: nullable(Day),
  endsOn: nullable(Day),
  fileName: Type.String(),
  mediaType: Type.String(),
  sizeBytes: Type.Integer(),
  sha256: Type.String({ description: 'Of the file, hexadecimal' }),
  ...counts,
  createdBy: closed({ id: Uuid, name: Type.String() }),
  createdAt: Moment,
};

export const LedgerExportView = named('LedgerExport', {
  ...view,
  statements: Type.Optional(Type.Array(Part, { description: 'Not in lists' })),
  repetitions: Type.Optional(Type.Array(Part, { description: 'Not in lists' })),
});
export type LedgerExportView = Static<typeof LedgerExportView>;
export const LedgerExportPage = pageOf(LedgerExportView);
export const LedgerExportQuery = closed(PageQuery);
export type LedgerExportQuery = Static<typeof LedgerExportQuery>;

const Booking = named('LedgerBooking', {
  debitAccount: Type.String(),
  creditAccount: Type.String(),
  amountCents: Cents,
  vatCents: { ...Cents, description: 'VAT within the amount' },
  role: Type.Enum(['revenue', 'advance', 'vat']),
  effect: Type.Enum(['charge', 'clearing', 'reversal']),
  product: nullable(Type.String()),
  costObject: nullable(Type.String()),
  taxKey: nullable(Type.String()),
  text: Type.String(),
  reference: nullable(Type.String()),
});

export const LedgerExportPreview = named('LedgerExportPreview', {
  fileName: Type.String(),
  ...counts,
  vouchers: Type.Array(
    named('LedgerVoucher', {
      statementId: Uuid,
      number: Type.String(),
      kind: Type.Integer(),
      organisationId: Uuid,
      memberName: Type.String(),
      debtorAccount: Type.String(),
      issuedOn: Day,
      dueOn: Day,
      bookings: Type.Array(Booking),
    }),
  ),
});
export type LedgerExportPreview = Static<typeof LedgerExportPreview>;
