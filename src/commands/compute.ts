import { readFile } from 'node:fs/promises';
import { billingCalculations } from '../modules/billing/compute.ts';
import { costingCalculations } from '../modules/costing/compute.ts';
import { grantsCalculations } from '../modules/grants/compute.ts';
import { requestsCalculations } from '../modules/requests/compute.ts';
import type { Calculations } from '../platform/calculations/calculation.ts';
import { runCompute } from '../platform/calculations/run-compute.ts';
import { writerTo } from '../platform/calculations/write-fully.ts';

export const calculations: Calculations = {
  ...billingCalculations,
  ...costingCalculations,
  ...grantsCalculations,
  ...requestsCalculations,
};

/** Writes without the streams of Node, see `writerTo`. */
export async function computeCommand(words: readonly string[]): Promise<number> {
  const { stdin } = process;
  const io = { stdin, stdout: sinkOf(1), stderr: sinkOf(2), readFile: (path: string) => readFile(path) };
  try {
    return await runCompute(words, io, calculations);
  } catch (error) {
    io.stderr.write(`verbund: ${error instanceof Error ? error.message : String(error)}\n`);
    // Not 1: that is a result.
    return 3;
  }
}

const sinkOf = (fd: number) => ({ write: writerTo(fd) });
