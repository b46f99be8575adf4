import { BoundedCache } from '../../platform/bounded-cache.ts';
import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, readUnderHat, withHatTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { explainNotOrderable, type NotOrderableReason } from '../agreements/index.ts';
import { SERVICE_NOT_ORDERABLE } from './catalogue.errors.ts';
import { type OrderableQuery, type OrderableRow, selectOrderable } from './catalogue.repo.ts';
import type { ServiceVersionView } from './catalogue.schemas.ts';
import type {
  ApprovalRule,
  ChecklistItem,
  FormSchema,
  ProcessingRule,
  UsageRule,
} from './catalogue.types.ts';
import { findVersionById } from './service-versions.repo.ts';

/** A published version as requests are pinned to it. */
export interface OrderableVersion {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly formSchema: FormSchema;
  readonly usageRule: UsageRule;
  readonly processingRule: ProcessingRule;
  readonly checklist: readonly ChecklistItem[];
  readonly approvalRule: ApprovalRule | null;
}

/** All that filing a request is pinned to. */
export interface Orderable {
  readonly centreId: string;
  /** Short mark in request numbers. */
  readonly centreCode: string;
  readonly agreementVersionId: string;
  readonly service: { readonly id: string; readonly code: string };
  readonly version: OrderableVersion;
}

const VERSIONS_MAX = 500;
/** Content of published versions by id. It never changes, and is handed out only after the hat was let through to the version. */
const versions = new BoundedCache<OrderableVersion>(VERSIONS_MAX);

/**
 * What an organisation orders when it files a request on a day: one statement, for this is asked for every request. Throws
 * `NOT_FOUND` for a service the hat cannot see, and `SERVICE_NOT_ORDERABLE` with the reason otherwise.
 */
export async function getOrderable(tx: HatTx, query: OrderableQuery): Promise<Orderable> {
  const [row] = (await selectOrderable(tx.sql, query)) as unknown as OrderableRow[];
  return toOrderable(query, row, (id) => readVersion(tx, id));
}

/** The same in one round trip, outside of a transaction. */
export async function readOrderable(
  db: Database,
  ctx: HatContext,
  query: OrderableQuery,
): Promise<Orderable> {
  const [row] = await readUnderHat<OrderableRow>(db, ctx, (sql) => selectOrderable(sql, query));
  return toOrderable(query, row, (id) => withHatTx(db, ctx, (tx) => readVersion(tx, id)));
}

async function toOrderable(
  { serviceId }: OrderableQuery,
  row: OrderableRow | undefined,
  read: (versionId: string) => Promise<OrderableVersion>,
): Promise<Orderable> {
  if (row === undefined)
    throw new DomainError(NOT_FOUND, 'There is no such service.', { pointer: '/serviceId' });
  const { centreId, centreCode, code, versionId, agreementVersionId } = row;
  const reason = explainNotOrderable({ ...row, isPublished: versionId !== null });
  if (reason !== undefined) throw notOrderable(reason);
  if (versionId === null || agreementVersionId === null)
    throw new Error('orderable without version or agreement');
  const version = versions.get(versionId) ?? (await read(versionId));
  return { centreId, centreCode, agreementVersionId, service: { id: serviceId, code }, version };
}

async function readVersion(tx: HatTx, id: string): Promise<OrderableVersion> {
  const { number, title, formSchema, usageRule, processingRule, checklist, approvalRule } =
    await getServiceVersion(tx, id);
  if (processingRule === undefined) throw new Error('a version as stored has a processing rule');
  const version = { id, number, title, formSchema, usageRule, processingRule, checklist, approvalRule };
  versions.set(id, version);
  return version;
}

function notOrderable(reason: NotOrderableReason): DomainError {
  const errors = [{ pointer: '/serviceId', code: reason, detail: 'cannot be ordered' }];
  return new DomainError(SERVICE_NOT_ORDERABLE, `The service cannot be ordered: ${reason}.`, { errors });
}

/** A version by id, as requests are pinned to it. Throws `NOT_FOUND`. */
export async function getServiceVersion(tx: HatTx, id: string): Promise<ServiceVersionView> {
  const version = await findVersionById(tx, id);
  if (version === undefined) throw new DomainError(NOT_FOUND, 'There is no such version of a service.');
  return version;
}
