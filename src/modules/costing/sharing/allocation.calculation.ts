import { readAllocationFile } from '../calculation.schemas.ts';
import { allocateByTranche } from './allocation.rules.ts';

export function compute(file: unknown): ReturnType<typeof allocateByTranche> {
  return allocateByTranche(readAllocationFile(file));
}
