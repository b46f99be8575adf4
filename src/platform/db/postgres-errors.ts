import postgres from 'postgres';
import { DomainError, type FieldError, type Problem } from '../errors.ts';

/** The server's own error inside whatever wraps it (drizzle wraps once), or undefined. */
export function postgresError(error: unknown): postgres.PostgresError | undefined {
  let inner: unknown = error;
  while (inner instanceof Error) {
    if (inner instanceof postgres.PostgresError) return inner;
    inner = inner.cause;
  }
  return undefined;
}

export function isSqlState(error: unknown, state: string): boolean {
  return postgresError(error)?.code === state;
}

export function isConstraint(error: unknown, name: string): boolean {
  return postgresError(error)?.constraint_name === name;
}

export interface ConstraintProblem {
  readonly errors?: readonly FieldError[];
  readonly problem: Problem;
  readonly detail: string;
}

/** Runs `work`; a violation of a constraint named in `problems` becomes that problem, everything else passes through. */
export async function mapConstraints<T>(
  problems: Readonly<Record<string, ConstraintProblem>>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const name = postgresError(error)?.constraint_name;
    const known = name === undefined ? undefined : problems[name];
    if (known === undefined) throw error;
    throw new DomainError(known.problem, known.detail, {
      cause: error,
      ...(known.errors ? { errors: known.errors } : {}),
    });
  }
}
