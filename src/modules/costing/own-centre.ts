import type { HatContext } from '../../platform/context.ts';
import { DomainError } from '../../platform/errors.ts';
import { FORBIDDEN } from '../../platform/http/authentication.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';

/**
 * The centre whose hat the caller wears: costs are a centre's own books. A `centreId` in the body may name only it;
 * another centre answers like a missing one.
 */
export function ownCentre({ hat }: HatContext, centreId?: string): string {
  if (hat.kind !== 'centre') throw new DomainError(FORBIDDEN, 'This takes the hat of a centre.');
  if (centreId !== undefined && centreId !== hat.id) {
    throw new DomainError(NOT_FOUND, 'There is no such centre.');
  }
  return hat.id;
}
