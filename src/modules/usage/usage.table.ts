import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgPolicy,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { day, moment, quantity } from '../../platform/db/columns.ts';
import { appRole, centreOnly, policy, readPolicy } from '../../platform/db/policies.ts';
import { agreementVersions } from '../agreements/agreements.table.ts';
import { services } from '../catalogue/catalogue.table.ts';
import { memberKey } from '../organisations/organisations.table.ts';
import { serviceRequests } from '../requests/requests.table.ts';

/**
 * The pairs of source and key that were used, for ever: also those of events that are no longer kept. Of two writers the second waits
 * here for the first.
 */
export const usageKeys = pgTable(
  'usage_keys',
  {
    centreId: uuid('centre_id').notNull(),
    source: text('source').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    eventId: uuid('event_id').notNull(),
    bodyHash: text('body_hash').notNull(),
  },
  (table) => [
    primaryKey({
      name: 'usage_keys_pkey',
      columns: [table.centreId, table.source, table.idempotencyKey],
    }),
    centreOnly('usage_keys'),
  ],
);

/**
 * What was used: append-only. A correction is an event of its own, on the day of what it corrects. Partitioned by month of
 * `occurred_on`, which is therefore part of every key; the partitions stand in a schema of their own that no program may enter.
 */
export const usageEvents = pgTable(
  'usage_events',
  {
    id: uuid('id').notNull(),
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    serviceId: uuid('service_id').notNull(),
    agreementVersionId: uuid('agreement_version_id').notNull(),
    source: text('source').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    kind: text('kind').notNull(),
    meter: text('meter').notNull(),
    unit: text('unit').notNull(),
    quantity: quantity('quantity').notNull(),
    occurredAt: moment('occurred_at').notNull(),
    /** Day in Germany; decides the agreement and the period. */
    occurredOn: day('occurred_on').notNull(),
    requestId: uuid('request_id'),
    /** The program's or member's own reference, never a name. */
    reference: text('reference'),
    attributes: jsonb('attributes').notNull(),
    correctsEventId: uuid('corrects_event_id'),
    reason: text('reason'),
    recordedBy: uuid('recorded_by').notNull(),
    recordedAt: moment('recorded_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'usage_events_pkey', columns: [table.id, table.occurredOn] }),
    unique('usage_events_parties_key').on(table.centreId, table.organisationId, table.id, table.occurredOn),
    memberKey(table, 'usage_events_member_fkey'),
    foreignKey({
      name: 'usage_events_service_fkey',
      columns: [table.centreId, table.serviceId],
      foreignColumns: [services.centreId, services.id],
    }),
    foreignKey({
      name: 'usage_events_agreement_fkey',
      columns: [table.centreId, table.agreementVersionId],
      foreignColumns: [agreementVersions.centreId, agreementVersions.id],
    }),
    foreignKey({
      name: 'usage_events_request_fkey',
      columns: [table.centreId, table.organisationId, table.requestId],
      foreignColumns: [serviceRequests.centreId, serviceRequests.organisationId, serviceRequests.id],
    }),
    foreignKey({
      name: 'usage_events_corrects_fkey',
      columns: [table.centreId, table.organisationId, table.correctsEventId, table.occurredOn],
      foreignColumns: [table.centreId, table.organisationId, table.id, table.occurredOn],
    }),
    uniqueIndex('usage_events_reversal_key')
      .on(table.correctsEventId, table.occurredOn)
      .where(sql`kind = 'reversal'`),
    index('usage_events_corrects_idx').on(table.correctsEventId).where(sql`corrects_event_id is not null`),
    index('usage_events_centre_day_idx').on(table.centreId, table.occurredOn, table.id),
    index('usage_events_service_day_idx').on(table.centreId, table.serviceId, table.occurredOn),
    index('usage_events_organisation_day_idx').on(table.organisationId, table.occurredOn, table.id),
    index('usage_events_request_idx').on(table.requestId).where(sql`request_id is not null`),
    // What was recorded after a period was frozen.
    index('usage_events_recorded_idx').on(table.centreId, table.recordedAt),
    check('usage_events_kind_check', sql`kind in ('usage', 'reversal', 'adjustment')`),
    check('usage_events_corrects_check', sql`(kind = 'usage') = (corrects_event_id is null)`),
    check('usage_events_quantity_check', sql`kind <> 'usage' or quantity >= 0`),
    centreOnly('usage_events'),
    readPolicy(
      'usage_events',
      'member',
      sql`(app.hat_kind() = 'organisation' and organisation_id = app.hat_id())`,
    ),
  ],
);

const sums = () => ({
  centreId: uuid('centre_id').notNull(),
  month: day('month').notNull(),
  serviceId: uuid('service_id').notNull(),
  organisationId: uuid('organisation_id').notNull(),
  meter: text('meter').notNull(),
  unit: text('unit').notNull(),
  source: text('source').notNull(),
  quantity: quantity('quantity').notNull(),
  eventCount: integer('event_count').notNull(),
});
/** The hat is asked for once a statement and not once a row: a year of sums has hundreds of thousands of rows. */
const HAT_KIND = sql`(select app.hat_kind())`;
const OWN_CENTRE = sql`(${HAT_KIND} = 'centre' and centre_id = (select app.hat_id()))`;
const OWN_ORGANISATION = sql`(${HAT_KIND} = 'organisation' and organisation_id = (select app.hat_id()))`;
const HOUSEKEEPING = sql`(${HAT_KIND} = 'identity')`;

/** Sums of the events by month, corrections set off; together with `usage_rollup_deltas` they are the sums of all events. */
export const usageRollups = pgTable('usage_rollups', sums(), (table) => [
  primaryKey({
    name: 'usage_rollups_pkey',
    columns: [
      table.centreId,
      table.month,
      table.serviceId,
      table.organisationId,
      table.meter,
      table.unit,
      table.source,
    ],
  }),
  memberKey(table, 'usage_rollups_member_fkey'),
  index('usage_rollups_organisation_idx').on(table.organisationId, table.month),
  readPolicy('usage_rollups', 'centre', OWN_CENTRE),
  readPolicy('usage_rollups', 'member', OWN_ORGANISATION),
  policy('usage_rollups', 'housekeeping', HOUSEKEEPING),
]);

/** The same by calendar year, without source: kept by triggers of `usage_rollups`, so that they always say the same. */
export const usageYearRollups = pgTable(
  'usage_year_rollups',
  {
    centreId: uuid('centre_id').notNull(),
    year: day('year').notNull(),
    serviceId: uuid('service_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    meter: text('meter').notNull(),
    unit: text('unit').notNull(),
    quantity: quantity('quantity').notNull(),
    eventCount: integer('event_count').notNull(),
  },
  (table) => [
    primaryKey({
      name: 'usage_year_rollups_pkey',
      columns: [table.centreId, table.year, table.serviceId, table.organisationId, table.meter, table.unit],
    }),
    memberKey(table, 'usage_year_rollups_member_fkey'),
    index('usage_year_rollups_organisation_idx').on(table.organisationId, table.year),
    index('usage_year_rollups_units_idx').on(
      table.centreId,
      table.year,
      table.serviceId,
      table.meter,
      table.unit,
    ),
    readPolicy('usage_year_rollups', 'centre', OWN_CENTRE),
    readPolicy('usage_year_rollups', 'member', OWN_ORGANISATION),
    policy('usage_year_rollups', 'housekeeping', HOUSEKEEPING),
  ],
);

/**
 * What each statement that wrote events adds to the roll-ups, written by a trigger in the same transaction. A job moves it into
 * `usage_rollups`, so that writers do not wait for each other at a sum.
 */
export const usageRollupDeltas = pgTable(
  'usage_rollup_deltas',
  { id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(), ...sums() },
  (table) => [
    memberKey(table, 'usage_rollup_deltas_member_fkey'),
    index('usage_rollup_deltas_centre_idx').on(table.centreId, table.month),
    index('usage_rollup_deltas_organisation_idx').on(table.organisationId, table.month),
    readPolicy('usage_rollup_deltas', 'centre', OWN_CENTRE),
    pgPolicy('usage_rollup_deltas_write', { for: 'insert', to: appRole, withCheck: OWN_CENTRE }),
    readPolicy('usage_rollup_deltas', 'member', OWN_ORGANISATION),
    policy('usage_rollup_deltas', 'housekeeping', HOUSEKEEPING),
  ],
);
