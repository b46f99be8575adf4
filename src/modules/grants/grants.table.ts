import { sql } from 'drizzle-orm';
import { check, foreignKey, index, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { cents, day, id, moment, version } from '../../platform/db/columns.ts';
import { centreOnly, readPolicy } from '../../platform/db/policies.ts';
import { services } from '../catalogue/catalogue.table.ts';
import { costCentres } from '../costing/costs/cost-centres.table.ts';
import { centreMembers, memberKey } from '../organisations/organisations.table.ts';
import { grantRuleVersions } from './grant-programmes.table.ts';

/** Money that members of a centre asked an authority for together, what it promised, and how far it has come. */
export const grants = pgTable(
  'grants',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    number: text('number').notNull(),
    title: text('title').notNull(),
    status: text('status').notNull(),
    programmeId: uuid('programme_id').notNull(),
    ruleVersionId: uuid('rule_version_id').notNull(),
    /** Where the money is set off: a service or a cost centre. */
    serviceId: uuid('service_id'),
    costCentreId: uuid('cost_centre_id'),
    /** Under which the money is booked. */
    costType: text('cost_type').notNull(),
    appliedOn: day('applied_on').notNull(),
    /** They may read the grant once it is awarded. */
    partyIds: uuid('party_ids').array().notNull(),
    leadId: uuid('lead_id').notNull(),
    /** Of the cost that is claimed. */
    tags: text('tags').array().notNull(),
    costBeforeCents: cents('cost_before_cents').notNull(),
    costAfterCents: cents('cost_after_cents').notNull(),
    savingsJustification: text('savings_justification'),
    plannedEligibleCents: cents('planned_eligible_cents').notNull(),
    noticeNumber: text('notice_number'),
    noticeOn: day('notice_on'),
    awardedCents: cents('awarded_cents'),
    approvedFrom: day('approved_from'),
    /** Day after the last. */
    approvedTo: day('approved_to'),
    purposeEndsOn: day('purpose_ends_on'),
    proofDueOn: day('proof_due_on'),
    noticeBy: uuid('notice_by'),
    noticeByName: text('notice_by_name'),
    noticeAt: moment('notice_at'),
    /** Of application and notice together; what the award signs. */
    contentHash: text('content_hash'),
    awardedBy: uuid('awarded_by'),
    awardedByName: text('awarded_by_name'),
    awardedAt: moment('awarded_at'),
    awardedContentHash: text('awarded_content_hash'),
    proofOn: day('proof_on'),
    proofReference: text('proof_reference'),
    /** What was proved: figures and hash of the proof on that day. */
    proofEligibleCents: cents('proof_eligible_cents'),
    proofGrantCents: cents('proof_grant_cents'),
    proofHash: text('proof_hash'),
    proofBy: uuid('proof_by'),
    proofByName: text('proof_by_name'),
    proofAt: moment('proof_at'),
    endedBy: uuid('ended_by'),
    endedByName: text('ended_by_name'),
    endedAt: moment('ended_at'),
    endReason: text('end_reason'),
    createdBy: uuid('created_by').notNull(),
    createdByName: text('created_by_name').notNull(),
    createdAt: moment('created_at').notNull(),
    version: version(),
  },
  (table) => [
    unique('grants_centre_id_key').on(table.centreId, table.id),
    unique('grants_number_key').on(table.centreId, table.number),
    index('grants_centre_idx').on(table.centreId, table.id),
    index('grants_status_idx').on(table.centreId, table.status, table.id),
    index('grants_parties_idx').using('gin', table.partyIds),
    foreignKey({
      name: 'grants_rule_version_fkey',
      columns: [table.centreId, table.programmeId, table.ruleVersionId],
      foreignColumns: [grantRuleVersions.centreId, grantRuleVersions.programmeId, grantRuleVersions.id],
    }),
    foreignKey({
      name: 'grants_service_fkey',
      columns: [table.centreId, table.serviceId],
      foreignColumns: [services.centreId, services.id],
    }),
    foreignKey({
      name: 'grants_cost_centre_fkey',
      columns: [table.centreId, table.costCentreId],
      foreignColumns: [costCentres.centreId, costCentres.id],
    }),
    foreignKey({
      name: 'grants_lead_fkey',
      columns: [table.centreId, table.leadId],
      foreignColumns: [centreMembers.centreId, centreMembers.organisationId],
    }),
    check(
      'grants_status_check',
      sql`status in ('draft', 'applied', 'noticed', 'awarded', 'proved', 'closed', 'withdrawn')`,
    ),
    check('grants_place_check', sql`(service_id is null) <> (cost_centre_id is null)`),
    check('grants_lead_check', sql`lead_id = any (party_ids)`),
    check(
      'grants_amounts_check',
      sql`cost_before_cents > 0 and cost_after_cents >= 0 and planned_eligible_cents > 0 and awarded_cents > 0`,
    ),
    check('grants_days_check', sql`approved_to > approved_from and purpose_ends_on >= approved_to`),
    // Four eyes also where no program of ours looks.
    check('grants_four_eyes_check', sql`awarded_by <> notice_by`),
    check(
      'grants_notice_check',
      sql`status in ('draft', 'applied', 'withdrawn') or num_nulls(notice_number, notice_on, awarded_cents, approved_from, approved_to, purpose_ends_on, proof_due_on, notice_by, content_hash) = 0`,
    ),
    check(
      'grants_award_check',
      sql`(status in ('awarded', 'proved', 'closed')) = (awarded_by is not null) and awarded_content_hash is not distinct from case when awarded_by is not null then content_hash end`,
    ),
    check(
      'grants_proof_check',
      sql`(status in ('proved', 'closed')) = (proof_on is not null) and (proof_on is null) = (proof_hash is null)`,
    ),
    centreOnly('grants'),
    readPolicy(
      'grants',
      'party',
      sql`(app.hat_kind() = 'organisation' and awarded_at is not null and app.hat_id() = any (party_ids))`,
    ),
  ],
);

/** Who asked for the money, and on whose decision. */
export const grantParties = pgTable(
  'grant_parties',
  {
    grantId: uuid('grant_id').notNull(),
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    decidedOn: day('decided_on'),
    decisionReference: text('decision_reference'),
  },
  (table) => [
    primaryKey({ name: 'grant_parties_pkey', columns: [table.grantId, table.organisationId] }),
    foreignKey({
      name: 'grant_parties_grant_fkey',
      columns: [table.centreId, table.grantId],
      foreignColumns: [grants.centreId, grants.id],
    }),
    memberKey(table, 'grant_parties_member_fkey'),
    check('grant_parties_decision_check', sql`(decided_on is null) = (decision_reference is null)`),
    centreOnly('grant_parties'),
    partyRead('grant_parties'),
  ],
);

/** Once for each deadline and what was said about it. */
export const grantReminders = pgTable(
  'grant_reminders',
  {
    centreId: uuid('centre_id').notNull(),
    grantId: uuid('grant_id').notNull(),
    kind: text('kind').notNull(),
    dueOn: day('due_on').notNull(),
    remindedAt: moment('reminded_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'grant_reminders_pkey', columns: [table.grantId, table.kind, table.dueOn] }),
    foreignKey({
      name: 'grant_reminders_grant_fkey',
      columns: [table.centreId, table.grantId],
      foreignColumns: [grants.centreId, grants.id],
    }),
    check('grant_reminders_kind_check', sql`kind in ('proof_soon', 'proof_overdue')`),
    centreOnly('grant_reminders'),
  ],
);

/** Who may read a grant may read what belongs to it: `grants` has a policy of its own, which holds in here too. */
export function partyRead(table: string) {
  return readPolicy(
    table,
    'party',
    sql`(app.hat_kind() = 'organisation' and exists (select from grants g where g.id = grant_id and app.hat_id() = any (g.party_ids)))`,
  );
}
