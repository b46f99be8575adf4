import type { Caller } from './app.ts';
import type { Made, Side, TenantWorld } from './tenant-world.ts';

/**
 * What hats that have nothing to do with the target are answered when they hold the permission:
 * `hidden` – 404, as if it did not exist; `list` – their own list, without the target;
 * `self` – the route works on what belongs to the caller, so the target stays as it is; `open` – the same answer as its owner.
 */
export type Reach = 'hidden' | 'list' | 'self' | 'open';

export interface Target {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: string;
  readonly body?: unknown;
  /** Where the body is no JSON. */
  readonly contentType?: string;
  /** Version, or ETag without quotes, that the change is meant for. */
  readonly ifMatch?: number | string;
  /** Stands in the answer to the own hat, and in no answer to a hat the target is hidden from. */
  readonly secret?: string;
  /** Instead of the one of the row, where the call ends the caller's session or needs a password. */
  readonly caller?: Caller;
}

export interface TenantRow {
  /** Hat that may. `nobody` for routes without a token. */
  readonly as: 'centre' | 'member' | 'platform' | 'nobody';
  readonly own: number;
  readonly reach: Reach;
  /** The neighbour orders from the same centre and may see more of it than strangers. */
  readonly neighbour?: Reach;
  /** The platform may do it too, so that it is no stranger here. */
  readonly platformMay?: true;
  make(world: TenantWorld): Promise<Target>;
  /** What is answered when the own hat names what belongs to the other side: name → how the target changes, and the status. */
  readonly foreignIds?: Readonly<
    Record<string, readonly [change: (target: Target, other: Side) => Target, status: number]>
  >;
  /** Where two creations with one key need more than a changed name to differ. */
  readonly otherBody?: (body: never) => unknown;
}

export const withBody =
  (change: (other: Side) => object) =>
  (target: Target, other: Side): Target => ({
    ...target,
    body: { ...(target.body as object), ...change(other) },
  });
export const withQuery =
  (change: (other: Side) => string) =>
  (target: Target, other: Side): Target => ({
    ...target,
    query: change(other),
  });

export const foreignCentre = {
  'the centre of the other side': [withBody((other) => ({ centreId: other.centre.hat.id })), 404],
} satisfies TenantRow['foreignIds'];

export const onto = (made: Made, body?: unknown): Target => ({
  params: { id: made.id },
  ifMatch: made.version,
  secret: made.id,
  ...(body === undefined ? {} : { body }),
});

export const list = (
  as: TenantRow['as'],
  secret: (world: TenantWorld) => string,
  more: Partial<TenantRow> = {},
): TenantRow => ({
  as,
  own: 200,
  reach: 'list',
  make: async (world) => ({ query: 'limit=200', secret: secret(world) }),
  ...more,
});
