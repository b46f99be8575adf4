import { startThrowaway } from '../../src/platform/embedded/index.ts';

/** The server of one test run, with the variable by which test files find it. */
export async function startTestCluster(): Promise<{
  env: Record<string, string>;
  stop: () => Promise<void>;
}> {
  const server = await startThrowaway({ settings: { max_connections: 300 } });
  return { env: { VERBUND_TEST_SOCKET: `${server.host}|${server.port}` }, stop: () => server.stop() };
}
