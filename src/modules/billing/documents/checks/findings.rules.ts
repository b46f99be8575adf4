import type { FieldError } from '../../../../platform/errors.ts';

/** One reason not to issue a document. `pointer` is a JSON pointer into the document. */
export type Finding = FieldError;

/** Findings of rules in the form `[holds, pointer, code, detail]`: those that do not hold. */
export function findings(
  ...rules: readonly (readonly [holds: boolean, pointer: string, code: string, detail: string])[]
): Finding[] {
  return rules.flatMap(([holds, pointer, code, detail]) => (holds ? [] : [{ pointer, code, detail }]));
}
