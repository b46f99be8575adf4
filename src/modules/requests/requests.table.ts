import { sql } from 'drizzle-orm';
import {
  check,
  customType,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { createdAt, id, moment, version } from '../../platform/db/columns.ts';
import { policy, sharedUnlessInternal } from '../../platform/db/policies.ts';
import { agreementVersions } from '../agreements/agreements.table.ts';
import { services, serviceVersions } from '../catalogue/catalogue.table.ts';
import { teams, users } from '../identity/identity.table.ts';
import { memberKey } from '../organisations/organisations.table.ts';

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

/** What a member files and a centre works off. */
export const serviceRequests = pgTable(
  'service_requests',
  {
    id: id(),
    number: text('number').notNull(),
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    serviceId: uuid('service_id').notNull(),
    /** The versions it was filed under; they never change afterwards. */
    serviceVersionId: uuid('service_version_id').notNull(),
    agreementVersionId: uuid('agreement_version_id').notNull(),
    serviceVersionNumber: integer('service_version_number').notNull(),
    serviceTitle: text('service_title').notNull(),
    status: text('status').notNull(),
    holdReason: text('hold_reason'),
    priority: integer('priority').notNull(),
    subject: text('subject').notNull(),
    description: text('description'),
    formData: jsonb('form_data').notNull(),
    externalReference: text('external_reference'),
    requesterId: uuid('requester_id').notNull(),
    requesterName: text('requester_name').notNull(),
    teamId: uuid('team_id'),
    assigneeId: uuid('assignee_id').references(() => users.id),
    resultCode: text('result_code'),
    resultText: text('result_text'),
    rejectionCode: text('rejection_code'),
    /** A correction of a closed request is a new request linked to it. */
    followsId: uuid('follows_id'),
    mergedIntoId: uuid('merged_into_id'),
    version: version(),
    createdAt: createdAt(),
    updatedAt: moment('updated_at').notNull(),
    submittedAt: moment('submitted_at'),
    receiptAt: moment('receipt_at'),
    acceptedAt: moment('accepted_at'),
    startedAt: moment('started_at'),
    resolvedAt: moment('resolved_at'),
    /** Days the requester has to accept or object before the timer closes. */
    closesAt: moment('closes_at'),
    closedAt: moment('closed_at'),
    search: tsvector('search').generatedAlwaysAs(
      sql`to_tsvector('german', number || ' ' || service_title || ' ' || subject || ' ' || coalesce(description, '') || ' ' || coalesce(external_reference, ''))`,
    ),
  },
  (table) => [
    unique('service_requests_number_key').on(table.number),
    unique('service_requests_parties_key').on(table.centreId, table.organisationId, table.id),
    memberKey(table, 'service_requests_member_fkey'),
    foreignKey({
      name: 'service_requests_service_fkey',
      columns: [table.centreId, table.serviceId],
      foreignColumns: [services.centreId, services.id],
    }),
    foreignKey({
      name: 'service_requests_service_version_fkey',
      columns: [table.centreId, table.serviceVersionId],
      foreignColumns: [serviceVersions.centreId, serviceVersions.id],
    }),
    foreignKey({
      name: 'service_requests_agreement_version_fkey',
      columns: [table.centreId, table.agreementVersionId],
      foreignColumns: [agreementVersions.centreId, agreementVersions.id],
    }),
    foreignKey({
      name: 'service_requests_team_fkey',
      columns: [table.centreId, table.teamId],
      foreignColumns: [teams.centreId, teams.id],
    }),
    foreignKey({
      name: 'service_requests_follows_fkey',
      columns: [table.centreId, table.organisationId, table.followsId],
      foreignColumns: [table.centreId, table.organisationId, table.id],
    }),
    foreignKey({
      name: 'service_requests_merged_fkey',
      columns: [table.centreId, table.organisationId, table.mergedIntoId],
      foreignColumns: [table.centreId, table.organisationId, table.id],
    }),
    check(
      'service_requests_status_check',
      sql`status in ('draft', 'submitted', 'awaiting_approval', 'accepted', 'in_progress', 'on_hold', 'resolved', 'closed', 'rejected', 'cancelled', 'merged')`,
    ),
    check('service_requests_hold_check', sql`(status = 'on_hold') = (hold_reason is not null)`),
    check('service_requests_priority_check', sql`priority between 1 and 4`),
    index('service_requests_centre_idx').on(table.centreId, table.id),
    index('service_requests_organisation_idx').on(table.organisationId, table.id),
    index('service_requests_team_open_idx')
      .on(table.teamId, table.id)
      .where(sql`status in ('submitted', 'awaiting_approval', 'accepted', 'in_progress', 'on_hold')`),
    index('service_requests_centre_open_idx')
      .on(table.centreId, table.id)
      .where(sql`status in ('submitted', 'awaiting_approval', 'accepted', 'in_progress', 'on_hold')`),
    index('service_requests_status_idx').on(table.centreId, table.status, table.id),
    index('service_requests_service_idx').on(table.centreId, table.serviceId, table.id),
    index('service_requests_assignee_idx').on(table.assigneeId, table.id).where(sql`assignee_id is not null`),
    index('service_requests_claim_idx')
      .on(table.teamId, table.priority, table.submittedAt, table.id)
      .where(sql`status = 'accepted' and assignee_id is null`),
    index('service_requests_closes_idx').on(table.closesAt).where(sql`status = 'resolved'`),
    index('service_requests_external_idx')
      .on(table.organisationId, table.externalReference)
      .where(sql`external_reference is not null`),
    index('service_requests_external_centre_idx')
      .on(table.centreId, table.externalReference)
      .where(sql`external_reference is not null`),
    index('service_requests_search_idx').using('gin', table.search),
    // A draft is the member's own affair until it is submitted.
    policy(
      'service_requests',
      'two_parties',
      sql`((app.hat_kind() = 'centre' and centre_id = app.hat_id() and status <> 'draft') or (app.hat_kind() = 'organisation' and organisation_id = app.hat_id()))`,
    ),
  ],
);

/** The full history: one row for each transition or fact, never changed. */
export const serviceRequestEvents = pgTable(
  'service_request_events',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    requestId: uuid('request_id').notNull(),
    type: text('type').notNull(),
    fromStatus: text('from_status'),
    toStatus: text('to_status'),
    at: moment('at').notNull(),
    actorId: uuid('actor_id').notNull(),
    actorName: text('actor_name').notNull(),
    hatKind: text('hat_kind').notNull(),
    hatId: uuid('hat_id').notNull(),
    onBehalfOf: uuid('on_behalf_of'),
    reason: text('reason'),
    /** Version the request had before; a change meant for another is refused. */
    expectedVersion: integer('expected_version'),
    details: jsonb('details').notNull(),
    /** Facts about the centre's inner work, such as who was assigned, are not for members. */
    visibility: text('visibility').notNull(),
  },
  (table) => [
    foreignKey({
      name: 'service_request_events_request_fkey',
      columns: [table.centreId, table.organisationId, table.requestId],
      foreignColumns: [serviceRequests.centreId, serviceRequests.organisationId, serviceRequests.id],
    }),
    index('service_request_events_request_idx').on(table.requestId, table.id),
    check('service_request_events_visibility_check', sql`visibility in ('parties', 'centre')`),
    sharedUnlessInternal('service_request_events'),
  ],
);

/** What requester and caseworker write to each other (`parties`), and the centre's own notes (`centre`). */
export const serviceRequestMessages = pgTable(
  'service_request_messages',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    requestId: uuid('request_id').notNull(),
    authorId: uuid('author_id').notNull(),
    authorName: text('author_name').notNull(),
    hatKind: text('hat_kind').notNull(),
    body: text('body').notNull(),
    visibility: text('visibility').notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    foreignKey({
      name: 'service_request_messages_request_fkey',
      columns: [table.centreId, table.organisationId, table.requestId],
      foreignColumns: [serviceRequests.centreId, serviceRequests.organisationId, serviceRequests.id],
    }),
    index('service_request_messages_request_idx').on(table.requestId, table.visibility, table.id),
    check('service_request_messages_visibility_check', sql`visibility in ('parties', 'centre')`),
    sharedUnlessInternal('service_request_messages'),
  ],
);
