import type { StatementRow } from './statements.types.ts';

export type BatchStatus = 'preparing' | 'ready' | 'issuing' | 'issued' | 'failed' | 'discarded';
export type BatchAction = 'issue' | 'discard';

/**
 * What a person may do with a batch in which state. The rest is done by jobs; one that was given up leaves a batch that only a person
 * can end, and one that comes back finds it discarded.
 */
export const BATCH_ACTIONS: Readonly<
  Record<BatchAction, { readonly from: readonly BatchStatus[]; readonly to: BatchStatus }>
> = {
  issue: { from: ['ready'], to: 'issuing' },
  discard: { from: ['preparing', 'ready', 'issuing'], to: 'discarded' },
};

export function availableBatchActions(status: BatchStatus, statementCount: number): BatchAction[] {
  const actions = Object.keys(BATCH_ACTIONS) as BatchAction[];
  return actions.filter(
    (action) => BATCH_ACTIONS[action].from.includes(status) && (action !== 'issue' || statementCount > 0),
  );
}

export type StatementAction = 'issue' | 'discard' | 'credit';

type Standing = Pick<StatementRow, 'status' | 'kind' | 'batchId' | 'supersededBy'>;

/**
 * What a person may do with a statement by itself. Drafts of a batch are issued with it; those that something stood against can
 * be issued once that is mended.
 */
export function availableStatementActions({ status, kind, supersededBy }: Standing): StatementAction[] {
  if (status === 'draft') return ['issue', 'discard'];
  return status === 'issued' && kind !== 381 && supersededBy === null ? ['credit'] : [];
}
