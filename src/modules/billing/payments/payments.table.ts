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
import { cents, day, id, moment, version } from '../../../platform/db/columns.ts';
import { centreOnly, readPolicy } from '../../../platform/db/policies.ts';
import { centres, memberKey } from '../../organisations/organisations.table.ts';
import { statements } from '../statements/statements.table.ts';

const ownHat = sql`(app.hat_kind() = 'organisation' and organisation_id = app.hat_id())`;

/** Bank accounts that members pay from. One may serve several members. */
export const payerAccounts = pgTable(
  'payer_accounts',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    iban: text('iban').notNull(),
    recordedBy: uuid('recorded_by').notNull(),
    recordedByName: text('recorded_by_name').notNull(),
    recordedAt: moment('recorded_at').notNull(),
    /** Who held it against a paper of the member; until then no credit is paid to it. */
    confirmedBy: uuid('confirmed_by'),
    confirmedByName: text('confirmed_by_name'),
    confirmedAt: moment('confirmed_at'),
    /** From then on nothing is concluded from it. */
    retiredAt: moment('retired_at'),
    version: version(),
  },
  (table) => [
    unique('payer_accounts_centre_id_key').on(table.centreId, table.id),
    uniqueIndex('payer_accounts_iban_key')
      .on(table.centreId, table.iban, table.organisationId)
      .where(sql`retired_at is null`),
    memberKey(table, 'payer_accounts_member_fkey'),
    // Four eyes also where no program of ours looks.
    check('payer_accounts_four_eyes_check', sql`confirmed_by <> recorded_by`),
    check(
      'payer_accounts_confirmed_check',
      sql`(confirmed_at is null) = (confirmed_by is null) and (confirmed_at is null) = (confirmed_by_name is null)`,
    ),
    centreOnly('payer_accounts'),
  ],
);

/** Bank files that were taken in. */
export const bankStatementImports = pgTable(
  'bank_statement_imports',
  {
    id: id(),
    centreId: uuid('centre_id')
      .notNull()
      .references(() => centres.id),
    fileHash: text('file_hash').notNull(),
    messageId: text('message_id').notNull(),
    format: text('format').notNull(),
    /** `[{ id, iban, openingCents, closingCents, openedOn, closedOn }]` */
    statements: jsonb('statements').notNull(),
    /** Account and id of each statement in it: taken in once. */
    statementKeys: text('statement_keys').array().notNull(),
    entryCount: integer('entry_count').notNull(),
    matchedCount: integer('matched_count').notNull(),
    unclearCount: integer('unclear_count').notNull(),
    amountCents: cents('amount_cents').notNull(),
    importedBy: uuid('imported_by').notNull(),
    importedByName: text('imported_by_name').notNull(),
    importedAt: moment('imported_at').notNull(),
  },
  (table) => [
    unique('bank_statement_imports_centre_id_key').on(table.centreId, table.id),
    index('bank_statement_imports_keys_idx').using('gin', table.statementKeys),
    index('bank_statement_imports_centre_idx').on(table.centreId, table.id),
    centreOnly('bank_statement_imports'),
  ],
);

/** Money that came in (above zero) or went out. Append-only; only the member it belongs to may be said later, once. */
export const payments = pgTable(
  'payments',
  {
    id: id(),
    centreId: uuid('centre_id')
      .notNull()
      .references(() => centres.id),
    /** Null as long as nobody knows whose it is. */
    organisationId: uuid('organisation_id'),
    kind: text('kind').notNull(),
    amountCents: cents('amount_cents').notNull(),
    bookedOn: day('booked_on').notNull(),
    text: text('text').notNull(),
    counterpartyName: text('counterparty_name'),
    counterpartyIban: text('counterparty_iban'),
    bankReference: text('bank_reference'),
    importId: uuid('import_id'),
    /** Place in the file, from 0. */
    position: integer('position'),
    /** Account and reference of the entry: taken in once for ever. */
    entryKey: text('entry_key'),
    /** The payment that this one takes back whole. */
    reversesId: uuid('reverses_id'),
    /** Why nobody could say what it is for. */
    unclearReason: text('unclear_reason'),
    /** Statements it might be for. */
    candidates: uuid('candidates').array().notNull(),
    clearedBy: uuid('cleared_by'),
    clearedByName: text('cleared_by_name'),
    clearedAt: moment('cleared_at'),
    recordedBy: uuid('recorded_by').notNull(),
    recordedByName: text('recorded_by_name').notNull(),
    recordedAt: moment('recorded_at').notNull(),
    version: version(),
  },
  (table) => [
    unique('payments_centre_id_key').on(table.centreId, table.id),
    uniqueIndex('payments_entry_key').on(table.centreId, table.entryKey).where(sql`entry_key is not null`),
    uniqueIndex('payments_reverses_key').on(table.reversesId).where(sql`reverses_id is not null`),
    index('payments_centre_idx').on(table.centreId, table.id),
    index('payments_organisation_idx').on(table.organisationId, table.id),
    index('payments_import_idx').on(table.importId, table.position).where(sql`import_id is not null`),
    index('payments_unclear_idx')
      .on(table.centreId, table.id)
      .where(sql`unclear_reason is not null and cleared_at is null`),
    memberKey(table, 'payments_member_fkey'),
    foreignKey({
      name: 'payments_import_fkey',
      columns: [table.centreId, table.importId],
      foreignColumns: [bankStatementImports.centreId, bankStatementImports.id],
    }),
    foreignKey({
      name: 'payments_reverses_fkey',
      columns: [table.centreId, table.reversesId],
      foreignColumns: [table.centreId, table.id],
    }),
    check('payments_kind_check', sql`kind in ('by_hand', 'bank', 'offset', 'reversal')`),
    check(
      'payments_amount_check',
      sql`(amount_cents = 0) <= (kind in ('offset', 'reversal')) and abs(amount_cents) <= 9007199254740991`,
    ),
    check('payments_offset_check', sql`kind <> 'offset' or amount_cents = 0`),
    check('payments_reversal_check', sql`(kind = 'reversal') = (reverses_id is not null)`),
    check('payments_bank_check', sql`(kind = 'bank') = (entry_key is not null and import_id is not null)`),
    check('payments_cleared_check', sql`cleared_at is null or unclear_reason is not null`),
    centreOnly('payments'),
    readPolicy('payments', 'member', ownHat),
  ],
);

/** What of a payment counts for which chain of documents. Append-only; a match is released by its counterpart. */
export const paymentMatches = pgTable(
  'payment_matches',
  {
    id: id(),
    centreId: uuid('centre_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    paymentId: uuid('payment_id').notNull(),
    /** The document that was named. */
    statementId: uuid('statement_id').notNull(),
    /** The first document of its chain: corrections change what is claimed, not what was paid on it. */
    chainId: uuid('chain_id').notNull(),
    amountCents: cents('amount_cents').notNull(),
    basis: text('basis').notNull(),
    /** The match that this one takes back. */
    releasesId: uuid('releases_id'),
    matchedBy: uuid('matched_by').notNull(),
    matchedByName: text('matched_by_name').notNull(),
    matchedAt: moment('matched_at').notNull(),
  },
  (table) => [
    unique('payment_matches_centre_id_key').on(table.centreId, table.id),
    index('payment_matches_chain_idx').on(table.chainId),
    index('payment_matches_payment_idx').on(table.paymentId, table.id),
    uniqueIndex('payment_matches_releases_key').on(table.releasesId).where(sql`releases_id is not null`),
    memberKey(table, 'payment_matches_member_fkey'),
    foreignKey({
      name: 'payment_matches_payment_fkey',
      columns: [table.centreId, table.paymentId],
      foreignColumns: [payments.centreId, payments.id],
    }),
    foreignKey({
      name: 'payment_matches_statement_fkey',
      columns: [table.centreId, table.statementId],
      foreignColumns: [statements.centreId, statements.id],
    }),
    foreignKey({
      name: 'payment_matches_chain_fkey',
      columns: [table.centreId, table.chainId],
      foreignColumns: [statements.centreId, statements.id],
    }),
    foreignKey({
      name: 'payment_matches_releases_fkey',
      columns: [table.centreId, table.releasesId],
      foreignColumns: [table.centreId, table.id],
    }),
    check(
      'payment_matches_basis_check',
      sql`basis in ('number', 'numbers', 'amount', 'by_hand', 'offset', 'reversal')`,
    ),
    check('payment_matches_amount_check', sql`amount_cents <> 0`),
    centreOnly('payment_matches'),
    readPolicy('payment_matches', 'member', ownHat),
  ],
);
