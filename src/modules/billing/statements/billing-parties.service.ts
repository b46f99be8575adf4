import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { preconditionFailed } from '../../../platform/http/etags.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { audit } from '../../audit/index.ts';
import type { Seller } from '../documents/document.types.ts';
import { checkParties } from '../documents/index.ts';
import { assertSecondPerson } from '../second-person.ts';
import * as repo from './billing-parties.repo.ts';
import { accountStep } from './billing-parties.rules.ts';
import type {
  ProfileView,
  PutProfile,
  PutRecipient,
  RecipientQuery,
  RecipientView,
} from './billing-parties.schemas.ts';
import { DOCUMENT_REFUSED, PAYEE_ACCOUNT_CONFIRMED } from './statements.errors.ts';

const LIST = 'billing-recipients';

export type BillingPartiesService = ReturnType<typeof createBillingPartiesService>;

/** Who issues documents and who gets them. What is recorded here holds for drafts; documents keep what was said when issued. */
export function createBillingPartiesService(db: Database) {
  return {
    profile: (ctx: HatContext, centreId: string): Promise<ProfileView> =>
      withHatTx(db, ctx, (tx) => getProfile(tx, centreId)),

    /** @throws DomainError DOCUMENT_REFUSED naming each field that no document could bear */
    async putProfile(ctx: HatContext, id: string, version: number, input: PutProfile): Promise<ProfileView> {
      const centreId = ownCentre(ctx, id);
      assertSound({ seller: input.seller });
      return withHatTx(db, ctx, async (tx) => {
        const before = await repo.lockProfile(tx, centreId, 'update');
        if (version !== (before?.version ?? 0)) throw preconditionFailed();
        const { bank: said, ...seller } = input.seller as Seller;
        const inForce = before?.seller.bank ?? null;
        const step = accountStep(inForce, before?.pendingAccount ?? null, said);
        const pendingAccount = { kept: before?.pendingAccount ?? null, withdrawn: null, recorded: said }[
          step
        ];
        const profile = {
          seller: inForce === null ? seller : { ...seller, bank: inForce },
          paymentDays: input.paymentDays,
          pendingAccount,
          isRecorded: step === 'recorded',
        };
        if (!(await repo.putProfile(tx, ctx, centreId, version, profile))) throw preconditionFailed();
        await auditProfile(tx, ctx, 'profile-changed', centreId, { paymentDays: input.paymentDays });
        const { iban } = step === 'recorded' ? said : (before?.pendingAccount ?? said);
        if (step !== 'kept') await auditProfile(tx, ctx, `payee-account-${step}`, centreId, { iban });
        return getProfile(tx, centreId);
      });
    },

    /** Puts the account in force that somebody else recorded. What was signed over the one before is void by its hash. */
    confirmAccount: (ctx: HatContext, id: string, version: number): Promise<ProfileView> =>
      withHatTx(db, ctx, async (tx) => {
        const centreId = ownCentre(ctx, id);
        const profile = found(await repo.lockProfile(tx, centreId, 'update'));
        if (profile.version !== version) throw preconditionFailed();
        const { pendingAccount, pendingRecordedBy } = profile;
        if (pendingAccount === null || pendingRecordedBy === null)
          throw new DomainError(PAYEE_ACCOUNT_CONFIRMED, 'No account waits.');
        assertSecondPerson(ctx, pendingRecordedBy, 'This takes somebody who did not record the account.');
        if (!(await repo.confirmAccount(tx, ctx, centreId, version))) throw preconditionFailed();
        const { iban } = pendingAccount;
        const before = profile.seller.bank?.iban ?? null;
        await auditProfile(tx, ctx, 'payee-account-confirmed', centreId, { iban, before });
        return getProfile(tx, centreId);
      }),

    recipient: (ctx: HatContext, organisationId: string): Promise<RecipientView> =>
      withHatTx(db, ctx, (tx) => getRecipient(tx, ctx.hat.id, organisationId)),

    async listRecipients(ctx: HatContext, { limit, cursor }: RecipientQuery): Promise<Page<RecipientView>> {
      const after = cursor === undefined ? undefined : decodeCursor(LIST, cursor, ['uuid', 'uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listRecipients(tx, after, limit + 1));
      return toPage(rows, limit, LIST, (row) => [row.centreId, row.organisationId], toRecipientView);
    },

    async putRecipient(
      ctx: HatContext,
      organisationId: string,
      version: number,
      input: PutRecipient,
    ): Promise<RecipientView> {
      const centreId = ownCentre(ctx);
      return withHatTx(db, ctx, async (tx) => {
        await assertMember(tx, centreId, organisationId);
        assertSound({ buyer: input.buyer });
        if (!(await repo.putRecipient(tx, centreId, version, { organisationId, ...input })))
          throw preconditionFailed();
        await audit(tx, ctx, {
          action: 'billing.recipient-changed',
          entityType: 'billing_recipient',
          entityId: organisationId,
          organisationId,
          details: { byMail: input.email !== null, formats: input.formats },
        });
        return getRecipient(tx, centreId, organisationId);
      });
    },
  };
}

async function getProfile(tx: HatTx, centreId: string): Promise<ProfileView> {
  return toProfileView(found(await repo.findProfile(tx, centreId)));
}

function found(row: repo.ProfileRow | undefined): repo.ProfileRow {
  if (row === undefined) throw new DomainError(NOT_FOUND, 'No billing profile is recorded yet.');
  return row;
}

function auditProfile(
  tx: HatTx,
  ctx: HatContext,
  action: string,
  entityId: string,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  return audit(tx, ctx, {
    action: `billing.${action}`,
    entityType: 'billing_profile',
    entityId,
    details,
  });
}

function toProfileView(row: repo.ProfileRow): ProfileView {
  const { centreId, seller, paymentDays, pendingAccount, version } = row;
  const recorded = deedOf(row.accountRecordedBy, row.accountRecordedByName, row.accountRecordedAt);
  const confirmed = deedOf(row.accountConfirmedBy, row.accountConfirmedByName, row.accountConfirmedAt);
  const asked = deedOf(row.pendingRecordedBy, row.pendingRecordedByName, row.pendingRecordedAt);
  return {
    centreId,
    seller: { ...seller, bank: seller.bank ?? null } as ProfileView['seller'],
    paymentDays,
    account: recorded && confirmed && { recorded, confirmed },
    pendingAccount: pendingAccount && asked && { ...pendingAccount, recorded: asked },
    version,
  };
}

function deedOf(id: string | null, name: string | null, at: string | null) {
  return id === null || at === null ? null : { by: { id, name: name ?? '' }, at };
}

async function getRecipient(tx: HatTx, centreId: string, organisationId: string): Promise<RecipientView> {
  const row = await repo.findRecipient(tx, centreId, organisationId);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'No such member, or nothing recorded for it yet.');
  return toRecipientView(row);
}

async function assertMember(tx: HatTx, centreId: string, organisationId: string): Promise<void> {
  if (await repo.isMember(tx, centreId, organisationId)) return;
  throw new DomainError(NOT_FOUND, 'There is no such member.');
}

function toRecipientView(row: repo.RecipientRow): RecipientView {
  return { ...row, formats: [...row.formats] } as RecipientView;
}

/** The checks of the document itself, as early as can be. */
function assertSound(parties: Parameters<typeof checkParties>[0]): void {
  const errors = checkParties(parties);
  if (errors.length === 0) return;
  throw new DomainError(DOCUMENT_REFUSED, `${errors[0]?.pointer} ${errors[0]?.detail}.`, { errors });
}
