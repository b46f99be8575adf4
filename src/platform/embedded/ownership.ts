import { setTimeout as delay } from 'node:timers/promises';
import { type ClusterHolder, EmbeddedInUseError } from './errors.ts';
import { isAlive } from './processes.ts';
import { openSession, type Session } from './session.ts';
import type { Cluster } from './types.ts';

/** The bytes of "VERB": any number does, as long as nobody else in database `postgres` locks it. */
const LOCK_SPACE = 0x56455242;
const OWNER_LOCK = 1;

/** A restarting application meets its predecessor's session for a moment; a living one keeps it. */
const PATIENCE_MS = 1000;
/** The session of a killed process ends when the server notices; that is not a reason to refuse. */
const PATIENCE_WITH_THE_DEAD_MS = 10_000;

export interface Ownership {
  /** Renames the holder for those who ask, e.g. once the HTTP address is known. */
  announce(label: string): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes the session-level lock of the owning application. It ends with the session, so a crash cannot leave it
 * behind; the holder's name is the session's own name and needs no second place that could disagree.
 *
 * @throws EmbeddedInUseError when another living process holds it
 */
export async function takeOwnership(cluster: Cluster, label: string, onLost: () => void): Promise<Ownership> {
  let released = false;
  const session = openSession(cluster, sessionName(label), () => {
    if (!released) onLost();
  });
  const release = (): Promise<void> => {
    released = true;
    return session.close().then(() => undefined);
  };
  try {
    await waitForLock(cluster, session);
  } catch (error) {
    await release();
    throw error;
  }
  session.unref();
  return {
    release,
    announce: async (next) => {
      await session.sql`select set_config('application_name', ${sessionName(next)}, false)`;
    },
  };
}

async function waitForLock(cluster: Cluster, { sql }: Session): Promise<void> {
  const start = performance.now();
  for (;;) {
    const [row] = await sql<{ got: boolean }[]>`
      select pg_try_advisory_lock(${LOCK_SPACE}::int, ${OWNER_LOCK}::int) as got`;
    if (row?.got === true) return;
    const holder = await findHolder(sql);
    const dead = holder.pid !== undefined && !(await isAlive(holder.pid));
    const waitedMs = performance.now() - start;
    if (waitedMs > (dead ? PATIENCE_WITH_THE_DEAD_MS : PATIENCE_MS)) {
      throw new EmbeddedInUseError(cluster.dataDir, holder);
    }
    await delay(100);
  }
}

async function findHolder(sql: Session['sql']): Promise<ClusterHolder> {
  const [row] = await sql<{ name: string }[]>`
    select a.application_name as name from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.granted and l.objsubid = 2
      and l.classid = ${LOCK_SPACE}::int::oid and l.objid = ${OWNER_LOCK}::int::oid`;
  const [, pid, label] = /^verbund (\d+) ?(.*)$/.exec(row?.name ?? '') ?? [];
  return { pid: pid === undefined ? undefined : Number(pid), label: label ?? '' };
}

/** PostgreSQL keeps 63 bytes and turns everything but ASCII into question marks. */
function sessionName(label: string): string {
  return `verbund ${process.pid} ${label}`.trim().slice(0, 63);
}

/** Whether nobody but the asking session is connected, and no application owns the cluster. */
export async function isDeserted(cluster: Cluster): Promise<boolean> {
  const session = openSession(cluster, sessionName('leaving'));
  try {
    const [row] = await session.sql<{ free: boolean }[]>`
      select pg_try_advisory_lock(${LOCK_SPACE}::int, ${OWNER_LOCK}::int) and not exists (
        select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()) as free`;
    return row?.free === true;
  } catch {
    return false;
  } finally {
    await session.close();
  }
}
