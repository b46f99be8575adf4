import { validatorOf } from '../../../platform/calculations/file-checks.ts';
import {
  Cents,
  closed,
  DecimalText,
  Id,
  list,
  mapOf,
  only,
} from '../../../platform/calculations/schema-parts.ts';
import type { SecondaryAllocationInput } from '../costs/cost-centre-use.rules.ts';
import { allocateSecondary, type SecondaryAllocation } from './secondary-allocation.rules.ts';

const readSecondaryAllocationFile = validatorOf<SecondaryAllocationInput>(
  closed(
    {
      kind: only('secondary-allocation'),
      method: { enum: ['direct', 'step_down', 'reciprocal'] },
      costCentres: list(closed({ id: Id, type: { enum: ['support', 'final'] }, primaryCents: Cents })),
      use: mapOf(mapOf(DecimalText)),
    },
    { order: list(Id) },
  ),
);

export function compute(file: unknown): SecondaryAllocation {
  return allocateSecondary(readSecondaryAllocationFile(file));
}
