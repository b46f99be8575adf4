import { DomainError } from '../errors.ts';
import { parseJsonStrict } from '../json.ts';
import { asWritten } from './as-written.ts';
import type { Calculation, Calculations, Verification } from './calculation.ts';
import {
  CALCULATION_KIND_UNKNOWN,
  CALCULATION_NOT_VERIFIABLE,
  COMPUTE_USAGE,
  FILE_UNREADABLE,
  RESULT_NOT_WRITTEN,
} from './compute.errors.ts';
import { jsonText } from './json-text.ts';

/** Has taken the text when `write` returns, or throws what the operating system says. */
interface Sink {
  write(text: string): unknown;
}

export interface ComputeIo {
  readonly stdin: AsyncIterable<string | Uint8Array>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readFile(path: string): Promise<string | Uint8Array>;
}

/**
 * 0 done, or verified and equal; 1 verified and different; 2 refused, with a problem document on stderr; 3 broken off, with one as
 * well; 141 nobody reads the result any more, which is nothing to tell: what a shell says of programs that end by SIGPIPE.
 */
export type ComputeExit = 0 | 1 | 2 | 3 | 141;

/**
 * `verbund compute [--verify] FILE`: reads a calculation file (`-` for standard input) and writes the result as JSON
 * to stdout; with `--help` what it understands. Needs no configuration, network or database.
 */
export async function runCompute(
  args: readonly string[],
  io: ComputeIo,
  calculations: Calculations,
): Promise<ComputeExit> {
  try {
    if (args.some((word) => HELP.has(word))) {
      put(io.stdout, USAGE);
      return 0;
    }
    const { result, exit } = await computed(readArguments(args), io, calculations);
    write(io.stdout, result);
    return exit;
  } catch (error) {
    if (error instanceof NobodyReads) return 141;
    if (!(error instanceof DomainError)) throw error;
    tell(io.stderr, error);
    return error.problem === RESULT_NOT_WRITTEN ? 3 : 2;
  }
}

const HELP = new Set(['--help', '-h']);
const USAGE = `verbund compute [--verify] FILE

Works out a calculation file and writes the result to standard output, both JSON. FILE may be - for standard input.

  --verify  compute an exported allocation run anew and compare it with the result that the file carries
  --help    this text

Exit codes: 0 done, or equal; 1 --verify found differences; 2 refused; 3 broken off; 141 nobody reads the result.
Kinds of files and examples: docs/calculation-files.md.
`;

interface Words {
  readonly path: string;
  readonly verify: boolean;
}

/** On its own, so that the file can be forgotten before the result is written. */
async function computed(
  { path, verify }: Words,
  io: ComputeIo,
  calculations: Calculations,
): Promise<{ result: unknown; exit: ComputeExit }> {
  const input = await read(path, io);
  const file = parseJsonStrict(input);
  const { kind, calculation } = await findCalculation(file, calculations);
  try {
    if (!verify) return { result: calculation.compute(file), exit: 0 };
    const verification = verificationOf(kind, calculation, file);
    return { result: verification, exit: verification.matches ? 0 : 1 };
  } catch (error) {
    throw asWritten(error, input);
  }
}

function readArguments(args: readonly string[]): Words {
  const paths = args.filter((arg) => arg === '-' || !arg.startsWith('-'));
  const unknown = args.find((arg) => arg !== '-' && arg.startsWith('-') && arg !== '--verify');
  if (unknown !== undefined) throw new DomainError(COMPUTE_USAGE, `Unknown option ${unknown}`);
  const [path] = paths;
  if (path === undefined || paths.length > 1) {
    throw new DomainError(COMPUTE_USAGE, `Expected one file, got ${paths.length}`);
  }
  return { path, verify: args.includes('--verify') };
}

async function read(path: string, io: ComputeIo): Promise<string | Uint8Array> {
  try {
    return await (path === '-' ? readAll(io.stdin) : io.readFile(path));
  } catch (cause) {
    const name = path === '-' ? 'standard input' : path;
    throw new DomainError(FILE_UNREADABLE, `Cannot read ${name}${reasonOf(cause)}`, { cause });
  }
}

/** Joins bytes before decoding: a chunk may end in the middle of a character. */
async function readAll(stream: AsyncIterable<string | Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}

async function findCalculation(
  file: unknown,
  calculations: Calculations,
): Promise<{ kind: string; calculation: Calculation }> {
  const kind = typeof file === 'object' && file !== null && 'kind' in file ? file.kind : undefined;
  // Own names only: every object inherits `constructor`.
  const load = typeof kind === 'string' && Object.hasOwn(calculations, kind) ? calculations[kind] : undefined;
  if (load !== undefined) return { kind: kind as string, calculation: await load() };
  const known = Object.keys(calculations).sort();
  const found = kind === undefined ? 'The file has no kind' : `${shown(kind)} is no known kind`;
  throw new DomainError(CALCULATION_KIND_UNKNOWN, `${found}; supported: ${known.join(', ')}`, {
    pointer: '/kind',
  });
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function verificationOf(kind: string, calculation: Calculation, file: unknown): Verification {
  if (calculation.verify !== undefined) return calculation.verify(file);
  throw new DomainError(CALCULATION_NOT_VERIFIABLE, `A file of kind ${kind} carries no result`);
}

/** Texts shorter than so many characters are written together. */
const PIECE = 65_536;

class NobodyReads extends Error {}

/** @throws NobodyReads, DomainError RESULT_NOT_WRITTEN */
function write(stdout: Sink, value: unknown): void {
  let pending = '';
  for (const text of jsonText(value)) {
    if (pending.length + text.length < PIECE) pending += text;
    else {
      // Joining them would copy what is large.
      put(stdout, pending);
      put(stdout, text);
      pending = '';
    }
  }
  put(stdout, `${pending}\n`);
}

function put(stdout: Sink, text: string): void {
  try {
    stdout.write(text);
  } catch (cause) {
    if (codeOf(cause) === 'EPIPE') throw new NobodyReads();
    throw new DomainError(RESULT_NOT_WRITTEN, `The result is not written in full${reasonOf(cause)}`, {
      cause,
    });
  }
}

/** The exit code says it as well, to whoever does not read stderr. */
function tell(stderr: Sink, error: DomainError): void {
  try {
    stderr.write(`${JSON.stringify(error.toProblemDetails(), null, 2)}\n`);
  } catch {}
}

const reasonOf = (cause: unknown): string => (codeOf(cause) === undefined ? '' : ` (${codeOf(cause)})`);

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
}
