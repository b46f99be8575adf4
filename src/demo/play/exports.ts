import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { costingCalculations } from '../../modules/costing/index.ts';
import { runCompute } from '../../platform/calculations/run-compute.ts';
import { assertEqual, type PostedRun } from './closing.ts';

/** Writes what an auditor takes home, and computes the calculation file anew, as `verbund compute --verify` does. */
export async function exportRun({ stage, run }: PostedRun, directory: string): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const base = `/allocation-runs/${run.id}`;
  const csv = path.join(directory, `${run.number}.csv`);
  const json = path.join(directory, `${run.number}.json`);
  await writeFile(csv, await stage.finance.text(`${base}/export?format=csv&locale=de`));
  const calculation = await stage.finance.text(`${base}/calculation`);
  await writeFile(json, calculation);
  let said = '';
  const stdout = { write: (text: string) => void (said += text) };
  const readFile = async (): Promise<string> => calculation;
  const io = { stdin: none(), stdout, stderr: stdout, readFile };
  const code = await runCompute(['--verify', json], io, costingCalculations);
  assertEqual(`${run.number}: Nachrechnung (${said.trim().slice(0, 300)})`, code, 0);
  return [csv, json];
}

async function* none(): AsyncGenerator<string> {
  // nothing comes from standard input
}
