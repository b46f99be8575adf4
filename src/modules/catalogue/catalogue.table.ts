import { sql } from 'drizzle-orm';
import {
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { createdAt, id, moment, version } from '../../platform/db/columns.ts';
import { centreOnly, readPolicy } from '../../platform/db/policies.ts';
import { centres } from '../organisations/organisations.table.ts';

/** Members read what was ever published in the catalogue of their centre; others do not know it exists. */
const membersRead = sql`(app.hat_kind() = 'organisation' and first_published_at is not null and exists (select from centre_members m where m.centre_id = services.centre_id and m.organisation_id = app.hat_id()))`;
const membersReadPublished = sql`(app.hat_kind() = 'organisation' and status <> 'draft' and exists (select from centre_members m where m.centre_id = service_versions.centre_id and m.organisation_id = app.hat_id()))`;

export const services = pgTable(
  'services',
  {
    id: id(),
    centreId: uuid('centre_id')
      .notNull()
      .references(() => centres.id),
    code: text('code').notNull(),
    /** Title of the newest published version, or of the draft before the first. */
    title: text('title').notNull(),
    category: text('category').notNull(),
    /** Key of the federal catalogue of public services; services inside the administration have none. */
    serviceKey: text('service_key'),
    /** Number of the version that can be ordered; null before the first is published and after it is retired. */
    publishedVersion: integer('published_version'),
    firstPublishedAt: moment('first_published_at'),
    version: version(),
    createdAt: createdAt(),
  },
  (table) => [
    unique('services_centre_id_key').on(table.centreId, table.id),
    unique('services_code_key').on(table.centreId, table.code),
    index('services_centre_title_idx').on(table.centreId, table.title, table.id),
    check('services_code_check', sql`code ~ '^[a-z0-9-]{2,60}$'`),
    check('services_service_key_check', sql`service_key ~ '^99[0-9]{12}$'`),
    centreOnly('services'),
    readPolicy('services', 'member', membersRead),
  ],
);

/** What a request is pinned to. Once published it never changes; a trigger sees to that. */
export const serviceVersions = pgTable(
  'service_versions',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    serviceId: uuid('service_id').notNull(),
    number: integer('number').notNull(),
    status: text('status').notNull(),
    title: text('title').notNull(),
    description: text('description').notNull(),
    formSchema: jsonb('form_schema').notNull(),
    usageRule: jsonb('usage_rule').notNull(),
    processingRule: jsonb('processing_rule').notNull(),
    /** Room for later: deadlines, approvals, steps. */
    slaPolicyId: uuid('sla_policy_id'),
    approvalRule: jsonb('approval_rule'),
    checklist: jsonb('checklist').notNull().default(sql`'[]'::jsonb`),
    version: version(),
    createdAt: createdAt(),
    publishedAt: moment('published_at'),
    retiredAt: moment('retired_at'),
  },
  (table) => [
    unique('service_versions_number_key').on(table.serviceId, table.number),
    unique('service_versions_centre_id_key').on(table.centreId, table.id),
    foreignKey({
      name: 'service_versions_service_fkey',
      columns: [table.centreId, table.serviceId],
      foreignColumns: [services.centreId, services.id],
    }),
    uniqueIndex('service_versions_published_key').on(table.serviceId).where(sql`status = 'published'`),
    uniqueIndex('service_versions_draft_key').on(table.serviceId).where(sql`status = 'draft'`),
    check('service_versions_status_check', sql`status in ('draft', 'published', 'retired')`),
    centreOnly('service_versions'),
    readPolicy('service_versions', 'member', membersReadPublished),
  ],
);
