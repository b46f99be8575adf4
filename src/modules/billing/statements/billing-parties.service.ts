import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { preconditionFailed } from '../../../platform/http/etags.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { audit } from '../../audit/index.ts';
import { checkParties } from '../documents/index.ts';
import * as repo from './billing-parties.repo.ts';
import type {
  ProfileView,
  PutProfile,
  PutRecipient,
  RecipientQuery,
  RecipientView,
} from './billing-parties.schemas.ts';
import { DOCUMENT_REFUSED } from './statements.errors.ts';

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
        if (!(await repo.putProfile(tx, centreId, version, input))) throw preconditionFailed();
        await audit(tx, ctx, {
          action: 'billing.profile-changed',
          entityType: 'billing_profile',
          entityId: centreId,
          details: { paymentDays: input.paymentDays },
        });
        return getProfile(tx, centreId);
      });
    },

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
  const row = await repo.findProfile(tx, centreId);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'No billing profile is recorded yet.');
  return row as ProfileView;
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
