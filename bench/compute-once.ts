import { openSync, readFileSync, writeSync } from 'node:fs';
import { devNull } from 'node:os';
import { calculations } from '../src/commands/compute.ts';
import { runCompute } from '../src/platform/calculations/run-compute.ts';

/** One calculation in a fresh process, timed; told its file by the first word. Answers with `OwnTime`. */

const file = process.argv[2] ?? '';
const bytes = readFileSync(file);
const allocation = await calculations['allocation']?.();
if (allocation === undefined) throw new Error('there is no such calculation');
let allocating = 0;
function measured<Value>(work: () => Value): Value {
  const start = performance.now();
  const value = work();
  allocating += performance.now() - start;
  return value;
}
/** Lines are made while they are written; that belongs to sharing out. */
function* measuredItems(items: Iterable<unknown>): Generator<unknown> {
  const iterator = items[Symbol.iterator]();
  for (let next = measured(() => iterator.next()); !next.done; next = measured(() => iterator.next())) {
    yield next.value;
  }
}
const timed = {
  compute(input: unknown) {
    const result = measured(() => allocation.compute(input)) as { readonly tranches: Iterable<unknown> };
    return { ...result, tranches: measuredItems(result.tranches) };
  },
};
const sink = openSync(devNull, 'w');
let kept = '';
const run = (write: (text: string) => void): Promise<number> => {
  const io = {
    stdin: process.stdin,
    stdout: { write },
    stderr: process.stderr,
    readFile: () => Promise.resolve(bytes),
  };
  return runCompute([file], io, { allocation: () => Promise.resolve(timed) });
};
const start = performance.now();
const exit = await run((text) => writeSync(sink, text));
const [whole, sharing] = [performance.now() - start, allocating];
if (exit !== 0) throw new Error('the calculation was refused');
await run((text) => {
  kept += text;
});
const result: unknown = JSON.parse(kept);
const floor = performance.now();
JSON.parse(bytes.toString('utf8'));
JSON.stringify(result, null, 2);
process.stdout.write(JSON.stringify({ allocating: sharing, whole, json: performance.now() - floor }));
