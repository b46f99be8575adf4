import { sql } from 'drizzle-orm';
import { check, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { moment, version } from '../../../platform/db/columns.ts';
import { centreOnly, readPolicy } from '../../../platform/db/policies.ts';
import { centres, memberKey } from '../../organisations/organisations.table.ts';

/** Who issues: what all documents of a centre say of the seller. Documents keep what was said when they were issued. */
export const billingProfiles = pgTable(
  'billing_profiles',
  {
    centreId: uuid('centre_id')
      .primaryKey()
      .references(() => centres.id),
    /** Its `bank` is the account that documents bear, and is missing until one was confirmed. */
    seller: jsonb('seller').notNull(),
    /** The account that a second person has to confirm before members are asked to pay to it. */
    pendingAccount: jsonb('pending_account'),
    pendingRecordedBy: uuid('pending_recorded_by'),
    pendingRecordedByName: text('pending_recorded_by_name'),
    pendingRecordedAt: moment('pending_recorded_at'),
    /** Of the account in force; null where it was recorded before two people were asked for. */
    accountRecordedBy: uuid('account_recorded_by'),
    accountRecordedByName: text('account_recorded_by_name'),
    accountRecordedAt: moment('account_recorded_at'),
    accountConfirmedBy: uuid('account_confirmed_by'),
    accountConfirmedByName: text('account_confirmed_by_name'),
    accountConfirmedAt: moment('account_confirmed_at'),
    /** Days from issue to due, where nothing else is asked for. */
    paymentDays: integer('payment_days').notNull(),
    version: version(),
  },
  () => [
    check('billing_profiles_payment_days_check', sql`payment_days between 1 and 365`),
    // Four eyes also where no program of ours looks.
    check('billing_profiles_four_eyes_check', sql`account_confirmed_by <> account_recorded_by`),
    check(
      'billing_profiles_pending_check',
      sql`num_nulls(pending_account, pending_recorded_by, pending_recorded_by_name, pending_recorded_at) in (0, 4)`,
    ),
    check(
      'billing_profiles_account_check',
      sql`num_nulls(account_recorded_by, account_recorded_by_name, account_recorded_at, account_confirmed_by, account_confirmed_by_name, account_confirmed_at) in (0, 6)`,
    ),
    centreOnly('billing_profiles'),
  ],
);

/** Where a member's documents go: address, Leitweg-ID, and how they are sent. */
export const billingRecipients = pgTable(
  'billing_recipients',
  {
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    buyer: jsonb('buyer').notNull(),
    /** Address that documents are mailed to; null: the member fetches them. */
    email: text('email'),
    /** Formats that go with the mail. */
    formats: text('formats').array().notNull(),
    version: version(),
  },
  (table) => [
    primaryKey({ name: 'billing_recipients_pkey', columns: [table.centreId, table.organisationId] }),
    memberKey(table, 'billing_recipients_member_fkey'),
    centreOnly('billing_recipients'),
    readPolicy(
      'billing_recipients',
      'member',
      sql`(app.hat_kind() = 'organisation' and organisation_id = app.hat_id())`,
    ),
  ],
);
