import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../platform/db/hat.ts';
import { withHatTxOnce } from '../../platform/db/idempotency.ts';
import { DomainError } from '../../platform/errors.ts';
import { preconditionFailed } from '../../platform/http/etags.ts';
import { ownCentre } from '../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { newId } from '../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import { audit } from '../audit/index.ts';
import { SERVICE_DRAFT_EXISTS, SERVICE_VERSION_STATE } from './catalogue.errors.ts';
import { lockService, markPublished, markRetired, touchService } from './catalogue.repo.ts';
import type { ServiceVersionQuery, ServiceVersionView } from './catalogue.schemas.ts';
import type { ServiceVersionContent } from './catalogue.types.ts';
import { checkedContent, serviceNotFound, versionView } from './content.service.ts';
import * as repo from './service-versions.repo.ts';

/** The version of a service that a change is meant for, and the state it was read in. */
export interface VersionTarget {
  readonly id: string;
  readonly number: number;
  readonly version: number;
}

export async function createVersion(
  db: Database,
  ctx: HatContext,
  serviceId: string,
  input: ServiceVersionContent,
): Promise<ServiceVersionView> {
  return withHatTxOnce(db, ctx, async (tx) => {
    const centreId = ownCentre(ctx);
    if (!(await lockService(tx, serviceId))) throw serviceNotFound();
    const content = await checkedContent(tx, centreId, input);
    const number = await repo.insertDraft(tx, { id: newId(), centreId, serviceId }, content);
    if (number === undefined) throw new DomainError(SERVICE_DRAFT_EXISTS, 'The service has a draft already.');
    await touchService(tx, serviceId, content.title);
    await auditVersion(tx, ctx, 'drafted', serviceId, { number });
    return readVersion(tx, serviceId, number);
  });
}

export async function changeDraft(
  db: Database,
  ctx: HatContext,
  target: VersionTarget,
  input: ServiceVersionContent,
): Promise<ServiceVersionView> {
  return withHatTx(db, ctx, async (tx) => {
    const centreId = ownCentre(ctx);
    const draft = await lockVersion(tx, target, 'draft');
    const content = await checkedContent(tx, centreId, input);
    if (!(await repo.updateDraft(tx, draft.id, target.version, content))) throw preconditionFailed();
    await touchService(tx, target.id, content.title);
    await auditVersion(tx, ctx, 'changed', target.id, { number: target.number });
    return readVersion(tx, target.id, target.number);
  });
}

/** Puts a draft in place of what was published before. Its content is checked anew, for teams come and go. */
export async function publish(
  db: Database,
  ctx: HatContext,
  target: VersionTarget,
): Promise<ServiceVersionView> {
  return withHatTx(db, ctx, async (tx) => {
    const centreId = ownCentre(ctx);
    const draft = await lockVersion(tx, target, 'draft');
    await checkedContent(tx, centreId, contentOf(draft));
    const retired = (await repo.retirePublished(tx, target.id, ctx.now)) ?? null;
    await repo.publishDraft(tx, draft.id, ctx.now);
    await markPublished(tx, target.id, target.number, draft.title, ctx.now);
    await auditVersion(tx, ctx, 'published', target.id, { number: target.number, retired });
    return readVersion(tx, target.id, target.number);
  });
}

/** Takes the published version out of use: nothing of the service can be ordered until another is published. */
export async function retire(
  db: Database,
  ctx: HatContext,
  target: VersionTarget,
): Promise<ServiceVersionView> {
  return withHatTx(db, ctx, async (tx) => {
    ownCentre(ctx);
    await lockVersion(tx, target, 'published');
    await repo.retirePublished(tx, target.id, ctx.now);
    await markRetired(tx, target.id);
    await auditVersion(tx, ctx, 'retired', target.id, { number: target.number });
    return readVersion(tx, target.id, target.number);
  });
}

export async function getVersion(
  db: Database,
  ctx: HatContext,
  serviceId: string,
  number: number,
): Promise<ServiceVersionView> {
  return versionView(ctx, await withHatTx(db, ctx, (tx) => readVersion(tx, serviceId, number)));
}

export async function listVersions(
  db: Database,
  ctx: HatContext,
  serviceId: string,
  { limit, cursor }: ServiceVersionQuery,
): Promise<Page<ServiceVersionView>> {
  const [below] = cursor === undefined ? [] : decodeCursor('service-versions', cursor, ['number'] as const);
  const rows = await withHatTx(db, ctx, (tx) => repo.listVersions(tx, serviceId, below, limit + 1));
  // Whoever sees a service sees at least one version of it.
  if (rows.length === 0 && below === undefined) throw serviceNotFound();
  return toPage(
    rows,
    limit,
    'service-versions',
    (row) => [row.number],
    (row) => versionView(ctx, row),
  );
}

async function readVersion(tx: HatTx, serviceId: string, number: number): Promise<ServiceVersionView> {
  const version = await repo.findVersion(tx, serviceId, number);
  if (version === undefined) throw new DomainError(NOT_FOUND, 'There is no such version of a service.');
  return version;
}

/** Holds the service, so that its versions change one at a time, and checks that the version is as the caller saw it. */
async function lockVersion(
  tx: HatTx,
  { id, number, version }: VersionTarget,
  status: ServiceVersionView['status'],
): Promise<ServiceVersionView> {
  if (!(await lockService(tx, id))) throw serviceNotFound();
  const found = await readVersion(tx, id, number);
  if (found.version !== version) throw preconditionFailed();
  if (found.status !== status)
    throw new DomainError(SERVICE_VERSION_STATE, `Version ${number} is ${found.status}, not ${status}.`);
  return found;
}

function contentOf(version: ServiceVersionView): ServiceVersionContent {
  const { title, description, formSchema, usageRule, processingRule, checklist, approvalRule } = version;
  if (processingRule === undefined) throw new Error('a version read by its centre has a processing rule');
  return { title, description, formSchema, usageRule, processingRule, checklist, approvalRule };
}

async function auditVersion(
  tx: HatTx,
  ctx: HatContext,
  verb: string,
  serviceId: string,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  await audit(tx, ctx, {
    action: `catalogue.version-${verb}`,
    entityType: 'service',
    entityId: serviceId,
    details,
  });
}
