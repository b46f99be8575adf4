import { sql } from 'drizzle-orm';
import { check, foreignKey, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { day, id, moment, version } from '../../../platform/db/columns.ts';
import { centreOnly } from '../../../platform/db/policies.ts';
import { memberKey } from '../../organisations/organisations.table.ts';
import { statements } from '../statements/statements.table.ts';

/** What a member is not reminded of for a while („Mahnsperre“), after a deferral or in a dispute. Append-only, but for lifting it once. */
export const dunningBlocks = pgTable(
  'dunning_blocks',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    /** The first document of its chain; null: all that the member owes. */
    chainId: uuid('chain_id'),
    reason: text('reason').notNull(),
    /** The last day on which it holds. */
    untilOn: day('until_on').notNull(),
    recordedBy: uuid('recorded_by').notNull(),
    recordedByName: text('recorded_by_name').notNull(),
    recordedAt: moment('recorded_at').notNull(),
    liftedBy: uuid('lifted_by'),
    liftedByName: text('lifted_by_name'),
    liftedAt: moment('lifted_at'),
    version: version(),
  },
  (table) => [
    index('dunning_blocks_centre_idx').on(table.centreId, table.id),
    index('dunning_blocks_member_idx').on(table.centreId, table.organisationId, table.id),
    index('dunning_blocks_standing_idx').on(table.centreId, table.untilOn).where(sql`lifted_at is null`),
    memberKey(table, 'dunning_blocks_member_fkey'),
    foreignKey({
      name: 'dunning_blocks_chain_fkey',
      columns: [table.centreId, table.chainId],
      foreignColumns: [statements.centreId, statements.id],
    }),
    check(
      'dunning_blocks_lifted_check',
      sql`(lifted_at is null) = (lifted_by is null) and (lifted_at is null) = (lifted_by_name is null)`,
    ),
    centreOnly('dunning_blocks'),
  ],
);
