import type { Database } from '../../../platform/db/database.ts';
import { createVatActivityGroupsService } from './vat-activity-groups.service.ts';
import { createVatComparisonService } from './vat-comparison.service.ts';
import { createVatDeterminationsService } from './vat-determinations.service.ts';
import { createVatLawChangeService } from './vat-law-change.service.ts';
import { createVatTurnoverService } from './vat-turnover.service.ts';

export type VatService = ReturnType<typeof createVatService>;

/** What is determined about VAT, what it rests on, and what the law makes of it next. */
export function createVatService(db: Database) {
  return {
    determinations: createVatDeterminationsService(db),
    groups: createVatActivityGroupsService(db),
    turnover: createVatTurnoverService(db),
    comparison: createVatComparisonService(db),
    lawChange: createVatLawChangeService(db),
  };
}
