import type { HatContext } from '../../src/platform/context.ts';
import type { Database } from '../../src/platform/db/database.ts';
import { withHatTx } from '../../src/platform/db/hat.ts';

/** A statement as the program sent it. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Node[];
}

/** What a plan does with tables. */
export interface Plan {
  readonly indexes: readonly string[];
  readonly scannedWhole: readonly string[];
}

/** The statements that `work` sends to the database about one of the tables. */
export async function statementsOf(
  db: Database,
  tables: readonly string[],
  work: () => Promise<unknown>,
): Promise<Statement[]> {
  const sent: Statement[] = [];
  const options = db.sql.options as { debug?: unknown };
  options.debug = (_connection: number, text: string, parameters: unknown[]) =>
    sent.push({ text, parameters: [...parameters] });
  try {
    await work();
  } finally {
    options.debug = false;
  }
  return sent.filter(({ text }) => tables.some((table) => new RegExp(`\\b${table}\\b`).test(text)));
}

/** How the program's role would run it, planned for these values or for any. */
export async function planOf(
  db: Database,
  ctx: HatContext | undefined,
  { text, parameters }: Statement,
  mode: 'custom' | 'generic',
): Promise<Plan> {
  const explain = async (sql: Database['sql']): Promise<Plan> => {
    await sql`select set_config('plan_cache_mode', ${`force_${mode}_plan`}, true)`;
    await sql.unsafe(`prepare trial as ${text}`);
    const values = parameters.length === 0 ? '' : `(${parameters.map(literal).join(', ')})`;
    const rows = (await sql.unsafe(`explain (format json) execute trial${values}`)) as unknown as {
      'QUERY PLAN': unknown;
    }[];
    await sql.unsafe('deallocate trial');
    const found = rows[0]?.['QUERY PLAN'];
    const [{ Plan: root }] = (typeof found === 'string' ? JSON.parse(found) : found) as [{ Plan: Node }];
    return summary(root, await parentsOf(sql));
  };
  if (ctx === undefined) return db.sql.begin((sql) => explain(sql as unknown as Database['sql']));
  return withHatTx(db, ctx, ({ sql }) => explain(sql as unknown as Database['sql']));
}

/** Tables and indexes of partitions, by the name of what they are a part of. */
async function parentsOf(sql: Database['sql']): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ part: string; whole: string }[]>`select p.relname as part, w.relname as whole
    from pg_inherits i join pg_class p on p.oid = i.inhrelid join pg_class w on w.oid = i.inhparent`;
  return new Map(rows.map(({ part, whole }) => [part, whole]));
}

function summary(root: Node, parents: ReadonlyMap<string, string>): Plan {
  const whole = (name: string | undefined): string[] =>
    name === undefined ? [] : [parents.get(name) ?? name];
  const nodes: Node[] = [];
  const visit = (node: Node): void => {
    nodes.push(node);
    node.Plans?.forEach(visit);
  };
  visit(root);
  return {
    indexes: nodes.flatMap((node) => whole(node['Index Name'])),
    scannedWhole: nodes
      .filter((node) => node['Node Type'] === 'Seq Scan')
      .flatMap((node) => whole(node['Relation Name'])),
  };
}

/** A parameter as text in SQL; arrays arrive as what the driver has made of them. */
function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'object' && !Array.isArray(value)) throw new Error('parameters are sent as text');
  const text = Array.isArray(value)
    ? `{${value.map((one) => JSON.stringify(one)).join(',')}}`
    : `${value as string}`;
  return `'${text.replaceAll("'", "''")}'`;
}
