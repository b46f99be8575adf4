import type { HatKind } from '../../platform/context.ts';

export const STATUSES = [
  'draft',
  'submitted',
  'awaiting_approval',
  'accepted',
  'in_progress',
  'on_hold',
  'resolved',
  'closed',
  'rejected',
  'cancelled',
  'merged',
] as const;
export type Status = (typeof STATUSES)[number];

export const HOLD_REASONS = [
  'awaiting_requester',
  'awaiting_third_party',
  'awaiting_decision',
  'legal_wait',
  'scheduled',
] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

/** Statuses in which a centre still has something to do. */
export const OPEN_STATUSES = [
  'submitted',
  'awaiting_approval',
  'accepted',
  'in_progress',
  'on_hold',
] as const satisfies readonly Status[];

export const ACTIONS = [
  'submit',
  'accept',
  'reject',
  'assign',
  'start',
  'hold',
  'resume',
  'resolve',
  'accept-result',
  'object',
  'close',
  'cancel',
] as const;
export type Action = (typeof ACTIONS)[number];

export interface Transition {
  readonly from: readonly Status[];
  /** Null: the status stays. */
  readonly to: Status | null;
  readonly by: HatKind;
  readonly permission: string;
  /** Past tense, for the history. */
  readonly event: string;
}

/** Who may do what in which status, and what comes of it. The one place that decides it. */
export const TRANSITIONS: Readonly<Record<Action, Transition>> = {
  submit: {
    from: ['draft'],
    to: 'submitted',
    by: 'organisation',
    permission: 'requests:file',
    event: 'submitted',
  },
  accept: {
    from: ['submitted'],
    to: 'accepted',
    by: 'centre',
    permission: 'requests:work',
    event: 'accepted',
  },
  reject: {
    from: ['submitted', 'accepted'],
    to: 'rejected',
    by: 'centre',
    permission: 'requests:work',
    event: 'rejected',
  },
  assign: {
    from: ['submitted', 'accepted', 'in_progress', 'on_hold'],
    to: null,
    by: 'centre',
    permission: 'requests:work',
    event: 'assigned',
  },
  start: {
    from: ['accepted'],
    to: 'in_progress',
    by: 'centre',
    permission: 'requests:work',
    event: 'started',
  },
  hold: { from: ['in_progress'], to: 'on_hold', by: 'centre', permission: 'requests:work', event: 'held' },
  resume: {
    from: ['on_hold'],
    to: 'in_progress',
    by: 'centre',
    permission: 'requests:work',
    event: 'resumed',
  },
  resolve: {
    from: ['in_progress'],
    to: 'resolved',
    by: 'centre',
    permission: 'requests:work',
    event: 'resolved',
  },
  'accept-result': {
    from: ['resolved'],
    to: 'closed',
    by: 'organisation',
    permission: 'requests:file',
    event: 'result-accepted',
  },
  object: {
    from: ['resolved'],
    to: 'in_progress',
    by: 'organisation',
    permission: 'requests:file',
    event: 'objected',
  },
  close: { from: ['resolved'], to: 'closed', by: 'centre', permission: 'requests:work', event: 'closed' },
  cancel: {
    from: ['draft', 'submitted', 'accepted'],
    to: 'cancelled',
    by: 'organisation',
    permission: 'requests:file',
    event: 'cancelled',
  },
};

/** What the rules look at. */
export interface Subject {
  readonly status: Status;
  readonly closesAt: string | null;
}

export interface Doer {
  readonly hatKind: HatKind;
  readonly permissions: ReadonlySet<string>;
  readonly now: string;
}

/** Closing by the centre waits until the time for objections is over. */
function isTimely(action: Action, subject: Subject, now: string): boolean {
  return action !== 'close' || (subject.closesAt !== null && subject.closesAt <= now);
}

/** The actions that would not be refused, in the order of the work. */
export function availableActions(subject: Subject, doer: Doer): Action[] {
  return ACTIONS.filter((action) => {
    const { from, by, permission } = TRANSITIONS[action];
    return (
      by === doer.hatKind &&
      from.includes(subject.status) &&
      doer.permissions.has(permission) &&
      isTimely(action, subject, doer.now)
    );
  });
}

export type Refusal = 'wrong-hat' | 'wrong-status' | 'too-early';

/** Why an action is refused in this state, or undefined. Permissions are checked before. */
export function refusal(
  action: Action,
  subject: Subject,
  doer: Pick<Doer, 'hatKind' | 'now'>,
): Refusal | undefined {
  const { from, by } = TRANSITIONS[action];
  if (by !== doer.hatKind) return 'wrong-hat';
  if (!from.includes(subject.status)) return 'wrong-status';
  return isTimely(action, subject, doer.now) ? undefined : 'too-early';
}

/** Statuses in which the parties may still write to each other. */
export function takesMessages(status: Status): boolean {
  return status !== 'draft' && !['closed', 'rejected', 'cancelled', 'merged'].includes(status);
}
