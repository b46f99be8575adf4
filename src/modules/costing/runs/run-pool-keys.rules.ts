import { DomainError } from '../../../platform/errors.ts';
import { compareIds } from '../../../platform/money/index.ts';
import type { RunKey } from '../calculation.types.ts';
import { KEY_FORMULA_MISMATCH, KEY_VALUES_NOT_ALLOWED, KEY_VALUES_REQUIRED } from '../costing.errors.ts';
import { type KeyFormula, valuesByFormula } from '../keys/key-formulas.rules.ts';
import type { AllocationKey } from '../sharing/allocation-keys.rules.ts';

/**
 * The key of a pool as the engine takes it.
 * @throws DomainError KEY_FORMULA_MISMATCH, KEY_VALUES_REQUIRED, KEY_VALUES_NOT_ALLOWED
 */
export function toAllocationKey(key: RunKey, at: string): AllocationKey {
  if (key.type === 'equal') {
    if (key.values === undefined) return { type: 'equal' };
    const detail = 'An equal key counts every member once and has no values';
    throw new DomainError(KEY_VALUES_NOT_ALLOWED, detail, { pointer: `${at}/values` });
  }
  if (key.formula !== undefined) checkFormula(key.formula, key.values ?? {}, at);
  if (key.values !== undefined) return { type: 'values', values: key.values };
  throw new DomainError(KEY_VALUES_REQUIRED, `A key of type ${key.type} needs values`, { pointer: at });
}

function checkFormula(formula: KeyFormula, values: Readonly<Record<string, string>>, at: string): void {
  const computed = valuesByFormula(formula);
  const names = new Set([...Object.keys(computed), ...Object.keys(values)]);
  const wrong = [...names].sort(compareIds).find((name) => computed[name] !== values[name]);
  if (wrong === undefined) return;
  const detail = `The value of ${wrong} is ${values[wrong] ?? 'missing'}, the formula gives ${computed[wrong] ?? 'none'}`;
  throw new DomainError(KEY_FORMULA_MISMATCH, detail, { pointer: `${at}/formula` });
}
