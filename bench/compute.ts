import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MEMBERS = 400;
const TRANCHES = 200;
const CLI = fileURLToPath(new URL('../src/cli.js', import.meta.url));
const ONCE = fileURLToPath(new URL('compute-once.js', import.meta.url));
const run = promisify(execFile);

export type Mode = 'cascade' | 'composite';

/** Milliseconds of one calculation in a process that did none before: nothing is warm, and garbage is collected on the way. */
export interface OwnTime {
  /** Checking the file, resolving keys, sharing out and making the lines. */
  readonly allocating: number;
  /** From the bytes of the file to the last byte of the result: that, and reading, checking and writing. */
  readonly whole: number;
  /** The floor: `JSON.parse` of the same file and `JSON.stringify` of the same result. */
  readonly json: number;
}

/** A calculation file of 400 members and 200 tranches, whose weights have up to two decimals. */
export function writeAllocation(folder: string, mode: Mode): string {
  const members = Array.from({ length: MEMBERS }, (_, n) => String(5_000_000 + n).padStart(8, '0'));
  const weightOf = (member: number, tranche: number) =>
    `${1 + ((member * 7919 + tranche * 104_729) % 9973)}${tranche % 4 === 2 ? `.${String(1 + ((member * 31 + tranche) % 99)).padStart(2, '0')}` : ''}`;
  const tranches = Array.from({ length: TRANCHES }, (_, tranche) => ({
    id: `t${tranche}`,
    percent: '0.5',
    key:
      tranche % 4 === 0
        ? { type: 'equal' }
        : { type: 'values', values: Object.fromEntries(members.map((id, n) => [id, weightOf(n, tranche)])) },
  }));
  const file = path.join(folder, `${mode}.json`);
  writeFileSync(
    file,
    JSON.stringify({ kind: 'allocation', amountCents: 123_456_789_012, mode, members, tranches }),
  );
  return file;
}

/** The best of some processes: the one that others disturbed least. */
export async function ownTime(file: string, processes: number): Promise<OwnTime> {
  const times: OwnTime[] = [];
  for (let n = 0; n < processes; n += 1) {
    const { stdout } = await run(process.execPath, [ONCE, file]);
    times.push(JSON.parse(stdout) as OwnTime);
  }
  const best = (field: keyof OwnTime) => Math.min(...times.map((time) => time[field]));
  return { allocating: best('allocating'), whole: best('whole'), json: best('json') };
}

/** Milliseconds from the start of the program to its end, for a calculation that takes no time; and those of bare Node. */
export async function startTime(folder: string, processes: number): Promise<{ start: number; node: number }> {
  const file = path.join(folder, 'small.json');
  const tranches = [{ id: 't', percent: '100', key: { type: 'equal' } }];
  writeFileSync(
    file,
    JSON.stringify({ kind: 'allocation', amountCents: 100, members: ['a', 'b', 'c'], tranches }),
  );
  const timed = async (words: readonly string[]): Promise<number> => {
    let best = Number.POSITIVE_INFINITY;
    for (let n = 0; n < processes; n += 1) {
      const start = performance.now();
      await run(process.execPath, words);
      best = Math.min(best, performance.now() - start);
    }
    return best;
  };
  return { start: await timed([CLI, 'compute', file]), node: await timed(['-e', '0']) };
}
