import { DomainError, type FieldError } from '../../platform/errors.ts';
import { GRANT_DECISION_MISSING, GRANT_PARTIES_REFUSED, GRANT_TAG_UNKNOWN } from './grants.errors.ts';

export interface PartyInput {
  /** In lower case. */
  readonly organisationId: string;
  readonly decision: { readonly decidedOn: string; readonly reference: string } | null;
}

/** @throws DomainError GRANT_PARTIES_REFUSED */
export function assertParties(
  parties: readonly PartyInput[],
  leadId: string,
  members: ReadonlySet<string>,
): void {
  const ids = parties.map(({ organisationId }) => organisationId);
  const errors = ids.flatMap((id, at): FieldError[] => {
    const pointer = `/parties/${at}/organisationId`;
    if (!members.has(id)) return [{ pointer, code: 'unknown', detail: `${id} is no member of the centre` }];
    return ids.indexOf(id) === at ? [] : [{ pointer, code: 'repeated', detail: `${id} is named twice` }];
  });
  if (!ids.includes(leadId)) {
    const detail = 'the lead is none of the parties';
    errors.push({ pointer: '/leadOrganisationId', code: 'no_party', detail });
  }
  if (errors.length > 0) throw new DomainError(GRANT_PARTIES_REFUSED, `${errors[0]?.detail}.`, { errors });
}

/** Each council has decided before the application goes out. @throws DomainError GRANT_DECISION_MISSING */
export function assertDecisions(
  parties: readonly { readonly name: string; readonly decision: PartyInput['decision'] }[],
): void {
  const missing = parties.filter(({ decision }) => decision === null).map(({ name }) => name);
  if (missing.length === 0) return;
  throw new DomainError(GRANT_DECISION_MISSING, `No decision is recorded for ${missing.join(', ')}.`);
}

/** @throws DomainError GRANT_TAG_UNKNOWN */
export function assertTags(tags: readonly string[], eligible: readonly string[]): void {
  const errors = tags.flatMap((tag, at): FieldError[] =>
    eligible.includes(tag)
      ? []
      : [{ pointer: `/tags/${at}`, code: 'unknown', detail: `${tag} is no eligible cost tag of the rule` }],
  );
  if (errors.length > 0) throw new DomainError(GRANT_TAG_UNKNOWN, `${errors[0]?.detail}.`, { errors });
}
