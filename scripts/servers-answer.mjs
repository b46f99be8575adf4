// Do the PostgreSQL of DATABASE_URL and the Redis of REDIS_URL answer in their own protocols? Prints what was found and
// fails when one of them does not: a test run on servers that are missing must not look like a run.
import { Redis } from 'ioredis';
import postgres from 'postgres';

async function askPostgres() {
  const sql = postgres(process.env.DATABASE_URL ?? '', { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    const [row] = await sql`select current_setting('server_version') as version, current_database() as name`;
    return `PostgreSQL ${row.version}, database ${row.name}`;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function askRedis() {
  const redis = new Redis(process.env.REDIS_URL ?? '', {
    lazyConnect: true,
    connectTimeout: 5000,
    retryStrategy: () => null,
  });
  redis.on('error', () => {}); // the rejected call below says the same
  try {
    await redis.connect();
    const info = await redis.info('server');
    return `Redis ${info.match(/redis_version:(\S+)/)?.[1] ?? 'of unknown version'}`;
  } finally {
    redis.disconnect();
  }
}

const questions = [
  { name: 'PostgreSQL', ask: askPostgres },
  { name: 'Redis', ask: askRedis },
];
for (const { name, ask } of questions) {
  try {
    console.log(await ask());
  } catch (error) {
    console.error(`${name} does not answer: ${error.message || error.code}`);
    process.exitCode = 1;
  }
}
