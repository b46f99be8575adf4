import { groupBy } from '../../../platform/collections.ts';
import { sumCents } from '../../../platform/money/index.ts';
import type {
  LedgerBooking,
  LedgerEntry,
  LedgerLeg,
  LedgerVoucher,
  LedgerWords,
  Side,
  VatRows,
} from './ledger.types.ts';

/**
 * The bookings of a document, each from one account to another with the member's on one side. `separate` books VAT on its own
 * account; `included` leaves that to the program that reads the file, which goes by the tax key.
 */
export function bookingsOf(voucher: LedgerVoucher, vatRows: VatRows, say: LedgerWords): LedgerBooking[] {
  const { entries } = voucher;
  if (vatRows === 'included') {
    return entries.flatMap((entry) =>
      booking(voucher, entry, sumCents([entry.netCents, entry.vatCents]), entry.vatCents),
    );
  }
  return [
    ...entries.flatMap((entry) => booking(voucher, entry, entry.netCents, 0)),
    ...vatBookings(voucher, say),
  ];
}

/** The same, account by account: the member's once with what the document asks for, or not at all where nothing is left. */
export function legsOf(voucher: LedgerVoucher, vatRows: VatRows, say: LedgerWords): LedgerLeg[] {
  const bookings = bookingsOf(voucher, vatRows, say);
  const others = bookings.map(({ debtorSide, debtorAccount, effect: _effect, ...rest }): LedgerLeg => {
    const side = debtorSide === 'debit' ? 'credit' : 'debit';
    return { ...rest, contraAccount: debtorAccount, side };
  });
  const dueCents = sumCents(
    bookings.map(({ debtorSide, amountCents }) => (debtorSide === 'debit' ? amountCents : -amountCents)),
  );
  return dueCents === 0 ? others : [debtorLeg(voucher, dueCents, others, say), ...others];
}

function debtorLeg(
  { statement, debtorAccount }: LedgerVoucher,
  dueCents: number,
  others: readonly LedgerLeg[],
  say: LedgerWords,
): LedgerLeg {
  const accounts = new Set(others.map(({ account }) => account));
  return {
    ...NOTHING,
    voucherNumber: statement.number,
    role: 'debtor',
    account: debtorAccount,
    contraAccount: accounts.size === 1 ? ([...accounts][0] ?? null) : null,
    side: sideOf(dueCents),
    amountCents: Math.abs(dueCents),
    vatCents: 0,
    text: say('debtor', {
      member: statement.memberName,
      period: statement.periodCode,
    }),
    reference: statement.correctsNumber,
  };
}

const NOTHING = {
  product: null,
  costObject: null,
  taxKey: null,
  vatCategory: null,
  ratePercent: null,
  serviceCode: null,
  serviceTitle: null,
};

function booking(
  { statement, debtorAccount }: LedgerVoucher,
  entry: LedgerEntry,
  cents: number,
  vatCents: number,
): LedgerBooking[] {
  if (cents === 0) return [];
  const { vatAccount: _vatAccount, serviceId: _serviceId, netCents: _netCents, ...facts } = entry;
  return [
    {
      ...facts,
      voucherNumber: statement.number,
      debtorAccount,
      debtorSide: sideOf(cents),
      amountCents: Math.abs(cents),
      vatCents: Math.abs(vatCents),
    },
  ];
}

/** VAT by account and rate; what is set off or taken back stays apart from what is charged. */
function vatBookings(
  { statement, debtorAccount, entries }: LedgerVoucher,
  say: LedgerWords,
): LedgerBooking[] {
  const taxed = entries.filter(({ vatCents }) => vatCents !== 0);
  const groups = groupBy(taxed, ({ effect, vatAccount, ratePercent, reference }) =>
    JSON.stringify([effect, vatAccount, ratePercent, reference]),
  );
  return [...groups.values()].flatMap((group): LedgerBooking[] => {
    const cents = sumCents(group.map(({ vatCents }) => vatCents));
    const [{ effect, vatAccount, vatCategory, ratePercent, reference, text }] = group as [LedgerEntry];
    if (cents === 0 || vatAccount === null) return [];
    const rate = ratePercent.replace('.', ',');
    const charged = say('vat', { rate, period: statement.periodCode });
    return [
      {
        ...NOTHING,
        vatCategory,
        ratePercent,
        reference,
        effect,
        debtorAccount,
        role: 'vat',
        voucherNumber: statement.number,
        account: vatAccount,
        debtorSide: sideOf(cents),
        amountCents: Math.abs(cents),
        vatCents: Math.abs(cents),
        text: effect === 'charge' ? charged : text,
      },
    ];
  });
}

function sideOf(cents: number): Side {
  return cents > 0 ? 'debit' : 'credit';
}

export interface LedgerSums {
  readonly revenueCents: number;
  readonly advanceCents: number;
  readonly vatCents: number;
  readonly debtorCents: number;
}

/** Above zero: credit to the accounts, debit to the members. */
export function sumsOf(vouchers: readonly LedgerVoucher[]): LedgerSums {
  const entries = vouchers.flatMap((voucher) => voucher.entries);
  const net = (role: LedgerEntry['role']) =>
    sumCents(entries.filter((entry) => entry.role === role).map(({ netCents }) => netCents));
  const sums = {
    revenueCents: net('revenue'),
    advanceCents: net('advance'),
    vatCents: sumCents(entries.map(({ vatCents }) => vatCents)),
  };
  return { ...sums, debtorCents: sumCents(Object.values(sums)) };
}
