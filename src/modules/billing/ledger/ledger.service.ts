import type { Database } from '../../../platform/db/database.ts';
import { createLedgerExportsService } from './ledger-exports.service.ts';
import { createLedgerPlansService } from './ledger-plans.service.ts';
import { createLedgerProfilesService } from './ledger-profiles.service.ts';

export type LedgerService = ReturnType<typeof createLedgerService>;

/** From issued documents to files that the finance program of a centre reads. */
export function createLedgerService(db: Database) {
  return {
    plans: createLedgerPlansService(db),
    profiles: createLedgerProfilesService(db),
    exports: createLedgerExportsService(db),
  };
}
