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
import { isIban } from '../documents/identifiers.rules.ts';
import { assertSecondPerson } from '../second-person.ts';
import * as repo from './payer-accounts.repo.ts';
import { assertMember } from './payment-matching.service.ts';
import {
  PAYER_ACCOUNT_CONFIRMED,
  PAYER_ACCOUNT_KNOWN,
  PAYER_ACCOUNT_REFUSED,
  PAYER_ACCOUNT_RETIRED,
} from './payments.errors.ts';
import type { CreatePayerAccount, PayerAccountQuery, PayerAccountView } from './payments.schemas.ts';

const LIST = 'payer-accounts';

export type PayerAccountsService = ReturnType<typeof createPayerAccountsService>;

/** Accounts that members pay from: what a transfer without a number is recognised by, and where a credit is paid to. */
export function createPayerAccountsService(db: Database) {
  return {
    async create(ctx: HatContext, input: CreatePayerAccount): Promise<PayerAccountView> {
      const centreId = ownCentre(ctx, input.centreId);
      return withHatTxOnce(db, ctx, async (tx) => {
        const organisationId = await assertMember(tx, centreId, input.organisationId);
        const iban = input.iban.replaceAll(/\s/g, '').toUpperCase();
        if (!isIban(iban)) {
          throw new DomainError(PAYER_ACCOUNT_REFUSED, 'Length or check digits are wrong.', {
            pointer: '/iban',
          });
        }
        const id = newId();
        const known = { problem: PAYER_ACCOUNT_KNOWN, detail: 'The member pays from this account already.' };
        await mapConstraints({ payer_accounts_iban_key: known }, () =>
          repo.insertAccount(tx, ctx, { id, centreId, organisationId, iban }),
        );
        await auditStep(tx, ctx, 'billing.payer-account-recorded', id, organisationId);
        return getAccount(tx, id);
      });
    },

    async list(
      ctx: HatContext,
      { limit, cursor, ...filter }: PayerAccountQuery,
    ): Promise<Page<PayerAccountView>> {
      const [before] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) =>
        repo.listAccounts(tx, ctx.hat.id, filter, before, limit + 1),
      );
      return toPage(
        rows,
        limit,
        LIST,
        (row) => [row.id],
        (row) => row,
      );
    },

    get: (ctx: HatContext, id: string): Promise<PayerAccountView> =>
      withHatTx(db, ctx, (tx) => getAccount(tx, id)),

    confirm: (ctx: HatContext, id: string, version: number): Promise<PayerAccountView> =>
      withHatTx(db, ctx, async (tx) => {
        const { recorded, confirmed, organisationId } = await getStanding(tx, ctx, id, version);
        if (confirmed !== null)
          throw new DomainError(PAYER_ACCOUNT_CONFIRMED, 'The account was confirmed before.');
        assertSecondPerson(ctx, recorded.by.id, 'This takes somebody who did not record the account.');
        if (!(await repo.confirmAccount(tx, ctx, id, version))) throw preconditionFailed();
        await auditStep(tx, ctx, 'billing.payer-account-confirmed', id, organisationId);
        return getAccount(tx, id);
      }),

    retire: (ctx: HatContext, id: string, version: number): Promise<PayerAccountView> =>
      withHatTx(db, ctx, async (tx) => {
        const { organisationId } = await getStanding(tx, ctx, id, version);
        if (!(await repo.retireAccount(tx, ctx, id, version))) throw preconditionFailed();
        await auditStep(tx, ctx, 'billing.payer-account-retired', id, organisationId);
        return getAccount(tx, id);
      }),
  };
}

async function getAccount(tx: HatTx, id: string): Promise<PayerAccountView> {
  const row = await repo.findAccount(tx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such account.');
  return row;
}

/** As it was seen, and not retired. */
async function getStanding(
  tx: HatTx,
  ctx: HatContext,
  id: string,
  version: number,
): Promise<PayerAccountView> {
  const account = await getAccount(tx, id);
  ownCentre(ctx);
  if (account.version !== version) throw preconditionFailed();
  if (account.retiredAt !== null)
    throw new DomainError(PAYER_ACCOUNT_RETIRED, 'The account was retired before.');
  return account;
}

async function auditStep(
  tx: HatTx,
  ctx: HatContext,
  action: string,
  entityId: string,
  organisationId: string,
): Promise<void> {
  await audit(tx, ctx, { action, entityType: 'payer_account', entityId, details: { organisationId } });
}
