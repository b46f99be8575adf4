import type { Database } from '../../src/platform/db/database.ts';

/** Tables that a mere attempt may write to. */
const NOT_COUNTED = ['sessions', 'refresh_tokens', 'login_attempts', 'idempotency_keys'];

/** Table and hash of every row that names one of the ids, in all tables there are: equal as long as nothing changed. */
export async function fingerprintOf({ sql }: Database, ids: readonly string[]): Promise<string[]> {
  const tables = await tablesOf(sql);
  const parts = tables.map(
    (name) =>
      sql`select ${name} || ' ' || coalesce(md5(string_agg(r::text, '|' order by r::text)), '-') as print
        from ${sql(name)} r where r::text ~ ${ids.join('|')}`,
  );
  const [first, ...others] = parts;
  if (first === undefined) throw new Error('there is no table');
  const all = others.reduce((query, part) => sql`${query} union all ${part}`, first);
  const rows = await sql<{ print: string }[]>`${all}`;
  return rows.map(({ print }) => print).sort();
}

async function tablesOf(sql: Database['sql']): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> all(${NOT_COUNTED}) order by 1`;
  return rows.map(({ name }) => name);
}
