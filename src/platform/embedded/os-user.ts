import { readFile } from 'node:fs/promises';
import { EmbeddedUnavailableError } from './errors.ts';
import type { ServerUser } from './types.ts';

export type UserLookup = (name: string) => Promise<ServerUser | undefined>;

/** Reads /etc/passwd only: the accounts asked for are local ones on every system that has them. */
export const lookupPasswd: UserLookup = async (name) => {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  for (const line of passwd.split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name && uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
};

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The user for a new cluster: PostgreSQL refuses to run as root, so root hands it to an account that exists on
 * practically every machine. No account is created: changing the host is not a launcher's business.
 */
export async function chooseServerUser(lookup: UserLookup): Promise<ServerUser | undefined> {
  if (!isRoot()) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const user = await lookup(name);
    if (user !== undefined && user.uid !== 0) return user;
  }
  throw new EmbeddedUnavailableError(
    'this is root and there is no OS user "postgres" or "nobody" to run it as',
  );
}

/**
 * The user for an existing cluster is its owner, whatever the passwd file says today: anybody else would be
 * refused by the server itself.
 */
export function ownerOfCluster(pgData: string, owner: ServerUser): ServerUser | undefined {
  if (!isRoot()) {
    if (owner.uid === process.getuid?.()) return undefined;
    throw new EmbeddedUnavailableError(
      `${pgData} belongs to user ${owner.uid}, and this is user ${process.getuid?.()}; start as that user or as root`,
    );
  }
  if (owner.uid !== 0) return owner;
  throw new EmbeddedUnavailableError(
    `${pgData} belongs to root, give it back to the user that ran it with chown -R`,
  );
}
