import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import type { Sql } from 'postgres';
import { type DatabaseTarget, drizzleOn, openDatabase } from './database.ts';

/** The migrations stand at the top of the package, three folders above the built program. */
const MIGRATIONS = fileURLToPath(new URL('../../../../drizzle', import.meta.url));
const ROLES = ['verbund_app', 'verbund_jobs'] as const;
/** Any number, the same in every process: migrations of one database run one after the other. */
const MIGRATION_LOCK = 7_201_966;

/** Brings the schema up to date. Safe to call from several processes at once, and twice. */
export async function migrateDatabase(target: DatabaseTarget): Promise<void> {
  const db = openDatabase(target, 'owner', 1);
  try {
    await db.sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await createRoles(db.sql, target.kind === 'socket');
    await applyMigrations(drizzleOn(db.sql) as never, {
      migrationsFolder: MIGRATIONS,
      migrationsSchema: 'app_meta',
    });
    await db.sql.unsafe(
      'grant usage on schema app_meta to verbund_app; grant select on all tables in schema app_meta to verbund_app',
    );
  } finally {
    await db.end();
  }
}

/** Roles belong to the whole server, not to one database, and may be made by two databases at once. */
async function createRoles(sql: Sql, mayLogIn: boolean): Promise<void> {
  for (const role of ROLES) {
    await sql.unsafe(`do $$ begin
        if not exists (select from pg_roles where rolname = '${role}') then create role ${role} ${mayLogIn ? 'login' : 'nologin'}; end if;
      exception when duplicate_object or unique_violation then null; end $$`);
    // Not 'member': from PostgreSQL 16 on, who creates a role is a member of it that has none of its rights, and policies pass it by.
    await sql.unsafe(`do $$ begin
        if not pg_has_role(current_user, '${role}', 'usage') then grant ${role} to current_user; end if;
      end $$`);
  }
}

/** How many migrations the database has. */
export async function countMigrations(sql: Sql): Promise<number> {
  const [row] = await sql<
    { applied: number }[]
  >`select count(*)::int as applied from app_meta.__drizzle_migrations`;
  return row?.applied ?? 0;
}

/** How many the program knows. */
export function knownMigrations(): number {
  const journal = JSON.parse(readFileSync(`${MIGRATIONS}/meta/_journal.json`, 'utf8')) as {
    entries: unknown[];
  };
  return journal.entries.length;
}
