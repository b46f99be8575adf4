import { sql } from 'drizzle-orm';
import {
  check,
  foreignKey,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { day, id, moment } from '../../../platform/db/columns.ts';
import { centreOnly, readPolicy } from '../../../platform/db/policies.ts';
import { billingPeriods } from '../../costing/costing.table.ts';
import { memberKey } from '../../organisations/organisations.table.ts';

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
    unique('settlements_centre_id_key').on(table.centreId, table.id),
    foreignKey({
      name: 'settlements_period_fkey',
      columns: [table.centreId, table.periodId],
      foreignColumns: [billingPeriods.centreId, billingPeriods.id],
    }),
    check('settlements_hash_check', sql`content_hash ~ '^[0-9a-f]{64}$'`),
    centreOnly('settlements'),
  ],
);

/** What a member reads of a settlement: its own row, and of the whole the period. A trigger writes it with the settlement. Append-only. */
export const settlementMembers = pgTable(
  'settlement_members',
  {
    settlementId: uuid('settlement_id').notNull(),
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    periodId: uuid('period_id').notNull(),
    periodCode: text('period_code').notNull(),
    startsOn: day('starts_on').notNull(),
    endsOn: day('ends_on').notNull(),
    /** As it stands in `members` of the settlement. */
    figures: jsonb('figures').notNull(),
    settledAt: moment('settled_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'settlement_members_pkey', columns: [table.settlementId, table.organisationId] }),
    index('settlement_members_organisation_idx').on(table.organisationId, table.settlementId),
    foreignKey({
      name: 'settlement_members_settlement_fkey',
      columns: [table.centreId, table.settlementId],
      foreignColumns: [settlements.centreId, settlements.id],
    }),
    memberKey(table, 'settlement_members_member_fkey'),
    centreOnly('settlement_members'),
    readPolicy(
      'settlement_members',
      'member',
      sql`(app.hat_kind() = 'organisation' and organisation_id = app.hat_id())`,
    ),
  ],
);
