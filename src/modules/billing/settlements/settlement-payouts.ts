import { writeCsv } from '../../../platform/csv.ts';
import { textIn } from '../../../platform/texts.ts';
import type { SettlementView } from './settlements.schemas.ts';

/** A transfer that the treasury is to make. */
export interface Payout {
  readonly memberName: string;
  /** Null where no account is known, or several. */
  readonly iban: string | null;
  readonly amountCents: number;
  readonly reference: string;
}

/**
 * As it was decided, as far as it is still open.
 * @param openByNumber what is open of the chain of each document; below zero is a credit
 */
export function payoutsOf(
  { members }: Pick<SettlementView, 'members'>,
  openByNumber: ReadonlyMap<string, number>,
  accounts: ReadonlyMap<string, string>,
): Payout[] {
  return members.flatMap(({ organisationId, memberName, credit }) =>
    (credit?.payouts ?? []).flatMap(({ number, amountCents: decided }): Payout[] => {
      const amountCents = Math.min(decided, -(openByNumber.get(number) ?? 0));
      if (amountCents <= 0) return [];
      return [{ memberName, iban: accounts.get(organisationId) ?? null, amountCents, reference: number }];
    }),
  );
}

/** For the treasury, a line for each transfer. */
export function payoutsCsv(payouts: readonly Payout[], locale: 'de' | 'en'): string {
  const header = (name: string) => textIn(locale, `billing.settlement.payout.${name}`);
  return writeCsv(
    payouts,
    [
      { header: header('name'), type: 'text', value: ({ memberName }) => memberName },
      { header: header('iban'), type: 'text', value: ({ iban }) => iban },
      { header: header('amount'), type: 'cents', value: ({ amountCents }) => amountCents },
      { header: header('currency'), type: 'text', value: () => 'EUR' },
      { header: header('reference'), type: 'text', value: ({ reference }) => reference },
    ],
    locale,
  );
}
