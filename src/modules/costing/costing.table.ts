import { sql } from 'drizzle-orm';
import {
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
import { cents, createdAt, day, id, moment, version } from '../../platform/db/columns.ts';
import { centreOnly } from '../../platform/db/policies.ts';
import { services } from '../catalogue/catalogue.table.ts';
import { centres } from '../organisations/organisations.table.ts';
import { costCentres } from './costs/cost-centres.table.ts';

const centreId = () =>
  uuid('centre_id')
    .notNull()
    .references(() => centres.id);

/** Years, quarters or months that are settled as one. The periods of a centre never overlap: each cost line is shared out once. */
export const billingPeriods = pgTable(
  'billing_periods',
  {
    id: id(),
    centreId: centreId(),
    code: text('code').notNull(),
    startsOn: day('starts_on').notNull(),
    endsOn: day('ends_on').notNull(),
    state: text('state').notNull(),
    /** Null while the period is not frozen. */
    frozenAt: moment('frozen_at'),
    /**
     * Usage recorded later is late and counts nowhere. A trigger says `frozenAt` with every freezing; admitting late usage moves it on.
     */
    recordedUntil: moment('recorded_until'),
    /** Where the correction with late usage is billed; a trigger forgets it with every change of state. */
    correctionBillingPeriodId: uuid('correction_billing_period_id'),
    version: version(),
    createdAt: createdAt(),
  },
  (table) => [
    unique('billing_periods_centre_id_key').on(table.centreId, table.id),
    unique('billing_periods_code_key').on(table.centreId, table.code),
    index('billing_periods_centre_idx').on(table.centreId, table.startsOn, table.id),
    check('billing_periods_code_check', sql`code ~ '^[12][0-9]{3}(-(0[1-9]|1[0-2])|-Q[1-4])?$'`),
    check('billing_periods_days_check', sql`ends_on > starts_on`),
    check('billing_periods_state_check', sql`state in ('open', 'grace', 'frozen', 'settled')`),
    check('billing_periods_frozen_check', sql`(state in ('frozen', 'settled')) = (frozen_at is not null)`),
    check(
      'billing_periods_recorded_check',
      sql`(frozen_at is null) = (recorded_until is null) and recorded_until >= frozen_at`,
    ),
    // Periods whose correction is billed in this one.
    index('billing_periods_correction_idx')
      .on(table.centreId, table.correctionBillingPeriodId)
      .where(sql`correction_billing_period_id is not null`),
    foreignKey({
      name: 'billing_periods_correction_fkey',
      columns: [table.centreId, table.correctionBillingPeriodId],
      foreignColumns: [table.centreId, table.id],
    }),
    check(
      'billing_periods_correction_check',
      sql`correction_billing_period_id is null or (frozen_at is not null and correction_billing_period_id <> id)`,
    ),
    centreOnly('billing_periods'),
  ],
);

/** Files whose rows became cost lines. */
export const costLineImports = pgTable(
  'cost_line_imports',
  {
    id: id(),
    centreId: centreId(),
    fileHash: text('file_hash').notNull(),
    rowCount: integer('row_count').notNull(),
    amountCents: cents('amount_cents').notNull(),
    importedBy: uuid('imported_by').notNull(),
    importedByName: text('imported_by_name').notNull(),
    importedAt: moment('imported_at').notNull(),
  },
  (table) => [
    unique('cost_line_imports_centre_id_key').on(table.centreId, table.id),
    index('cost_line_imports_hash_idx').on(table.centreId, table.fileHash),
    check('cost_line_imports_hash_check', sql`file_hash ~ '^[0-9a-f]{64}$'`),
    centreOnly('cost_line_imports'),
  ],
);

/**
 * Cost of a service or of a cost centre, and income that is set off against it. Append-only: a wrong line is set off by another
 * with the opposite sign.
 */
export const costLines = pgTable(
  'cost_lines',
  {
    id: id(),
    centreId: centreId(),
    serviceId: uuid('service_id'),
    costCentreId: uuid('cost_centre_id'),
    /** What happened, or what was planned; runs share out what happened. */
    kind: text('kind').notNull().default('actual'),
    /** `amountCents` of income counts the other way round. */
    category: text('category').notNull().default('cost'),
    bookedOn: day('booked_on').notNull(),
    costType: text('cost_type').notNull(),
    amountCents: cents('amount_cents').notNull(),
    text: text('text').notNull(),
    voucherNumber: text('voucher_number'),
    /** Programmes that the cost may be claimed from. */
    grantTags: text('grant_tags').array().notNull().default(sql`'{}'::text[]`),
    importId: uuid('import_id'),
    recordedBy: uuid('recorded_by').notNull(),
    recordedAt: moment('recorded_at').notNull(),
  },
  (table) => [
    index('cost_lines_centre_day_idx').on(table.centreId, table.bookedOn, table.id),
    index('cost_lines_service_idx').on(table.centreId, table.serviceId, table.bookedOn),
    index('cost_lines_cost_centre_idx').on(table.centreId, table.costCentreId, table.bookedOn),
    index('cost_lines_import_idx').on(table.importId).where(sql`import_id is not null`),
    foreignKey({
      name: 'cost_lines_service_fkey',
      columns: [table.centreId, table.serviceId],
      foreignColumns: [services.centreId, services.id],
    }),
    foreignKey({
      name: 'cost_lines_cost_centre_fkey',
      columns: [table.centreId, table.costCentreId],
      foreignColumns: [costCentres.centreId, costCentres.id],
    }),
    foreignKey({
      name: 'cost_lines_import_fkey',
      columns: [table.centreId, table.importId],
      foreignColumns: [costLineImports.centreId, costLineImports.id],
    }),
    check('cost_lines_place_check', sql`(service_id is null) <> (cost_centre_id is null)`),
    check('cost_lines_kind_check', sql`kind in ('actual', 'budget')`),
    check('cost_lines_category_check', sql`category in ('cost', 'grant', 'other_income')`),
    check('cost_lines_amount_check', sql`abs(amount_cents) <= 9007199254740991`),
    centreOnly('cost_lines'),
  ],
);

/** Value lists that cost clauses name. A list grows by versions; a version never changes. */
export const allocationKeys = pgTable(
  'allocation_keys',
  {
    id: id(),
    centreId: centreId(),
    name: text('name').notNull(),
    number: integer('number').notNull(),
    type: text('type').notNull(),
    asOf: day('as_of').notNull(),
    basis: text('basis'),
    source: text('source').notNull(),
    /** Organisation (AGS, or id where it has none) → decimal as text. */
    values: jsonb('values').notNull(),
    recordedBy: uuid('recorded_by').notNull(),
    recordedAt: moment('recorded_at').notNull(),
  },
  (table) => [
    uniqueIndex('allocation_keys_number_key').on(table.centreId, table.name, table.number),
    index('allocation_keys_newest_idx').on(table.centreId, table.name, table.asOf, table.number),
    centreOnly('allocation_keys'),
  ],
);
