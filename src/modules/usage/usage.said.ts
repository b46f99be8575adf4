import type { FieldError } from '../../platform/errors.ts';

/** Different warnings that one stream remembers. */
const REMEMBERED = 1000;

/**
 * What a stream has said already: a warning that comes again is its code alone, so that the results of lines that are all warned of stay
 * about as small as those of others. What came most recently is remembered.
 */
export class SaidWarnings {
  readonly #said = new Set<string>();

  shorten(warning: FieldError): Pick<FieldError, 'code'> | FieldError {
    const { pointer, code, detail } = warning;
    const name = JSON.stringify([pointer, code, detail]);
    const isKnown = this.#said.delete(name);
    this.#said.add(name);
    if (isKnown) return { code };
    const [oldest] = this.#said;
    if (this.#said.size > REMEMBERED && oldest !== undefined) this.#said.delete(oldest);
    return warning;
  }
}
