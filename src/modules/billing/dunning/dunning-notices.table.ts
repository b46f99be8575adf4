import { sql } from 'drizzle-orm';
import { check, customType, index, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { cents, day, id, moment } from '../../../platform/db/columns.ts';
import { centreOnly, readPolicy } from '../../../platform/db/policies.ts';
import { memberKey } from '../../organisations/organisations.table.ts';

const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });

/** A letter about what is overdue, byte for byte as it went out. Append-only. */
export const dunningNotices = pgTable(
  'dunning_notices',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    number: text('number').notNull(),
    /** 1 reminder, 2 second reminder, 3 last one. */
    level: integer('level').notNull(),
    issuedOn: day('issued_on').notNull(),
    /** Day by which payment is asked for. */
    payUntil: day('pay_until').notNull(),
    /** What is asked for: the items less the credits of the member. */
    amountCents: cents('amount_cents').notNull(),
    /** What was overdue: `[{ statementId, chainId, number, dueOn, openCents }]`. */
    items: jsonb('items').notNull(),
    chainIds: uuid('chain_ids').array().notNull(),
    bytes: bytea('bytes').notNull(),
    sha256: text('sha256').notNull(),
    issuedBy: uuid('issued_by').notNull(),
    issuedByName: text('issued_by_name').notNull(),
    issuedAt: moment('issued_at').notNull(),
  },
  (table) => [
    unique('dunning_notices_number_key').on(table.centreId, table.number),
    // Asked twice on one day, a member gets one letter.
    unique('dunning_notices_day_key').on(table.centreId, table.organisationId, table.issuedOn),
    unique('dunning_notices_centre_id_key').on(table.centreId, table.id),
    index('dunning_notices_organisation_idx').on(table.organisationId, table.id),
    memberKey(table, 'dunning_notices_member_fkey'),
    check('dunning_notices_level_check', sql`level between 1 and 3`),
    check('dunning_notices_sha256_check', sql`sha256 = encode(sha256(bytes), 'hex')`),
    centreOnly('dunning_notices'),
    readPolicy(
      'dunning_notices',
      'member',
      sql`(app.hat_kind() = 'organisation' and organisation_id = app.hat_id())`,
    ),
  ],
);
