import { DomainError } from '../../../platform/errors.ts';
import { hashOf } from '../../../platform/hash.ts';
import { ALLOCATION_KEY_EMPTY, compareIds } from '../../../platform/money/index.ts';
import { COST_CLAUSE_AMBIGUOUS, COST_CLAUSE_MISSING } from '../costing.errors.ts';
import type { ClauseFacts, CostFacts, WordingFacts } from './run-facts.types.ts';

/** The clause of a pool, where it stands, and whom it binds. */
export interface AppliedClause {
  readonly clause: ClauseFacts;
  readonly agreementVersionId: string;
  /** Ascending. */
  readonly furtherAgreementVersionIds: readonly string[];
  readonly organisationIds: readonly string[];
}

/** Whether whoever is covered for the service in the period pays for it by price: what it costs is shared out to nobody then. */
export function isPaidByPrice({ serviceId }: CostFacts, wordings: readonly WordingFacts[]): boolean {
  const covering = wordings.filter(({ serviceIds }) => serviceIds.includes(serviceId));
  return covering.length > 0 && covering.every(({ isPriced, costClause }) => isPriced && costClause === null);
}

/**
 * The one clause that says how the cost of a service is shared: the same in all wordings that cover the service in the
 * period, whose parties together are the members of the pool. `clauseVersionId` decides where one agreement changed
 * within the period; it never lays the clause of one agreement upon the parties of another.
 * @throws DomainError COST_CLAUSE_MISSING, COST_CLAUSE_AMBIGUOUS, naming the service
 */
export function applicableClause(
  { serviceId, code }: CostFacts,
  wordings: readonly WordingFacts[],
  clauseVersionId?: string,
): AppliedClause {
  const covering = wordings.filter((wording) => wording.serviceIds.includes(serviceId));
  const chosen = covering.find((wording) => wording.agreementVersionId === clauseVersionId);
  const deciding = covering.filter(
    (wording) => wording.agreementId !== chosen?.agreementId || wording === chosen,
  );
  const applied = chosen ?? deciding.at(-1);
  if (applied === undefined) {
    throw new DomainError(
      COST_CLAUSE_MISSING,
      `No agreement in force covers the service ${code} in the period.`,
    );
  }
  const without = deciding.find((wording) => wording.costClause === null);
  if (without !== undefined || applied.costClause === null) {
    throw new DomainError(
      COST_CLAUSE_MISSING,
      `${nameOf(without ?? applied)} covers the service ${code} and has no cost clause.`,
    );
  }
  const differing = deciding.find((wording) => hashOf(wording.costClause) !== hashOf(applied.costClause));
  if (differing !== undefined) {
    throw new DomainError(
      COST_CLAUSE_AMBIGUOUS,
      `${nameOf(differing)} and ${nameOf(applied)} share the cost of the service ${code} differently.`,
    );
  }
  const ids = covering.map((wording) => wording.agreementVersionId);
  return {
    clause: applied.costClause,
    agreementVersionId: applied.agreementVersionId,
    furtherAgreementVersionIds: ids.filter((id) => id !== applied.agreementVersionId).sort(compareIds),
    organisationIds: [...new Set(covering.flatMap((wording) => wording.organisationIds))],
  };
}

const UNSHARABLE: ReadonlySet<string> = new Set(
  [COST_CLAUSE_MISSING, COST_CLAUSE_AMBIGUOUS, ALLOCATION_KEY_EMPTY].map(({ code }) => code),
);

/** What a clause makes of a cost, or nothing where the cost comes to nothing and no clause could share it: nobody bears any of it. */
export function unlessNothing<T>({ amountCents }: CostFacts, share: () => T): T | undefined {
  try {
    return share();
  } catch (error) {
    if (amountCents === 0 && error instanceof DomainError && UNSHARABLE.has(error.code)) return undefined;
    throw error;
  }
}

function nameOf({ title, number }: WordingFacts): string {
  return `“${title}” (version ${number})`;
}
