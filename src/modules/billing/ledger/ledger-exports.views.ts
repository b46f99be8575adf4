import { textIn } from '../../../platform/texts.ts';
import type { LedgerVoucher, LedgerWords, VatRows } from './ledger.types.ts';
import { bookingsOf, sumsOf } from './ledger-bookings.rules.ts';
import type { LedgerExportPreview } from './ledger-exports.schemas.ts';
import type { RenderedFile } from './ledger-files.types.ts';

/** What stands in the books is German: it goes to German treasuries, whatever language the reader has. */
export const booksWords: LedgerWords = (key, values) => textIn('de', `billing.ledger.text.${key}`, values);

export function previewOf(
  vouchers: readonly LedgerVoucher[],
  vatRows: VatRows,
  { fileName, rowCount }: RenderedFile,
): LedgerExportPreview {
  const shown = vouchers.map((voucher) => previewVoucher(voucher, vatRows));
  return {
    fileName,
    statementCount: shown.length,
    bookingCount: shown.flatMap(({ bookings }) => bookings).length,
    rowCount,
    sums: sumsOf(vouchers),
    vouchers: shown,
  };
}

function previewVoucher(voucher: LedgerVoucher, vatRows: VatRows): LedgerExportPreview['vouchers'][number] {
  const { id, number, kind, organisationId, memberName, issuedOn, dueOn } = voucher.statement;
  return {
    statementId: id,
    number,
    kind,
    organisationId,
    memberName,
    issuedOn,
    dueOn,
    debtorAccount: voucher.debtorAccount,
    bookings: bookingsOf(voucher, vatRows, booksWords).map((booking) => {
      const { amountCents, vatCents, role, effect, product, costObject, taxKey, text, reference } = booking;
      const [debitAccount, creditAccount] =
        booking.debtorSide === 'debit'
          ? [booking.debtorAccount, booking.account]
          : [booking.account, booking.debtorAccount];
      return {
        debitAccount,
        creditAccount,
        amountCents,
        vatCents,
        role,
        effect,
        product,
        costObject,
        taxKey,
        text,
        reference,
      };
    }),
  };
}
