import {
  type BillingService,
  dispatchStatementJob,
  issueBatchJob,
  issueDunningNoticesJob,
  issueInstalmentsJob,
  prepareBatchJob,
  type ReceivablesService,
  renderStatementJob,
  type VatService,
  validateStatementJob,
} from '../../src/modules/billing/index.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { type Processor, processor } from '../runtime.ts';
import type { ScheduledTask } from '../schedulers.ts';

export function billingProcessors({ batches, rendering, sending }: BillingService): Processor[] {
  return [
    processor(prepareBatchJob, (ctx, { batchId }) => batches.prepare(ctx, batchId)),
    processor(issueBatchJob, (ctx, { batchId }) => batches.issueAll(ctx, batchId)),
    processor(renderStatementJob, (ctx, { statementId }) => rendering.render(ctx, statementId)),
    processor(validateStatementJob, (ctx, { statementId }) => sending.validate(ctx, statementId)),
    processor(dispatchStatementJob, (ctx, { dispatchId }) => sending.dispatch(ctx, dispatchId)),
  ];
}

export function receivablesProcessors({ instalments, dunning }: ReceivablesService): Processor[] {
  return [
    processor(issueInstalmentsJob, (ctx, { planId }) => instalments.issue(ctx, planId)),
    processor(issueDunningNoticesJob, (ctx, asked) => dunning.issue(ctx, asked)),
  ];
}

export function billingTasks(
  vat: VatService,
  receivables: ReceivablesService,
  clock: Clock,
): ScheduledTask[] {
  return [
    { name: 'billing-vat-turnover', pattern: '10 4 * * *', run: () => vat.turnover.warn(clock.now()) },
    {
      name: 'billing-instalments',
      pattern: '10 5 * * *',
      run: () => receivables.instalments.askForDue(clock.now()),
    },
  ];
}
