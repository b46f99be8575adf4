import { statfs } from 'node:fs/promises';
import type { Check, Finding } from './finding.ts';

const LEAST_BYTES = 512 * 1024 ** 2;
const ADVISED_BYTES = 4 * LEAST_BYTES;

/** Room for the embedded database; the disk of a server of its own is not seen from here. */
export function diskCheck(directory: string): Check {
  return {
    what: 'disk of the data directory',
    look: async () => {
      const { bavail, bsize } = await statfs(directory);
      return roomFinding(bavail * bsize);
    },
  };
}

export function roomFinding(bytes: number): Finding {
  const text = `${(bytes / 1024 ** 3).toFixed(1)} GiB free`;
  if (bytes < LEAST_BYTES)
    throw new Error(`${text}; the database stops when there is none left, so make room`);
  return bytes < ADVISED_BYTES ? { text, advice: 'make room soon' } : { text };
}
