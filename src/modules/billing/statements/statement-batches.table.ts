import { sql } from 'drizzle-orm';
import {
  check,
  foreignKey,
  index,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { day, id, moment, version } from '../../../platform/db/columns.ts';
import { centreOnly } from '../../../platform/db/policies.ts';
import { billingPeriods } from '../../costing/costing.table.ts';
import { allocationRuns } from '../../costing/runs/allocation-runs.table.ts';

/** Statements of one period that are prepared, looked at and issued together. */
export const statementBatches = pgTable(
  'statement_batches',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    periodId: uuid('period_id').notNull(),
    periodCode: text('period_code').notNull(),
    /** The posted run that the statements charge; null where all services of the period are paid by price. */
    runId: uuid('run_id'),
    /** Until when usage was counted when the drafts were made, as the period says it; null until then. */
    recordedUntil: moment('recorded_until'),
    status: text('status').notNull(),
    dueOn: day('due_on'),
    notes: text('notes').array().notNull(),
    /** SHA-256 over what the drafts say. Null until they are prepared. */
    contentHash: text('content_hash'),
    /** The same with the account that the documents bear: what somebody signed. */
    signedHash: text('signed_hash'),
    /** Members that are left out, each with the problems that stand against it. */
    blocked: jsonb('blocked').notNull().default(sql`'[]'`),
    /** Why preparing came to nothing. */
    failure: jsonb('failure'),
    createdBy: uuid('created_by').notNull(),
    createdByName: text('created_by_name').notNull(),
    createdAt: moment('created_at').notNull(),
    issuedBy: uuid('issued_by'),
    issuedByName: text('issued_by_name'),
    issuedAt: moment('issued_at'),
    version: version(),
  },
  (table) => [
    unique('statement_batches_centre_id_key').on(table.centreId, table.id),
    // Two at once would bill a period twice.
    uniqueIndex('statement_batches_open_key')
      .on(table.centreId, table.periodId)
      .where(sql`status in ('preparing', 'ready', 'issuing')`),
    index('statement_batches_centre_idx').on(table.centreId, table.id),
    foreignKey({
      name: 'statement_batches_period_fkey',
      columns: [table.centreId, table.periodId],
      foreignColumns: [billingPeriods.centreId, billingPeriods.id],
    }),
    foreignKey({
      name: 'statement_batches_run_fkey',
      columns: [table.centreId, table.runId],
      foreignColumns: [allocationRuns.centreId, allocationRuns.id],
    }),
    check(
      'statement_batches_status_check',
      sql`status in ('preparing', 'ready', 'issuing', 'issued', 'failed', 'discarded')`,
    ),
    centreOnly('statement_batches'),
  ],
);
