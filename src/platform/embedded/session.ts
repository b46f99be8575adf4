import { connect, type Socket } from 'node:net';
import postgres from 'postgres';
import type { Cluster } from './types.ts';

export const SUPERUSER = 'postgres';

/** SQLSTATE of "starting up", "shutting down" and "in recovery mode": a server is there, but not yet for us. */
const CANNOT_CONNECT_NOW = '57P03';

export interface Session {
  readonly sql: postgres.Sql;
  /** Lets the process end although the session is open. */
  unref(): void;
  close(): Promise<void>;
}

/**
 * One connection that is never replaced behind our back. postgres.js would renew it after its lifetime, and a
 * session lock would be gone without a word.
 */
export function openSession(cluster: Cluster, name: string, onClose: () => void = () => undefined): Session {
  let socket: Socket | undefined;
  const options = {
    path: `${cluster.socketDir}/.s.PGSQL.${cluster.port}`,
    user: SUPERUSER,
    database: 'postgres',
    max: 1,
    ssl: false,
    prepare: false,
    fetch_types: false,
    // a server that goes down says so to every session; postgres.js would print that
    onnotice: () => undefined,
    idle_timeout: undefined,
    max_lifetime: null,
    connect_timeout: 10,
    connection: { application_name: name },
    onclose: onClose,
    // a dedicated socket, because only its owner can detach it from the event loop
    socket: async () => {
      socket = await connectTo(`${cluster.socketDir}/.s.PGSQL.${cluster.port}`);
      return socket;
    },
  };
  const sql = postgres(options as postgres.Options<Record<string, postgres.PostgresType>>);
  return {
    sql,
    unref: () => socket?.unref(),
    close: () => {
      socket?.ref();
      return sql.end({ timeout: 1 }).catch(() => undefined);
    },
  };
}

function connectTo(file: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(file);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.removeListener('error', reject);
      resolve(socket);
    });
  });
}

export type ServerAnswer = 'ready' | 'not-yet' | 'nobody' | 'another-cluster';

/** Asks with a real query: a socket that accepts says nothing about a server still recovering. */
export async function askServer(cluster: Cluster): Promise<ServerAnswer> {
  const session = openSession(cluster, 'verbund probe');
  try {
    const [row] = await session.sql<
      { id: string }[]
    >`select system_identifier::text as id from pg_control_system()`;
    return row?.id === cluster.systemId ? 'ready' : 'another-cluster';
  } catch (error) {
    return (error as { code?: unknown }).code === CANNOT_CONNECT_NOW ? 'not-yet' : 'nobody';
  } finally {
    await session.close();
  }
}
