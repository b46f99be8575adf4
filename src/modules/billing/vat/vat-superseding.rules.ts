import type { FieldError } from '../../../platform/errors.ts';
import type { VatStatus } from './vat-states.rules.ts';
import type { Validity } from './vat-validity.rules.ts';

/** What a determination is about. */
export interface Scope extends Validity {
  readonly serviceId: string;
  readonly memberIds: readonly string[];
  /** Ids, each once. */
  readonly supersedes: readonly string[];
}

/** A determination that another one names as superseded. */
export interface Superseded extends Validity {
  readonly id: string;
  readonly number: string;
  readonly status: VatStatus;
  readonly serviceId: string;
  readonly memberIds: readonly string[];
}

/** Why `scope` cannot take the place of what it names; empty where it can. `named` are those that were found. */
export function refuseSuperseding(scope: Scope, named: readonly Superseded[]): FieldError[] {
  const byId = new Map(named.map((each) => [each.id, each]));
  return scope.supersedes.flatMap((id) => {
    const reason = refusalOf(scope, byId.get(id));
    return reason === undefined
      ? []
      : [{ pointer: '/supersedes', code: 'refused', detail: `${id} ${reason}` }];
  });
}

function refusalOf(scope: Scope, old: Superseded | undefined): string | undefined {
  if (old === undefined) return 'is no determination of the centre';
  if (old.serviceId !== scope.serviceId) return `(${old.number}) is about another service`;
  if (old.status === 'review') {
    return answers(scope, old) ? undefined : `(${old.number}) asks about more members or days`;
  }
  const wasInForce = old.status === 'in_force' || old.status === 'superseded';
  return wasInForce ? undefined : `(${old.number}) is ${old.status}`;
}

/** A question stays open while somebody or some day is left. */
function answers(scope: Scope, question: Superseded): boolean {
  const members = new Set(scope.memberIds);
  const endsLater =
    scope.validTo === null || (question.validTo !== null && question.validTo <= scope.validTo);
  return (
    scope.validFrom <= question.validFrom && endsLater && question.memberIds.every((id) => members.has(id))
  );
}
