import type { Day } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { mapConstraints } from '../../platform/db/postgres-errors.ts';
import type {
  CreateGrantProgramme,
  GrantProgrammeView,
  RecordGrantRule,
} from './grant-programmes.schemas.ts';
import { GRANT_PROGRAMME_NAME_TAKEN } from './grants.errors.ts';

/** A rule version as JSON, for whatever shows it. */
export const ruleJson = ({
  sql,
}: HatTx) => sql`jsonb_build_object('id', r.id, 'number', r.number, 'validFrom', r.valid_from,
  'baseCents', r.base_cents, 'stepCents', r.step_cents, 'singlePartyCents', r.single_party_cents, 'percent', r.percent,
  'savingsPercent', r.savings_percent, 'purposeYears', r.purpose_years, 'proofDueMonths', r.proof_due_months,
  'eligibleTags', r.eligible_tags, 'source', r.source, 'recorded', jsonb_build_object(
    'by', jsonb_build_object('id', r.recorded_by, 'name', r.recorded_by_name), 'at', to_char(r.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))`;

const select = (tx: HatTx) => tx.sql`
  select p.id, p.centre_id as "centreId", p.name, p.authority,
    jsonb_build_object('title', p.reference_title, 'date', p.reference_on) as reference,
    jsonb_build_object('id', p.recorded_by, 'name', p.recorded_by_name) as "recordedBy", r.rules, r.count as version
  from grant_programmes p join lateral (
    select count(*)::int as count, jsonb_agg(${ruleJson(tx)} order by r.valid_from desc, r.number desc) as rules
    from grant_rule_versions r where r.programme_id = p.id) r on true`;

export async function findProgramme(tx: HatTx, id: string): Promise<GrantProgrammeView | undefined> {
  const [row] = await tx.sql<GrantProgrammeView[]>`${select(tx)} where p.id = ${id}`;
  return row;
}

/** Up to `limit` programmes, the newest first, before the given id. */
export async function listProgrammes(
  tx: HatTx,
  centreId: string,
  before: string | undefined,
  limit: number,
): Promise<GrantProgrammeView[]> {
  const { sql } = tx;
  return sql<GrantProgrammeView[]>`${select(tx)} where p.centre_id = ${centreId}
    ${before === undefined ? sql`` : sql`and p.id < ${before}`} order by p.id desc limit ${limit}`;
}

/** @throws DomainError GRANT_PROGRAMME_NAME_TAKEN */
export async function insertProgramme(
  { sql }: HatTx,
  { hat, actor, now }: HatContext,
  id: string,
  { name, authority, reference }: CreateGrantProgramme,
): Promise<void> {
  const row = {
    id,
    centre_id: hat.id,
    name,
    authority,
    reference_title: reference.title,
    reference_on: reference.date,
    recorded_by: actor.id,
    recorded_by_name: actor.name,
    recorded_at: now,
  };
  await mapConstraints(
    {
      grant_programmes_name_key: {
        problem: GRANT_PROGRAMME_NAME_TAKEN,
        detail: 'The centre has a programme of this name.',
        errors: [{ pointer: '/name', code: 'taken', detail: 'is the name of another programme' }],
      },
    },
    () => sql`insert into grant_programmes ${sql(row)}`,
  );
}

/** Lets one rule of a programme be recorded at a time, so that their numbers follow one another. */
export async function lockProgramme({ sql }: HatTx, id: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('grant_rule_versions', hashtext(${id})))`;
}

/** The next version; call it under `lockProgramme`. */
export async function insertRule(
  { sql }: HatTx,
  { hat, actor, now }: HatContext,
  programmeId: string,
  id: string,
  rule: RecordGrantRule,
): Promise<void> {
  await sql`insert into grant_rule_versions (id, centre_id, programme_id, number, valid_from, base_cents, step_cents, single_party_cents, percent,
      savings_percent, purpose_years, proof_due_months, eligible_tags, source, recorded_by, recorded_by_name, recorded_at)
    select ${id}, ${hat.id}, ${programmeId}, coalesce(max(v.number), 0) + 1, ${rule.validFrom}::date, ${rule.baseCents}::bigint, ${rule.stepCents}::bigint,
      ${rule.singlePartyCents}::bigint, ${rule.percent}, ${rule.savingsPercent}, ${rule.purposeYears}::int, ${rule.proofDueMonths}::int,
      ${rule.eligibleTags}::text[], ${rule.source}, ${actor.id}::uuid, ${actor.name}, ${now}::timestamptz
    from grant_rule_versions v where v.programme_id = ${programmeId}`;
}

export type RuleFigures = Omit<RecordGrantRule, 'validFrom' | 'source'> & { readonly id: string };

/** The rule that holds on a day; undefined where none does, or the hat sees no such programme. */
export async function findRuleOn(
  { sql }: HatTx,
  programmeId: string,
  on: Day,
): Promise<RuleFigures | undefined> {
  const [row] = await sql<RuleFigures[]>`
    select id, base_cents as "baseCents", step_cents as "stepCents", single_party_cents as "singlePartyCents", percent,
      savings_percent as "savingsPercent", purpose_years as "purposeYears", proof_due_months as "proofDueMonths", eligible_tags as "eligibleTags"
    from grant_rule_versions where programme_id = ${programmeId} and valid_from <= ${on} order by valid_from desc, number desc limit 1`;
  return row;
}
