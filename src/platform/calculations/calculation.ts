/**
 * Calculation files: JSON in, JSON out, nothing stored and nothing looked up. Modules bring the kinds, the command line
 * joins them.
 */

/** One kind of calculation file. */
export interface Calculation {
  /** @throws DomainError for anything wrong with the file */
  compute(file: unknown): unknown;
  /** Only where files of the kind carry their result. @throws DomainError as well */
  verify?(file: unknown): Verification;
}

export interface Verification {
  readonly matches: boolean;
}

/** Kind → what computes it, loaded when a file asks for it: the command starts anew for each file. */
export type Calculations = Readonly<Record<string, () => Promise<Calculation>>>;
