/**
 * The one error type that carries a message for people outside, and the register of all problems the product can answer with.
 * At the HTTP edge a `DomainError` becomes `application/problem+json` (RFC 9457); in a worker it decides between "retry" and
 * "dead letter": a refused rule does not get better by trying again.
 */
export interface Problem {
  /** Stable, upper case, never reused: programs match on it. */
  readonly code: string;
  /** HTTP status this problem has at the API. */
  readonly status: number;
  readonly title: string;
  /** What the reader can do about it; printed in docs/problems.md. */
  readonly help: string;
}

export interface FieldError {
  /** JSON pointer (RFC 6901) into the body, or `/query/<name>` style for parameters. */
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

export interface DomainErrorOptions {
  readonly errors?: readonly FieldError[];
  /** For the log only; may name things the caller must not learn. */
  readonly internal?: string;
  readonly cause?: unknown;
  /** Extra response headers, for example `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
}

const register = new Map<string, Problem>();

/** Registers a problem once, at module load. Throws when its code is taken. */
export function defineProblem(problem: Problem): Problem {
  if (register.has(problem.code)) throw new Error(`problem ${problem.code} is defined twice`);
  const frozen = Object.freeze({ ...problem });
  register.set(problem.code, frozen);
  return frozen;
}

/** All problems, sorted by code: the source of docs/problems.md. */
export function listProblems(): Problem[] {
  return [...register.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

export class DomainError extends Error {
  readonly problem: Problem;
  readonly detail: string;
  readonly errors: readonly FieldError[] | undefined;
  readonly internal: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(problem: Problem, detail: string, options: DomainErrorOptions = {}) {
    super(`${problem.code}: ${detail}`, { cause: options.cause });
    this.name = 'DomainError';
    this.problem = problem;
    this.detail = detail;
    this.errors = options.errors;
    this.internal = options.internal;
    this.headers = options.headers;
  }
}
