import { type HatContext, mayLearnActor } from '../../platform/context.ts';
import type { EventRow } from './events.repo.ts';
import type { EventView } from './requests.schemas.ts';

/** An event as the hat may see it: the names of the centre's staff stay with the centre. */
export function toEventView(ctx: HatContext, { actorId, actorName, ...event }: EventRow): EventView {
  if (mayLearnActor(ctx, { hatKind: event.hat.kind, actorId }))
    return { ...event, actor: { id: actorId, name: actorName } };
  return { ...event, actor: null, onBehalfOf: null };
}
