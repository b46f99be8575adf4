import type { BankFileFault } from './camt/bank-statement.types.ts';

/** A statement as far as balances go. */
export interface BalancedStatement {
  readonly id: string;
  readonly iban: string;
  readonly openingCents: number;
  readonly closingCents: number;
  readonly closedOn: string | null;
}

/**
 * Statements that do not open with what the one before them closed with: a bank day is missing between the two. The one before is, of those that were
 * imported earlier and those that stand before it in the file, the last of the account that did not close later. The first of an account has none.
 */
export function balanceGaps(
  imported: readonly BalancedStatement[],
  statements: readonly BalancedStatement[],
): BankFileFault[] {
  return statements.flatMap((statement, at): BankFileFault[] => {
    const before = predecessorOf([...imported, ...statements.slice(0, at)], statement);
    if (before === undefined || before.closingCents === statement.openingCents) return [];
    const closed = before.closedOn === null ? '' : ` on ${before.closedOn}`;
    const reason = `opens with ${statement.openingCents} cents, but ${before.id} before it closed with ${before.closingCents}${closed}`;
    return [{ code: 'BALANCE_GAP', place: `statement ${at + 1}`, reason }];
  });
}

/** Without a day, in the order of the banks' files. */
function predecessorOf(
  known: readonly BalancedStatement[],
  { iban, closedOn }: BalancedStatement,
): BalancedStatement | undefined {
  return known.reduce<BalancedStatement | undefined>((last, one) => {
    const isBefore = one.iban === iban && (one.closedOn ?? '') <= (closedOn ?? one.closedOn ?? '');
    return isBefore && (last === undefined || (one.closedOn ?? '') >= (last.closedOn ?? '')) ? one : last;
  }, undefined);
}
