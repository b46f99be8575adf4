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
import { createdAt, day, id, moment, version } from '../../platform/db/columns.ts';
import { centreOnly, readPolicy } from '../../platform/db/policies.ts';
import { services } from '../catalogue/catalogue.table.ts';
import { centres, memberKey } from '../organisations/organisations.table.ts';

const ownOrganisation = sql`(app.hat_kind() = 'organisation' and organisation_id = app.hat_id())`;

/** A contract or statute between a centre and members. What it says stands in its versions. */
export const agreements = pgTable(
  'agreements',
  {
    id: id(),
    centreId: uuid('centre_id')
      .notNull()
      .references(() => centres.id),
    title: text('title').notNull(),
    mode: text('mode').notNull(),
    version: version(),
    createdAt: createdAt(),
  },
  (table) => [
    unique('agreements_centre_id_key').on(table.centreId, table.id),
    index('agreements_centre_idx').on(table.centreId, table.id),
    check('agreements_mode_check', sql`mode in ('delegating', 'mandating', 'statutes', 'private')`),
    centreOnly('agreements'),
    readPolicy(
      'agreements',
      'member',
      sql`(app.hat_kind() = 'organisation' and exists (select from agreement_versions v where v.agreement_id = agreements.id))`,
    ),
  ],
);

/** Wording in force over a half-open period of days. A version in force is never changed: a new one follows it. */
export const agreementVersions = pgTable(
  'agreement_versions',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    agreementId: uuid('agreement_id').notNull(),
    number: integer('number').notNull(),
    status: text('status').notNull(),
    validFrom: day('valid_from').notNull(),
    validTo: day('valid_to'),
    /** Parties and services as the wording names them. They stand in the row itself, so that its immutability covers them. */
    organisationIds: uuid('organisation_ids').array().notNull(),
    serviceIds: uuid('service_ids').array().notNull(),
    /** The machine-readable allocation rule, or null where the agreement has none. */
    costClause: jsonb('cost_clause'),
    /** Which rate card prices which of the services, or null where all of them fall under the cost clause. */
    priceClause: jsonb('price_clause'),
    dataProtectionRole: text('data_protection_role').notNull(),
    createdAt: createdAt(),
    inForceAt: moment('in_force_at'),
  },
  (table) => [
    unique('agreement_versions_number_key').on(table.agreementId, table.number),
    unique('agreement_versions_centre_id_key').on(table.centreId, table.id),
    foreignKey({
      name: 'agreement_versions_agreement_fkey',
      columns: [table.centreId, table.agreementId],
      foreignColumns: [agreements.centreId, agreements.id],
    }),
    check('agreement_versions_status_check', sql`status in ('draft', 'in_force', 'terminated')`),
    uniqueIndex('agreement_versions_draft_key').on(table.agreementId).where(sql`status = 'draft'`),
    // An empty period is a version that was replaced or terminated before its first day.
    check('agreement_versions_period_check', sql`valid_to is null or valid_to >= valid_from`),
    check(
      'agreement_versions_role_check',
      sql`data_protection_role in ('controller', 'processor', 'joint_controllers')`,
    ),
    centreOnly('agreement_versions'),
    readPolicy(
      'agreement_versions',
      'member',
      sql`(app.hat_kind() = 'organisation' and status <> 'draft' and exists (select from agreement_parties p where p.agreement_version_id = agreement_versions.id and p.organisation_id = app.hat_id()))`,
    ),
  ],
);

/** Members that a version binds, by which each finds its own versions. */
export const agreementParties = pgTable(
  'agreement_parties',
  {
    centreId: uuid('centre_id').notNull(),
    agreementId: uuid('agreement_id').notNull(),
    agreementVersionId: uuid('agreement_version_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.agreementVersionId, table.organisationId] }),
    index('agreement_parties_organisation_idx').on(table.organisationId, table.centreId),
    index('agreement_parties_agreement_idx').on(table.agreementId, table.organisationId),
    foreignKey({
      name: 'agreement_parties_version_fkey',
      columns: [table.centreId, table.agreementVersionId],
      foreignColumns: [agreementVersions.centreId, agreementVersions.id],
    }),
    memberKey(table, 'agreement_parties_member_fkey'),
    centreOnly('agreement_parties'),
    readPolicy('agreement_parties', 'member', ownOrganisation),
  ],
);

/**
 * Centre × organisation × service × days in which the service may be ordered: one row per pair of a version in force, so that
 * "is it orderable" is one index look-up.
 */
export const agreementCoverage = pgTable(
  'agreement_coverage',
  {
    centreId: uuid('centre_id').notNull(),
    agreementVersionId: uuid('agreement_version_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    serviceId: uuid('service_id').notNull(),
    validFrom: day('valid_from').notNull(),
    validTo: day('valid_to'),
  },
  (table) => [
    primaryKey({ columns: [table.agreementVersionId, table.organisationId, table.serviceId] }),
    index('agreement_coverage_lookup_idx').on(
      table.centreId,
      table.organisationId,
      table.serviceId,
      table.validFrom,
    ),
    foreignKey({
      name: 'agreement_coverage_version_fkey',
      columns: [table.centreId, table.agreementVersionId],
      foreignColumns: [agreementVersions.centreId, agreementVersions.id],
    }),
    foreignKey({
      name: 'agreement_coverage_service_fkey',
      columns: [table.centreId, table.serviceId],
      foreignColumns: [services.centreId, services.id],
    }),
    memberKey(table, 'agreement_coverage_member_fkey'),
    centreOnly('agreement_coverage'),
    readPolicy('agreement_coverage', 'member', ownOrganisation),
  ],
);
