import { DomainError } from '../../../platform/errors.ts';
import { VALIDATOR_FAILED } from './statement-sending.errors.ts';
import type { Verdict } from './statement-sending.types.ts';

export interface ValidatorSettings {
  /** Where the daemon listens, with user and password where a proxy asks for them. */
  readonly url: string;
  readonly timeoutMs: number;
}

/**
 * The KoSIT validator as a daemon (https://github.com/itplr-kosit/validator, docs/daemon.md): the document is the body of a POST, whose last
 * path segment names it. 200 is accepted and 406 rejected, each with an XML report; everything else is no verdict.
 */
export interface Validator {
  /** Its address without credentials. */
  readonly address: string;
  /** Throws `VALIDATOR_FAILED`. */
  validate(name: string, xml: Buffer): Promise<Verdict>;
  /** Whether it says that it is up. Throws `VALIDATOR_FAILED`. */
  check(): Promise<boolean>;
}

/** Reports with the document inside and all rules that fired stay far below. */
const LONGEST_REPORT_BYTES = 16 * 1024 * 1024;
const NOT_FOUND = 404;
const VERDICTS: ReadonlyMap<number, boolean> = new Map([
  [200, true],
  [406, false],
]);

export function createValidator({ url, timeoutMs }: ValidatorSettings): Validator {
  const base = new URL(url.endsWith('/') ? url : `${url}/`);
  const headers = credentialsOf(base);
  base.username = '';
  base.password = '';
  const ask = (path: string, init: RequestInit) => answerOf(new URL(path, base), timeoutMs, headers, init);
  return {
    address: base.href,
    async validate(name, xml) {
      const { status, contentType, body } = await ask(encodeURIComponent(name), {
        method: 'POST',
        headers: { 'content-type': 'application/xml' },
        body: new Uint8Array(xml),
      });
      const accepted = VERDICTS.get(status);
      if (accepted === undefined) throw failed(`it answered ${status}`);
      // A gateway in between answers 200 with a page of its own, too.
      if (!/^(application|text)\/([\w.-]+\+)?xml\b/i.test(contentType) || body.length === 0)
        throw failed(`it answered ${status} without a report in XML`);
      return { accepted, report: body };
    },
    async check() {
      const { status } = await ask('server/health', { method: 'GET' });
      if (status !== 200 && status !== NOT_FOUND) throw failed(`it answered ${status}`);
      return status === 200;
    },
  };
}

function credentialsOf({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` };
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

async function answerOf(
  url: URL,
  timeoutMs: number,
  headers: Readonly<Record<string, string>>,
  init: RequestInit,
): Promise<Answer> {
  try {
    const response = await fetch(url, {
      ...init,
      headers: { ...headers, ...(init.headers as Record<string, string>) },
      redirect: 'manual',
      // Holds for the whole answer, not only for its beginning.
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = await bounded(response);
    return { status: response.status, contentType: response.headers.get('content-type') ?? '', body };
  } catch (error) {
    throw error instanceof DomainError ? error : failed(reasonOf(error, timeoutMs), error);
  }
}

async function bounded({ body }: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > LONGEST_REPORT_BYTES) throw failed(`its answer is longer than ${LONGEST_REPORT_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** `fetch` says only that it failed; its cause says why. */
function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const { code, message: why } = (cause ?? {}) as { code?: string; message?: string };
  return why || code || message;
}

const failed = (reason: string, cause?: unknown) =>
  new DomainError(VALIDATOR_FAILED, `The validator gave no verdict: ${reason}.`, { cause });
