import { createHash } from 'node:crypto';
import { type Day, dayOf } from '../../../platform/clock.ts';
import { groupBy } from '../../../platform/collections.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { DomainError } from '../../../platform/errors.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { newId } from '../../../platform/ids.ts';
import { sumCents } from '../../../platform/money/index.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { audit } from '../../audit/index.ts';
import { getIssuer } from '../statements/issuer.service.ts';
import { balanceGaps } from './bank-balances.rules.ts';
import { rowOf } from './bank-import.views.ts';
import * as repo from './bank-imports.repo.ts';
import type {
  BankImportListQuery,
  BankImportPreview,
  BankImportResult,
  BankImportView,
} from './bank-imports.schemas.ts';
import type { BankEntry, BankFile, BankFileFault } from './camt/bank-statement.types.ts';
import { futureFaults, readCamt } from './camt/read-camt.ts';
import { type MatchableItem, type MatchingOutcome, matchAll, numbersIn } from './matching.rules.ts';
import { openItemsBy, openItemsOf } from './open-items.repo.ts';
import type { OpenItemRow } from './open-items.types.ts';
import { membersByIban } from './payer-accounts.repo.ts';
import { BANK_ACCOUNT_FOREIGN, BANK_FILE_BROKEN, BANK_STATEMENT_REPEATED } from './payments.errors.ts';
import { insertMatches, insertPayments, lockPayments } from './payments.repo.ts';

const LIST = 'bank-statement-imports';
const SHOWN_FAULTS = 100;

export type BankImportsService = ReturnType<typeof createBankImportsService>;

/** Bank files: all of a file or nothing, each statement and entry once, and what is not clear into a queue. */
export function createBankImportsService(db: Database) {
  return {
    async preview(ctx: HatContext, bytes: Uint8Array): Promise<BankImportPreview> {
      const centreId = ownCentre(ctx);
      const file = soundFile(bytes, dayOf(ctx.now));
      return withHatTx(db, ctx, async (tx) => {
        const faults = await faultsOf(tx, centreId, file);
        const outcomes = await outcomesOf(tx, centreId, file);
        const rows = entriesOf(file).map((entry, at) => rowOf(entry, outcomes[at] as MatchingOutcome, null));
        const pendingCount = file.statements.reduce((sum, statement) => sum + statement.pendingCount, 0);
        const warnings = await warningsOf(tx, centreId, file);
        const shown = faults.map(({ fault }) => fault);
        return {
          dryRun: true,
          ...summaryOf(bytes, file, outcomes),
          pendingCount,
          faults: shown,
          warnings,
          rows,
        };
      });
    },

    async importFile(ctx: HatContext, bytes: Uint8Array): Promise<BankImportResult> {
      const centreId = ownCentre(ctx);
      const file = soundFile(bytes, dayOf(ctx.now));
      return withHatTxOnce(db, ctx, (tx) => importFile(tx, ctx, centreId, bytes, file));
    },

    get: (ctx: HatContext, id: string): Promise<BankImportView> =>
      withHatTx(db, ctx, async (tx) => {
        const row = await repo.findImport(tx, id);
        if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such import.');
        return toImportView(row);
      }),

    async list(ctx: HatContext, { limit, cursor }: BankImportListQuery): Promise<Page<BankImportView>> {
      const [before] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listImports(tx, ctx.hat.id, before, limit + 1));
      return toPage(rows, limit, LIST, (row) => [row.id], toImportView);
    },
  };
}

/** @throws DomainError BANK_FILE_BROKEN with everything that is wrong with it */
function soundFile(bytes: Uint8Array, today: Day): BankFile {
  const reading = readCamt(bytes);
  const faults = 'file' in reading ? futureFaults(reading.file, today) : reading.faults;
  if ('file' in reading && faults.length === 0) return reading.file;
  const errors = faults.slice(0, SHOWN_FAULTS).map(toFieldError);
  throw new DomainError(BANK_FILE_BROKEN, `${errors[0]?.detail}; nothing was written.`, { errors });
}

const toFieldError = ({ code, place, reason }: BankFileFault) => ({
  pointer: '',
  code,
  detail: `${place} ${reason}`,
});

const entriesOf = ({ statements }: BankFile): BankEntry[] => statements.flatMap(({ entries }) => entries);
const statementKeysOf = ({ statements }: BankFile) => statements.map(({ iban, id }) => `${iban} ${id}`);

interface ImportFault {
  readonly problem: typeof BANK_ACCOUNT_FOREIGN;
  readonly fault: BankFileFault;
}

/** Why a sound file is not for this centre, or not a second time. */
async function faultsOf(tx: HatTx, centreId: string, file: BankFile): Promise<ImportFault[]> {
  const profile = await getIssuer(tx, centreId);
  const entries = entriesOf(file);
  const keys = statementKeysOf(file);
  const known = await repo.knownKeys(
    tx,
    centreId,
    keys,
    entries.map(({ key }) => key),
  );
  const foreign = file.statements.flatMap(({ iban }, at): ImportFault[] => {
    if (iban === profile.seller.bank.iban) return [];
    const reason = `is of the account ${iban} and not of ${profile.seller.bank.iban}`;
    return [
      {
        problem: BANK_ACCOUNT_FOREIGN,
        fault: { code: 'ACCOUNT_FOREIGN', place: `statement ${at + 1}`, reason },
      },
    ];
  });
  const repeated = [
    ...file.statements.flatMap(({ id }, at) =>
      known.statements.has(keys[at] ?? '')
        ? [{ code: 'STATEMENT_KNOWN', place: `statement ${at + 1}`, reason: `${id} was imported before` }]
        : [],
    ),
    ...entries.flatMap(({ key, place }) =>
      known.entries.has(key) ? [{ code: 'ENTRY_KNOWN', place, reason: 'was imported before' }] : [],
    ),
  ].map((fault) => ({ problem: BANK_STATEMENT_REPEATED, fault }));
  return [...foreign, ...repeated];
}

/** Banks send again and files come late, so that a gap keeps nothing out; it is said while the missing day can be asked for. */
async function warningsOf(tx: HatTx, centreId: string, { statements }: BankFile): Promise<BankFileFault[]> {
  const ibans = [...new Set(statements.map(({ iban }) => iban))];
  return balanceGaps(await repo.importedStatements(tx, centreId, ibans), statements);
}

async function importFile(
  tx: HatTx,
  ctx: HatContext,
  centreId: string,
  bytes: Uint8Array,
  file: BankFile,
): Promise<BankImportResult> {
  await lockPayments(tx, centreId);
  const faults = await faultsOf(tx, centreId, file);
  const [first] = faults;
  if (first !== undefined) {
    const errors = faults.slice(0, SHOWN_FAULTS).map(({ fault }) => toFieldError(fault));
    throw new DomainError(first.problem, `${errors[0]?.detail}; nothing was written.`, { errors });
  }
  const warnings = await warningsOf(tx, centreId, file);
  const outcomes = await outcomesOf(tx, centreId, file);
  const summary = summaryOf(bytes, file, outcomes);
  const id = newId();
  await repo.insertImport(tx, ctx, { id, centreId, ...summary, statementKeys: statementKeysOf(file) });
  const placed = entriesOf(file).map((entry, at) => ({
    entry,
    outcome: outcomes[at] as MatchingOutcome,
    paymentId: newId(),
  }));
  await insertPayments(
    tx,
    ctx,
    centreId,
    placed.map((one, position) => paymentOf(one, id, position)),
  );
  await insertMatches(tx, ctx, centreId, placed.flatMap(matchesOf));
  const { fileHash, messageId, entryCount, matchedCount, unclearCount, amountCents } = summary;
  await audit(tx, ctx, {
    action: 'billing.bank-statement-imported',
    entityType: 'bank_statement_import',
    entityId: id,
    details: { fileHash, messageId, entryCount, matchedCount, unclearCount, amountCents, warnings },
  });
  return {
    id,
    centreId,
    ...summary,
    importedBy: { id: ctx.actor.id, name: ctx.actor.name },
    importedAt: ctx.now,
    warnings,
    rows: placed.map(({ entry, outcome, paymentId }) => rowOf(entry, outcome, paymentId)),
  };
}

interface PlacedEntry {
  readonly entry: BankEntry;
  readonly outcome: MatchingOutcome;
  readonly paymentId: string;
}

function paymentOf({ entry, outcome, paymentId }: PlacedEntry, importId: string, position: number) {
  const { amountCents, bookedOn, text, counterpartyName, counterpartyIban, bankReference, key } = entry;
  return {
    id: paymentId,
    kind: 'bank' as const,
    amountCents,
    bookedOn,
    text,
    counterpartyName,
    counterpartyIban,
    bankReference,
    importId,
    position,
    entryKey: key,
    organisationId: outcome.kind === 'matched' ? outcome.organisationId : null,
    ...(outcome.kind === 'unclear' && {
      unclearReason: outcome.reason,
      candidates: outcome.candidates.map(({ statementId }) => statementId),
    }),
  };
}

function matchesOf({ outcome, paymentId }: PlacedEntry) {
  if (outcome.kind === 'unclear') return [];
  const { basis, organisationId } = outcome;
  return outcome.matches.map(({ item: { statementId, chainId }, amountCents }) => ({
    id: newId(),
    organisationId,
    paymentId,
    statementId,
    chainId,
    amountCents,
    basis,
  }));
}

const toMatchable = (row: OpenItemRow): MatchableItem => ({
  ...row,
  owedCents: row.claimCents - row.matchedCents,
});

/** What each entry is for, in a fixed number of queries. */
async function outcomesOf(tx: HatTx, centreId: string, file: BankFile): Promise<MatchingOutcome[]> {
  const code = await repo.findCentreCode(tx, centreId);
  const entries = entriesOf(file);
  const payers = await membersByIban(tx, centreId);
  const numbers = [...new Set(entries.flatMap(({ text }) => numbersIn(text, code)))];
  const named = await openItemsBy(tx, centreId, 'number', numbers);
  const itemByNumber = new Map([...named].map(([number, row]) => [number, toMatchable(row)]));
  const organisationIds = [
    ...new Set(entries.flatMap((entry) => payers.get(entry.counterpartyIban ?? '') ?? [])),
  ];
  const owed = organisationIds.length === 0 ? [] : await openItemsOf(tx, centreId, { organisationIds });
  const itemsByMember = groupBy(owed.map(toMatchable), ({ organisationId }) => organisationId);
  return matchAll(entries, { itemByNumber, itemsByMember, membersByIban: payers }, code);
}

function summaryOf(
  bytes: Uint8Array,
  { messageId, format, statements }: BankFile,
  outcomes: readonly MatchingOutcome[],
) {
  const entries = statements.flatMap((statement) => statement.entries);
  return {
    fileHash: createHash('sha256').update(bytes).digest('hex'),
    messageId,
    format,
    statements: statements.map(({ entries: _, pendingCount: _pending, ...statement }) => statement),
    entryCount: entries.length,
    matchedCount: outcomes.filter(({ kind }) => kind === 'matched').length,
    unclearCount: outcomes.filter(({ kind }) => kind === 'unclear').length,
    amountCents: sumCents(entries.map(({ amountCents }) => amountCents)),
  };
}

function toImportView({ importedBy: id, importedByName: name, ...row }: repo.BankImportRow): BankImportView {
  return { ...row, importedBy: { id, name } };
}
