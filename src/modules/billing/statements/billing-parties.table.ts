import { sql } from 'drizzle-orm';
import { check, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { version } from '../../../platform/db/columns.ts';
import { centreOnly, readPolicy } from '../../../platform/db/policies.ts';
import { centres, memberKey } from '../../organisations/organisations.table.ts';

/** Who issues: what all documents of a centre say of the seller. Documents keep what was said when they were issued. */
export const billingProfiles = pgTable(
  'billing_profiles',
  {
    centreId: uuid('centre_id')
      .primaryKey()
      .references(() => centres.id),
    seller: jsonb('seller').notNull(),
    /** Days from issue to due, where nothing else is asked for. */
    paymentDays: integer('payment_days').notNull(),
    version: version(),
  },
  () => [
    check('billing_profiles_payment_days_check', sql`payment_days between 1 and 365`),
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
