import { writeCsv } from '../../../platform/csv.ts';
import { textIn } from '../../../platform/texts.ts';
import type { SettlementView } from './settlements.schemas.ts';

/** A transfer that the treasury is to make. */
export interface Payout {
  readonly memberName: string;
  readonly iban: string | null;
  /** Why there is no account to pay to. */
  readonly note: 'unknown' | 'unconfirmed' | 'several' | null;
  readonly amountCents: number;
  readonly reference: string;
  /** What the member owes at the same time, also what was written off: set off first, it would not have to go both ways. */
  readonly claimedCents: number;
}

/** Accounts of a member. Only those that a second person confirmed are paid to. */
export interface PayoutAccounts {
  readonly confirmed: readonly string[];
  readonly hasUnconfirmed: boolean;
}

/**
 * As it was decided, as far as it is still open.
 * @param openByNumber what is open of the chain of each document; below zero is a credit
 * @param claimedByMember what is claimed of members, of any period
 */
export function payoutsOf(
  { members }: Pick<SettlementView, 'members'>,
  openByNumber: ReadonlyMap<string, number>,
  accounts: ReadonlyMap<string, PayoutAccounts>,
  claimedByMember: ReadonlyMap<string, number>,
): Payout[] {
  return members.flatMap(({ organisationId, memberName, credit }) =>
    (credit?.payouts ?? []).flatMap(({ number, amountCents: decided }): Payout[] => {
      const amountCents = Math.min(decided, -(openByNumber.get(number) ?? 0));
      if (amountCents <= 0) return [];
      const claimedCents = claimedByMember.get(organisationId) ?? 0;
      const account = accountOf(accounts.get(organisationId));
      return [{ memberName, ...account, amountCents, reference: number, claimedCents }];
    }),
  );
}

function accountOf(accounts: PayoutAccounts | undefined): Pick<Payout, 'iban' | 'note'> {
  const [iban, second] = accounts?.confirmed ?? [];
  if (second !== undefined) return { iban: null, note: 'several' };
  if (iban !== undefined) return { iban, note: null };
  return { iban: null, note: accounts?.hasUnconfirmed === true ? 'unconfirmed' : 'unknown' };
}

/** For the treasury, a line for each transfer. */
export function payoutsCsv(payouts: readonly Payout[], locale: 'de' | 'en'): string {
  const word = (name: string) => textIn(locale, `billing.settlement.payout.${name}`);
  return writeCsv(
    payouts,
    [
      { header: word('name'), type: 'text', value: ({ memberName }) => memberName },
      { header: word('iban'), type: 'text', value: ({ iban }) => iban },
      { header: word('amount'), type: 'cents', value: ({ amountCents }) => amountCents },
      { header: word('currency'), type: 'text', value: () => 'EUR' },
      { header: word('reference'), type: 'text', value: ({ reference }) => reference },
      {
        header: word('note'),
        type: 'text',
        value: ({ note }) => (note === null ? null : word(`note.${note}`)),
      },
      {
        header: word('claimed'),
        type: 'cents',
        value: ({ claimedCents }) => (claimedCents === 0 ? null : claimedCents),
      },
    ],
    locale,
  );
}
