import type { HatContext } from '../../platform/context.ts';
import { DomainError } from '../../platform/errors.ts';
import { FOUR_EYES_REQUIRED, isSecondPerson } from '../costing/index.ts';

/**
 * What one person recorded another one lets through.
 * @throws DomainError FOUR_EYES_REQUIRED for who recorded it, and for who stands in for that person or is stood in for by it
 */
export function assertSecondPerson(ctx: HatContext, recordedBy: string, detail: string): void {
  const eyes = { actorId: ctx.actor.id, onBehalfOf: ctx.onBehalfOf };
  if (isSecondPerson(eyes, { createdBy: recordedBy, submittedBy: null })) return;
  throw new DomainError(FOUR_EYES_REQUIRED, detail);
}
