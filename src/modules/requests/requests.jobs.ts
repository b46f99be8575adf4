import { Type } from 'typebox';
import { closed, Moment, Uuid } from '../../platform/http/schemas.ts';
import { defineJob } from '../../platform/jobs/contract.ts';

const payload = closed({ requestId: Uuid });

/** After submitting: check the agreement, route to a team, make the receipt. */
export const processRequestJob = defineJob({ queue: 'requests', name: 'requests.process', payload });

/** When the time for objections is over. `resolvedAt` tells a resolution from a later one after an objection. */
export const closeDueRequestJob = defineJob({
  queue: 'requests',
  name: 'requests.close-due',
  payload: Type.Object({ requestId: Uuid, resolvedAt: Moment }, { additionalProperties: false }),
});

/** After closing: others do what follows from it, such as recording what was used. */
export const requestClosedJob = defineJob({ queue: 'usage', name: 'requests.closed', payload });
