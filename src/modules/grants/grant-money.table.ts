import { sql } from 'drizzle-orm';
import { check, foreignKey, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { cents, day, id, moment, version } from '../../platform/db/columns.ts';
import { centreOnly } from '../../platform/db/policies.ts';
import { grants, partyRead } from './grants.table.ts';

/** The grant a row belongs to, and its number there. */
const ofGrant = {
  id: id(),
  centreId: uuid('centre_id').notNull(),
  grantId: uuid('grant_id').notNull(),
  number: integer('number').notNull(),
  status: text('status').notNull(),
  amountCents: cents('amount_cents').notNull(),
};

/**
 * Day in the ledger, voucher and cost line of money that has moved. Cost lines are never deleted, so that no foreign key is needed,
 * for which every line of the ledger would have to be in one more index.
 */
const booking = {
  bookedOn: day('booked_on'),
  voucherNumber: text('voucher_number'),
  costLineId: uuid('cost_line_id'),
};

const made = {
  createdBy: uuid('created_by').notNull(),
  createdByName: text('created_by_name').notNull(),
  createdAt: moment('created_at').notNull(),
  /** Who recorded that the money moved, or that it will not. */
  endedBy: uuid('ended_by'),
  endedByName: text('ended_by_name'),
  endedAt: moment('ended_at'),
  endReason: text('end_reason'),
  version: version(),
};

/** Money asked for (Mittelabruf). */
export const grantDrawdowns = pgTable(
  'grant_drawdowns',
  {
    ...ofGrant,
    requestedOn: day('requested_on').notNull(),
    /** Day after the last whose cost is claimed. */
    costTo: day('cost_to').notNull(),
    /** What the cost came to when it was asked for, and what that gives. */
    eligibleCents: cents('eligible_cents').notNull(),
    entitledCents: cents('entitled_cents').notNull(),
    receivedCents: cents('received_cents'),
    receivedOn: day('received_on'),
    ...booking,
    ...made,
  },
  (table) => [
    unique('grant_drawdowns_number_key').on(table.grantId, table.number),
    unique('grant_drawdowns_cost_line_key').on(table.costLineId),
    foreignKey({
      name: 'grant_drawdowns_grant_fkey',
      columns: [table.centreId, table.grantId],
      foreignColumns: [grants.centreId, grants.id],
    }),
    check('grant_drawdowns_status_check', sql`status in ('requested', 'received', 'cancelled')`),
    check('grant_drawdowns_amount_check', sql`amount_cents > 0 and amount_cents <= entitled_cents`),
    check(
      'grant_drawdowns_received_check',
      sql`case when status = 'received' then num_nulls(received_cents, received_on, booked_on, cost_line_id, ended_by) = 0 and received_cents between 1 and amount_cents else num_nonnulls(received_cents, received_on, booked_on, cost_line_id) = 0 end`,
    ),
    centreOnly('grant_drawdowns'),
    partyRead('grant_drawdowns'),
  ],
);

/** Money demanded back (Rückforderung), with how the amount came about. */
export const grantClawbacks = pgTable(
  'grant_clawbacks',
  {
    ...ofGrant,
    reason: text('reason').notNull(),
    grounds: text('grounds').notNull(),
    reference: text('reference'),
    demandedOn: day('demanded_on').notNull(),
    dueOn: day('due_on').notNull(),
    derivation: jsonb('derivation').notNull(),
    repaidOn: day('repaid_on'),
    ...booking,
    ...made,
  },
  (table) => [
    unique('grant_clawbacks_number_key').on(table.grantId, table.number),
    unique('grant_clawbacks_cost_line_key').on(table.costLineId),
    foreignKey({
      name: 'grant_clawbacks_grant_fkey',
      columns: [table.centreId, table.grantId],
      foreignColumns: [grants.centreId, grants.id],
    }),
    check('grant_clawbacks_status_check', sql`status in ('demanded', 'repaid', 'cancelled')`),
    check('grant_clawbacks_reason_check', sql`reason in ('eligible_cost', 'purpose_ended', 'other')`),
    check('grant_clawbacks_amount_check', sql`amount_cents > 0`),
    check(
      'grant_clawbacks_repaid_check',
      sql`case when status = 'repaid' then num_nulls(repaid_on, booked_on, cost_line_id, ended_by) = 0 else num_nonnulls(repaid_on, booked_on, cost_line_id) = 0 end`,
    ),
    centreOnly('grant_clawbacks'),
    partyRead('grant_clawbacks'),
  ],
);
