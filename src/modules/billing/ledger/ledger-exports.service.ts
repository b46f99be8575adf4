import { createHash } from 'node:crypto';
import { dayOf } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { DomainError } from '../../../platform/errors.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { newId } from '../../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { audit } from '../../audit/index.ts';
import {
  LEDGER_ACCOUNTS_MISSING,
  LEDGER_EXPORT_EMPTY,
  LEDGER_PERIOD_UNKNOWN,
  LEDGER_PROFILE_UNKNOWN,
  LEDGER_SELECTION_MISSING,
} from './ledger.errors.ts';
import type { LedgerVoucher } from './ledger.types.ts';
import { bookingsOf, sumsOf } from './ledger-bookings.rules.ts';
import * as repo from './ledger-exports.repo.ts';
import type {
  CreateLedgerExport,
  LedgerExportPreview,
  LedgerExportQuery,
  LedgerExportView,
  RepeatLedgerExport,
} from './ledger-exports.schemas.ts';
import { booksWords, previewOf } from './ledger-exports.views.ts';
import { renderLedgerFile } from './ledger-files.rules.ts';
import type { FileFacts, RenderedFile } from './ledger-files.types.ts';
import { lockPlans } from './ledger-plans.repo.ts';
import { findProfile } from './ledger-profiles.repo.ts';
import type { LedgerProfileView } from './ledger-profiles.schemas.ts';
import type { Selection } from './ledger-statements.repo.ts';
import * as statementsRepo from './ledger-statements.repo.ts';
import { bookStatements, predecessorsOf } from './ledger-vouchers.rules.ts';

const LIST = 'ledger-exports';
/** Stands in for the number in a preview, which takes none. */
const NUMBER_OF_PREVIEW = 'VORSCHAU';

export type LedgerExportsService = ReturnType<typeof createLedgerExportsService>;

/** Takes issued documents to the books, each once, and keeps what was handed over. */
export function createLedgerExportsService(db: Database) {
  return {
    async create(ctx: HatContext, input: CreateLedgerExport): Promise<LedgerExportView> {
      const centreId = ownCentre(ctx, input.centreId);
      const selection = selectionOf(input);
      return withHatTxOnce(db, ctx, async (tx) => {
        const profile = await usableProfile(tx, input.profileId);
        // Before anything is selected: of two exports at once the second one sees what the first one took.
        const { code, count } = await repo.takeNumber(tx, centreId);
        const vouchers = await bookSelected(tx, centreId, selection);
        const id = newId();
        const number = `${code}-F-${String(count).padStart(6, '0')}`;
        await keep(tx, ctx, { id, number, repeatsId: null, reason: null, profile, selection }, vouchers);
        await statementsRepo.keepVouchers(tx, centreId, id, vouchers);
        return getExport(tx, id);
      });
    },

    /** What an export would book, or why it cannot; writes nothing. */
    async preview(ctx: HatContext, input: CreateLedgerExport): Promise<LedgerExportPreview> {
      const centreId = ownCentre(ctx, input.centreId);
      const selection = selectionOf(input);
      return withHatTx(db, ctx, async (tx) => {
        const profile = await usableProfile(tx, input.profileId);
        const vouchers = await bookSelected(tx, centreId, selection);
        const file = render(ctx, vouchers, profile, NUMBER_OF_PREVIEW, false);
        return previewOf(vouchers, profile.settings.vat, file);
      });
    },

    /** The same documents, booked as they were, in a file that says that it is a repetition. */
    async repeat(ctx: HatContext, id: string, input: RepeatLedgerExport): Promise<LedgerExportView> {
      const centreId = ownCentre(ctx);
      return withHatTxOnce(db, ctx, async (tx) => {
        const named = await getExport(tx, id);
        const first = named.repeatsId === null ? named : await getExport(tx, named.repeatsId);
        const profile = await usableProfile(tx, input.profileId ?? first.profile.id);
        await repo.lockNumbers(tx, centreId);
        const count = (await repo.countRepetitions(tx, first.id)) + 1;
        const { periodId, startsOn, endsOn } = first;
        const head = {
          id: newId(),
          number: `${first.number}-W${count}`,
          repeatsId: first.id,
          reason: input.reason,
          profile,
          selection: { periodId, startsOn, endsOn },
        };
        await keep(tx, ctx, head, await statementsRepo.vouchersOf(tx, first.id));
        return getExport(tx, head.id);
      });
    },

    get: (ctx: HatContext, id: string): Promise<LedgerExportView> =>
      withHatTx(db, ctx, (tx) => getExport(tx, id)),

    async file(ctx: HatContext, id: string): Promise<repo.LedgerFile> {
      const file = await withHatTx(db, ctx, (tx) => repo.findFile(tx, id));
      if (file === undefined) throw unknownExport();
      return file;
    },

    async list(ctx: HatContext, { limit, cursor }: LedgerExportQuery): Promise<Page<LedgerExportView>> {
      const [before] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listExports(tx, ctx.hat.id, before, limit + 1));
      return toPage(
        rows,
        limit,
        LIST,
        (row) => [row.id],
        (row) => row,
      );
    },
  };
}

async function getExport(tx: HatTx, id: string): Promise<LedgerExportView> {
  const row = await repo.findExport(tx, id);
  if (row === undefined) throw unknownExport();
  return row;
}

function unknownExport(): DomainError {
  return new DomainError(NOT_FOUND, 'There is no such export.');
}

function selectionOf({ periodId, startsOn, endsOn }: CreateLedgerExport): Selection {
  const hasDays = startsOn !== undefined && endsOn !== undefined;
  if ((startsOn === undefined) !== (endsOn === undefined) || (!hasDays && periodId === undefined)) {
    throw new DomainError(LEDGER_SELECTION_MISSING, 'Name a billing period, or both days of issue.');
  }
  if (hasDays && startsOn >= endsOn) {
    throw new DomainError(LEDGER_SELECTION_MISSING, '`endsOn` is the day after the last.', {
      pointer: '/endsOn',
    });
  }
  return { periodId: periodId ?? null, startsOn: startsOn ?? null, endsOn: endsOn ?? null };
}

async function usableProfile(tx: HatTx, id: string): Promise<LedgerProfileView> {
  const profile = await findProfile(tx, id);
  if (profile !== undefined) return profile;
  throw new DomainError(LEDGER_PROFILE_UNKNOWN, 'There is no such export profile.', {
    pointer: '/profileId',
  });
}

async function bookSelected(
  tx: HatTx,
  centreId: string,
  selection: Selection,
): Promise<readonly LedgerVoucher[]> {
  if (selection.periodId !== null && !(await repo.isPeriod(tx, selection.periodId))) {
    throw new DomainError(LEDGER_PERIOD_UNKNOWN, 'There is no such billing period.', {
      pointer: '/periodId',
    });
  }
  const statements = await statementsRepo.listUnexported(tx, centreId, selection);
  if (statements.length === 0)
    throw new DomainError(LEDGER_EXPORT_EMPTY, 'There is no document to be exported.');
  const plans = await lockPlans(tx, centreId);
  const kept = await statementsRepo.entriesOf(tx, [...new Set(statements.flatMap(predecessorsOf))]);
  const { vouchers, shortages } = bookStatements(statements, plans, kept, booksWords);
  if (shortages.length === 0) return vouchers;
  const errors = shortages.map((shortage) => ({ pointer: '', ...shortage }));
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
  throw new DomainError(LEDGER_ACCOUNTS_MISSING, `${shortages[0]?.detail}${more}.`, { errors });
}

function render(
  { now }: HatContext,
  vouchers: readonly LedgerVoucher[],
  { settings }: LedgerProfileView,
  number: string,
  isRepetition: boolean,
): RenderedFile {
  const days = vouchers.map(({ statement }) => statement.issuedOn).sort();
  const [firstDay = ''] = days;
  const lastDay = days.at(-1) ?? '';
  const facts: FileFacts = {
    number,
    isRepetition,
    firstDay,
    lastDay,
    createdAt: now,
    createdOn: dayOf(now),
    say: booksWords,
  };
  return renderLedgerFile(vouchers, settings, facts);
}

type Head = Pick<repo.ExportToKeep, 'id' | 'number' | 'repeatsId' | 'reason' | 'profile' | 'selection'>;

async function keep(
  tx: HatTx,
  ctx: HatContext,
  head: Head,
  vouchers: readonly LedgerVoucher[],
): Promise<void> {
  const { profile, number, repeatsId } = head;
  const file = render(ctx, vouchers, profile, number, repeatsId !== null);
  const sha256 = createHash('sha256').update(file.bytes).digest('hex');
  const bookingCount = vouchers.flatMap((voucher) =>
    bookingsOf(voucher, profile.settings.vat, booksWords),
  ).length;
  const sums = sumsOf(vouchers);
  const statementCount = vouchers.length;
  await repo.insertExport(tx, ctx, { ...head, ...sums, file, sha256, statementCount, bookingCount });
  await audit(tx, ctx, {
    action: repeatsId === null ? 'billing.ledger-exported' : 'billing.ledger-export-repeated',
    entityType: 'ledger_export',
    entityId: head.id,
    details: { number, statementCount, debtorCents: sums.debtorCents, sha256, repeatsId },
  });
}
