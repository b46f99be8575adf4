import { DomainError } from '../errors.ts';
import { parseJsonStrict } from '../json.ts';
import type { Calculation, Calculations, Verification } from './calculation.ts';
import {
  CALCULATION_KIND_UNKNOWN,
  CALCULATION_NOT_VERIFIABLE,
  COMPUTE_USAGE,
  FILE_UNREADABLE,
} from './compute.errors.ts';
import { jsonText } from './json-text.ts';

export interface ComputeIo {
  readonly stdin: AsyncIterable<string | Uint8Array>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readFile(path: string): Promise<string | Uint8Array>;
}

/**
 * `verbund compute [--verify] FILE`: reads a calculation file (`-` for standard input) and writes the result as JSON
 * to stdout. Needs no configuration, network or database.
 *
 * @returns exit code: 0 done, or verified and equal; 1 verified and different; 2 refused, with a problem document on
 *   stderr. Set it as `process.exitCode`: `process.exit` would cut off output still in the pipe.
 */
export async function runCompute(
  args: readonly string[],
  io: ComputeIo,
  calculations: Calculations,
): Promise<0 | 1 | 2> {
  try {
    const { path, verify } = readArguments(args);
    const file = parseJsonStrict(path === '-' ? await readAll(io.stdin) : await readNamed(path, io));
    const { kind, calculation } = await findCalculation(file, calculations);
    if (!verify) {
      write(io.stdout, calculation.compute(file));
      return 0;
    }
    const verification = verificationOf(kind, calculation, file);
    write(io.stdout, verification);
    return verification.matches ? 0 : 1;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    write(io.stderr, error.toProblemDetails());
    return 2;
  }
}

function readArguments(args: readonly string[]): { path: string; verify: boolean } {
  const paths = args.filter((arg) => arg === '-' || !arg.startsWith('-'));
  const unknown = args.find((arg) => arg !== '-' && arg.startsWith('-') && arg !== '--verify');
  if (unknown !== undefined) throw new DomainError(COMPUTE_USAGE, `Unknown option ${unknown}`);
  const [path] = paths;
  if (path === undefined || paths.length > 1) {
    throw new DomainError(COMPUTE_USAGE, `Expected one file, got ${paths.length}`);
  }
  return { path, verify: args.includes('--verify') };
}

async function readNamed(path: string, io: ComputeIo): Promise<string | Uint8Array> {
  try {
    return await io.readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new DomainError(FILE_UNREADABLE, `Cannot read ${path}${reason}`, { cause });
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

function write(stream: ComputeIo['stdout'], value: unknown): void {
  for (const text of jsonText(value)) stream.write(text);
  stream.write('\n');
}
