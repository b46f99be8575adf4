export type PlanStatus = 'draft' | 'submitted' | 'in_force' | 'ended' | 'rejected';
export type PlanAction = 'submit' | 'approve' | 'reject' | 'end';

/** What may be done with a plan in which state, by whom, and where it leads. */
export const PLAN_ACTIONS: Readonly<
  Record<
    PlanAction,
    { readonly from: readonly PlanStatus[]; readonly to: PlanStatus; readonly permission: string }
  >
> = {
  submit: { from: ['draft'], to: 'submitted', permission: 'instalment-plans:manage' },
  approve: { from: ['submitted'], to: 'in_force', permission: 'instalment-plans:approve' },
  reject: { from: ['draft', 'submitted'], to: 'rejected', permission: 'instalment-plans:approve' },
  end: { from: ['in_force'], to: 'ended', permission: 'instalment-plans:manage' },
};

/** Leads to no other state: what is due is issued, also of a plan that ended. */
export const ISSUE_DUE: { readonly from: readonly PlanStatus[]; readonly permission: string } = {
  from: ['in_force', 'ended'],
  permission: 'instalment-plans:approve',
};

/** The actions that the same table and the same eyes would let through. */
export function availablePlanActions(
  status: PlanStatus,
  isSecondPerson: boolean,
  permissions: ReadonlySet<string>,
): (PlanAction | 'issue-due')[] {
  const actions = Object.entries({ ...PLAN_ACTIONS, 'issue-due': ISSUE_DUE });
  const open = actions.filter(([action, { from, permission }]) => {
    if (!from.includes(status) || !permissions.has(permission)) return false;
    return isSecondPerson || action !== 'approve';
  });
  return open.map(([action]) => action as PlanAction | 'issue-due');
}
