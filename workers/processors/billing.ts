import type { VatService } from '../../src/modules/billing/index.ts';
import type { Clock } from '../../src/platform/clock.ts';
import type { ScheduledTask } from '../schedulers.ts';

export function billingTasks(vat: VatService, clock: Clock): ScheduledTask[] {
  return [{ name: 'billing-vat-turnover', pattern: '10 4 * * *', run: () => vat.turnover.warn(clock.now()) }];
}
