import type { BankRow } from './bank-imports.schemas.ts';
import type { BankEntry } from './camt/bank-statement.types.ts';
import type { MatchingOutcome } from './matching.rules.ts';

/** What became of an entry, or would. */
export function rowOf(entry: BankEntry, outcome: MatchingOutcome, paymentId: string | null): BankRow {
  const { place, bookedOn, amountCents, text, counterpartyName, counterpartyIban } = entry;
  const shown = { place, bookedOn, amountCents, text, counterpartyName, counterpartyIban, paymentId };
  if (outcome.kind === 'unclear') {
    const candidates = outcome.candidates.map(({ statementId, number, openCents }) => ({
      statementId,
      number,
      amountCents: openCents,
    }));
    const nothing = { organisationId: null, basis: null, matches: [], creditCents: 0 };
    return { ...shown, ...nothing, outcome: 'unclear', reason: outcome.reason, candidates };
  }
  const { organisationId, basis, creditCents } = outcome;
  const matches = outcome.matches.map(({ item: { statementId, number }, amountCents: cents }) => ({
    statementId,
    number,
    amountCents: cents,
  }));
  return {
    ...shown,
    outcome: 'matched',
    organisationId,
    basis,
    matches,
    creditCents,
    reason: null,
    candidates: [],
  };
}
