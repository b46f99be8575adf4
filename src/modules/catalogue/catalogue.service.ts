import { dayOf } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../platform/db/hat.ts';
import { withHatTxOnce } from '../../platform/db/idempotency.ts';
import { mapConstraints } from '../../platform/db/postgres-errors.ts';
import { ownCentre } from '../../platform/http/own-centre.ts';
import { newId } from '../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import { explainNotOrderable, joinCoverage } from '../agreements/index.ts';
import { audit } from '../audit/index.ts';
import { SERVICE_CODE_TAKEN } from './catalogue.errors.ts';
import * as repo from './catalogue.repo.ts';
import type {
  CreateService,
  ServiceItem,
  ServiceQuery,
  ServiceVersionQuery,
  ServiceView,
} from './catalogue.schemas.ts';
import type { ServiceVersionContent } from './catalogue.types.ts';
import { checkedContent, serviceNotFound } from './content.service.ts';
import { insertDraft } from './service-versions.repo.ts';
import {
  changeDraft,
  createVersion,
  getVersion,
  listVersions,
  publish,
  retire,
} from './service-versions.service.ts';

export type CatalogueService = ReturnType<typeof createCatalogueService>;

/** The service catalogue of a centre: services in versions, and what a member may order. */
export function createCatalogueService(db: Database) {
  return {
    create: (ctx: HatContext, input: CreateService) => createService(db, ctx, input),
    get: (ctx: HatContext, id: string): Promise<ServiceView> =>
      withHatTx(db, ctx, (tx) => getService(tx, ctx, id)),
    list: (ctx: HatContext, query: ServiceQuery) => listServices(db, ctx, query),
    createVersion: (ctx: HatContext, id: string, content: ServiceVersionContent) =>
      createVersion(db, ctx, id, content),
    getVersion: (ctx: HatContext, id: string, number: number) => getVersion(db, ctx, id, number),
    listVersions: (ctx: HatContext, id: string, query: ServiceVersionQuery) =>
      listVersions(db, ctx, id, query),
    changeDraft: (
      ctx: HatContext,
      id: string,
      number: number,
      version: number,
      content: ServiceVersionContent,
    ) => changeDraft(db, ctx, { id, number, version }, content),
    publish: (ctx: HatContext, id: string, number: number, version: number) =>
      publish(db, ctx, { id, number, version }),
    retire: (ctx: HatContext, id: string, number: number, version: number) =>
      retire(db, ctx, { id, number, version }),
  };
}

async function createService(
  db: Database,
  ctx: HatContext,
  { centreId: named, code, category, serviceKey, ...input }: CreateService,
): Promise<ServiceView> {
  return withHatTxOnce(db, ctx, async (tx) => {
    const centreId = ownCentre(ctx, named);
    const id = newId();
    const content = await checkedContent(tx, centreId, input);
    const { title } = content;
    const taken = {
      problem: SERVICE_CODE_TAKEN,
      detail: `The centre has a service ${code} already.`,
      errors: [{ pointer: '/code', code: 'TAKEN', detail: 'belongs to another service' }],
    };
    await mapConstraints({ services_code_key: taken }, () =>
      repo.insertService(tx, { id, centreId, code, title, category, serviceKey: serviceKey ?? null }),
    );
    await insertDraft(tx, { id: newId(), centreId, serviceId: id }, content);
    await audit(tx, ctx, {
      action: 'catalogue.service-created',
      entityType: 'service',
      entityId: id,
      details: { code, category, serviceKey: serviceKey ?? null, title },
    });
    return getService(tx, ctx, id);
  });
}

async function listServices(
  db: Database,
  ctx: HatContext,
  { limit, cursor, ...filter }: ServiceQuery,
): Promise<Page<ServiceItem>> {
  const after =
    cursor === undefined ? undefined : decodeCursor('services', cursor, ['string', 'string'] as const);
  const rows = await withHatTx(db, ctx, (tx) =>
    repo.listServices(tx, filter, ordererOf(ctx), after, limit + 1),
  );
  return toPage(rows, limit, 'services', (row) => [row.title, row.id], withReason);
}

async function getService(tx: HatTx, ctx: HatContext, id: string): Promise<ServiceView> {
  const row = await repo.findService(tx, id, ordererOf(ctx));
  if (row === undefined) throw serviceNotFound();
  const { processingRule, ...view } = withReason(row);
  return ctx.hat.kind === 'centre' && processingRule !== undefined ? { ...view, processingRule } : view;
}

function ordererOf({ hat, now }: HatContext): repo.Orderer | undefined {
  return hat.kind === 'organisation' ? { organisationId: hat.id, day: dayOf(now), joinCoverage } : undefined;
}

/** Says whether it can be ordered, where it is asked for somebody. */
function withReason<T extends { facts?: repo.Facts }>({ facts, ...item }: T) {
  if (facts === undefined) return item;
  const reason = explainNotOrderable(facts);
  return reason === undefined ? { ...item, orderable: true } : { ...item, orderable: false, reason };
}
