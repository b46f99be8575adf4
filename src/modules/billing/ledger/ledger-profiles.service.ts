import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { mapConstraints } from '../../../platform/db/postgres-errors.ts';
import { DomainError } from '../../../platform/errors.ts';
import { preconditionFailed } from '../../../platform/http/etags.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { newId } from '../../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { audit } from '../../audit/index.ts';
import { LEDGER_PROFILE_NAME_TAKEN, LEDGER_PROFILE_REFUSED } from './ledger.errors.ts';
import { checkLedgerSettings } from './ledger-files.rules.ts';
import * as repo from './ledger-profiles.repo.ts';
import type { LedgerProfileInput, LedgerProfileQuery, LedgerProfileView } from './ledger-profiles.schemas.ts';

const LIST = 'ledger-export-profiles';

export type LedgerProfilesService = ReturnType<typeof createLedgerProfilesService>;

/** What files the finance programs of a centre read. Exports keep the profile they were made by. */
export function createLedgerProfilesService(db: Database) {
  return {
    async create(ctx: HatContext, input: LedgerProfileInput): Promise<LedgerProfileView> {
      const centreId = ownCentre(ctx, input.centreId);
      assertSound(input);
      return withHatTxOnce(db, ctx, async (tx) => {
        const id = newId();
        await byItsName(input, () => repo.insertProfile(tx, centreId, id, input));
        return audited(tx, ctx, 'billing.ledger-profile-created', id);
      });
    },

    async change(
      ctx: HatContext,
      id: string,
      version: number,
      input: LedgerProfileInput,
    ): Promise<LedgerProfileView> {
      ownCentre(ctx, input.centreId);
      return withHatTx(db, ctx, async (tx) => {
        await getProfile(tx, id);
        assertSound(input);
        if (!(await byItsName(input, () => repo.updateProfile(tx, id, version, input)))) {
          throw preconditionFailed();
        }
        return audited(tx, ctx, 'billing.ledger-profile-changed', id);
      });
    },

    get: (ctx: HatContext, id: string): Promise<LedgerProfileView> =>
      withHatTx(db, ctx, (tx) => getProfile(tx, id)),

    async list(ctx: HatContext, { limit, cursor }: LedgerProfileQuery): Promise<Page<LedgerProfileView>> {
      const [after] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['string'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listProfiles(tx, ctx.hat.id, after, limit + 1));
      return toPage(
        rows,
        limit,
        LIST,
        (row) => [row.name],
        (row) => row,
      );
    },
  };
}

async function getProfile(tx: HatTx, id: string): Promise<LedgerProfileView> {
  const row = await repo.findProfile(tx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such export profile.');
  return row;
}

function assertSound({ settings }: LedgerProfileInput): void {
  const errors = checkLedgerSettings(settings);
  const [first] = errors;
  if (first === undefined) return;
  throw new DomainError(LEDGER_PROFILE_REFUSED, `${first.pointer}: ${first.detail}.`, { errors });
}

function byItsName<T>({ name }: LedgerProfileInput, work: () => Promise<T>): Promise<T> {
  return mapConstraints(
    {
      ledger_export_profiles_name_key: {
        problem: LEDGER_PROFILE_NAME_TAKEN,
        detail: `There is a profile "${name}" already.`,
        errors: [{ pointer: '/name', code: 'taken', detail: 'is the name of another profile' }],
      },
    },
    work,
  );
}

async function audited(
  tx: HatTx,
  ctx: HatContext,
  action: string,
  entityId: string,
): Promise<LedgerProfileView> {
  const profile = await getProfile(tx, entityId);
  const details = { name: profile.name, format: profile.settings.format };
  await audit(tx, ctx, { action, entityType: 'ledger_export_profile', entityId, details });
  return profile;
}
