import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

const BLOCK_SIZE = 8;
const KEY_BYTES = 32;
/** Hashing takes 128 · N · r bytes each; more at once than this would trade memory for nothing on few cores. */
const MOST_AT_ONCE = 4;
const waiting: (() => void)[] = [];
let running = 0;

/** `$scrypt$ln=<cost>$<salt>$<key>`, base64url: the cost travels with the hash, so it can be raised later. */
export async function hashPassword(password: string, cost: number): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return `$scrypt$ln=${cost}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** Takes the same time whether or not the password is right. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const match = /^\$scrypt\$ln=(\d{1,2})\$([\w-]+)\$([\w-]+)$/.exec(hash);
  if (match === null) throw new Error('a stored password hash has an unknown form');
  const [, cost = '', salt = '', key = ''] = match;
  const expected = Buffer.from(key, 'base64url');
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64url'), Number(cost)), expected);
}

/** True for a hash made with another cost than new ones are. */
export function isOutdated(hash: string, cost: number): boolean {
  return !hash.startsWith(`$scrypt$ln=${cost}$`);
}

async function derive(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  const N = 2 ** cost;
  const options: ScryptOptions = { N, r: BLOCK_SIZE, p: 1, maxmem: 256 * N * BLOCK_SIZE };
  await takeTurn();
  try {
    return await new Promise((resolve, reject) => {
      scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
        error ? reject(error) : resolve(key),
      );
    });
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

async function takeTurn(): Promise<void> {
  if (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
}
