import { createRollupsService } from '../src/modules/usage/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import { type Database, type DatabaseTarget, openDatabase } from '../src/platform/db/database.ts';
import { newId } from '../src/platform/ids.ts';

type Sql = Database['sql'];

const MEMBERS = 400;
const SERVICES = 50;
const THIS_YEAR = Number(systemClock.now().slice(0, 4));
/** The year that is settled, and when its usage was frozen. */
export const YEAR = {
  code: String(THIS_YEAR - 1),
  from: `${THIS_YEAR - 1}-01-01`,
  to: `${THIS_YEAR}-01-01`,
} as const;
const FROZEN_AT = `${THIS_YEAR}-02-15T12:00:00.000Z`;

/** A centre with a year of usage behind it, ready to be shared out. */
export interface Year {
  readonly centreId: string;
  readonly periodId: string;
  readonly frozenAt: string;
  readonly serviceIds: readonly string[];
}

/**
 * 400 members from large to small (size about rank^-0.6), 50 services, each with cost and an agreement. Of the events
 * - 60 % are of 6 services like payroll: every member, every month, one event for each employee, on pay day;
 * - 35 % of 4 like a telephone centre: 150 members or so, calls on every day, in minutes with two decimals;
 * - 5 % of 40 like a registry: each used by a quarter of the members in every second month.
 * One event in 250 was reversed, one in 5,000 recorded after the year was frozen. So there are some 58,000 sums by month, whatever
 * the number of events.
 */
export async function makeYear(sql: Sql, target: DatabaseTarget, count: number): Promise<Year> {
  const year = await makeParties(sql);
  await withBulkInserts(sql, async () => {
    await sql`create table bench_cells as ${cells(sql, year, count)}`;
    for (let month = 0; month < 12; month += 1) {
      await sql`insert into usage_events (${COLUMNS(sql)}) ${eventsOf(sql, year, month)}`;
      await sql`insert into usage_events (${COLUMNS(sql)}, corrects_event_id, reason) ${reversalsOf(sql, year, month)}`;
    }
    await sql`drop table bench_cells`;
  });
  await sql`vacuum analyze usage_events, usage_rollup_deltas`;
  const app = openDatabase(target, 'verbund_app', 1);
  await createRollupsService(app).fold();
  await app.end();
  await sql`vacuum analyze usage_rollups, usage_rollup_deltas`;
  return year;
}

async function makeParties(sql: Sql): Promise<Year> {
  const [centreId, operatorId, periodId] = [newId(), newId(), newId()];
  await sql`insert into organisations (id, name, kind) values (${operatorId}, 'Träger', 'municipality')`;
  await sql`insert into centres (id, operator_id, code, name) values (${centreId}, ${operatorId}, 'JAHR', 'Jahreszentrum')`;
  await sql`create table bench_members as select gen_random_uuid() as id, n, ceil(3000 / (n + 1) ^ 0.6)::int as size from generate_series(0, ${MEMBERS - 1}) n`;
  await sql`create table bench_services as select gen_random_uuid() as id, n, case when n < 6 then 'payroll' when n < 10 then 'telephone' else 'registry' end as kind
    from generate_series(0, ${SERVICES - 1}) n`;
  await sql`insert into organisations (id, name, kind, ags) select id, 'Mitglied ' || n, 'municipality', lpad((5000000 + n)::text, 8, '0') from bench_members`;
  await sql`insert into centre_members (centre_id, organisation_id, joined_on) select ${centreId}, id, '2020-01-01' from bench_members`;
  await sql`insert into organisation_populations (organisation_id, as_of, basis, population, source) select id, ${YEAR.from}, 'census-2022', size * 10, 'IT.NRW' from bench_members`;
  await sql`insert into services (id, centre_id, code, title, category) select id, ${centreId}, kind || '-' || n, kind || ' ' || n, 'registry' from bench_services`;
  await sql`insert into cost_lines (id, centre_id, service_id, booked_on, cost_type, amount_cents, text, recorded_by, recorded_at)
    select gen_random_uuid(), ${centreId}, id, ${YEAR.from}::date + (m * 30), 'Personal', 1234567 + n * 1001 + m, 'Gehälter', ${centreId}, now()
    from bench_services cross join generate_series(0, 11) m`;
  for (const meter of ['cases', 'minutes'] as const) await makeAgreement(sql, centreId, meter);
  await sql`insert into billing_periods (id, centre_id, code, starts_on, ends_on, state, frozen_at)
    values (${periodId}, ${centreId}, ${YEAR.code}, ${YEAR.from}, ${YEAR.to}, 'frozen', ${FROZEN_AT})`;
  const services = await sql<{ id: string }[]>`select id from bench_services order by id`;
  return { centreId, periodId, frozenAt: FROZEN_AT, serviceIds: services.map(({ id }) => id) };
}

/** Readiness by inhabitants, the rest by use. */
async function makeAgreement(sql: Sql, centreId: string, meter: 'cases' | 'minutes'): Promise<void> {
  const [agreementId, versionId] = [newId(), newId()];
  const clause = {
    mode: 'cascade',
    tranches: [
      {
        id: 'standby',
        label: 'Vorhaltung',
        percent: '30',
        key: { type: 'population', basis: 'census-2022' },
      },
      { id: 'use', label: 'Nutzung', percent: '70', key: { type: meter, meter } },
    ],
  };
  const ofMeter = sql`select id from bench_services where (kind = 'telephone') = ${meter === 'minutes'}`;
  await sql`insert into agreements (id, centre_id, title, mode) values (${agreementId}, ${centreId}, ${`Vereinbarung ${meter}`}, 'delegating')`;
  await sql`insert into agreement_versions (id, centre_id, agreement_id, number, status, valid_from, organisation_ids, service_ids, cost_clause, data_protection_role)
    select ${versionId}, ${centreId}, ${agreementId}, 1, 'in_force', '2020-01-01', array(select id from bench_members), array(${ofMeter}),
      ${JSON.stringify(clause)}::text::jsonb, 'controller'`;
  await sql`insert into agreement_coverage (centre_id, agreement_version_id, organisation_id, service_id, valid_from)
    select ${centreId}, ${versionId}, m.id, s.id, '2020-01-01' from bench_members m cross join (${ofMeter}) s`;
}

/** How many events each member has of each service in each month. */
function cells(sql: Sql, { centreId }: Year, count: number) {
  return sql`
    with used as (
      select m.id as member, m.n as member_n, m.size, s.id as service, s.kind, month, v.id as version
      from bench_members m cross join bench_services s cross join generate_series(0, 11) month
      join agreement_versions v on v.centre_id = ${centreId} and s.id = any(v.service_ids)
      where case s.kind when 'payroll' then true when 'telephone' then abs(hashtext(m.n || '/' || s.n)) % 8 < 3
        else abs(hashtext(m.n || '/' || s.n)) % 4 = 0 and abs(hashtext(m.n || '/' || s.n || '/' || month)) % 2 = 0 end
    ), shared as (
      select *, case kind when 'payroll' then 0.6 when 'telephone' then 0.35 else 0.05 end * size / sum(size) over (partition by kind) as share from used
    )
    select member, service, version, kind, month, greatest(1, round(share * ${count}::int))::int as events from shared`;
}

const COLUMNS = (
  sql: Sql,
) => sql`id, centre_id, organisation_id, service_id, agreement_version_id, source, idempotency_key, kind, meter, unit, quantity, occurred_at,
  occurred_on, attributes, recorded_by, recorded_at`;

/** Ids ascend with time, as those of the program do. */
function eventsOf(sql: Sql, { centreId }: Year, month: number) {
  const first = sql`(${YEAR.from}::date + ${month} * interval '1 month')::date`;
  return sql`
    select (lpad(to_hex((extract(epoch from ${first}) * 1000)::bigint + e.n), 12, '0') || '7' || substr(md5(e.n::text), 1, 3) || 'a' || substr(md5(e.n::text), 4, 15))::uuid,
      ${centreId}::uuid, e.member, e.service, e.version, e.kind, ${month}::int || '-' || e.n, 'usage',
      case e.kind when 'telephone' then 'minutes' else 'cases' end, case e.kind when 'telephone' then 'minute' else 'case' end,
      case e.kind when 'telephone' then round((1 + e.i * 7919 % 1800) / 60.0, 2) else 1 end, e.day + interval '10 hours', e.day, '{}', ${centreId}::uuid,
      case when e.n % 5000 = 0 then ${FROZEN_AT}::timestamptz + interval '14 days' else e.day + interval '11 hours' end
    from (
      select c.*, i, row_number() over () as n, ${first} + case c.kind when 'payroll' then 24 else (i * 5 % 28)::int end as day
      from bench_cells c cross join lateral generate_series(1, c.events) i where c.month = ${month}
    ) e`;
}

function reversalsOf(sql: Sql, { centreId }: Year, month: number) {
  const first = sql`(${YEAR.from}::date + ${month} * interval '1 month')::date`;
  return sql`
    select gen_random_uuid(), centre_id, organisation_id, service_id, agreement_version_id, source, 'reversal:' || id, 'reversal', meter, unit, -quantity,
      occurred_at, occurred_on, '{}', recorded_by, recorded_at + interval '1 day', id, 'Irrtum'
    from usage_events where centre_id = ${centreId} and occurred_on >= ${first} and occurred_on < ${first} + interval '1 month'
      and abs(hashtext(idempotency_key)) % 250 = 0 and recorded_at < ${FROZEN_AT}`;
}

/**
 * Without checks of foreign keys row by row, and with the further indexes made at the end. The trigger of the roll-ups stays: what it wrote
 * is then moved by the program's own job.
 */
async function withBulkInserts(sql: Sql, work: () => Promise<void>): Promise<void> {
  const indexes = await sql<{ name: string; definition: string }[]>`
    select c.relname as name, pg_get_indexdef(c.oid) as definition from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid = 'usage_events'::regclass and not exists (select from pg_constraint k where k.conindid = c.oid)`;
  await sql`alter table usage_events disable trigger all`;
  await sql`alter table usage_events enable trigger usage_events_roll_up`;
  for (const { name } of indexes) await sql`drop index ${sql(name)}`;
  await work();
  for (const { definition } of indexes) await sql.unsafe(definition.replace(' ON ONLY ', ' ON '));
  await sql`alter table usage_events enable trigger all`;
}
