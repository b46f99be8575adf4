import { sql } from 'drizzle-orm';
import {
  check,
  customType,
  foreignKey,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { cents, day, id, moment, version } from '../../../platform/db/columns.ts';
import { centreOnly, readPolicy } from '../../../platform/db/policies.ts';
import { services } from '../../catalogue/catalogue.table.ts';
import { billingPeriods } from '../../costing/costing.table.ts';
import { allocationRuns } from '../../costing/runs/allocation-runs.table.ts';
import { centres, memberKey } from '../../organisations/organisations.table.ts';
import { vatDeterminations } from '../vat/vat-determinations.table.ts';
import { statementBatches } from './statement-batches.table.ts';

export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });

/** A document of a centre for a member: a draft until it is issued, immutable from then on. */
export const statements = pgTable(
  'statements',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    batchId: uuid('batch_id'),
    /** UNTDID 1001: 326, 380, 384 or 381. */
    kind: integer('kind').notNull(),
    /** Lines of one VAT category, and without VAT for one reason, stand in one document. */
    vatGroup: text('vat_group').notNull(),
    status: text('status').notNull(),
    /** Gap-free by centre and year of issue; null until then. */
    number: text('number'),
    runId: uuid('run_id'),
    periodId: uuid('period_id'),
    periodCode: text('period_code').notNull(),
    startsOn: day('starts_on').notNull(),
    endsOn: day('ends_on').notNull(),
    /** Where a correction is billed, where that is another period than that of what was used. */
    billingPeriodId: uuid('billing_period_id'),
    billingPeriodCode: text('billing_period_code'),
    /** The document that a 384 replaces or a 381 takes back. */
    correctsId: uuid('corrects_id'),
    /** The document that replaced this one or took it back. */
    supersededBy: uuid('superseded_by'),
    agreementReference: text('agreement_reference').notNull(),
    notes: text('notes').array().notNull(),
    /** Documents it refers to or sets off, as they are printed, each with its id. */
    preceding: jsonb('preceding').notNull(),
    netCents: cents('net_cents').notNull(),
    vatCents: cents('vat_cents').notNull(),
    grossCents: cents('gross_cents').notNull(),
    prepaidCents: cents('prepaid_cents').notNull(),
    payableCents: cents('payable_cents').notNull(),
    contentHash: text('content_hash').notNull(),
    /** The same with the account that the document bears, from issuing on. */
    signedHash: text('signed_hash'),
    dueOn: day('due_on'),
    issuedOn: day('issued_on'),
    issuedAt: moment('issued_at'),
    issuedBy: uuid('issued_by'),
    issuedByName: text('issued_by_name'),
    /** The whole document as issued; `json`, so that its text stays as it was written. */
    document: json('document'),
    /** When all files of it were there. */
    renderedAt: moment('rendered_at'),
    createdBy: uuid('created_by').notNull(),
    createdByName: text('created_by_name').notNull(),
    createdAt: moment('created_at').notNull(),
    version: version(),
  },
  (table) => [
    unique('statements_centre_id_key').on(table.centreId, table.id),
    uniqueIndex('statements_number_key').on(table.centreId, table.number),
    // A member, period and VAT group has one valid statement at a time; instalments are bound by their plan.
    uniqueIndex('statements_current_key')
      .on(table.centreId, table.organisationId, table.periodId, table.vatGroup)
      .where(sql`status = 'issued' and kind in (380, 384) and superseded_by is null`),
    // Nor is a document replaced or taken back twice.
    uniqueIndex('statements_corrects_key')
      .on(table.correctsId)
      .where(sql`corrects_id is not null and status <> 'discarded'`),
    index('statements_centre_idx').on(table.centreId, table.id),
    index('statements_organisation_idx').on(table.organisationId, table.id),
    index('statements_batch_idx').on(table.batchId, table.id),
    // Open items: the newest document of each chain, by the day it is due.
    index('statements_claims_idx')
      .on(table.centreId, table.dueOn, table.id)
      .where(sql`status = 'issued' and superseded_by is null`),
    index('statements_member_claims_idx')
      .on(table.organisationId, table.dueOn, table.id)
      .where(sql`status = 'issued' and superseded_by is null`),
    index('statements_period_idx').on(table.centreId, table.periodId, table.organisationId),
    memberKey(table, 'statements_member_fkey'),
    foreignKey({
      name: 'statements_batch_fkey',
      columns: [table.centreId, table.batchId],
      foreignColumns: [statementBatches.centreId, statementBatches.id],
    }),
    foreignKey({
      name: 'statements_run_fkey',
      columns: [table.centreId, table.runId],
      foreignColumns: [allocationRuns.centreId, allocationRuns.id],
    }),
    foreignKey({
      name: 'statements_period_fkey',
      columns: [table.centreId, table.periodId],
      foreignColumns: [billingPeriods.centreId, billingPeriods.id],
    }),
    foreignKey({
      name: 'statements_billing_period_fkey',
      columns: [table.centreId, table.billingPeriodId],
      foreignColumns: [billingPeriods.centreId, billingPeriods.id],
    }),
    check(
      'statements_billing_period_check',
      sql`(billing_period_id is null) = (billing_period_code is null)`,
    ),
    foreignKey({
      name: 'statements_corrects_fkey',
      columns: [table.centreId, table.correctsId],
      foreignColumns: [table.centreId, table.id],
    }),
    foreignKey({
      name: 'statements_superseded_by_fkey',
      columns: [table.centreId, table.supersededBy],
      foreignColumns: [table.centreId, table.id],
    }),
    check('statements_kind_check', sql`kind in (326, 380, 384, 381)`),
    check('statements_status_check', sql`status in ('draft', 'issued', 'discarded')`),
    check(
      'statements_issued_check',
      sql`case when status = 'issued' then number is not null and issued_on is not null and issued_at is not null and due_on is not null and document is not null else number is null and document is null end`,
    ),
    check('statements_corrects_check', sql`(kind in (384, 381)) = (corrects_id is not null)`),
    check('statements_days_check', sql`ends_on > starts_on`),
    check(
      'statements_sums_check',
      sql`gross_cents = net_cents + vat_cents and payable_cents = gross_cents - prepaid_cents`,
    ),
    centreOnly('statements'),
    readPolicy(
      'statements',
      'member',
      sql`(app.hat_kind() = 'organisation' and organisation_id = app.hat_id() and status = 'issued')`,
    ),
  ],
);

/**
 * Parts of a statement are read by its member once it is issued. `statements` has no `statement_id`: the name means the part. A value
 * and not `exists`, which the planner would answer by hashing all statements where it expects many parts.
 */
export const ofIssuedStatement = sql`(app.hat_kind() = 'organisation' and organisation_id = app.hat_id() and (select s.status from statements s where s.id = statement_id) = 'issued')`;

/** What a statement charges: as printed, and with what leads back to where it came from. */
export const statementLines = pgTable(
  'statement_lines',
  {
    statementId: uuid('statement_id').notNull(),
    /** From 0, as in the document. */
    position: integer('position').notNull(),
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    serviceId: uuid('service_id').notNull(),
    /** The determination that says its VAT. */
    vatDeterminationId: uuid('vat_determination_id').notNull(),
    netCents: cents('net_cents').notNull(),
    /** Line of an allocation run; null where it was priced. */
    runId: uuid('run_id'),
    runPosition: integer('run_position'),
    /** Addresses of the usage events behind it. */
    usageLinks: text('usage_links').array().notNull(),
    line: jsonb('line').notNull(),
  },
  (table) => [
    primaryKey({ name: 'statement_lines_pkey', columns: [table.statementId, table.position] }),
    index('statement_lines_centre_idx').on(table.centreId, table.statementId),
    foreignKey({
      name: 'statement_lines_statement_fkey',
      columns: [table.centreId, table.statementId],
      foreignColumns: [statements.centreId, statements.id],
    }),
    foreignKey({
      name: 'statement_lines_service_fkey',
      columns: [table.centreId, table.serviceId],
      foreignColumns: [services.centreId, services.id],
    }),
    foreignKey({
      name: 'statement_lines_determination_fkey',
      columns: [table.centreId, table.vatDeterminationId],
      foreignColumns: [vatDeterminations.centreId, vatDeterminations.id],
    }),
    foreignKey({
      name: 'statement_lines_run_fkey',
      columns: [table.centreId, table.runId],
      foreignColumns: [allocationRuns.centreId, allocationRuns.id],
    }),
    memberKey(table, 'statement_lines_member_fkey'),
    check('statement_lines_run_check', sql`(run_id is null) = (run_position is null)`),
    centreOnly('statement_lines'),
    readPolicy('statement_lines', 'member', ofIssuedStatement),
  ],
);

/** The files of an issued statement, byte for byte as they were sent. */
export const statementDocuments = pgTable(
  'statement_documents',
  {
    statementId: uuid('statement_id').notNull(),
    format: text('format').notNull(),
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    bytes: bytea('bytes').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    sha256: text('sha256').notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'statement_documents_pkey', columns: [table.statementId, table.format] }),
    foreignKey({
      name: 'statement_documents_statement_fkey',
      columns: [table.centreId, table.statementId],
      foreignColumns: [statements.centreId, statements.id],
    }),
    memberKey(table, 'statement_documents_member_fkey'),
    check(
      'statement_documents_format_check',
      sql`format in ('pdf', 'csv', 'xlsx', 'xrechnung-ubl', 'xrechnung-cii', 'zugferd')`,
    ),
    // The hash is that of the bytes, whoever wrote them.
    check('statement_documents_sha256_check', sql`sha256 = encode(sha256(bytes), 'hex')`),
    check('statement_documents_size_check', sql`size_bytes = octet_length(bytes)`),
    centreOnly('statement_documents'),
    readPolicy('statement_documents', 'member', ofIssuedStatement),
  ],
);

/** The last number given, by centre and year: its row lock is what keeps numbers free of gaps. */
export const statementNumbers = pgTable(
  'statement_numbers',
  {
    centreId: uuid('centre_id')
      .notNull()
      .references(() => centres.id),
    year: integer('year').notNull(),
    last: integer('last').notNull(),
  },
  (table) => [
    primaryKey({ name: 'statement_numbers_pkey', columns: [table.centreId, table.year] }),
    centreOnly('statement_numbers'),
  ],
);
