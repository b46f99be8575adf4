import type { Day } from '../../platform/clock.ts';

/** Why a member cannot leave on this day, or undefined when it can. What was done as a member stays so. */
export function refuseLeaving(leftOn: Day, joinedOn: Day, today: Day): string | undefined {
  if (leftOn < today) return `must not be before today, ${today}`;
  if (leftOn <= joinedOn) return `must be after ${joinedOn}, the first day of membership`;
  return undefined;
}
