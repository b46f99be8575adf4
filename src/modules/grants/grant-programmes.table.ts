import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { cents, day, id, moment } from '../../platform/db/columns.ts';
import { centreOnly, readPolicy } from '../../platform/db/policies.ts';
import { centres } from '../organisations/organisations.table.ts';

/** Under which guideline an authority gives money, as the centre reads it. */
export const grantProgrammes = pgTable(
  'grant_programmes',
  {
    id: id(),
    centreId: uuid('centre_id')
      .notNull()
      .references(() => centres.id),
    name: text('name').notNull(),
    authority: text('authority').notNull(),
    referenceTitle: text('reference_title').notNull(),
    referenceOn: day('reference_on').notNull(),
    recordedBy: uuid('recorded_by').notNull(),
    recordedByName: text('recorded_by_name').notNull(),
    recordedAt: moment('recorded_at').notNull(),
  },
  (table) => [
    unique('grant_programmes_centre_id_key').on(table.centreId, table.id),
    unique('grant_programmes_name_key').on(table.centreId, table.name),
    index('grant_programmes_centre_idx').on(table.centreId, table.id),
    centreOnly('grant_programmes'),
    // A grant can be read by those whose grant it is, and so can what it was given by.
    readPolicy(
      'grant_programmes',
      'party',
      sql`(app.hat_kind() = 'organisation' and exists (select from grants g where g.programme_id = grant_programmes.id and app.hat_id() = any (g.party_ids)))`,
    ),
  ],
);

/** Figures of a guideline from a day on, with their source. They never change; the newest before a day holds. */
export const grantRuleVersions = pgTable(
  'grant_rule_versions',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    programmeId: uuid('programme_id').notNull(),
    number: integer('number').notNull(),
    validFrom: day('valid_from').notNull(),
    baseCents: cents('base_cents').notNull(),
    stepCents: cents('step_cents').notNull(),
    singlePartyCents: cents('single_party_cents').notNull(),
    /** Decimals as text. */
    percent: text('percent').notNull(),
    savingsPercent: text('savings_percent').notNull(),
    purposeYears: integer('purpose_years').notNull(),
    proofDueMonths: integer('proof_due_months').notNull(),
    eligibleTags: text('eligible_tags').array().notNull(),
    source: text('source').notNull(),
    recordedBy: uuid('recorded_by').notNull(),
    recordedByName: text('recorded_by_name').notNull(),
    recordedAt: moment('recorded_at').notNull(),
  },
  (table) => [
    unique('grant_rule_versions_centre_id_key').on(table.centreId, table.programmeId, table.id),
    unique('grant_rule_versions_number_key').on(table.programmeId, table.number),
    foreignKey({
      name: 'grant_rule_versions_programme_fkey',
      columns: [table.centreId, table.programmeId],
      foreignColumns: [grantProgrammes.centreId, grantProgrammes.id],
    }),
    check(
      'grant_rule_versions_amounts_check',
      sql`least(base_cents, step_cents, single_party_cents, purpose_years, proof_due_months) >= 0`,
    ),
    check(
      'grant_rule_versions_percent_check',
      sql`percent::numeric between 0 and 100 and savings_percent::numeric between 0 and 100`,
    ),
    centreOnly('grant_rule_versions'),
    readPolicy(
      'grant_rule_versions',
      'party',
      sql`(app.hat_kind() = 'organisation' and exists (select from grants g where g.rule_version_id = grant_rule_versions.id and app.hat_id() = any (g.party_ids)))`,
    ),
  ],
);
