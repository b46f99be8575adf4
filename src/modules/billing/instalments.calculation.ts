import { validatorOf } from '../../platform/calculations/file-checks.ts';
import { Cents, closed, Day, only } from '../../platform/calculations/schema-parts.ts';
import { type Instalments, type InstalmentsInput, planInstalments } from './instalments.rules.ts';

const readInstalmentsFile = validatorOf<InstalmentsInput>(
  closed({
    kind: only('instalments'),
    totalCents: Cents,
    due: { type: 'array', items: Day, minItems: 1, maxItems: 1000 },
  }),
);

export function compute(file: unknown): Instalments {
  return planInstalments(readInstalmentsFile(file));
}
