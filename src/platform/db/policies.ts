import { type SQL, sql } from 'drizzle-orm';
import { pgPolicy, pgRole } from 'drizzle-orm/pg-core';

export const appRole = pgRole('verbund_app').existing();
export const jobsRole = pgRole('verbund_jobs').existing();

const centreHat = sql`(app.hat_kind() = 'centre' and centre_id = app.hat_id())`;
const organisationHat = sql`(app.hat_kind() = 'organisation' and organisation_id = app.hat_id())`;

/**
 * Hides a condition from the planner. It would else use it as an index condition with a guess of one row, for it looks at the
 * hat while planning and finds none; then every list is sorted whole instead of read in order from its own index.
 */
const veiled = (condition: SQL) => sql`case when ${condition} then true else false end`;

/** One policy for reading and writing alike. */
export function policy(table: string, name: string, condition: SQL) {
  const veil = veiled(condition);
  return pgPolicy(`${table}_${name}`, { for: 'all', to: appRole, using: veil, withCheck: veil });
}

/** Rows that a centre and a member organisation share, but for those with `visibility = 'centre'`. */
export function sharedUnlessInternal(table: string) {
  return policy(table, 'two_parties', sql`(${centreHat} or (${organisationHat} and visibility = 'parties'))`);
}

/** Rows of a centre that no member sees. */
export function centreOnly(table: string) {
  return policy(table, 'centre', centreHat);
}

/** Rows that belong to whoever wrote them: columns `hat_kind`, `hat_id`. */
export function ownHat(table: string) {
  return policy(table, 'own_hat', sql`(hat_kind = app.hat_kind() and hat_id = app.hat_id())`);
}

/** A policy for reading only. */
export function readPolicy(table: string, name: string, condition: SQL) {
  return pgPolicy(`${table}_${name}`, { for: 'select', to: appRole, using: veiled(condition) });
}
