import type postgres from 'postgres';
import type { HatTx } from '../../platform/db/hat.ts';
import type { ServiceVersionView } from './catalogue.schemas.ts';
import type { ServiceVersionContent, UsageRule } from './catalogue.types.ts';

type Fragment = postgres.PendingQuery<postgres.Row[]>;

function selectVersions({ sql }: HatTx, rest: Fragment): Promise<ServiceVersionView[]> {
  return sql<ServiceVersionView[]>`
    select v.id, v.service_id as "serviceId", v.centre_id as "centreId", v.number, v.status, v.title, v.description,
      v.form_schema as "formSchema", v.usage_rule as "usageRule", v.processing_rule as "processingRule", v.checklist,
      v.approval_rule as "approvalRule", v.sla_policy_id as "slaPolicyId", v.created_at as "createdAt",
      v.published_at as "publishedAt", v.retired_at as "retiredAt", v.version
    from service_versions v where ${rest}`;
}

export async function findVersion(
  tx: HatTx,
  serviceId: string,
  number: number,
): Promise<ServiceVersionView | undefined> {
  const [row] = await selectVersions(tx, tx.sql`v.service_id = ${serviceId} and v.number = ${number}`);
  return row;
}

export async function findVersionById(tx: HatTx, id: string): Promise<ServiceVersionView | undefined> {
  const [row] = await selectVersions(tx, tx.sql`v.id = ${id}`);
  return row;
}

/** Up to `limit` versions of a service, newest first, below the given number. */
export async function listVersions(
  tx: HatTx,
  serviceId: string,
  below: number | undefined,
  limit: number,
): Promise<ServiceVersionView[]> {
  const { sql } = tx;
  return selectVersions(
    tx,
    sql`v.service_id = ${serviceId} ${below === undefined ? sql`` : sql`and v.number < ${below}`}
      order by v.number desc limit ${limit}`,
  );
}

/** What each service counts: by its published version, or by the last one that was published. */
export async function usageRulesOf(
  { sql }: HatTx,
  serviceIds: readonly string[],
): Promise<Map<string, UsageRule>> {
  const rows = await sql<{ serviceId: string; usageRule: UsageRule }[]>`
    select distinct on (service_id) service_id as "serviceId", usage_rule as "usageRule" from service_versions
    where service_id = any(${serviceIds as string[]}::uuid[]) and status <> 'draft'
    order by service_id, status = 'published' desc, number desc`;
  return new Map(rows.map(({ serviceId, usageRule }) => [serviceId, usageRule]));
}

export interface VersionKey {
  readonly id: string;
  readonly centreId: string;
  readonly serviceId: string;
}

/** Writes the next version as a draft and says its number; undefined when there is a draft. The service must be locked, or new. */
export async function insertDraft(
  { sql }: HatTx,
  { id, centreId, serviceId }: VersionKey,
  content: ServiceVersionContent,
): Promise<number | undefined> {
  const { title, description } = content;
  const [row] = await sql<{ number: number }[]>`
    insert into service_versions (id, centre_id, service_id, number, status, title, description, form_schema, usage_rule, processing_rule, checklist, approval_rule)
    select ${id}, ${centreId}, ${serviceId}, coalesce(max(number), 0) + 1, 'draft', ${title}, ${description},
      ${json(content.formSchema)}::jsonb, ${json(content.usageRule)}::jsonb, ${json(content.processingRule)}::jsonb,
      ${json(content.checklist)}::jsonb, ${json(content.approvalRule)}::jsonb
    from service_versions where service_id = ${serviceId}
    having count(*) filter (where status = 'draft') = 0
    returning number`;
  return row?.number;
}

/** Rewrites a draft; false when it is no longer a draft at this version. */
export async function updateDraft(
  { sql }: HatTx,
  id: string,
  version: number,
  content: ServiceVersionContent,
): Promise<boolean> {
  const { title, description } = content;
  const changed =
    await sql`update service_versions set version = version + 1, title = ${title}, description = ${description},
      form_schema = ${json(content.formSchema)}::jsonb, usage_rule = ${json(content.usageRule)}::jsonb,
      processing_rule = ${json(content.processingRule)}::jsonb, checklist = ${json(content.checklist)}::jsonb,
      approval_rule = ${json(content.approvalRule)}::jsonb
    where id = ${id} and version = ${version} and status = 'draft'`;
  return changed.count === 1;
}

/** Retires what is published of a service and says its number. */
export async function retirePublished(
  { sql }: HatTx,
  serviceId: string,
  now: string,
): Promise<number | undefined> {
  const [row] = await sql<{ number: number }[]>`update service_versions
    set status = 'retired', retired_at = ${now}, version = version + 1
    where service_id = ${serviceId} and status = 'published' returning number`;
  return row?.number;
}

export async function publishDraft({ sql }: HatTx, id: string, now: string): Promise<void> {
  await sql`update service_versions set status = 'published', published_at = ${now}, version = version + 1
    where id = ${id} and status = 'draft'`;
}

function json(value: object | null | undefined): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
