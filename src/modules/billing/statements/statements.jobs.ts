import { closed, Uuid } from '../../../platform/http/schemas.ts';
import { defineJob } from '../../../platform/jobs/contract.ts';

const statement = closed({ statementId: Uuid });
const batch = closed({ batchId: Uuid });
const dispatch = closed({ dispatchId: Uuid });

/** Peers outside are away for longer than our own: tried for three hours. */
const PATIENCE = { attempts: 12, backoffMs: 5_000 };

/** Works out who is charged what, and keeps the drafts. */
export const prepareBatchJob = defineJob({ queue: 'billing', name: 'billing.prepare-batch', payload: batch });

/** Issues the drafts of a batch, some at a time. */
export const issueBatchJob = defineJob({ queue: 'billing', name: 'billing.issue-batch', payload: batch });

/** Makes the files of an issued statement. */
export const renderStatementJob = defineJob({
  queue: 'billing',
  name: 'billing.render-statement',
  payload: statement,
});

/** Has an official validator look at the e-invoice, where one is set up. */
export const validateStatementJob = defineJob({
  queue: 'mail',
  name: 'billing.validate-statement',
  payload: statement,
  ...PATIENCE,
});

/** Mails the files to the member. */
export const dispatchStatementJob = defineJob({
  queue: 'mail',
  name: 'billing.dispatch-statement',
  payload: dispatch,
  ...PATIENCE,
});
