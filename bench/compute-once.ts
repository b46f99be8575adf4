import { readFileSync } from 'node:fs';
import { calculations } from '../src/commands/compute.ts';
import { runCompute } from '../src/platform/calculations/run-compute.ts';

/** One calculation in a fresh process, timed; told its file by the first word. Answers with `OwnTime`. */

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const file = process.argv[2] ?? '';
const bytes = readFileSync(file);
const allocation = await calculations['allocation']?.();
if (allocation === undefined) throw new Error('there is no such calculation');
let allocating = 0;
function measured<Value>(work: () => Value): Value {
  const start = processorMs();
  const value = work();
  allocating += processorMs() - start;
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
const pieces: Buffer[] = [];
const io = {
  stdin: process.stdin,
  stdout: { write: (text: string) => pieces.push(Buffer.from(text)) },
  stderr: process.stderr,
  readFile: () => Promise.resolve(bytes),
};
const start = processorMs();
const exit = await runCompute([file], io, { allocation: () => Promise.resolve(timed) });
const whole = processorMs() - start;
if (exit !== 0) throw new Error('the calculation was refused');
const result: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'));
const floor = processorMs();
JSON.parse(bytes.toString('utf8'));
JSON.stringify(result, null, 2);
process.stdout.write(JSON.stringify({ allocating, whole, json: processorMs() - floor }));
