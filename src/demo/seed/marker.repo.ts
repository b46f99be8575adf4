import type { Moment } from '../../platform/clock.ts';
import type { HatTx } from '../../platform/db/hat.ts';

/** How far the demo world has come: the audit trail tells, and nobody can take it back. */
export type Progress = 'nothing' | 'loading' | 'loaded' | 'foreign';

export const LOADING = 'demo.loading';
export const LOADED = 'demo.loaded';

/** `foreign`: there are organisations, but not ours. The platform's hat must be open. */
export async function readProgress({ sql }: HatTx): Promise<Progress> {
  const marks = await sql<{ action: string }[]>`select action from audit_entries
    where hat_kind = 'platform' and action in (${LOADING}, ${LOADED})`;
  if (marks.some(({ action }) => action === LOADED)) return 'loaded';
  if (marks.length > 0) return 'loading';
  const [known] = await sql<{ exists: boolean }[]>`select exists (select from organisations)`;
  return known?.exists === true ? 'foreign' : 'nothing';
}

/** When loading was begun. */
export async function readBeginning({ sql }: HatTx): Promise<Moment | undefined> {
  const [row] = await sql<{ at: Moment }[]>`select at from audit_entries
    where hat_kind = 'platform' and action = ${LOADING} order by id limit 1`;
  return row?.at;
}
