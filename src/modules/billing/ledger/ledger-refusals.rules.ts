import { DomainError, type FieldError } from '../../../platform/errors.ts';
import { LEDGER_FILE_REFUSED } from './ledger.errors.ts';

/** Collects all that cannot be written, each thing once, so that a person can mend it in one go. */
export class Refusals {
  readonly #found = new Map<string, FieldError>();

  add(code: string, detail: string): void {
    this.#found.set(`${code} ${detail}`, { pointer: '', code, detail });
  }

  /** @throws DomainError LEDGER_FILE_REFUSED */
  assertNone(): void {
    const errors = [...this.#found.values()];
    const [first] = errors;
    if (first === undefined) return;
    const more = errors.length === 1 ? '' : ` and ${errors.length - 1} more`;
    throw new DomainError(LEDGER_FILE_REFUSED, `${first.detail}${more}.`, { errors });
  }
}
