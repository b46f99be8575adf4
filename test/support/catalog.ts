import type { Hat } from '../../src/platform/context.ts';
import type { Database } from '../../src/platform/db/database.ts';
import { newId } from '../../src/platform/ids.ts';

/** What PostgreSQL says about its own tables, and rows made from nothing else. */

export interface Column {
  readonly name: string;
  /** As PostgreSQL writes it: `uuid`, `timestamp(3) with time zone`, `text[]`. */
  readonly type: string;
  readonly isGenerated: boolean;
}

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
}

/** All tables of the schema `public`. */
export async function tablesOf({ sql }: Database): Promise<Table[]> {
  return sql<Table[]>`select c.relname as name, json_agg(json_build_object('name', a.attname,
      'type', format_type(a.atttypid, a.atttypmod), 'isGenerated', a.attgenerated <> '' or a.attidentity = 'a') order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') group by c.relname order by c.relname`;
}

/** Takes the checks and foreign keys from all tables, so that rows can be made that only row-level security could refuse. */
export async function dropConstraints({ sql }: Database): Promise<void> {
  await sql.unsafe(`do $$ declare c record; begin
    for c in select conrelid::regclass as owner, conname from pg_constraint
      where connamespace = 'public'::regnamespace and contype in ('c', 'f') and coninhcount = 0 and conparentid = 0 loop
      execute format('alter table %s drop constraint %I', c.owner, c.conname);
    end loop; end $$`);
}

/** Runs `work` while no trigger of any table fires. */
export async function withoutTriggers({ sql }: Database, work: () => Promise<void>): Promise<void> {
  const all = (verb: string) =>
    sql.unsafe(`do $$ declare t regclass; begin
      for t in select oid from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' loop
        execute format('alter table %s ${verb} trigger user', t);
      end loop; end $$`);
  await all('disable');
  await work();
  await all('enable');
}

/** A centre and its member, with one id for everything of theirs that rows point to: what could be found through a join, is. */
export interface Party {
  readonly centre: Hat;
  readonly member: Hat;
  readonly thing: string;
}

export const newParty = (): Party => ({
  centre: { kind: 'centre', id: newId() },
  member: { kind: 'organisation', id: newId() },
  thing: newId(),
});

type Value = string | number | boolean | Buffer | readonly string[];
export type Row = Readonly<Record<string, Value>>;

/** Columns that say whose a row is. */
export const OWNERSHIP = ['centre_id', 'organisation_id', 'hat_id'];

export const hasOwner = ({ columns }: Table): boolean => columns.some(({ name }) => OWNERSHIP.includes(name));

/** A row of a party, under one of its hats; `thing` stands for its own id and all that it points to. */
export function rowOf(table: Table, { centre, member }: Party, hat: Hat, thing: string): Row {
  const named: Readonly<Record<string, Value>> = {
    centre_id: centre.id,
    organisation_id: member.id,
    hat_kind: hat.kind,
    hat_id: hat.id,
    visibility: 'parties',
    operator_id: member.id,
  };
  const own: Readonly<Record<string, string>> = { centres: centre.id, organisations: member.id };
  const given = table.columns.filter(({ isGenerated }) => !isGenerated);
  return Object.fromEntries(
    given.map(({ name, type }) => {
      const isKey = name === 'id' && table.name in own;
      return [name, isKey ? (own[table.name] ?? thing) : (named[name] ?? valueOf(type, thing, name))];
    }),
  );
}

function valueOf(type: string, thing: string, name: string): Value {
  if (type.endsWith('[]')) return type === 'uuid[]' ? [thing] : [];
  if (type === 'uuid') return thing;
  if (type === 'text') return `${name} ${thing}`;
  if (type === 'json' || type === 'jsonb') return '{}';
  if (type === 'boolean') return true;
  if (type === 'date') return '2026-01-01';
  if (type === 'bytea') return Buffer.from(thing);
  if (type.startsWith('timestamp')) return '2026-01-01T00:00:00.000Z';
  if (/^(integer|bigint|smallint|numeric)/.test(type)) return '1';
  throw new Error(`test/support/catalog.ts does not know what to put into a ${type}`);
}

/** The tables that a trigger keeps as they are. */
export async function tablesKeptByTrigger({ sql }: Database): Promise<string[]> {
  const rows = await sql<
    { name: string }[]
  >`select distinct t.tgrelid::regclass::text as name from pg_trigger t
    where t.tgfoid = 'app.refuse_change'::regproc and not t.tgisinternal and t.tgparentid = 0 order by 1`;
  return rows.map(({ name }) => name);
}
