import { sql } from 'drizzle-orm';
import { check, foreignKey, index, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { day, id, moment } from '../../../platform/db/columns.ts';
import { centreOnly } from '../../../platform/db/policies.ts';
import { billingPeriods } from '../../costing/costing.table.ts';

/** A period that was settled with all members, as it stood then. Append-only. */
export const settlements = pgTable(
  'settlements',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    periodId: uuid('period_id').notNull(),
    periodCode: text('period_code').notNull(),
    startsOn: day('starts_on').notNull(),
    endsOn: day('ends_on').notNull(),
    /** Member by member: figures, and what becomes of a credit. */
    members: jsonb('members').notNull(),
    /** SHA-256 of period and members. */
    contentHash: text('content_hash').notNull(),
    settledBy: uuid('settled_by').notNull(),
    settledByName: text('settled_by_name').notNull(),
    settledAt: moment('settled_at').notNull(),
  },
  (table) => [
    unique('settlements_period_key').on(table.centreId, table.periodId),
    index('settlements_centre_idx').on(table.centreId, table.id),
    foreignKey({
      name: 'settlements_period_fkey',
      columns: [table.centreId, table.periodId],
      foreignColumns: [billingPeriods.centreId, billingPeriods.id],
    }),
    check('settlements_hash_check', sql`content_hash ~ '^[0-9a-f]{64}$'`),
    centreOnly('settlements'),
  ],
);
