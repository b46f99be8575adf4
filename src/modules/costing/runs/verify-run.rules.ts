import { DomainError } from '../../../platform/errors.ts';
import { compareIds } from '../../../platform/money/index.ts';
import type { AllocationRunFile } from '../calculation.types.ts';
import { RUN_RESULT_MISSING } from '../costing.errors.ts';
import { computeRun, type RunLine } from './allocation-run.rules.ts';

/** One place where a file differs from what its snapshot gives; `pointer` is a JSON pointer into the file. */
export interface Difference {
  readonly pointer: string;
  /** Missing or extra lines and fields, different values, lines out of order. */
  readonly code: 'MISSING' | 'UNEXPECTED' | 'DIFFERENT' | 'ORDER';
  /** As computed; absent for UNEXPECTED and ORDER. */
  readonly computed?: unknown;
  /** As it stands in the file; absent for MISSING and ORDER. */
  readonly found?: unknown;
}

export interface Verification {
  readonly matches: boolean;
  readonly differences: readonly Difference[];
}

/**
 * Computes a run anew from the snapshot in its file and compares everything that was stored: lines one by one (found
 * by pool, tranche and member), totals, both hashes. A changed snapshot shows in `inputHash` even where no cent moved.
 * @throws DomainError RUN_RESULT_MISSING, and what `computeRun` throws
 */
export function verifyRun(file: AllocationRunFile): Verification {
  for (const field of ['lines', 'totals', 'inputHash', 'resultHash'] as const) {
    if (file[field] !== undefined) continue;
    throw new DomainError(RUN_RESULT_MISSING, `The file has no ${field}`, { pointer: `/${field}` });
  }
  const { lines, ...rest } = computeRun(file);
  const { totals, secondaryResult, inputHash, resultHash } = file;
  const differences = [
    ...compareLines(lines, file.lines ?? []),
    ...compareValues(
      { ...rest },
      { totals, ...(secondaryResult !== undefined && { secondaryResult }), inputHash, resultHash },
      '',
    ),
  ];
  return { matches: differences.length === 0, differences };
}

function compareLines(computed: readonly RunLine[], found: readonly unknown[]): Difference[] {
  const differences: Difference[] = [];
  const places = new Map<string, number>();
  for (const [index, line] of found.entries()) {
    const name = nameOf(line);
    if (places.has(name)) differences.push({ pointer: `/lines/${index}`, code: 'UNEXPECTED', found: line });
    else places.set(name, index);
  }
  let last = -1;
  let ordered = true;
  for (const line of computed) {
    const name = nameOf(line);
    const index = places.get(name);
    places.delete(name);
    if (index === undefined) {
      differences.push({ pointer: '/lines', code: 'MISSING', computed: line });
      continue;
    }
    ordered &&= index > last;
    last = index;
    differences.push(...compareValues(line, found[index], `/lines/${index}`));
  }
  for (const index of places.values()) {
    differences.push({ pointer: `/lines/${index}`, code: 'UNEXPECTED', found: found[index] });
  }
  if (!ordered) differences.push({ pointer: '/lines', code: 'ORDER' });
  return differences;
}

/** What a line is found by; anything that is no line gets a name no computed line has. */
function nameOf(line: unknown): string {
  if (!isObject(line)) return JSON.stringify(line);
  return JSON.stringify([line['pool'], line['tranche'], line['member']]);
}

function compareValues(computed: unknown, found: unknown, pointer: string): Difference[] {
  if (Array.isArray(computed) && Array.isArray(found)) {
    return compareFields(byPlace(computed), byPlace(found), pointer);
  }
  if (isObject(computed) && isObject(found)) return compareFields(computed, found, pointer);
  return computed === found ? [] : [{ pointer, code: 'DIFFERENT', computed, found }];
}

/** A list as an object of its places, so that both are compared alike. */
function byPlace(items: readonly unknown[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(items.entries());
}

function compareFields(
  computed: Readonly<Record<string, unknown>>,
  found: Readonly<Record<string, unknown>>,
  pointer: string,
): Difference[] {
  const unexpected = Object.keys(found)
    .filter((field) => !Object.hasOwn(computed, field))
    .sort(compareIds)
    .map((field): Difference => ({ pointer: step(pointer, field), code: 'UNEXPECTED', found: found[field] }));
  const others = Object.entries(computed).flatMap(([field, value]): Difference[] =>
    Object.hasOwn(found, field)
      ? compareValues(value, found[field], step(pointer, field))
      : [{ pointer: step(pointer, field), code: 'MISSING', computed: value }],
  );
  return [...others, ...unexpected];
}

function step(pointer: string, field: string): string {
  return `${pointer}/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
