import { Type } from 'typebox';
import { closed, Day, Uuid } from '../../../platform/http/schemas.ts';
import { defineJob } from '../../../platform/jobs/contract.ts';

/** Writes the notices that somebody asked for, a transaction each. */
export const issueDunningNoticesJob = defineJob({
  queue: 'billing',
  name: 'billing.issue-dunning-notices',
  payload: closed({
    issuedOn: Day,
    payUntil: Day,
    minDaysBetween: Type.Integer(),
    organisationIds: Type.Array(Uuid),
    askedBy: closed({ id: Uuid, name: Type.String() }),
  }),
});
