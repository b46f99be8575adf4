export type VatStatus = 'review' | 'draft' | 'submitted' | 'in_force' | 'superseded' | 'rejected';
export type VatAction = 'submit' | 'approve' | 'reject';

const ACTIONS = ['submit', 'approve', 'reject'] as const satisfies readonly VatAction[];

/**
 * What may be done with a determination in which state, by whom, and where it leads. It is superseded by the approval of
 * another one. A `review` says that a fact is missing: it never comes into force, and one person alone cannot drop it.
 */
export const VAT_ACTIONS: Readonly<
  Record<
    VatAction,
    { readonly from: readonly VatStatus[]; readonly to: VatStatus; readonly permission: string }
  >
> = {
  submit: { from: ['draft'], to: 'submitted', permission: 'vat-determinations:manage' },
  approve: { from: ['submitted'], to: 'in_force', permission: 'vat-determinations:approve' },
  reject: {
    from: ['review', 'draft', 'submitted'],
    to: 'rejected',
    permission: 'vat-determinations:approve',
  },
};

/** Whether the step takes somebody who neither made nor submitted the determination. */
export function needsSecondPerson(action: VatAction, status: VatStatus): boolean {
  return action === 'approve' || (action === 'reject' && status === 'review');
}

/** The actions that the same table and the same eyes would let through. */
export function availableVatActions(
  status: VatStatus,
  isSecondPerson: boolean,
  permissions: ReadonlySet<string>,
): VatAction[] {
  return ACTIONS.filter((action) => {
    const { from, permission } = VAT_ACTIONS[action];
    if (!from.includes(status) || !permissions.has(permission)) return false;
    return isSecondPerson || !needsSecondPerson(action, status);
  });
}
