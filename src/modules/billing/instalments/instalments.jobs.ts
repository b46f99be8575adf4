import { closed, Uuid } from '../../../platform/http/schemas.ts';
import { defineJob } from '../../../platform/jobs/contract.ts';

/** Issues what is due of a plan, some at a time. */
export const issueInstalmentsJob = defineJob({
  queue: 'billing',
  name: 'billing.issue-instalments',
  payload: closed({ planId: Uuid }),
});
