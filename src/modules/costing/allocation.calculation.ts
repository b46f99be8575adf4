import { type Allocation, allocate } from './allocation.rules.ts';
import { readAllocationFile } from './calculation.schemas.ts';

export function compute(file: unknown): Allocation {
  return allocate(readAllocationFile(file));
}
