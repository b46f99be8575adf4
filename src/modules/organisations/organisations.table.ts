import { sql } from 'drizzle-orm';
import {
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { createdAt, day, id, version } from '../../platform/db/columns.ts';
import { policy, readPolicy } from '../../platform/db/policies.ts';

const anyHat = sql`app.hat_kind() is not null`;
const platformHat = sql`app.hat_kind() = 'platform'`;

/** Legal entities. Which municipalities there are is public, so every hat reads all of them. */
export const organisations = pgTable(
  'organisations',
  {
    id: id(),
    ags: text('ags'),
    name: text('name').notNull(),
    kind: text('kind').notNull(),
    state: text('state'),
    district: text('district'),
    version: version(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('organisations_ags_key').on(table.ags),
    index('organisations_name_idx').on(table.name, table.id),
    check('organisations_ags_check', sql`ags ~ '^[0-9]{8}$'`),
    check(
      'organisations_kind_check',
      sql`kind in ('municipality', 'district', 'special_purpose_association', 'public_institution', 'joint_municipal_enterprise')`,
    ),
    readPolicy('organisations', 'read', anyHat),
    policy('organisations', 'platform', platformHat),
  ],
);

/** Population figures, each with its day, census basis and source: two official figures exist for one day. */
export const organisationPopulations = pgTable(
  'organisation_populations',
  {
    organisationId: uuid('organisation_id')
      .notNull()
      .references(() => organisations.id),
    asOf: day('as_of').notNull(),
    basis: text('basis').notNull(),
    population: integer('population').notNull(),
    source: text('source').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organisationId, table.asOf, table.basis] }),
    check('organisation_populations_population_check', sql`population >= 0`),
    readPolicy('organisation_populations', 'read', anyHat),
    policy('organisation_populations', 'platform', platformHat),
  ],
);

/** Providers of services, each operated by an organisation. */
export const centres = pgTable(
  'centres',
  {
    id: id(),
    operatorId: uuid('operator_id')
      .notNull()
      .references(() => organisations.id),
    /** Short mark in request numbers, `SOE` in `SOE-2026-000123`. */
    code: text('code').notNull(),
    name: text('name').notNull(),
    version: version(),
    createdAt: createdAt(),
  },
  (table) => [
    unique('centres_code_key').on(table.code),
    check('centres_code_check', sql`code ~ '^[A-Z]{2,6}$'`),
    readPolicy('centres', 'read', anyHat),
    policy('centres', 'platform', platformHat),
    policy('centres', 'own', sql`(app.hat_kind() = 'centre' and id = app.hat_id())`),
  ],
);

/** Who belongs to a centre, half-open in time. Membership alone orders nothing: that takes an agreement. */
export const centreMembers = pgTable(
  'centre_members',
  {
    centreId: uuid('centre_id')
      .notNull()
      .references(() => centres.id),
    organisationId: uuid('organisation_id')
      .notNull()
      .references(() => organisations.id),
    joinedOn: day('joined_on').notNull(),
    leftOn: day('left_on'),
  },
  (table) => [
    primaryKey({ name: 'centre_members_pkey', columns: [table.centreId, table.organisationId] }),
    index('centre_members_organisation_idx').on(table.organisationId),
    check('centre_members_period_check', sql`left_on is null or left_on > joined_on`),
    readPolicy(
      'centre_members',
      'read',
      sql`(app.hat_kind() = 'platform' or (app.hat_kind() = 'centre' and centre_id = app.hat_id()) or (app.hat_kind() = 'organisation' and organisation_id = app.hat_id()))`,
    ),
    policy(
      'centre_members',
      'write',
      sql`(app.hat_kind() = 'platform' or (app.hat_kind() = 'centre' and centre_id = app.hat_id()))`,
    ),
  ],
);

/** Composite target for foreign keys of tables that two parties share: such a row can only exist between a centre and its member. */
export const memberKey = (table: { centreId: unknown; organisationId: unknown }, name: string) =>
  foreignKey({
    name,
    columns: [table.centreId, table.organisationId] as never,
    foreignColumns: [centreMembers.centreId, centreMembers.organisationId] as never,
  });
