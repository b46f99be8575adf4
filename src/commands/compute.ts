import { readFile } from 'node:fs/promises';
import { runCompute } from '../modules/costing/compute.ts';

export function computeCommand(words: readonly string[]): Promise<number> {
  const { stdin, stdout, stderr } = process;
  return runCompute([...words], { stdin, stdout, stderr, readFile: (path: string) => readFile(path) });
}
