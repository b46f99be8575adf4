import type { Moment } from './clock.ts';

/** What a person or program can act for. Jobs and timers act under a centre's hat too, as `SYSTEM_ACTOR`. */
export type HatKind = 'centre' | 'organisation' | 'platform';

/** The platform hat has no row of its own; this id stands in so that every hat has one. */
export const PLATFORM_HAT_ID = '00000000-0000-0000-0000-000000000000';

export interface Hat {
  readonly kind: HatKind;
  readonly id: string;
}

export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly kind: 'user' | 'machine' | 'system';
}

/** Made once per idempotent POST; `replayed` is set when the stored first answer was given again. */
export interface IdempotencyClaim {
  readonly key: string;
  readonly route: string;
  readonly bodyHash: string;
  replayed: boolean;
}

/** Who acts under which hat, when, and for which request: the first argument of every use case. */
export interface HatContext {
  readonly hat: Hat;
  readonly actor: Actor;
  /** Checked by the database each time the hat is opened; null for jobs. */
  readonly sessionId: string | null;
  readonly onBehalfOf: string | null;
  readonly permissions: ReadonlySet<string>;
  readonly requestId: string;
  readonly now: Moment;
  readonly idempotency: IdempotencyClaim | null;
}

export const SYSTEM_ACTOR: Actor = {
  id: '00000000-0000-7000-8000-000000000001',
  name: 'Verbund',
  kind: 'system',
};

/** Whether the caller may learn who did something: to members, whoever acts for a centre is the centre and not a person. */
export function mayLearnActor({ hat }: HatContext, deed: { hatKind: string; actorId: string }): boolean {
  return hat.kind !== 'organisation' || deed.hatKind !== 'centre' || deed.actorId === SYSTEM_ACTOR.id;
}

/** The context of a job that works for a centre: all rows of that centre, no person. */
export function systemContext(hat: Hat, now: Moment, requestId: string): HatContext {
  return {
    hat,
    actor: SYSTEM_ACTOR,
    sessionId: null,
    onBehalfOf: null,
    permissions: new Set(),
    requestId,
    now,
    idempotency: null,
  };
}
