export type GrantStatus = 'draft' | 'applied' | 'noticed' | 'awarded' | 'proved' | 'closed' | 'withdrawn';
export type GrantAction =
  | 'submit'
  | 'record-notice'
  | 'reject-notice'
  | 'award'
  | 'submit-proof'
  | 'close'
  | 'withdraw';

interface GrantTransition {
  readonly from: readonly GrantStatus[];
  readonly to: GrantStatus;
  readonly permission: string;
  /** Whether it takes somebody who did not record the notice. */
  readonly isSecondPerson?: true;
}

const manage = 'grants:manage';
const approve = 'grants:approve';

/** What may be done with a grant in which state, by whom, and where it leads. */
export const GRANT_ACTIONS: Readonly<Record<GrantAction, GrantTransition>> = {
  submit: { from: ['draft'], to: 'applied', permission: manage },
  'record-notice': { from: ['applied'], to: 'noticed', permission: manage },
  'reject-notice': { from: ['noticed'], to: 'applied', permission: approve },
  award: { from: ['noticed'], to: 'awarded', permission: approve, isSecondPerson: true },
  'submit-proof': { from: ['awarded'], to: 'proved', permission: manage },
  close: { from: ['proved'], to: 'closed', permission: manage },
  withdraw: { from: ['draft', 'applied', 'noticed'], to: 'withdrawn', permission: manage },
};

/** Money is drawn while the award holds and nobody has closed the books; it can be demanded back as long as there is any. */
export const DRAWING: readonly GrantStatus[] = ['awarded', 'proved'];
export const CLAWING: readonly GrantStatus[] = ['awarded', 'proved', 'closed'];

/** The actions that the same table and the same eyes would let through. */
export function availableGrantActions(
  status: GrantStatus,
  isSecondPerson: boolean,
  permissions: ReadonlySet<string>,
): GrantAction[] {
  const actions = Object.keys(GRANT_ACTIONS) as GrantAction[];
  return actions.filter((action) => {
    const transition = GRANT_ACTIONS[action];
    if (!transition.from.includes(status) || !permissions.has(transition.permission)) return false;
    return isSecondPerson || transition.isSecondPerson === undefined;
  });
}

export type DrawdownStatus = 'requested' | 'received' | 'cancelled';
export type ClawbackStatus = 'demanded' | 'repaid' | 'cancelled';

/** What is on its way can arrive or be given up; both are ends. */
export const DRAWDOWN_ACTIONS = { receive: 'received', cancel: 'cancelled' } as const;
export const CLAWBACK_ACTIONS = { repay: 'repaid', cancel: 'cancelled' } as const;

export function availableMoneyActions<Action extends string>(
  table: Readonly<Record<Action, string>>,
  isOpen: boolean,
  permissions: ReadonlySet<string>,
): Action[] {
  return isOpen && permissions.has(manage) ? (Object.keys(table) as Action[]) : [];
}
