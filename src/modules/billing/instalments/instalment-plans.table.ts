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
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { cents, day, id, moment, version } from '../../../platform/db/columns.ts';
import { centreOnly, readPolicy } from '../../../platform/db/policies.ts';
import { services } from '../../catalogue/catalogue.table.ts';
import { billingPeriods } from '../../costing/costing.table.ts';
import { memberKey } from '../../organisations/organisations.table.ts';
import { statements } from '../statements/statements.table.ts';

/** What members pay in advance on the cost of a period, and when. What it says never changes; a change is a new plan. */
export const instalmentPlans = pgTable(
  'instalment_plans',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    number: text('number').notNull(),
    status: text('status').notNull(),
    periodId: uuid('period_id').notNull(),
    periodCode: text('period_code').notNull(),
    startsOn: day('starts_on').notNull(),
    endsOn: day('ends_on').notNull(),
    basis: text('basis').notNull(),
    /** Of the simulation that shared out the budget. */
    resultHash: text('result_hash'),
    /** Whose usage stood in for what is not known yet; approval shares out the budget by it again. */
    usagePeriodId: uuid('usage_period_id'),
    /** Ascending. */
    dueOn: text('due_on').array().notNull(),
    issueDaysBefore: integer('issue_days_before').notNull(),
    /** The plan in force that this one takes the place of. */
    replacesId: uuid('replaces_id'),
    /** What was invoiced on earlier plans of the period when this one was made, net; approval finds it unchanged. */
    invoicedCents: cents('invoiced_cents').notNull(),
    amountCents: cents('amount_cents').notNull(),
    contentHash: text('content_hash').notNull(),
    /** Who pays by it, from its approval on; a trigger says so. */
    memberIds: uuid('member_ids').array().notNull().default(sql`'{}'`),
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
    /** First due day on which nothing is asked for any more. */
    endedFrom: day('ended_from'),
    endedBy: uuid('ended_by'),
    endedByName: text('ended_by_name'),
    endedAt: moment('ended_at'),
    endReason: text('end_reason'),
    version: version(),
  },
  (table) => [
    unique('instalment_plans_centre_id_key').on(table.centreId, table.id),
    unique('instalment_plans_number_key').on(table.centreId, table.number),
    uniqueIndex('instalment_plans_in_force_key')
      .on(table.centreId, table.periodId)
      .where(sql`status = 'in_force'`),
    index('instalment_plans_centre_idx').on(table.centreId, table.id),
    index('instalment_plans_members_idx').using('gin', table.memberIds),
    index('instalment_plans_period_idx').on(table.centreId, table.periodId, table.id),
    foreignKey({
      name: 'instalment_plans_period_fkey',
      columns: [table.centreId, table.periodId],
      foreignColumns: [billingPeriods.centreId, billingPeriods.id],
    }),
    foreignKey({
      name: 'instalment_plans_usage_period_fkey',
      columns: [table.centreId, table.usagePeriodId],
      foreignColumns: [billingPeriods.centreId, billingPeriods.id],
    }),
    foreignKey({
      name: 'instalment_plans_replaces_fkey',
      columns: [table.centreId, table.replacesId],
      foreignColumns: [table.centreId, table.id],
    }),
    check(
      'instalment_plans_status_check',
      sql`status in ('draft', 'submitted', 'in_force', 'ended', 'rejected')`,
    ),
    check('instalment_plans_basis_check', sql`basis in ('budget', 'stated')`),
    check('instalment_plans_due_check', sql`cardinality(due_on) between 1 and 60`),
    check('instalment_plans_days_before_check', sql`issue_days_before between 0 and 90`),
    // Four eyes also where no program of ours looks.
    check('instalment_plans_four_eyes_check', sql`approved_by <> created_by and approved_by <> submitted_by`),
    check(
      'instalment_plans_approval_check',
      sql`status <> 'in_force' or (approved_by is not null and submitted_by is not null and approved_content_hash = content_hash)`,
    ),
    check('instalment_plans_ended_check', sql`(status = 'ended') = (ended_from is not null)`),
    centreOnly('instalment_plans'),
    readPolicy(
      'instalment_plans',
      'member',
      sql`(app.hat_kind() = 'organisation' and approved_at is not null and app.hat_id() = any (member_ids))`,
    ),
  ],
);

/** A member reads its own part of a plan, once that is approved. `instalment_plans` has no `plan_id`: the name means the part. */
const ofApprovedPlan = sql`(app.hat_kind() = 'organisation' and organisation_id = app.hat_id() and (select p.approved_at from instalment_plans p where p.id = plan_id) is not null)`;

/** What a member pays in all by a plan, line by line as its documents show it. */
export const instalmentPlanShares = pgTable(
  'instalment_plan_shares',
  {
    planId: uuid('plan_id').notNull(),
    position: integer('position').notNull(),
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    serviceId: uuid('service_id').notNull(),
    serviceCode: text('service_code').notNull(),
    serviceTitle: text('service_title').notNull(),
    text: text('text').notNull(),
    agreementReference: text('agreement_reference').notNull(),
    /** Lines of one group are asked for by one document. */
    vatGroup: text('vat_group').notNull(),
    amountCents: cents('amount_cents').notNull(),
    /** How the amount follows from the budget; null where a person named it, or something was invoiced before. */
    derivation: jsonb('derivation'),
  },
  (table) => [
    primaryKey({ name: 'instalment_plan_shares_pkey', columns: [table.planId, table.position] }),
    foreignKey({
      name: 'instalment_plan_shares_plan_fkey',
      columns: [table.centreId, table.planId],
      foreignColumns: [instalmentPlans.centreId, instalmentPlans.id],
    }),
    foreignKey({
      name: 'instalment_plan_shares_service_fkey',
      columns: [table.centreId, table.serviceId],
      foreignColumns: [services.centreId, services.id],
    }),
    memberKey(table, 'instalment_plan_shares_member_fkey'),
    centreOnly('instalment_plan_shares'),
    readPolicy('instalment_plan_shares', 'member', ofApprovedPlan),
  ],
);

/** One document to be issued: a plan, member, VAT group and due day. */
export const instalments = pgTable(
  'instalments',
  {
    id: id(),
    planId: uuid('plan_id').notNull(),
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    vatGroup: text('vat_group').notNull(),
    dueOn: day('due_on').notNull(),
    /** From 1. */
    number: integer('number').notNull(),
    /** Day from which it is issued. */
    issueOn: day('issue_on').notNull(),
    /** Net. */
    amountCents: cents('amount_cents').notNull(),
    status: text('status').notNull(),
    statementId: uuid('statement_id'),
    /** What stands against issuing it: `[{ code, detail }]`. */
    problems: jsonb('problems').notNull().default(sql`'[]'`),
    checkedAt: moment('checked_at'),
  },
  (table) => [
    // Each instalment once for ever.
    unique('instalments_once_key').on(table.planId, table.organisationId, table.vatGroup, table.dueOn),
    uniqueIndex('instalments_statement_key').on(table.statementId),
    index('instalments_plan_idx').on(table.planId, table.dueOn, table.id),
    index('instalments_due_idx')
      .on(table.centreId, table.issueOn)
      .where(sql`status in ('pending', 'blocked')`),
    foreignKey({
      name: 'instalments_plan_fkey',
      columns: [table.centreId, table.planId],
      foreignColumns: [instalmentPlans.centreId, instalmentPlans.id],
    }),
    foreignKey({
      name: 'instalments_statement_fkey',
      columns: [table.centreId, table.statementId],
      foreignColumns: [statements.centreId, statements.id],
    }),
    memberKey(table, 'instalments_member_fkey'),
    check(
      'instalments_status_check',
      sql`status in ('pending', 'blocked', 'issued', 'cancelled', 'nothing_due')`,
    ),
    check('instalments_issued_check', sql`(status = 'issued') = (statement_id is not null)`),
    centreOnly('instalments'),
    readPolicy('instalments', 'member', ofApprovedPlan),
  ],
);
