import { sql } from 'drizzle-orm';
import {
  check,
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
import { agreementVersions } from '../../agreements/agreements.table.ts';
import { services } from '../../catalogue/catalogue.table.ts';
import { memberKey } from '../../organisations/organisations.table.ts';
import { billingPeriods } from '../costing.table.ts';

/** Who did what with a run, and when. Figures stand in the lines, the facts they came from in the calculation. */
export const allocationRuns = pgTable(
  'allocation_runs',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    periodId: uuid('period_id').notNull(),
    /** Period of the run as it stood, for members, who do not see the centre's periods. */
    periodCode: text('period_code').notNull(),
    startsOn: day('starts_on').notNull(),
    endsOn: day('ends_on').notNull(),
    number: text('number').notNull(),
    status: text('status').notNull(),
    algorithm: text('algorithm').notNull(),
    inputHash: text('input_hash').notNull(),
    resultHash: text('result_hash').notNull(),
    /** The wording to apply where an agreement changed within the period. */
    clauseVersionId: uuid('clause_version_id'),
    /** Usage recorded later is not in it; null while its period takes all, and in runs from before. */
    recordedUntil: moment('recorded_until'),
    correctsRunId: uuid('corrects_run_id'),
    /** Where a correction is billed; the run's own period says when what it shares out was used. */
    billingPeriodId: uuid('billing_period_id'),
    billingPeriodCode: text('billing_period_code'),
    /** Who may read their lines once the run is posted. */
    memberIds: uuid('member_ids').array().notNull(),
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
    approvedResultHash: text('approved_result_hash'),
    postedBy: uuid('posted_by'),
    postedByName: text('posted_by_name'),
    postedAt: moment('posted_at'),
    /** Who rejected or superseded it. */
    endedBy: uuid('ended_by'),
    endedByName: text('ended_by_name'),
    endedAt: moment('ended_at'),
    endReason: text('end_reason'),
    version: version(),
  },
  (table) => [
    unique('allocation_runs_centre_id_key').on(table.centreId, table.id),
    unique('allocation_runs_number_key').on(table.centreId, table.number),
    uniqueIndex('allocation_runs_posted_key')
      .on(table.centreId, table.periodId)
      .where(sql`status = 'posted'`),
    index('allocation_runs_centre_idx').on(table.centreId, table.id),
    index('allocation_runs_members_idx').using('gin', table.memberIds),
    index('allocation_runs_period_idx').on(table.periodId),
    foreignKey({
      name: 'allocation_runs_period_fkey',
      columns: [table.centreId, table.periodId],
      foreignColumns: [billingPeriods.centreId, billingPeriods.id],
    }),
    foreignKey({
      name: 'allocation_runs_clause_fkey',
      columns: [table.centreId, table.clauseVersionId],
      foreignColumns: [agreementVersions.centreId, agreementVersions.id],
    }),
    foreignKey({
      name: 'allocation_runs_corrects_fkey',
      columns: [table.centreId, table.correctsRunId],
      foreignColumns: [table.centreId, table.id],
    }),
    foreignKey({
      name: 'allocation_runs_billing_period_fkey',
      columns: [table.centreId, table.billingPeriodId],
      foreignColumns: [billingPeriods.centreId, billingPeriods.id],
    }),
    check(
      'allocation_runs_billing_period_check',
      sql`(billing_period_id is null) = (billing_period_code is null) and (billing_period_id is null or corrects_run_id is not null)`,
    ),
    check(
      'allocation_runs_status_check',
      sql`status in ('draft', 'in_review', 'approved', 'posted', 'superseded', 'rejected')`,
    ),
    // Four eyes also where no program of ours looks.
    check('allocation_runs_four_eyes_check', sql`approved_by <> created_by and approved_by <> submitted_by`),
    check(
      'allocation_runs_approval_check',
      sql`status not in ('approved', 'posted', 'superseded') or (approved_by is not null and submitted_by is not null and approved_result_hash = result_hash)`,
    ),
    check(
      'allocation_runs_posted_check',
      sql`(status in ('posted', 'superseded')) = (posted_at is not null)`,
    ),
    centreOnly('allocation_runs'),
    readPolicy(
      'allocation_runs',
      'member',
      sql`(app.hat_kind() = 'organisation' and status in ('posted', 'superseded') and app.hat_id() = any (member_ids))`,
    ),
  ],
);

/** The snapshot a run was computed from. It holds the figures of all members, so only the centre reads it. */
export const allocationRunCalculations = pgTable(
  'allocation_run_calculations',
  {
    runId: uuid('run_id').primaryKey(),
    centreId: uuid('centre_id').notNull(),
    amountCents: cents('amount_cents').notNull(),
    lineCount: integer('line_count').notNull(),
    /** `json`, not `jsonb`: the text is kept as written, so the calculation file can be issued again byte for byte. */
    input: json('input').notNull(),
  },
  (table) => [
    foreignKey({
      name: 'allocation_run_calculations_run_fkey',
      columns: [table.centreId, table.runId],
      foreignColumns: [allocationRuns.centreId, allocationRuns.id],
    }),
    centreOnly('allocation_run_calculations'),
  ],
);

/** Shares, each with its derivation. A member reads its own, and only of runs that were posted. */
export const allocationRunLines = pgTable(
  'allocation_run_lines',
  {
    runId: uuid('run_id').notNull(),
    /** Place in the calculation file, from 0. */
    position: integer('position').notNull(),
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    serviceId: uuid('service_id').notNull(),
    serviceCode: text('service_code').notNull(),
    serviceTitle: text('service_title').notNull(),
    /** As in the calculation file: the AGS, or the id where there is none. */
    member: text('member').notNull(),
    memberName: text('member_name').notNull(),
    /** Null where the clause rounds once over the combined shares; `parts` then derives it. */
    trancheId: text('tranche_id'),
    /** One for each tranche that goes into the line. */
    parts: jsonb('parts').notNull(),
    exactCents: text('exact_cents').notNull(),
    roundingCents: integer('rounding_cents').notNull(),
    amountCents: cents('amount_cents').notNull(),
  },
  (table) => [
    primaryKey({ name: 'allocation_run_lines_pkey', columns: [table.runId, table.position] }),
    index('allocation_run_lines_organisation_idx').on(table.organisationId, table.runId, table.position),
    foreignKey({
      name: 'allocation_run_lines_run_fkey',
      columns: [table.centreId, table.runId],
      foreignColumns: [allocationRuns.centreId, allocationRuns.id],
    }),
    foreignKey({
      name: 'allocation_run_lines_service_fkey',
      columns: [table.centreId, table.serviceId],
      foreignColumns: [services.centreId, services.id],
    }),
    memberKey(table, 'allocation_run_lines_member_fkey'),
    check('allocation_run_lines_rounding_check', sql`rounding_cents in (-1, 0, 1)`),
    centreOnly('allocation_run_lines'),
    readPolicy(
      'allocation_run_lines',
      'member',
      sql`(app.hat_kind() = 'organisation' and organisation_id = app.hat_id() and exists (select from allocation_runs r where r.id = allocation_run_lines.run_id and r.status in ('posted', 'superseded')))`,
    ),
  ],
);
