import { sql } from 'drizzle-orm';
import { check, foreignKey, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { cents, id, moment, version } from '../../../platform/db/columns.ts';
import { centreOnly, readPolicy } from '../../../platform/db/policies.ts';
import { memberKey } from '../../organisations/organisations.table.ts';
import { statements } from '../statements/statements.table.ts';

/** What a centre asks of a claim no more, though it was not paid. Asked for by one person, confirmed by another, ended once. */
export const writeOffs = pgTable(
  'write_offs',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    /** The first document of the chain: corrections change what is claimed, not what was written off. */
    chainId: uuid('chain_id').notNull(),
    amountCents: cents('amount_cents').notNull(),
    /** What the chain claimed then: what is charged anew later is not written off. Null in write-offs of before. */
    claimCents: cents('claim_cents'),
    ground: text('ground').notNull(),
    reason: text('reason').notNull(),
    recordedBy: uuid('recorded_by').notNull(),
    recordedByName: text('recorded_by_name').notNull(),
    recordedAt: moment('recorded_at').notNull(),
    confirmedBy: uuid('confirmed_by'),
    confirmedByName: text('confirmed_by_name'),
    confirmedAt: moment('confirmed_at'),
    /** Rejected, or revoked where it was confirmed. */
    endedBy: uuid('ended_by'),
    endedByName: text('ended_by_name'),
    endedAt: moment('ended_at'),
    endReason: text('end_reason'),
    version: version(),
  },
  (table) => [
    index('write_offs_centre_idx').on(table.centreId, table.id),
    index('write_offs_member_idx').on(table.centreId, table.organisationId, table.id),
    index('write_offs_waiting_idx')
      .on(table.centreId, table.id)
      .where(sql`confirmed_at is null and ended_at is null`),
    index('write_offs_chain_idx').on(table.chainId).where(sql`confirmed_at is not null and ended_at is null`),
    memberKey(table, 'write_offs_member_fkey'),
    foreignKey({
      name: 'write_offs_chain_fkey',
      columns: [table.centreId, table.chainId],
      foreignColumns: [statements.centreId, statements.id],
    }),
    check('write_offs_amount_check', sql`amount_cents > 0`),
    check('write_offs_ground_check', sql`ground in ('remission', 'uncollectable', 'minor')`),
    // Four eyes also where no program of ours looks.
    check('write_offs_four_eyes_check', sql`confirmed_by <> recorded_by`),
    check(
      'write_offs_confirmed_check',
      sql`(confirmed_at is null) = (confirmed_by is null) and (confirmed_at is null) = (confirmed_by_name is null)`,
    ),
    check(
      'write_offs_ended_check',
      sql`(ended_at is null) = (ended_by is null) and (ended_at is null) = (ended_by_name is null) and (ended_at is null) = (end_reason is null)`,
    ),
    centreOnly('write_offs'),
    readPolicy(
      'write_offs',
      'member',
      sql`(app.hat_kind() = 'organisation' and organisation_id = app.hat_id() and confirmed_at is not null and ended_at is null)`,
    ),
  ],
);
