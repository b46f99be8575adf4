import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgPolicy, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id, moment } from '../db/columns.ts';
import { appRole, jobsRole, ownHat } from '../db/policies.ts';

/**
 * Jobs, written in the transaction that causes them. The relay hands each to its queue under the row's id; the row stays until
 * the work is done, so that whatever a queue loses can be handed over again.
 */
export const outboxJobs = pgTable(
  'outbox_jobs',
  {
    id: id(),
    queue: text('queue').notNull(),
    name: text('name').notNull(),
    payload: jsonb('payload').notNull(),
    hatKind: text('hat_kind').notNull(),
    hatId: uuid('hat_id').notNull(),
    requestId: text('request_id').notNull(),
    createdAt: createdAt(),
    /** Not before this moment: the outbox is the timer of delayed work too. */
    availableAt: moment('available_at').notNull(),
    /** When a relay last took it to its queue, or found it there: marked before the queue has it. */
    dispatchedAt: moment('dispatched_at'),
    completedAt: moment('completed_at'),
    failedAt: moment('failed_at'),
    /** Code and text of the last failure; the person's data stays in the log. */
    failure: text('failure'),
    /** Times a dead letter was handed over again by a person. */
    redrives: integer('redrives').notNull().default(0),
  },
  (table) => [
    index('outbox_jobs_waiting_idx').on(table.availableAt, table.id).where(sql`dispatched_at is null`),
    index('outbox_jobs_running_idx')
      .on(table.dispatchedAt)
      .where(sql`dispatched_at is not null and completed_at is null and failed_at is null`),
    index('outbox_jobs_failed_idx')
      .on(table.hatKind, table.hatId, table.id)
      .where(sql`failed_at is not null`),
    index('outbox_jobs_completed_idx').on(table.completedAt).where(sql`completed_at is not null`),
    ownHat('outbox_jobs'),
    // A member's request makes work for the centre: any hat may ask, only the receiving hat sees the job.
    pgPolicy('outbox_jobs_enqueue', {
      for: 'insert',
      to: appRole,
      withCheck: sql`app.hat_kind() is not null`,
    }),
    pgPolicy('outbox_jobs_relay', { for: 'all', to: jobsRole, using: sql`true`, withCheck: sql`true` }),
  ],
);
