import { sql } from 'drizzle-orm';
import {
  check,
  foreignKey,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { createdAt, day, id, moment, version } from '../../../platform/db/columns.ts';
import { centreOnly } from '../../../platform/db/policies.ts';
import { centres } from '../../organisations/organisations.table.ts';

/** Prices under a name that agreements call them by. What they are stands in the versions. */
export const rateCards = pgTable(
  'rate_cards',
  {
    id: id(),
    centreId: uuid('centre_id')
      .notNull()
      .references(() => centres.id),
    name: text('name').notNull(),
    version: version(),
    createdAt: createdAt(),
  },
  (table) => [
    unique('rate_cards_centre_id_key').on(table.centreId, table.id),
    unique('rate_cards_name_key').on(table.centreId, table.name),
    centreOnly('rate_cards'),
  ],
);

/** Prices over half-open days. Nothing of a version changes once it is in force, but that its end moves forward. */
export const rateCardVersions = pgTable(
  'rate_card_versions',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    rateCardId: uuid('rate_card_id').notNull(),
    number: integer('number').notNull(),
    status: text('status').notNull(),
    validFrom: day('valid_from').notNull(),
    validTo: day('valid_to'),
    /** What flat prices, limits, free units and commitments are meant for: a calendar month, quarter or year. */
    interval: text('interval').notNull(),
    prices: jsonb('prices').notNull(),
    /** Of days, interval and prices: what an approval signs. */
    contentHash: text('content_hash').notNull(),
    createdBy: uuid('created_by').notNull(),
    createdByName: text('created_by_name').notNull(),
    createdAt: moment('created_at').notNull(),
    editedBy: uuid('edited_by').notNull(),
    editedByName: text('edited_by_name').notNull(),
    editedAt: moment('edited_at').notNull(),
    approvedBy: uuid('approved_by'),
    approvedByName: text('approved_by_name'),
    approvedAt: moment('approved_at'),
    approvedHash: text('approved_hash'),
  },
  (table) => [
    unique('rate_card_versions_number_key').on(table.rateCardId, table.number),
    unique('rate_card_versions_centre_id_key').on(table.centreId, table.id),
    uniqueIndex('rate_card_versions_draft_key').on(table.rateCardId).where(sql`status = 'draft'`),
    foreignKey({
      name: 'rate_card_versions_card_fkey',
      columns: [table.centreId, table.rateCardId],
      foreignColumns: [rateCards.centreId, rateCards.id],
    }),
    check('rate_card_versions_status_check', sql`status in ('draft', 'in_force', 'superseded')`),
    check('rate_card_versions_interval_check', sql`interval in ('month', 'quarter', 'year')`),
    check('rate_card_versions_days_check', sql`valid_to is null or valid_to > valid_from`),
    // Four eyes also where no program of ours looks.
    check('rate_card_versions_four_eyes_check', sql`approved_by <> created_by and approved_by <> edited_by`),
    check(
      'rate_card_versions_approval_check',
      sql`(status = 'draft' and approved_by is null) or (status <> 'draft' and approved_by is not null and approved_hash is not null and approved_hash = content_hash)`,
    ),
    centreOnly('rate_card_versions'),
  ],
);
