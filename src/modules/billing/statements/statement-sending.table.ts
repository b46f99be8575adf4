import { sql } from 'drizzle-orm';
import {
  boolean,
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
import { id, moment } from '../../../platform/db/columns.ts';
import { centreOnly, readPolicy } from '../../../platform/db/policies.ts';
import { memberKey } from '../../organisations/organisations.table.ts';
import { dunningNotices } from '../dunning/dunning-notices.table.ts';
import { bytea, ofIssuedStatement, statements } from './statements.table.ts';

const ofStatement = () => ({
  id: id(),
  statementId: uuid('statement_id').notNull(),
  centreId: uuid('centre_id').notNull(),
  organisationId: uuid('organisation_id').notNull(),
});

/** That a statement or a dunning notice is to be mailed: once by itself, and whenever a person asks for it. */
export const statementDispatches = pgTable(
  'statement_dispatches',
  {
    ...ofStatement(),
    /** One of these is set. */
    statementId: uuid('statement_id'),
    noticeId: uuid('notice_id'),
    trigger: text('trigger').notNull(),
    /** Why a person sends it; null where it goes by itself. */
    reason: text('reason'),
    /** The recipient's address at that time. */
    recipient: text('recipient').notNull(),
    /** Formats that go with it, with the hash of each. */
    files: jsonb('files').notNull(),
    requestedBy: uuid('requested_by').notNull(),
    requestedByName: text('requested_by_name').notNull(),
    requestedAt: moment('requested_at').notNull(),
  },
  (table) => [
    unique('statement_dispatches_centre_id_key').on(table.centreId, table.id),
    // Whatever runs twice: by itself a statement is mailed once.
    uniqueIndex('statement_dispatches_automatic_key').on(table.statementId).where(sql`trigger = 'automatic'`),
    uniqueIndex('statement_dispatches_notice_automatic_key')
      .on(table.noticeId)
      .where(sql`trigger = 'automatic'`),
    index('statement_dispatches_notice_idx').on(table.noticeId, table.id),
    index('statement_dispatches_statement_idx').on(table.statementId, table.id),
    foreignKey({
      name: 'statement_dispatches_statement_fkey',
      columns: [table.centreId, table.statementId],
      foreignColumns: [statements.centreId, statements.id],
    }),
    foreignKey({
      name: 'statement_dispatches_notice_fkey',
      columns: [table.centreId, table.noticeId],
      foreignColumns: [dunningNotices.centreId, dunningNotices.id],
    }),
    memberKey(table, 'statement_dispatches_member_fkey'),
    check('statement_dispatches_subject_check', sql`num_nonnulls(statement_id, notice_id) = 1`),
    check('statement_dispatches_trigger_check', sql`trigger in ('automatic', 'manual')`),
    check('statement_dispatches_reason_check', sql`(trigger = 'manual') = (reason is not null)`),
    centreOnly('statement_dispatches'),
    readPolicy('statement_dispatches', 'member', ofIssuedStatement),
  ],
);

/** What became of each try to hand a dispatch to the mail server. */
export const statementDispatchAttempts = pgTable(
  'statement_dispatch_attempts',
  {
    ...ofStatement(),
    /** Null where a dunning notice was mailed. */
    statementId: uuid('statement_id'),
    dispatchId: uuid('dispatch_id').notNull(),
    status: text('status').notNull(),
    /** What the mail server said, or why it was not reached. */
    answer: text('answer').notNull(),
    at: moment('at').notNull(),
  },
  (table) => [
    // Sent or refused is the end of it.
    uniqueIndex('statement_dispatch_attempts_end_key')
      .on(table.dispatchId)
      .where(sql`status in ('sent', 'refused')`),
    index('statement_dispatch_attempts_dispatch_idx').on(table.dispatchId, table.id),
    index('statement_dispatch_attempts_statement_idx').on(table.statementId, table.id),
    foreignKey({
      name: 'statement_dispatch_attempts_dispatch_fkey',
      columns: [table.centreId, table.dispatchId],
      foreignColumns: [statementDispatches.centreId, statementDispatches.id],
    }),
    foreignKey({
      name: 'statement_dispatch_attempts_statement_fkey',
      columns: [table.centreId, table.statementId],
      foreignColumns: [statements.centreId, statements.id],
    }),
    memberKey(table, 'statement_dispatch_attempts_member_fkey'),
    check('statement_dispatch_attempts_status_check', sql`status in ('sent', 'refused', 'failed')`),
    centreOnly('statement_dispatch_attempts'),
    readPolicy('statement_dispatch_attempts', 'member', ofIssuedStatement),
  ],
);

/** What an official validator said of the e-invoice, with its report as it came. */
export const statementValidations = pgTable(
  'statement_validations',
  {
    ...ofStatement(),
    format: text('format').notNull(),
    /** Hash of the file that was looked at. */
    documentSha256: text('document_sha256').notNull(),
    accepted: boolean('accepted').notNull(),
    report: bytea('report').notNull(),
    reportSizeBytes: integer('report_size_bytes').notNull(),
    reportSha256: text('report_sha256').notNull(),
    /** Address of the validator, without credentials. */
    validator: text('validator').notNull(),
    at: moment('at').notNull(),
  },
  (table) => [
    // The document does not change, so that its first verdict stands.
    uniqueIndex('statement_validations_format_key').on(table.statementId, table.format),
    index('statement_validations_rejected_idx')
      .on(table.centreId, table.statementId)
      .where(sql`not accepted`),
    foreignKey({
      name: 'statement_validations_statement_fkey',
      columns: [table.centreId, table.statementId],
      foreignColumns: [statements.centreId, statements.id],
    }),
    memberKey(table, 'statement_validations_member_fkey'),
    check('statement_validations_sha256_check', sql`report_sha256 = encode(sha256(report), 'hex')`),
    check('statement_validations_size_check', sql`report_size_bytes = octet_length(report)`),
    centreOnly('statement_validations'),
  ],
);
