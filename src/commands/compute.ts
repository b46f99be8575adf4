import { readFile } from 'node:fs/promises';
import { billingCalculations } from '../modules/billing/compute.ts';
import { costingCalculations } from '../modules/costing/compute.ts';
import { grantsCalculations } from '../modules/grants/compute.ts';
import { requestsCalculations } from '../modules/requests/compute.ts';
import type { Calculations } from '../platform/calculations/calculation.ts';
import { runCompute } from '../platform/calculations/run-compute.ts';

export const calculations: Calculations = {
  ...billingCalculations,
  ...costingCalculations,
  ...grantsCalculations,
  ...requestsCalculations,
};

export function computeCommand(words: readonly string[]): Promise<number> {
  const { stdin, stdout, stderr } = process;
  const io = { stdin, stdout, stderr, readFile: (path: string) => readFile(path) };
  return runCompute(words, io, calculations);
}
