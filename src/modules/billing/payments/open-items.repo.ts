import type { Day } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { OpenItemRow } from './open-items.types.ts';

/** The first document of the chain that `s` is the newest of. */
const chainOf = ({ sql }: HatTx) => sql`
  (with recursive up (id, corrects_id) as (
    select s.id, s.corrects_id
    union all select p.id, p.corrects_id from up join statements p on p.id = up.corrects_id
  ) select id from up where corrects_id is null)`;

/** What the document that a credit note names came to. */
const takenBack = ({ sql }: HatTx, of: 'payable' | 'gross' = 'payable') => sql`
  (select ${of === 'gross' ? sql`b.gross_cents` : sql`b.payable_cents`} from statements b where b.id = s.corrects_id)`;

/**
 * Chains with claim and payments. A corrected invoice claims in place of what it corrects; a credit note takes back what it names, so
 * that its chain claims what is left of that. Each write-off counts as far as nobody paid the claim as it was then, those of smaller
 * claims first, so that they make no credit and waive nothing that is charged later.
 * What belongs to a document is looked up one by one: the planner would otherwise read the whole table for a page of it.
 */
const select = (tx: HatTx) => tx.sql`
  select s.id as "statementId", chain.id as "chainId", s.number, s.kind, s.centre_id as "centreId", s.organisation_id as "organisationId",
    (select o.name from organisations o where o.id = s.organisation_id) as "memberName", s.period_id as "periodId",
    s.period_code as "periodCode", s.starts_on as "startsOn", s.issued_on as "issuedOn", s.due_on as "dueOn",
    (select r.kind from statements r where r.id = chain.id) as "chainKind", claim.gross as "grossCents", claim.cents as "claimCents",
    matched.cents as "matchedCents", off.cents as "writtenOffCents", claim.cents - matched.cents - off.cents as "openCents"
  from statements s
  cross join lateral (select ${chainOf(tx)} as id offset 0) chain
  cross join lateral (
    select case when s.kind = 381 then coalesce(${takenBack(tx)}, 0) - s.payable_cents else s.payable_cents end as cents,
      case when s.kind = 381 then coalesce(${takenBack(tx, 'gross')}, 0) - s.gross_cents else s.gross_cents end as gross offset 0) claim
  cross join lateral (
    select coalesce(sum(m.amount_cents), 0)::bigint as cents from payment_matches m where m.chain_id = chain.id) matched
  cross join lateral (
    select coalesce(least(sum(w.cents), min(greatest(least(claim.cents, w.claim) - matched.cents, 0) + w.later)), 0)::bigint as cents
    from (
      select amount_cents as cents, coalesce(claim_cents, claim.cents) as claim,
        coalesce(sum(amount_cents) over (order by claim_cents desc, id desc rows between unbounded preceding and 1 preceding), 0) as later
      from write_offs where chain_id = chain.id and confirmed_at is not null and ended_at is null) w) off
  where s.status = 'issued' and s.superseded_by is null`;

export interface OpenItemFilter {
  readonly organisationId?: string | undefined;
  readonly periodId?: string | undefined;
  readonly state?: 'open' | 'settled' | 'all' | undefined;
  /** Only what was due before this day and is claimed of the member. */
  readonly overdueOn?: Day | undefined;
}

/** Up to `limit` chains of the hat by the day they are due, after the given day and id. */
export async function listOpenItems(
  tx: HatTx,
  { hat }: HatContext,
  { organisationId, periodId, state = 'open', overdueOn }: OpenItemFilter,
  after: readonly [string, string] | undefined,
  limit: number | null,
): Promise<OpenItemRow[]> {
  const { sql } = tx;
  const own = hat.kind === 'centre' ? sql`s.centre_id = ${hat.id}` : sql`s.organisation_id = ${hat.id}`;
  return sql<OpenItemRow[]>`${select(tx)} and ${own}
    ${organisationId === undefined ? sql`` : sql`and s.organisation_id = ${organisationId}`}
    ${periodId === undefined ? sql`` : sql`and s.period_id = ${periodId}`}
    ${state === 'open' ? sql`and claim.cents - matched.cents <> off.cents` : sql``}
    ${state === 'settled' ? sql`and claim.cents - matched.cents = off.cents` : sql``}
    ${overdueOn === undefined ? sql`` : sql`and s.due_on < ${overdueOn} and claim.cents - matched.cents > off.cents`}
    ${after === undefined ? sql`` : sql`and (s.due_on, s.id) > (${after[0]}::date, ${after[1]}::uuid)`}
    order by s.due_on, s.id limit ${limit}`;
}

/** All chains of a period, or of some members, settled or not. */
export async function openItemsOf(
  tx: HatTx,
  centreId: string,
  { organisationIds, periodId }: { readonly organisationIds?: readonly string[]; readonly periodId?: string },
): Promise<OpenItemRow[]> {
  const { sql } = tx;
  return sql<OpenItemRow[]>`${select(tx)} and s.centre_id = ${centreId}
    ${organisationIds === undefined ? sql`` : sql`and s.organisation_id = any(${organisationIds as string[]}::uuid[])`}
    ${periodId === undefined ? sql`` : sql`and s.period_id = ${periodId}`}
    order by s.due_on, s.id`;
}

/** The newest document of the chain of each issued document with one of the ids or numbers. */
async function newestOf(
  { sql }: HatTx,
  centreId: string,
  key: 'id' | 'number',
  values: readonly string[],
): Promise<{ key: string; newestId: string }[]> {
  const named =
    key === 'id'
      ? sql`id = any(${values as string[]}::uuid[])`
      : sql`number = any(${values as string[]}::text[])`;
  return sql<{ key: string; newestId: string }[]>`
    with recursive down (key, id, superseded_by) as (
      select ${key === 'id' ? sql`id::text` : sql`number`}, id, superseded_by from statements
      where centre_id = ${centreId} and status = 'issued' and ${named}
      union all select down.key, n.id, n.superseded_by from down join statements n on n.id = down.superseded_by
    ) select key, id as "newestId" from down where superseded_by is null`;
}

/** Chains by any of their documents: its id, or its number. */
export async function openItemsBy(
  tx: HatTx,
  centreId: string,
  key: 'id' | 'number',
  values: readonly string[],
): Promise<Map<string, OpenItemRow>> {
  if (values.length === 0) return new Map();
  const newest = await newestOf(tx, centreId, key, values);
  const ids = [...new Set(newest.map(({ newestId }) => newestId))];
  const rows = await tx.sql<OpenItemRow[]>`${select(tx)} and s.id = any(${ids}::uuid[])`;
  const byId = new Map(rows.map((row) => [row.statementId, row]));
  return new Map(
    newest.flatMap(({ key: value, newestId }): [string, OpenItemRow][] => {
      const row = byId.get(newestId);
      return row === undefined ? [] : [[value, row]];
    }),
  );
}
