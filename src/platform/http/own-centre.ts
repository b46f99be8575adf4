import { Type } from 'typebox';
import type { HatContext } from '../context.ts';
import { DomainError } from '../errors.ts';
import { FORBIDDEN } from './authentication.ts';
import { NOT_FOUND } from './problems.ts';
import { Uuid } from './schemas.ts';

/** Says nothing that the hat does not say, so that what was read can be sent back. */
export const OwnCentreId = Type.Optional({ ...Uuid, description: 'The centre of your hat, or left out' });

/**
 * The centre whose hat the caller wears. A `centreId` in the body may name only it; another centre answers like a missing one.
 * Throws `FORBIDDEN` under any other hat.
 */
export function ownCentre({ hat }: HatContext, centreId?: string): string {
  if (hat.kind !== 'centre') throw new DomainError(FORBIDDEN, 'This takes the hat of a centre.');
  if (centreId !== undefined && !isOwnCentre(hat.id, centreId))
    throw new DomainError(NOT_FOUND, 'There is no such centre.', { pointer: '/centreId' });
  return hat.id;
}

/** Ids are the same in any case. */
export const isOwnCentre = (own: string, named: string): boolean => own === named.toLowerCase();
