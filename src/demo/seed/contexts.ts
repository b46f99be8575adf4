import type { Moment } from '../../platform/clock.ts';
import { type Hat, type HatContext, PLATFORM_HAT_ID, systemContext } from '../../platform/context.ts';
import { permissionsOf } from '../../platform/permissions.ts';
import type { HatName } from '../world/index.ts';

/** Somebody of the demo world, with an account. */
export interface SeededPerson {
  readonly id: string;
  readonly name: string;
  readonly hats: Readonly<Partial<Record<HatName, readonly string[]>>>;
}

export const PLATFORM: Hat = { kind: 'platform', id: PLATFORM_HAT_ID };
const REQUEST_ID = 'demo-seed';

/** What the program itself does. */
export function asSystem(hat: Hat, now: Moment): HatContext {
  return systemContext(hat, now, REQUEST_ID);
}

/** What a person does under one of the hats she holds. */
export function asPerson(person: SeededPerson, name: HatName, hat: Hat, now: Moment): HatContext {
  const roles = person.hats[name];
  if (roles === undefined) throw new Error(`${person.name} does not hold the hat ${name}`);
  const actor = { id: person.id, name: person.name, kind: 'user' as const };
  return { ...asSystem(hat, now), actor, permissions: permissionsOf(roles) };
}

/**
 * The same, done once for ever: a start that was cut off is taken up again, and what it had made answers as it did then. The key
 * names the thing in the demo world.
 */
export function once(ctx: HatContext, key: string): HatContext {
  return { ...ctx, idempotency: { key, route: 'demo-seed', bodyHash: 'demo-seed', replayed: false } };
}
