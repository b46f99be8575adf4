import { sql } from 'drizzle-orm';
import {
  check,
  foreignKey,
  index,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { day, id, moment, quantity } from '../../platform/db/columns.ts';
import { centreOnly, readPolicy } from '../../platform/db/policies.ts';
import { agreementVersions } from '../agreements/agreements.table.ts';
import { services } from '../catalogue/catalogue.table.ts';
import { memberKey } from '../organisations/organisations.table.ts';
import { serviceRequests } from '../requests/requests.table.ts';

/** What was used: append-only, and each key counts once for ever. A correction is an event of its own. */
export const usageEvents = pgTable(
  'usage_events',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    serviceId: uuid('service_id').notNull(),
    agreementVersionId: uuid('agreement_version_id').notNull(),
    source: text('source').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    bodyHash: text('body_hash').notNull(),
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
    unique('usage_events_key').on(table.centreId, table.source, table.idempotencyKey),
    unique('usage_events_parties_key').on(table.centreId, table.organisationId, table.id),
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
      columns: [table.centreId, table.organisationId, table.correctsEventId],
      foreignColumns: [table.centreId, table.organisationId, table.id],
    }),
    uniqueIndex('usage_events_reversal_key').on(table.correctsEventId).where(sql`kind = 'reversal'`),
    index('usage_events_corrects_idx').on(table.correctsEventId).where(sql`corrects_event_id is not null`),
    index('usage_events_centre_day_idx').on(table.centreId, table.occurredOn, table.id),
    index('usage_events_service_day_idx').on(table.centreId, table.serviceId, table.occurredOn),
    index('usage_events_organisation_day_idx').on(table.organisationId, table.occurredOn, table.id),
    index('usage_events_request_idx').on(table.requestId).where(sql`request_id is not null`),
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
