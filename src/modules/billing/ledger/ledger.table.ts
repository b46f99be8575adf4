import { sql } from 'drizzle-orm';
import {
  check,
  customType,
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
import { cents, day, id, moment, version } from '../../../platform/db/columns.ts';
import { centreOnly } from '../../../platform/db/policies.ts';
import { services } from '../../catalogue/catalogue.table.ts';
import { billingPeriods } from '../../costing/costing.table.ts';
import { centres, memberKey } from '../../organisations/organisations.table.ts';
import { statements } from '../statements/statements.table.ts';

const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });

/** Which accounts the documents of a centre are booked on, for documents issued from a day on until the next plan begins. */
export const ledgerAccountPlans = pgTable(
  'ledger_account_plans',
  {
    id: id(),
    centreId: uuid('centre_id')
      .notNull()
      .references(() => centres.id),
    validFrom: day('valid_from').notNull(),
    name: text('name').notNull(),
    /** Personal account of members that have none of their own; null: each member needs one. */
    collectiveDebtor: text('collective_debtor'),
    version: version(),
  },
  (table) => [
    unique('ledger_account_plans_centre_id_key').on(table.centreId, table.id),
    unique('ledger_account_plans_valid_from_key').on(table.centreId, table.validFrom),
    centreOnly('ledger_account_plans'),
  ],
);

/** Accounts by service, kind of document and VAT; null stands for any, and the most specific rule holds. */
export const ledgerAccountRules = pgTable(
  'ledger_account_rules',
  {
    planId: uuid('plan_id').notNull(),
    position: integer('position').notNull(),
    centreId: uuid('centre_id').notNull(),
    serviceId: uuid('service_id'),
    kind: text('kind'),
    vatCategory: text('vat_category'),
    ratePercent: text('rate_percent'),
    account: text('account').notNull(),
    product: text('product'),
    costObject: text('cost_object'),
    vatAccount: text('vat_account'),
    taxKey: text('tax_key'),
  },
  (table) => [
    primaryKey({ name: 'ledger_account_rules_pkey', columns: [table.planId, table.position] }),
    unique('ledger_account_rules_key')
      .on(table.planId, table.serviceId, table.kind, table.vatCategory, table.ratePercent)
      .nullsNotDistinct(),
    foreignKey({
      name: 'ledger_account_rules_plan_fkey',
      columns: [table.centreId, table.planId],
      foreignColumns: [ledgerAccountPlans.centreId, ledgerAccountPlans.id],
    }),
    foreignKey({
      name: 'ledger_account_rules_service_fkey',
      columns: [table.centreId, table.serviceId],
      foreignColumns: [services.centreId, services.id],
    }),
    check(
      'ledger_account_rules_kind_check',
      sql`kind in ('instalment', 'settlement', 'correction', 'credit')`,
    ),
    check('ledger_account_rules_vat_check', sql`vat_category in ('S', 'E', 'O')`),
    check('ledger_account_rules_rate_check', sql`rate_percent is null or vat_category = 'S'`),
    centreOnly('ledger_account_rules'),
  ],
);

/** The personal account of a member in the books. */
export const ledgerDebtors = pgTable(
  'ledger_debtors',
  {
    planId: uuid('plan_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    centreId: uuid('centre_id').notNull(),
    account: text('account').notNull(),
  },
  (table) => [
    primaryKey({ name: 'ledger_debtors_pkey', columns: [table.planId, table.organisationId] }),
    foreignKey({
      name: 'ledger_debtors_plan_fkey',
      columns: [table.centreId, table.planId],
      foreignColumns: [ledgerAccountPlans.centreId, ledgerAccountPlans.id],
    }),
    memberKey(table, 'ledger_debtors_member_fkey'),
    centreOnly('ledger_debtors'),
  ],
);

/** What files of a finance program look like. */
export const ledgerExportProfiles = pgTable(
  'ledger_export_profiles',
  {
    id: id(),
    centreId: uuid('centre_id')
      .notNull()
      .references(() => centres.id),
    name: text('name').notNull(),
    settings: jsonb('settings').notNull(),
    version: version(),
  },
  (table) => [
    unique('ledger_export_profiles_centre_id_key').on(table.centreId, table.id),
    unique('ledger_export_profiles_name_key').on(table.centreId, table.name),
    centreOnly('ledger_export_profiles'),
  ],
);

/** The last number given; its row lock lets one export of a centre happen at a time. */
export const ledgerExportNumbers = pgTable(
  'ledger_export_numbers',
  {
    centreId: uuid('centre_id')
      .primaryKey()
      .references(() => centres.id),
    last: integer('last').notNull(),
  },
  () => [centreOnly('ledger_export_numbers')],
);

/** A file that was made for the books, byte for byte, with the profile it was made by. Never changed. */
export const ledgerExports = pgTable(
  'ledger_exports',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    number: text('number').notNull(),
    /** The first export of the same documents; null where this is it. */
    repeatsId: uuid('repeats_id'),
    /** Why the file was made again. */
    reason: text('reason'),
    profileId: uuid('profile_id').notNull(),
    profile: jsonb('profile').notNull(),
    /** Which documents were asked for: half-open days of issue, a billing period, or both. */
    startsOn: day('starts_on'),
    endsOn: day('ends_on'),
    periodId: uuid('period_id'),
    fileName: text('file_name').notNull(),
    mediaType: text('media_type').notNull(),
    bytes: bytea('bytes').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    sha256: text('sha256').notNull(),
    statementCount: integer('statement_count').notNull(),
    bookingCount: integer('booking_count').notNull(),
    rowCount: integer('row_count').notNull(),
    revenueCents: cents('revenue_cents').notNull(),
    advanceCents: cents('advance_cents').notNull(),
    vatCents: cents('vat_cents').notNull(),
    debtorCents: cents('debtor_cents').notNull(),
    createdBy: uuid('created_by').notNull(),
    createdByName: text('created_by_name').notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    unique('ledger_exports_centre_id_key').on(table.centreId, table.id),
    unique('ledger_exports_number_key').on(table.centreId, table.number),
    index('ledger_exports_centre_idx').on(table.centreId, table.id),
    index('ledger_exports_repeats_idx').on(table.repeatsId),
    foreignKey({
      name: 'ledger_exports_repeats_fkey',
      columns: [table.centreId, table.repeatsId],
      foreignColumns: [table.centreId, table.id],
    }),
    foreignKey({
      name: 'ledger_exports_profile_fkey',
      columns: [table.centreId, table.profileId],
      foreignColumns: [ledgerExportProfiles.centreId, ledgerExportProfiles.id],
    }),
    foreignKey({
      name: 'ledger_exports_period_fkey',
      columns: [table.centreId, table.periodId],
      foreignColumns: [billingPeriods.centreId, billingPeriods.id],
    }),
    check('ledger_exports_repeats_check', sql`(repeats_id is null) = (reason is null)`),
    check('ledger_exports_sums_check', sql`debtor_cents = revenue_cents + advance_cents + vat_cents`),
    // The hash is that of the bytes, whoever wrote them.
    check('ledger_exports_sha256_check', sql`sha256 = encode(sha256(bytes), 'hex')`),
    check('ledger_exports_size_check', sql`size_bytes = octet_length(bytes)`),
    centreOnly('ledger_exports'),
  ],
);

/** What a document was booked as. The key is the document alone: it goes to the books once. */
export const ledgerExportStatements = pgTable(
  'ledger_export_statements',
  {
    statementId: uuid('statement_id').primaryKey(),
    centreId: uuid('centre_id').notNull(),
    exportId: uuid('export_id').notNull(),
    planId: uuid('plan_id').notNull(),
    debtorAccount: text('debtor_account').notNull(),
    entries: jsonb('entries').notNull(),
  },
  (table) => [
    index('ledger_export_statements_export_idx').on(table.exportId),
    index('ledger_export_statements_plan_idx').on(table.planId),
    foreignKey({
      name: 'ledger_export_statements_statement_fkey',
      columns: [table.centreId, table.statementId],
      foreignColumns: [statements.centreId, statements.id],
    }),
    foreignKey({
      name: 'ledger_export_statements_export_fkey',
      columns: [table.centreId, table.exportId],
      foreignColumns: [ledgerExports.centreId, ledgerExports.id],
    }),
    foreignKey({
      name: 'ledger_export_statements_plan_fkey',
      columns: [table.centreId, table.planId],
      foreignColumns: [ledgerAccountPlans.centreId, ledgerAccountPlans.id],
    }),
    centreOnly('ledger_export_statements'),
  ],
);
