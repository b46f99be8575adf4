import { sql } from 'drizzle-orm';
import { index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';
import { ownHat, policy } from './policies.ts';

/** First answers to POSTs that carried an `Idempotency-Key`; written in the transaction of the effect itself. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    hatKind: text('hat_kind').notNull(),
    hatId: uuid('hat_id').notNull(),
    route: text('route').notNull(),
    key: text('key').notNull(),
    bodyHash: text('body_hash').notNull(),
    answer: jsonb('answer').notNull(),
    createdAt: moment('created_at').notNull().default(sql`now()`),
  },
  (table) => [
    primaryKey({
      name: 'idempotency_keys_pkey',
      columns: [table.hatKind, table.hatId, table.route, table.key],
    }),
    index('idempotency_keys_created_at_idx').on(table.createdAt),
    ownHat('idempotency_keys'),
    // Housekeeping wears no hat; it sees keys to delete the old ones.
    policy('idempotency_keys', 'housekeeping', sql`app.hat_kind() = 'identity'`),
  ],
);
