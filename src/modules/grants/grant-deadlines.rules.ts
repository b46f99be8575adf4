import { type Day, plusDays } from '../../platform/clock.ts';
import type { GrantStatus } from './grant-states.rules.ts';

export type DeadlineKind = 'proof' | 'purpose_end';
export type DeadlineState = 'open' | 'soon' | 'overdue' | 'done';
export type ReminderKind = 'proof_soon' | 'proof_overdue';

/** So many days before the proof is due somebody is reminded. */
export const REMINDER_DAYS = 30;

export interface Deadline {
  readonly kind: DeadlineKind;
  readonly dueOn: Day;
  readonly state: DeadlineState;
}

interface DeadlineFacts {
  readonly status: GrantStatus;
  readonly proofDueOn: Day | null;
  readonly purposeEndsOn: Day | null;
}

/** The deadlines of a grant that was awarded, as they stand on a day. */
export function deadlinesOf({ status, proofDueOn, purposeEndsOn }: DeadlineFacts, today: Day): Deadline[] {
  if (proofDueOn === null || purposeEndsOn === null) return [];
  if (!['awarded', 'proved', 'closed'].includes(status)) return [];
  return [
    { kind: 'proof', dueOn: proofDueOn, state: proofState(status, proofDueOn, today) },
    { kind: 'purpose_end', dueOn: purposeEndsOn, state: purposeEndsOn <= today ? 'done' : 'open' },
  ];
}

/** The day itself is still in time. */
function proofState(status: GrantStatus, dueOn: Day, today: Day): DeadlineState {
  if (status !== 'awarded') return 'done';
  if (dueOn < today) return 'overdue';
  return dueOn <= plusDays(today, REMINDER_DAYS) ? 'soon' : 'open';
}
