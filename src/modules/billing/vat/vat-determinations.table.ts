import { sql } from 'drizzle-orm';
import {
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { day, id, moment, version } from '../../../platform/db/columns.ts';
import { centreOnly, readPolicy } from '../../../platform/db/policies.ts';
import { services } from '../../catalogue/catalogue.table.ts';
import { memberKey } from '../../organisations/organisations.table.ts';

/** What somebody determined about the VAT of a service for some members, on which grounds, and who else looked at it. */
export const vatDeterminations = pgTable(
  'vat_determinations',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    number: text('number').notNull(),
    status: text('status').notNull(),
    serviceId: uuid('service_id').notNull(),
    serviceCode: text('service_code').notNull(),
    serviceTitle: text('service_title').notNull(),
    /** For whom; they may read it once it is in force. */
    memberIds: uuid('member_ids').array().notNull(),
    validFrom: day('valid_from').notNull(),
    /** Day after the last; null: until further notice. */
    validTo: day('valid_to'),
    result: text('result').notNull(),
    rule: text('rule').notNull(),
    category: text('category'),
    ratePercent: integer('rate_percent'),
    vatexCode: text('vatex_code'),
    law: text('law').notNull(),
    ruleSet: text('rule_set').notNull(),
    trace: text('trace').array().notNull(),
    grounds: text('grounds').notNull(),
    /** References to papers: kind, title, day, file number. */
    evidence: jsonb('evidence').notNull(),
    /** Determinations that this one takes the place of, for its members and from its first day on. */
    supersedes: uuid('supersedes').array().notNull(),
    contentHash: text('content_hash').notNull(),
    createdBy: uuid('created_by').notNull(),
    createdByName: text('created_by_name').notNull(),
    createdAt: moment('created_at').notNull(),
    submittedBy: uuid('submitted_by'),
    submittedByName: text('submitted_by_name'),
    submittedAt: moment('submitted_at'),
    approvedBy: uuid('approved_by'),
    approvedByName: text('approved_by_name'),
    approvedAt: moment('approved_at'),
    /** What the approval signs. */
    approvedContentHash: text('approved_content_hash'),
    /** Who rejected it, or approved what took its place. */
    endedBy: uuid('ended_by'),
    endedByName: text('ended_by_name'),
    endedAt: moment('ended_at'),
    endReason: text('end_reason'),
    version: version(),
  },
  (table) => [
    unique('vat_determinations_centre_id_key').on(table.centreId, table.id),
    unique('vat_determinations_number_key').on(table.centreId, table.number),
    index('vat_determinations_centre_idx').on(table.centreId, table.id),
    index('vat_determinations_status_idx').on(table.centreId, table.status, table.id),
    index('vat_determinations_service_idx').on(table.centreId, table.serviceId, table.id),
    index('vat_determinations_members_idx').using('gin', table.memberIds),
    foreignKey({
      name: 'vat_determinations_service_fkey',
      columns: [table.centreId, table.serviceId],
      foreignColumns: [services.centreId, services.id],
    }),
    check(
      'vat_determinations_status_check',
      sql`status in ('review', 'draft', 'submitted', 'in_force', 'superseded', 'rejected')`,
    ),
    check('vat_determinations_days_check', sql`valid_to > valid_from`),
    // Four eyes also where no program of ours looks: for what comes into force, and for a question that is dropped.
    check(
      'vat_determinations_four_eyes_check',
      sql`approved_by <> created_by and approved_by <> submitted_by and (status <> 'rejected' or result <> 'REVIEW' or ended_by <> created_by)`,
    ),
    check(
      'vat_determinations_approval_check',
      sql`status <> 'in_force' or (approved_by is not null and submitted_by is not null and approved_content_hash = content_hash)`,
    ),
    // What is not decided never comes into force, and what is decided rests on something.
    check(
      'vat_determinations_review_check',
      sql`case when result = 'REVIEW' then status in ('review', 'superseded', 'rejected') and approved_by is null else status <> 'review' and jsonb_array_length(evidence) > 0 end`,
    ),
    check(
      'vat_determinations_outcome_check',
      sql`(result = 'REVIEW' and category is null and rate_percent is null) or (result = 'OUT_OF_SCOPE' and category = 'O' and rate_percent = 0) or (result = 'EXEMPT' and category = 'E' and rate_percent = 0) or (result = 'TAXABLE' and category = 'S' and rate_percent > 0)`,
    ),
    centreOnly('vat_determinations'),
    readPolicy(
      'vat_determinations',
      'member',
      sql`(app.hat_kind() = 'organisation' and approved_at is not null and app.hat_id() = any (member_ids))`,
    ),
  ],
);

/** The facts that were asserted. They hold turnovers of the centre, so only the centre reads them. */
export const vatDeterminationFacts = pgTable(
  'vat_determination_facts',
  {
    determinationId: uuid('determination_id').primaryKey(),
    centreId: uuid('centre_id').notNull(),
    facts: jsonb('facts').notNull(),
  },
  (table) => [
    foreignKey({
      name: 'vat_determination_facts_determination_fkey',
      columns: [table.centreId, table.determinationId],
      foreignColumns: [vatDeterminations.centreId, vatDeterminations.id],
    }),
    centreOnly('vat_determination_facts'),
  ],
);

/**
 * Which determination holds for a member and a service on which days. What takes the place of another cuts its days here; the
 * determination itself goes on saying what it said.
 */
export const vatCoverage = pgTable(
  'vat_coverage',
  {
    determinationId: uuid('determination_id').notNull(),
    centreId: uuid('centre_id').notNull(),
    serviceId: uuid('service_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    holdsFrom: day('holds_from').notNull(),
    /** Day after the last; the same as the first where nothing of it holds any more. */
    holdsTo: day('holds_to'),
    supersededBy: uuid('superseded_by'),
  },
  (table) => [
    primaryKey({ name: 'vat_coverage_pkey', columns: [table.determinationId, table.organisationId] }),
    index('vat_coverage_lookup_idx').on(
      table.centreId,
      table.serviceId,
      table.organisationId,
      table.holdsFrom,
    ),
    foreignKey({
      name: 'vat_coverage_determination_fkey',
      columns: [table.centreId, table.determinationId],
      foreignColumns: [vatDeterminations.centreId, vatDeterminations.id],
    }),
    foreignKey({
      name: 'vat_coverage_superseded_by_fkey',
      columns: [table.centreId, table.supersededBy],
      foreignColumns: [vatDeterminations.centreId, vatDeterminations.id],
    }),
    foreignKey({
      name: 'vat_coverage_service_fkey',
      columns: [table.centreId, table.serviceId],
      foreignColumns: [services.centreId, services.id],
    }),
    memberKey(table, 'vat_coverage_member_fkey'),
    check('vat_coverage_days_check', sql`holds_to >= holds_from`),
    centreOnly('vat_coverage'),
    readPolicy(
      'vat_coverage',
      'member',
      sql`(app.hat_kind() = 'organisation' and organisation_id = app.hat_id())`,
    ),
  ],
);
