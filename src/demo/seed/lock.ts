import type { Database } from '../../platform/db/database.ts';

/** Any number, the same in every process. */
const SEED_LOCK = 7_201_968;

/** Lets one process at a time load the demo world. The lock goes with the connection, so a killed process leaves none behind. */
export async function withSeedLock<T>(db: Database, work: () => Promise<T>): Promise<T> {
  const connection = await db.sql.reserve();
  try {
    await connection`select pg_advisory_lock(${SEED_LOCK})`;
    try {
      return await work();
    } finally {
      await connection`select pg_advisory_unlock(${SEED_LOCK})`;
    }
  } finally {
    connection.release();
  }
}
