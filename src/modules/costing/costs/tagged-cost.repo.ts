import type { Day } from '../../../platform/clock.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { type CostLinesAfter, costLineColumns } from './cost-lines.repo.ts';
import type { CostLineView } from './cost-lines.schemas.ts';

/** Actual cost on half-open days that bears one of the tags, wherever it is booked, or that is booked at the place. */
export interface TaggedScope {
  readonly centreId: string;
  readonly tags: readonly string[];
  readonly from: Day;
  readonly to: Day;
  /** Either is null. Cost centres that feed the service belong to it. */
  readonly serviceId: string | null;
  readonly costCentreId: string | null;
}

/** `tag` is null for the sums over all lines with or without any of the tags: a line with two of them counts once there. */
export interface TaggedSum {
  readonly tag: string | null;
  readonly isTagged: boolean;
  readonly rowCount: number;
  readonly amountCents: number;
  /** Of lines that bear one of `otherTags` as well. */
  readonly sharedCents: number;
}

const within = ({ sql }: HatTx, { centreId, tags, from, to, serviceId, costCentreId }: TaggedScope) => sql`
  centre_id = ${centreId} and kind = 'actual' and category = 'cost' and booked_on >= ${from} and booked_on < ${to}
  and (grant_tags && ${tags as string[]}::text[] or service_id = ${serviceId}::uuid or cost_centre_id = ${costCentreId}::uuid
    or cost_centre_id in (select c.id from cost_centres c where c.centre_id = ${centreId} and c.service_id = ${serviceId}::uuid))`;

/** Sums of the scope by tag, and with and without any of them, in one reading. */
export async function taggedSums(
  tx: HatTx,
  scope: TaggedScope,
  otherTags: readonly string[],
): Promise<TaggedSum[]> {
  const { sql } = tx;
  const tags = scope.tags as string[];
  const sums = sql`count(*)::int as "rowCount", coalesce(sum(amount_cents), 0)::bigint as "amountCents",
    coalesce(sum(amount_cents) filter (where grant_tags && ${otherTags as string[]}::text[]), 0)::bigint as "sharedCents"`;
  return sql<TaggedSum[]>`
    with line as materialized (
      select amount_cents, grant_tags, grant_tags && ${tags}::text[] as is_tagged from cost_lines where ${within(tx, scope)})
    select null as tag, is_tagged as "isTagged", ${sums} from line group by is_tagged
    union all
    select t.tag, true, ${sums} from line join unnest(${tags}::text[]) as t(tag) on t.tag = any (grant_tags) group by t.tag`;
}

/** Up to `limit` lines of the scope by day, the newest first, after the given day and id. */
export async function listTaggedLines(
  tx: HatTx,
  scope: TaggedScope,
  { isTagged, tag }: { readonly isTagged: boolean; readonly tag?: string | undefined },
  after: CostLinesAfter,
  limit: number,
): Promise<CostLineView[]> {
  const { sql } = tx;
  return sql<CostLineView[]>`select ${costLineColumns(tx)} from cost_lines where ${within(tx, scope)}
    and (grant_tags && ${scope.tags as string[]}::text[]) = ${isTagged}
    ${tag === undefined ? sql`` : sql`and grant_tags @> array[${tag}]`}
    ${after === undefined ? sql`` : sql`and (booked_on, id) < (${after[0]}::date, ${after[1]}::uuid)`}
    order by booked_on desc, id desc limit ${limit}`;
}
