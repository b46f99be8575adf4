import { sql } from 'drizzle-orm';
import {
  boolean,
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
import { createdAt, id, moment } from '../../platform/db/columns.ts';
import { centreOnly, policy, readPolicy } from '../../platform/db/policies.ts';
import { centres } from '../organisations/organisations.table.ts';

/** Set only by this module while it checks credentials and before any hat is known. */
const signingIn = sql`app.hat_kind() = 'identity'`;
const sameHat = sql`(hat_kind = app.hat_kind() and hat_id = app.hat_id())`;
const platformHat = sql`app.hat_kind() = 'platform'`;

export const users = pgTable(
  'users',
  {
    id: id(),
    email: text('email').notNull(),
    name: text('name').notNull(),
    passwordHash: text('password_hash').notNull(),
    isDisabled: boolean('is_disabled').notNull().default(false),
    /** Disabled by the platform, and only the platform enables it again. */
    isLocked: boolean('is_locked').notNull().default(false),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('users_email_key').on(sql`lower(${table.email})`),
    policy('users', 'identity', signingIn),
    readPolicy('users', 'self', sql`id = app.actor_id()`),
    readPolicy(
      'users',
      'colleagues',
      sql`exists (select from role_assignments a where a.user_id = id and a.hat_kind = app.hat_kind() and a.hat_id = app.hat_id())`,
    ),
  ],
);

/** A person holds roles under a hat, not by herself. */
export const roleAssignments = pgTable(
  'role_assignments',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    hatKind: text('hat_kind').notNull(),
    hatId: uuid('hat_id').notNull(),
    role: text('role').notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.hatKind, table.hatId, table.role] }),
    index('role_assignments_hat_idx').on(table.hatKind, table.hatId, table.userId),
    check('role_assignments_hat_kind_check', sql`hat_kind in ('centre', 'organisation', 'platform')`),
    policy('role_assignments', 'identity', signingIn),
    policy('role_assignments', 'hat', sameHat),
    policy('role_assignments', 'platform', platformHat),
  ],
);

/** One sign-in under one hat. Ending it takes effect with the next statement, for `app.open_hat` looks here. */
export const sessions = pgTable(
  'sessions',
  {
    id: id(),
    /** Sign-in that this session came from; hats switched to share it. */
    familyId: uuid('family_id').notNull(),
    userId: uuid('user_id').references(() => users.id),
    machineAccountId: uuid('machine_account_id').references(() => machineAccounts.id),
    hatKind: text('hat_kind').notNull(),
    hatId: uuid('hat_id').notNull(),
    createdAt: createdAt(),
    revokedAt: moment('revoked_at'),
  },
  (table) => [
    index('sessions_family_idx').on(table.familyId),
    index('sessions_user_idx').on(table.userId).where(sql`revoked_at is null`),
    check('sessions_holder_check', sql`(user_id is null) <> (machine_account_id is null)`),
    policy('sessions', 'identity', signingIn),
    policy('sessions', 'hat', sameHat),
  ],
);

/** Refresh tokens as hashes; each is good for one use. */
export const refreshTokens = pgTable(
  'refresh_tokens',
  {
    tokenHash: text('token_hash').primaryKey(),
    sessionId: uuid('session_id')
      .notNull()
      .references(() => sessions.id),
    expiresAt: moment('expires_at').notNull(),
    usedAt: moment('used_at'),
  },
  (table) => [
    index('refresh_tokens_session_idx').on(table.sessionId),
    index('refresh_tokens_expires_idx').on(table.expiresAt),
    policy('refresh_tokens', 'identity', signingIn),
  ],
);

/** Other programs: an id, a secret, scopes, and one hat. */
export const machineAccounts = pgTable(
  'machine_accounts',
  {
    id: id(),
    hatKind: text('hat_kind').notNull(),
    hatId: uuid('hat_id').notNull(),
    name: text('name').notNull(),
    secretHash: text('secret_hash').notNull(),
    scopes: text('scopes').array().notNull(),
    createdAt: createdAt(),
    disabledAt: moment('disabled_at'),
  },
  (table) => [
    index('machine_accounts_hat_idx').on(table.hatKind, table.hatId, table.id),
    check('machine_accounts_hat_kind_check', sql`hat_kind in ('centre', 'organisation')`),
    policy('machine_accounts', 'identity', signingIn),
    policy('machine_accounts', 'hat', sameHat),
  ],
);

/** Failed sign-ins by account and by address, as keyed hashes. */
export const loginAttempts = pgTable(
  'login_attempts',
  {
    subject: text('subject').primaryKey(),
    failures: integer('failures').notNull(),
    windowStartedAt: moment('window_started_at').notNull(),
  },
  () => [policy('login_attempts', 'identity', signingIn)],
);

/** Groups of caseworkers that requests are routed to. */
export const teams = pgTable(
  'teams',
  {
    id: id(),
    centreId: uuid('centre_id')
      .notNull()
      .references(() => centres.id),
    name: text('name').notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    unique('teams_centre_id_key').on(table.centreId, table.id),
    unique('teams_name_key').on(table.centreId, table.name),
    centreOnly('teams'),
  ],
);

export const teamMembers = pgTable(
  'team_members',
  {
    centreId: uuid('centre_id').notNull(),
    teamId: uuid('team_id').notNull(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
  },
  (table) => [
    primaryKey({ columns: [table.teamId, table.userId] }),
    index('team_members_user_idx').on(table.userId, table.teamId),
    foreignKey({
      name: 'team_members_team_fkey',
      columns: [table.centreId, table.teamId],
      foreignColumns: [teams.centreId, teams.id],
    }),
    centreOnly('team_members'),
  ],
);
