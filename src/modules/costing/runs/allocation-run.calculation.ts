import { readAllocationRunFile } from '../calculation.schemas.ts';
import { computeRun, type RunResult } from './allocation-run.rules.ts';
import { type Verification, verifyRun } from './verify-run.rules.ts';

export function compute(file: unknown): RunResult {
  return computeRun(readAllocationRunFile(file));
}

export function verify(file: unknown): Verification {
  return verifyRun(readAllocationRunFile(file));
}
