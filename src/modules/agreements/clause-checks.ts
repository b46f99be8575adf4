import type { HatTx } from '../../platform/db/hat.ts';
import type { FieldError } from '../../platform/errors.ts';
import type { Terms } from './agreements.rules.ts';

/**
 * Finds what clauses name and the centre does not have yet. Modules that agreements do not know bring them; what they find is told to
 * whoever brings the wording into force, and keeps nobody from it.
 */
export type ClauseCheck = (
  tx: HatTx,
  centreId: string,
  clauses: Pick<Terms, 'costClause' | 'priceClause'>,
) => Promise<readonly FieldError[]>;
