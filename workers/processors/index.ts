import type { Modules } from '../../src/modules.ts';
import type { Clock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/db/database.ts';
import type { Processor } from '../runtime.ts';
import type { ScheduledTask } from '../schedulers.ts';
import { billingProcessors, billingTasks, receivablesProcessors } from './billing.ts';
import { grantsTasks } from './grants.ts';
import { maintenanceTasks } from './maintenance.ts';
import { requestProcessors } from './requests.ts';
import { usageProcessors, usageTasks } from './usage.ts';

export function processorsOf(modules: Modules): Processor[] {
  return [
    ...requestProcessors(modules.processing),
    ...usageProcessors(modules.closedRequests),
    ...billingProcessors(modules.billing),
    ...receivablesProcessors(modules.receivables),
  ];
}

export function tasksOf(modules: Modules, outbox: Database, clock: Clock): ScheduledTask[] {
  return [
    ...maintenanceTasks(modules, outbox, clock),
    ...usageTasks(modules.rollups, clock),
    ...billingTasks(modules.vat, modules.receivables, clock),
    ...grantsTasks(modules.grants, clock),
  ];
}
