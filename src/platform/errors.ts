/**
 * Problems: everything that Verbund refuses, by name. A module lists its problems once in `<module>.errors.ts`;
 * rules and services throw a `DomainError` with one of them; each edge (HTTP, portal, command line, worker)
 * translates it in one place. Clients branch on `code`, which therefore never changes its meaning.
 */

/** A kind of refusal. `help` tells the reader of `docs/problems.md` what to do about it. */
export interface Problem {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly help: string;
}

/** One wrong place in what was sent. `pointer` is a JSON pointer (RFC 6901) into the request body or file. */
export interface FieldError {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** Body of an `application/problem+json` answer (RFC 9457). */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly instance?: string;
  readonly errors?: readonly FieldError[];
}

export interface ErrorContext {
  /** Shorthand for a single entry in `errors` that repeats code and detail. */
  readonly pointer?: string;
  readonly errors?: readonly FieldError[];
  /** For the log only; may name what the caller must not learn. */
  readonly internal?: string;
  readonly cause?: unknown;
  /** Headers of the HTTP answer, for example `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
}

const CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
const registry = new Map<string, Problem>();

/**
 * Registers a problem; call it once, at module level.
 * @throws Error at load time when the code is malformed or taken, or the status is no HTTP error: two meanings of
 *   one code would reach clients unnoticed.
 */
export function defineProblem(problem: Problem): Problem {
  if (!CODE.test(problem.code)) throw new Error(`Problem code ${problem.code} is not in UPPER_SNAKE_CASE`);
  if (registry.has(problem.code)) throw new Error(`Problem ${problem.code} is defined twice`);
  if (!Number.isInteger(problem.status) || problem.status < 400 || problem.status > 599) {
    throw new Error(`Problem ${problem.code} needs a status from 400 to 599`);
  }
  const registered = Object.freeze({ ...problem });
  registry.set(registered.code, registered);
  return registered;
}

/** All problems of the modules loaded so far, ascending by code. */
export function listProblems(): Problem[] {
  return [...registry.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** A refusal with a reason for the caller (`message`) and, apart from it, one for the log (`internal`). */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly problem: Problem;
  readonly errors: readonly FieldError[];
  readonly internal: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(problem: Problem, publicDetail: string, context: ErrorContext = {}) {
    super(publicDetail, context.cause === undefined ? undefined : { cause: context.cause });
    this.problem = problem;
    this.internal = context.internal;
    this.headers = context.headers;
    this.errors =
      context.pointer === undefined
        ? (context.errors ?? [])
        : [{ pointer: context.pointer, code: problem.code, detail: publicDetail }, ...(context.errors ?? [])];
  }

  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }

  /** The public part only; `instance` is the request id. */
  toProblemDetails(instance?: string): ProblemDetails {
    const { code, status, title } = this.problem;
    return {
      type: `/problems/${code}`,
      title,
      status,
      detail: this.message,
      code,
      ...(instance !== undefined && { instance }),
      ...(this.errors.length > 0 && { errors: this.errors }),
    };
  }
}
