import type { Moment } from '../../../platform/clock.ts';
import { type Closing, type PeriodState, takesCharges } from '../periods/billing-periods.rules.ts';
import { availableRunActions, type Eyes, type RunAction, type RunStatus } from './run-states.rules.ts';

/** What the period of a run, and the one it is billed in, say about its steps. */
export interface RunPeriods extends Closing {
  readonly correctionBillingPeriodId: string | null;
  readonly recordedUntil: Moment | null;
  /** Null where the run is billed in its own period. */
  readonly billedInState: PeriodState | null;
  readonly hasPostedRun: boolean;
  /** Usage that waits to be admitted; known of periods that take nothing else any more. */
  readonly hasLateUsage: boolean;
}

export type RunObstacle =
  | 'takes-no-runs'
  | 'billed-elsewhere'
  | 'billed-in-settled'
  | 'not-frozen'
  | 'has-posted-run'
  | 'nothing-follows';

/** What the periods have against a step; undefined where they let it through. */
export function runObstacle(
  action: RunAction,
  { billingPeriodId }: { readonly billingPeriodId: string | null },
  periods: RunPeriods,
): RunObstacle | undefined {
  switch (action) {
    case 'submit':
    case 'reject':
      return undefined;
    case 'supersede':
      // Without its run a settled period would have none at all: one is set aside where another can follow, for its correction is open
      // or late usage waits for one.
      return takesCharges(periods) || periods.hasLateUsage ? undefined : 'nothing-follows';
    case 'approve':
      return chargingObstacle(billingPeriodId, periods);
    case 'post':
      return chargingObstacle(billingPeriodId, periods) ?? postingObstacle(periods);
  }
}

/** A correction is billed where it says, and a settled period takes only its own. */
function chargingObstacle(billingPeriodId: string | null, periods: RunPeriods): RunObstacle | undefined {
  if (!takesCharges(periods)) return 'takes-no-runs';
  const { state, correctionBillingPeriodId, billedInState } = periods;
  if (state === 'settled' && correctionBillingPeriodId !== billingPeriodId) return 'billed-elsewhere';
  return billedInState === 'settled' ? 'billed-in-settled' : undefined;
}

function postingObstacle({ recordedUntil, hasPostedRun }: RunPeriods): RunObstacle | undefined {
  if (recordedUntil === null) return 'not-frozen';
  return hasPostedRun ? 'has-posted-run' : undefined;
}

/** The actions that state, eyes and periods would let through. Whether inputs have changed only computing the run again tells. */
export function possibleRunActions(
  run: Parameters<typeof availableRunActions>[0] & {
    readonly status: RunStatus;
    readonly billingPeriodId: string | null;
  },
  eyes: Eyes,
  permissions: ReadonlySet<string>,
  periods: RunPeriods,
): RunAction[] {
  return availableRunActions(run, eyes, permissions).filter(
    (action) => runObstacle(action, run, periods) === undefined,
  );
}
