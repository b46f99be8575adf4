import { sql } from 'drizzle-orm';
import { index, jsonb, pgPolicy, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { id, moment } from '../../platform/db/columns.ts';
import { appRole, readPolicy } from '../../platform/db/policies.ts';

/** Who changed what under which hat. Rows are only ever added: the application's role may neither change nor delete them. */
export const auditEntries = pgTable(
  'audit_entries',
  {
    id: id(),
    at: moment('at').notNull(),
    actorId: uuid('actor_id').notNull(),
    actorName: text('actor_name').notNull(),
    actorKind: text('actor_kind').notNull(),
    hatKind: text('hat_kind').notNull(),
    hatId: uuid('hat_id').notNull(),
    onBehalfOf: uuid('on_behalf_of'),
    requestId: text('request_id').notNull(),
    /** `<module>.<what was done>` */
    action: text('action').notNull(),
    entityType: text('entity_type').notNull(),
    entityId: uuid('entity_id').notNull(),
    /** Parties that may read the entry; the acting hat always may. */
    centreId: uuid('centre_id'),
    organisationId: uuid('organisation_id'),
    details: jsonb('details').notNull(),
  },
  (table) => [
    index('audit_entries_hat_idx').on(table.hatKind, table.hatId, table.id),
    index('audit_entries_centre_idx').on(table.centreId, table.id),
    index('audit_entries_organisation_idx').on(table.organisationId, table.id),
    index('audit_entries_entity_id_idx').on(table.entityId, table.id),
    pgPolicy('audit_entries_write', {
      for: 'insert',
      to: appRole,
      withCheck: sql`(hat_kind = app.hat_kind() and hat_id = app.hat_id()) or app.hat_kind() = 'identity'`,
    }),
    readPolicy(
      'audit_entries',
      'read',
      sql`((hat_kind = app.hat_kind() and hat_id = app.hat_id()) or (app.hat_kind() = 'centre' and centre_id = app.hat_id()) or (app.hat_kind() = 'organisation' and organisation_id = app.hat_id()))`,
    ),
  ],
);
