import { allocateByTranche } from './allocation.rules.ts';
import { readAllocationFile } from './calculation.schemas.ts';

export function compute(file: unknown): ReturnType<typeof allocateByTranche> {
  return allocateByTranche(readAllocationFile(file));
}
