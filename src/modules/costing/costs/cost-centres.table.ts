import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { createdAt, day, id, moment, version } from '../../../platform/db/columns.ts';
import { centreOnly } from '../../../platform/db/policies.ts';
import { services } from '../../catalogue/catalogue.table.ts';
import { centres } from '../../organisations/organisations.table.ts';

const centreId = () =>
  uuid('centre_id')
    .notNull()
    .references(() => centres.id);

/** Where cost arises. A support one passes all of it on, a final one feeds the pool of its service. */
export const costCentres = pgTable(
  'cost_centres',
  {
    id: id(),
    centreId: centreId(),
    code: text('code').notNull(),
    name: text('name').notNull(),
    type: text('type').notNull(),
    serviceId: uuid('service_id'),
    /** First day that takes no cost; null while it is in use. */
    retiredOn: day('retired_on'),
    version: version(),
    createdAt: createdAt(),
  },
  (table) => [
    unique('cost_centres_centre_id_key').on(table.centreId, table.id),
    unique('cost_centres_code_key').on(table.centreId, table.code),
    index('cost_centres_service_idx').on(table.centreId, table.serviceId),
    foreignKey({
      name: 'cost_centres_service_fkey',
      columns: [table.centreId, table.serviceId],
      foreignColumns: [services.centreId, services.id],
    }),
    check('cost_centres_code_check', sql`code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$'`),
    check('cost_centres_type_check', sql`type in ('support', 'final')`),
    check('cost_centres_service_check', sql`(type = 'final') = (service_id is not null)`),
    centreOnly('cost_centres'),
  ],
);

/** How support cost centres pass their cost on. A plan never changes; the newest before the end of a period holds. */
export const secondaryPlans = pgTable(
  'secondary_plans',
  {
    id: id(),
    centreId: centreId(),
    number: integer('number').notNull(),
    asOf: day('as_of').notNull(),
    method: text('method').notNull(),
    /** Codes of support cost centres; null where the method asks for none. */
    order: text('step_order').array(),
    /** Code of the support cost centre → code of who used it → decimal as text. */
    use: jsonb('use').notNull(),
    source: text('source').notNull(),
    recordedBy: uuid('recorded_by').notNull(),
    recordedAt: moment('recorded_at').notNull(),
  },
  (table) => [
    unique('secondary_plans_number_key').on(table.centreId, table.number),
    index('secondary_plans_newest_idx').on(table.centreId, table.asOf, table.number),
    check('secondary_plans_method_check', sql`method in ('direct', 'step_down', 'reciprocal')`),
    centreOnly('secondary_plans'),
  ],
);

/** How a ledger writes its exports: which column is which field, and how it writes days, numbers and signs. */
export const costLineMappings = pgTable(
  'cost_line_mappings',
  {
    id: id(),
    centreId: centreId(),
    name: text('name').notNull(),
    /** Field → header in the file. */
    columns: jsonb('columns').notNull(),
    /** Cost type → what its lines are, where they are income. */
    categories: jsonb('categories').notNull(),
    dayFormat: text('day_format').notNull(),
    numberFormat: text('number_format').notNull(),
    sign: text('sign').notNull(),
    version: version(),
    createdAt: createdAt(),
  },
  (table) => [
    unique('cost_line_mappings_name_key').on(table.centreId, table.name),
    check('cost_line_mappings_day_check', sql`day_format in ('iso', 'german', 'compact')`),
    check('cost_line_mappings_number_check', sql`number_format in ('german', 'english')`),
    check('cost_line_mappings_sign_check', sql`sign in ('cost_positive', 'cost_negative', 'debit_credit')`),
    centreOnly('cost_line_mappings'),
  ],
);
