import { DomainError } from '../../platform/errors.ts';
import { parseJsonStrict } from '../../platform/json.ts';
import { allocate } from './allocation.rules.ts';
import { computeRun } from './allocation-run.rules.ts';
import { readAllocationFile, readAllocationRunFile } from './calculation.schemas.ts';
import {
  CALCULATION_KIND_UNKNOWN,
  CALCULATION_NOT_VERIFIABLE,
  COMPUTE_USAGE,
  FILE_UNREADABLE,
} from './costing.errors.ts';
import { type Verification, verifyRun } from './verify-run.rules.ts';

/** One kind of calculation file. Other modules bring their own; the command line joins them. */
export interface Calculation {
  readonly kind: string;
  /** @throws DomainError for anything wrong with the file */
  compute(file: unknown): unknown;
  verify?(file: unknown): Verification;
}

export const costingCalculations: readonly Calculation[] = [
  { kind: 'allocation', compute: (file) => allocate(readAllocationFile(file)) },
  {
    kind: 'allocation-run',
    compute: (file) => computeRun(readAllocationRunFile(file)),
    verify: (file) => verifyRun(readAllocationRunFile(file)),
  },
];

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
  calculations: readonly Calculation[] = costingCalculations,
): Promise<0 | 1 | 2> {
  try {
    const { path, verify } = readArguments(args);
    const file = parseJsonStrict(path === '-' ? await readAll(io.stdin) : await readNamed(path, io));
    const calculation = findCalculation(file, calculations);
    if (!verify) {
      io.stdout.write(toText(calculation.compute(file)));
      return 0;
    }
    const verification = verificationOf(calculation, file);
    io.stdout.write(toText(verification));
    return verification.matches ? 0 : 1;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    io.stderr.write(toText(error.toProblemDetails()));
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

function findCalculation(file: unknown, calculations: readonly Calculation[]): Calculation {
  const kind = typeof file === 'object' && file !== null && 'kind' in file ? file.kind : undefined;
  const calculation = calculations.find((candidate) => candidate.kind === kind);
  if (calculation !== undefined) return calculation;
  const known = calculations.map((candidate) => candidate.kind).sort();
  const found = kind === undefined ? 'The file has no kind' : `${JSON.stringify(kind)} is no known kind`;
  throw new DomainError(CALCULATION_KIND_UNKNOWN, `${found}; supported: ${known.join(', ')}`, {
    pointer: '/kind',
  });
}

function verificationOf(calculation: Calculation, file: unknown): Verification {
  if (calculation.verify !== undefined) return calculation.verify(file);
  throw new DomainError(CALCULATION_NOT_VERIFIABLE, `A file of kind ${calculation.kind} carries no result`);
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
