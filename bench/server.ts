import { type DatabaseTarget, openDatabase } from '../src/platform/db/database.ts';
import { startThrowaway } from '../src/platform/embedded/index.ts';

const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };

export interface BenchServer {
  readonly target: DatabaseTarget;
  stop(): Promise<void>;
}

/** An empty database of its own: on the server of `DATABASE_URL`, whose login may make one, or on a server started for it. */
export async function startServer(url: string | undefined): Promise<BenchServer> {
  if (url === undefined) {
    const server = await startThrowaway({ settings: DURABLE });
    const { host, port } = server;
    return { target: { kind: 'socket', host, port, database: 'postgres' }, stop: () => server.stop() };
  }
  const name = `verbund_bench_${process.pid}`;
  const own = new URL(url);
  own.pathname = `/${name}`;
  const execute = async (statement: string): Promise<void> => {
    const admin = openDatabase({ kind: 'url', url, ownerUrl: url }, 'owner', 1);
    await admin.sql.unsafe(statement);
    await admin.end();
  };
  await execute(`create database ${name}`);
  return {
    target: { kind: 'url', url: own.href, ownerUrl: own.href },
    stop: () => execute(`drop database ${name} with (force)`),
  };
}
