import type { Database } from '../../src/platform/db/database.ts';

/** Tables that a mere attempt may write to. */
const NOT_COUNTED = ['sessions', 'refresh_tokens', 'login_attempts', 'idempotency_keys'];

const JOURNAL = `
  create schema test_journal;
  create unlogged table test_journal.entries (
    id bigint generated always as identity primary key, what text not null, content text not null
  );
  create function test_journal.note() returns trigger language plpgsql security definer set search_path = test_journal as $$
  begin
    insert into entries (what, content) values (lower(tg_op) || ' ' || tg_table_name, concat_ws(' ', old::text, new::text));
    return null;
  end $$;`;

export interface ChangeJournal {
  /** A point in time, for `since`. */
  mark(): Promise<string>;
  /** Committed writes after a mark to rows that name one of the ids, before or after: `update invoices`. Without ids: all there are. */
  since(mark: string, ids?: readonly string[]): Promise<string[]>;
}

/** Has the database note every write to its tables from now on. */
export async function keepChangeJournal({ sql }: Database): Promise<ChangeJournal> {
  await sql.unsafe(JOURNAL);
  const tables = await sql<{ name: string }[]>`select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and relname <> all(${NOT_COUNTED})`;
  const triggers = tables.map(
    ({ name }) =>
      `create trigger test_journal after insert or update or delete on "${name}" for each row execute function test_journal.note();`,
  );
  await sql.unsafe(triggers.join('\n'));
  return {
    async mark() {
      const [row] = await sql<
        { id: string }[]
      >`select coalesce(max(id), 0)::text as id from test_journal.entries`;
      return row?.id ?? '0';
    },
    async since(mark, ids = []) {
      const rows = await sql<{ what: string }[]>`select what from test_journal.entries
        where id > ${mark}::bigint and content ~ ${ids.join('|')} order by id`;
      return rows.map(({ what }) => what);
    },
  };
}
