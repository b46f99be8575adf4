/**
 * Words that start Node as a user does. The test runner gives every process that a test starts its own hooks into the loading of modules,
 * by an environment variable and whatever environment is asked for; with them a start takes twice the time.
 */
export const PLAIN_NODE: readonly [string, ...string[]] = ['env', '-u', 'NODE_OPTIONS', process.execPath];
