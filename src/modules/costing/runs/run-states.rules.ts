export type RunStatus = 'draft' | 'in_review' | 'approved' | 'posted' | 'superseded' | 'rejected';
export type RunAction = 'submit' | 'approve' | 'reject' | 'post' | 'supersede';

export interface RunTransition {
  readonly from: readonly RunStatus[];
  readonly to: RunStatus;
  readonly permission: string;
}

const manage = 'allocation-runs:manage';
const approve = 'allocation-runs:approve';

/** What may be done with a run in which state, by whom, and where it leads. */
export const RUN_ACTIONS: Readonly<Record<RunAction, RunTransition>> = {
  submit: { from: ['draft'], to: 'in_review', permission: manage },
  approve: { from: ['in_review'], to: 'approved', permission: approve },
  reject: { from: ['draft', 'in_review', 'approved'], to: 'rejected', permission: approve },
  post: { from: ['approved'], to: 'posted', permission: manage },
  supersede: { from: ['posted'], to: 'superseded', permission: manage },
};

/** Who acts, and for whom. */
export interface Eyes {
  readonly actorId: string;
  readonly onBehalfOf: string | null;
}

/** True when nobody of those who made or submitted it acts, in person or by a stand-in. */
export function isSecondPerson(
  { actorId, onBehalfOf }: Eyes,
  made: { readonly createdBy: string; readonly submittedBy: string | null },
): boolean {
  const acting = [actorId, onBehalfOf];
  return (
    !acting.includes(made.createdBy) && (made.submittedBy === null || !acting.includes(made.submittedBy))
  );
}

/** The actions that the same table and the same eyes would let through. */
export function availableRunActions(
  run: { readonly status: RunStatus; readonly createdBy: string; readonly submittedBy: string | null },
  eyes: Eyes,
  permissions: ReadonlySet<string>,
): RunAction[] {
  const actions = Object.keys(RUN_ACTIONS) as RunAction[];
  return actions.filter((action) => {
    const { from, permission } = RUN_ACTIONS[action];
    if (!from.includes(run.status) || !permissions.has(permission)) return false;
    return action !== 'approve' || isSecondPerson(eyes, run);
  });
}
