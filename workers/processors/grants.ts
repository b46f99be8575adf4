import type { GrantsService } from '../../src/modules/grants/index.ts';
import type { Clock } from '../../src/platform/clock.ts';
import type { ScheduledTask } from '../schedulers.ts';

export function grantsTasks({ deadlines }: GrantsService, clock: Clock): ScheduledTask[] {
  return [{ name: 'grants-deadlines', pattern: '20 4 * * *', run: () => deadlines.remind(clock.now()) }];
}
