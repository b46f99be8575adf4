import { sql } from 'drizzle-orm';
import {
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { cents, id, moment, version } from '../../../platform/db/columns.ts';
import { centreOnly } from '../../../platform/db/policies.ts';
import { services } from '../../catalogue/catalogue.table.ts';
import { centres } from '../../organisations/organisations.table.ts';

/** Like activities (§ 2b Abs. 2 Nr. 1 UStG), whose turnover of a calendar year is looked at as one. */
export const vatActivityGroups = pgTable(
  'vat_activity_groups',
  {
    id: id(),
    centreId: uuid('centre_id')
      .notNull()
      .references(() => centres.id),
    name: text('name').notNull(),
    version: version(),
  },
  (table) => [
    unique('vat_activity_groups_centre_id_key').on(table.centreId, table.id),
    unique('vat_activity_groups_name_key').on(table.centreId, table.name),
    centreOnly('vat_activity_groups'),
  ],
);

/** A service is an activity of one kind: it belongs to one group at most. */
export const vatActivityGroupServices = pgTable(
  'vat_activity_group_services',
  {
    centreId: uuid('centre_id').notNull(),
    serviceId: uuid('service_id').notNull(),
    groupId: uuid('group_id').notNull(),
  },
  (table) => [
    primaryKey({ name: 'vat_activity_group_services_pkey', columns: [table.centreId, table.serviceId] }),
    index('vat_activity_group_services_group_idx').on(table.groupId),
    foreignKey({
      name: 'vat_activity_group_services_service_fkey',
      columns: [table.centreId, table.serviceId],
      foreignColumns: [services.centreId, services.id],
    }),
    foreignKey({
      name: 'vat_activity_group_services_group_fkey',
      columns: [table.centreId, table.groupId],
      foreignColumns: [vatActivityGroups.centreId, vatActivityGroups.id],
    }),
    centreOnly('vat_activity_group_services'),
  ],
);

/** Turnover that somebody expects of a group in a calendar year; the latest one counts, all of them stay. */
export const vatForecasts = pgTable(
  'vat_forecasts',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    groupId: uuid('group_id').notNull(),
    year: integer('year').notNull(),
    amountCents: cents('amount_cents').notNull(),
    grounds: text('grounds').notNull(),
    recordedBy: uuid('recorded_by').notNull(),
    recordedByName: text('recorded_by_name').notNull(),
    recordedAt: moment('recorded_at').notNull(),
  },
  (table) => [
    index('vat_forecasts_group_idx').on(table.groupId, table.year, table.id),
    foreignKey({
      name: 'vat_forecasts_group_fkey',
      columns: [table.centreId, table.groupId],
      foreignColumns: [vatActivityGroups.centreId, vatActivityGroups.id],
    }),
    check('vat_forecasts_amount_check', sql`amount_cents >= 0`),
    centreOnly('vat_forecasts'),
  ],
);

/** That the turnover of a group passed the limit on which its determinations rest; said once a year. */
export const vatTurnoverWarnings = pgTable(
  'vat_turnover_warnings',
  {
    centreId: uuid('centre_id').notNull(),
    groupId: uuid('group_id').notNull(),
    year: integer('year').notNull(),
    bookedCents: cents('booked_cents').notNull(),
    limitCents: cents('limit_cents').notNull(),
    ruleSet: text('rule_set').notNull(),
    warnedAt: moment('warned_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'vat_turnover_warnings_pkey', columns: [table.groupId, table.year] }),
    foreignKey({
      name: 'vat_turnover_warnings_group_fkey',
      columns: [table.centreId, table.groupId],
      foreignColumns: [vatActivityGroups.centreId, vatActivityGroups.id],
    }),
    centreOnly('vat_turnover_warnings'),
  ],
);
