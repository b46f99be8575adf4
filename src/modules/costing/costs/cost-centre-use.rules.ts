import { DomainError, type FieldError, type Problem } from '../../../platform/errors.ts';
import {
  ALLOCATION_KEY_EMPTY,
  alignDecimals,
  NEGATIVE_WEIGHT,
  parseDecimal,
} from '../../../platform/money/index.ts';
import {
  COST_CENTRE_DUPLICATE,
  COST_CENTRE_UNKNOWN,
  COST_CENTRE_USE_MISSING,
  RECIPROCAL_SINGULAR,
  STEP_DOWN_ORDER_INVALID,
} from '../calculations.errors.ts';

/** Which use between cost centres counts; what does not count is dropped, and the rest is the whole. */
export type SecondaryMethod = 'direct' | 'step_down' | 'reciprocal';

export interface CostCentre {
  readonly id: string;
  /** `support` passes all its cost on, `final` keeps what it gets. */
  readonly type: 'support' | 'final';
  readonly primaryCents: number;
}

export interface SecondaryAllocationInput {
  readonly method: SecondaryMethod;
  /** Support centres in the order they are passed on; read by `step_down`, checked whenever it is there. */
  readonly order?: readonly string[] | undefined;
  readonly costCentres: readonly CostCentre[];
  /** Support centre → who used it → weight as a decimal string. */
  readonly use: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Whom a support centre passes its cost to, in integer units of its own: only proportions count. All above zero. */
export type Use = ReadonlyMap<string, bigint>;

/**
 * The use that counts with the method, for every support centre: without its own use, without use by support centres
 * (`direct`) or by those passed on before (`step_down`).
 * @throws DomainError COST_CENTRE_DUPLICATE, COST_CENTRE_UNKNOWN, COST_CENTRE_USE_MISSING, STEP_DOWN_ORDER_INVALID,
 *   DECIMAL_INVALID, NEGATIVE_WEIGHT; ALLOCATION_KEY_EMPTY when nobody is left to take the cost of a centre;
 *   RECIPROCAL_SINGULAR when cost would go round for ever
 */
export function resolveUse(input: SecondaryAllocationInput): ReadonlyMap<string, Use> {
  const typeById = new Map<string, CostCentre['type']>();
  for (const [index, { id, type }] of input.costCentres.entries()) {
    if (typeById.has(id)) throw refusal(COST_CENTRE_DUPLICATE, `${id} occurs twice`, `/costCentres/${index}`);
    typeById.set(id, type);
  }
  const supports = [...typeById.keys()].filter((id) => typeById.get(id) === 'support');
  checkOrder(input, supports);
  refuseStrangers(input.use, typeById);
  const counts = countedBy(input, typeById);
  const uses = new Map(supports.map((id) => [id, resolveRow(id, input.use, counts)]));
  refuseClosedLoops(uses);
  return uses;
}

function checkOrder({ method, order }: SecondaryAllocationInput, supports: readonly string[]): void {
  if (order === undefined) {
    if (method !== 'step_down') return;
    throw refusal(STEP_DOWN_ORDER_INVALID, 'The method step_down needs an order', '/order');
  }
  const left = new Set(supports);
  for (const [index, id] of order.entries()) {
    if (left.delete(id)) continue;
    const reason = supports.includes(id) ? 'occurs twice' : 'is no support centre';
    throw refusal(STEP_DOWN_ORDER_INVALID, `${id} ${reason}`, `/order/${index}`);
  }
  const [missing] = left;
  if (missing !== undefined) throw refusal(STEP_DOWN_ORDER_INVALID, `${missing} is missing`, '/order');
}

function refuseStrangers(
  use: SecondaryAllocationInput['use'],
  typeById: ReadonlyMap<string, CostCentre['type']>,
): void {
  const errors: FieldError[] = [];
  for (const [id, row] of Object.entries(use)) {
    if (typeById.get(id) !== 'support') errors.push(stranger(`${id} is no support centre`, id));
    for (const target of Object.keys(row)) {
      if (!typeById.has(target)) errors.push(stranger(`${target} is no cost centre`, id, target));
    }
  }
  if (errors.length > 0) throw new DomainError(COST_CENTRE_UNKNOWN, errors[0]?.detail ?? '', { errors });
}

function stranger(detail: string, ...place: string[]): FieldError {
  return { pointer: usePointer(...place), code: COST_CENTRE_UNKNOWN.code, detail };
}

type Counts = (from: string, to: string) => boolean;

function countedBy(
  { method, order = [] }: SecondaryAllocationInput,
  typeById: ReadonlyMap<string, CostCentre['type']>,
): Counts {
  if (method === 'reciprocal') return (from, to) => from !== to;
  if (method === 'direct') return (_from, to) => typeById.get(to) === 'final';
  const positions = new Map(order.map((id, position) => [id, position]));
  const positionOf = (id: string): number => positions.get(id) ?? Number.POSITIVE_INFINITY;
  return (from, to) => positionOf(to) > positionOf(from);
}

function resolveRow(id: string, use: SecondaryAllocationInput['use'], counts: Counts): Use {
  const row = Object.hasOwn(use, id) ? use[id] : undefined;
  if (row === undefined) {
    throw refusal(COST_CENTRE_USE_MISSING, `Nothing is said about who used ${id}`, usePointer(id));
  }
  const decimals = Object.entries(row).map(([target, weight]) => {
    const pointer = usePointer(id, target);
    const decimal = parseDecimal(weight, () => pointer);
    if (decimal.units >= 0n) return decimal;
    throw refusal(NEGATIVE_WEIGHT, `The use of ${id} by ${target} is negative`, pointer);
  });
  const { units } = alignDecimals(decimals);
  const targets = Object.keys(row).map((target, index): [string, bigint] => [target, units[index] as bigint]);
  const counted = new Map(targets.filter(([target, weight]) => weight > 0n && counts(id, target)));
  if (counted.size > 0) return counted;
  throw refusal(ALLOCATION_KEY_EMPTY, `Nobody is left to take the cost of ${id}`, usePointer(id));
}

/**
 * Cost leaves a support centre in the end if it, or somebody it passes cost to, is used by a final one. If all do,
 * the equations of the reciprocal method have one solution.
 */
function refuseClosedLoops(uses: ReadonlyMap<string, Use>): void {
  const usersOf = (id: string): readonly string[] => [...(uses.get(id)?.keys() ?? [])];
  const givers = new Map<string, string[]>();
  for (const id of uses.keys()) {
    for (const target of usersOf(id)) givers.set(target, [...(givers.get(target) ?? []), id]);
  }
  const waiting = [...givers.keys()].filter((id) => !uses.has(id));
  const drained = new Set<string>();
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const giver of givers.get(id) ?? []) {
      if (drained.has(giver)) continue;
      drained.add(giver);
      waiting.push(giver);
    }
  }
  const closed = [...uses.keys()].filter((id) => !drained.has(id)).sort();
  if (closed.length === 0) return;
  const detail = `The cost of ${closed.join(', ')} never arrives at a final cost centre`;
  const errors = closed.map((id) => ({ pointer: usePointer(id), code: RECIPROCAL_SINGULAR.code, detail }));
  throw new DomainError(RECIPROCAL_SINGULAR, detail, { errors });
}

function refusal(problem: Problem, detail: string, pointer: string): DomainError {
  return new DomainError(problem, detail, { pointer });
}

function usePointer(...steps: string[]): string {
  return `/use${steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`;
}
