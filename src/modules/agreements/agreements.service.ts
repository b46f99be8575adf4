import { dayOf } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../platform/db/hat.ts';
import { withHatTxOnce } from '../../platform/db/idempotency.ts';
import { DomainError } from '../../platform/errors.ts';
import { ownCentre } from '../../platform/http/own-centre.ts';
import { newId } from '../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import { audit } from '../audit/index.ts';
import { bringIntoForce, changeDraft, type DraftTarget, terminate } from './agreement-actions.service.ts';
import { AGREEMENT_DRAFT_EXISTS } from './agreements.errors.ts';
import * as repo from './agreements.repo.ts';
import type {
  AgreementQuery,
  AgreementVersionQuery,
  AgreementVersionView,
  AgreementView,
  BringIntoForce,
  CreateAgreement,
  CreateAgreementVersion,
  Terminate,
} from './agreements.schemas.ts';
import type { ClauseCheck } from './clause-checks.ts';
import { agreementNotFound, assertTerms, termsOf } from './terms.service.ts';

export type AgreementsService = ReturnType<typeof createAgreementsService>;

/** Contracts and statutes between a centre and its members, in versions. */
export function createAgreementsService(db: Database, clauseChecks: readonly ClauseCheck[]) {
  return {
    create: (ctx: HatContext, input: CreateAgreement) => createAgreement(db, ctx, input),
    createVersion: (ctx: HatContext, id: string, input: CreateAgreementVersion) =>
      createVersion(db, ctx, id, input),
    get: (ctx: HatContext, id: string): Promise<AgreementView> =>
      withHatTx(db, ctx, (tx) => getAgreement(tx, ctx, id)),
    list: (ctx: HatContext, query: AgreementQuery) => listAgreements(db, ctx, query),
    listVersions: (ctx: HatContext, id: string, query: AgreementVersionQuery) =>
      listVersions(db, ctx, id, query),
    async bringIntoForce(ctx: HatContext, id: string, version: number, input: BringIntoForce = {}) {
      return withHatTx(db, ctx, async (tx) => {
        const warnings = await bringIntoForce(tx, ctx, { id, version, ...input }, clauseChecks);
        return { ...(await getAgreement(tx, ctx, id)), warnings };
      });
    },
    async terminate(ctx: HatContext, id: string, version: number, input: Terminate) {
      return withHatTx(db, ctx, async (tx) => {
        await terminate(tx, ctx, id, version, input);
        return getAgreement(tx, ctx, id);
      });
    },
    async changeDraft(ctx: HatContext, target: DraftTarget, input: CreateAgreementVersion) {
      return withHatTx(db, ctx, async (tx) => {
        await changeDraft(tx, ctx, target, input);
        return getAgreement(tx, ctx, target.id);
      });
    },
  };
}

async function createAgreement(
  db: Database,
  ctx: HatContext,
  { centreId: named, title, mode, ...input }: CreateAgreement,
): Promise<AgreementView> {
  return withHatTxOnce(db, ctx, async (tx) => {
    const centreId = ownCentre(ctx, named);
    const id = newId();
    const terms = termsOf(input);
    await assertTerms(tx, centreId, terms);
    await repo.insertAgreement(tx, { id, centreId, title, mode });
    await repo.insertDraft(tx, { id: newId(), centreId, agreementId: id, ...terms });
    await audit(tx, ctx, {
      action: 'agreements.created',
      entityType: 'agreement',
      entityId: id,
      details: { title, mode, ...terms },
    });
    return getAgreement(tx, ctx, id);
  });
}

async function createVersion(
  db: Database,
  ctx: HatContext,
  id: string,
  input: CreateAgreementVersion,
): Promise<AgreementVersionView> {
  return withHatTxOnce(db, ctx, async (tx) => {
    const centreId = ownCentre(ctx);
    if ((await repo.lockAgreement(tx, id)) === undefined) throw agreementNotFound();
    if ((await repo.findDraft(tx, id)) !== undefined)
      throw new DomainError(AGREEMENT_DRAFT_EXISTS, 'The agreement has a draft already.');
    const terms = termsOf(input);
    await assertTerms(tx, centreId, terms);
    const number = await repo.insertDraft(tx, { id: newId(), centreId, agreementId: id, ...terms });
    await repo.touchAgreement(tx, id);
    await audit(tx, ctx, {
      action: 'agreements.version-drafted',
      entityType: 'agreement',
      entityId: id,
      details: { number, ...terms },
    });
    const draft = await repo.findDraft(tx, id);
    if (draft === undefined) throw new Error('the draft just written is not there');
    return draft;
  });
}

async function listAgreements(
  db: Database,
  ctx: HatContext,
  { limit, cursor, ...filter }: AgreementQuery,
): Promise<Page<AgreementView>> {
  const [after] = cursor === undefined ? [] : decodeCursor('agreements', cursor, ['uuid'] as const);
  const rows = await withHatTx(db, ctx, (tx) =>
    repo.listAgreements(tx, filter, dayOf(ctx.now), after, limit + 1),
  );
  return toPage(
    rows,
    limit,
    'agreements',
    (row) => [row.id],
    (row) => row,
  );
}

async function listVersions(
  db: Database,
  ctx: HatContext,
  id: string,
  { limit, cursor }: AgreementVersionQuery,
): Promise<Page<AgreementVersionView>> {
  const [below] = cursor === undefined ? [] : decodeCursor('agreement-versions', cursor, ['number'] as const);
  const rows = await withHatTx(db, ctx, async (tx) => {
    await getAgreement(tx, ctx, id);
    return repo.listVersions(tx, id, below, limit + 1);
  });
  return toPage(
    rows,
    limit,
    'agreement-versions',
    (row) => [row.number],
    (row) => row,
  );
}

async function getAgreement(tx: HatTx, ctx: HatContext, id: string): Promise<AgreementView> {
  const row = await repo.findAgreement(tx, id, dayOf(ctx.now));
  if (row === undefined) throw agreementNotFound();
  return row;
}
