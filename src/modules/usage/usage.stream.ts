import { Readable } from 'node:stream';
import type { Clock, Moment } from '../../platform/clock.ts';
import type { Hat, HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { withHatTx } from '../../platform/db/hat.ts';
import { DomainError, type FieldError } from '../../platform/errors.ts';
import { asDomainError } from '../../platform/http/problems.ts';
import { groupsOfLines, LINE_LIMIT_BYTES, type Line } from './usage.lines.ts';
import { type Outcome, type Prepared, prepareSent, type Refused } from './usage.recording.ts';
import { SaidWarnings } from './usage.said.ts';
import type { UsageEventInput } from './usage.schemas.ts';
import { recordSent, type UnitMemory } from './usage.sent.ts';
import { findFormErrors, formRefusal } from './usage.validation.ts';

/** Results held back for a sender that writes everything before it reads anything. */
export const RESULTS_AHEAD_BYTES = 6_291_456;

export interface StreamDependencies {
  readonly db: Database;
  readonly clock: Clock;
  /** Told of failures that are not the sender's. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Records a stream of lines, each on its own, and answers a line for each, in order. A chunk of lines is one transaction; what stopped a
 * chunk as a whole (the database away, the session ended) is the answer of each of its lines, and the next chunk tries again. Reading
 * stops while the results are not taken, so that memory stays bounded whatever is sent.
 */
export function recordStream(deps: StreamDependencies, ctx: HatContext, input: Readable): Readable {
  return Readable.from(results(deps, ctx, input), { objectMode: false, highWaterMark: RESULTS_AHEAD_BYTES });
}

async function* results(deps: StreamDependencies, ctx: HatContext, input: Readable): AsyncGenerator<string> {
  const said = new SaidWarnings();
  const units: UnitMemory = { recorded: new Map(), rules: new Map() };
  for await (const lines of groupsOfLines(input)) {
    const chunk = { ...ctx, now: deps.clock.now(), idempotency: null };
    const prepared = lines.map((line) => prepareLine(line, chunk.hat, chunk.now));
    const outcomes = await recordChunk(deps, chunk, prepared, units);
    yield lines.map((line, index) => resultLine(line, outcomes[index], ctx.requestId, said)).join('');
  }
}

function resultLine(
  { number: line }: Line,
  outcome: Outcome | undefined,
  requestId: string,
  said: SaidWarnings,
): string {
  if (outcome === undefined) throw new Error('a line without outcome');
  return `${JSON.stringify({ line, ...resultOf(outcome, requestId, said) })}\n`;
}

function resultOf(outcome: Outcome, requestId: string, said: SaidWarnings) {
  if (outcome.status !== 'refused') {
    const { warnings, ...recorded } = outcome;
    return warnings === undefined
      ? recorded
      : { ...recorded, warnings: warnings.map((one) => said.shorten(one)) };
  }
  const { problem, detail, errors } = outcome.refusal;
  return {
    status: outcome.status,
    problem: new DomainError(problem, detail, { errors }).toProblemDetails(requestId),
  };
}

/** Finds the line that the database refuses, so that it harms no other. */
async function recordHalves(
  deps: Omit<StreamDependencies, 'clock'>,
  ctx: HatContext,
  prepared: readonly Prepared[],
  units: UnitMemory | undefined,
): Promise<readonly Outcome[]> {
  const middle = prepared.length >> 1;
  const first = await recordChunk(deps, ctx, prepared.slice(0, middle), units);
  return [...first, ...(await recordChunk(deps, ctx, prepared.slice(middle), units))];
}

/** Writes what may be written in one transaction; what stops it as a whole is the answer of each. */
export async function recordChunk(
  deps: Omit<StreamDependencies, 'clock'>,
  ctx: HatContext,
  prepared: readonly Prepared[],
  units?: UnitMemory,
): Promise<readonly Outcome[]> {
  const { db, onFailure } = deps;
  if (prepared.every((one): one is Refused => !('bodyHash' in one))) return prepared;
  try {
    return await withHatTx(db, ctx, (tx) => recordSent(tx, ctx, prepared, units));
  } catch (error) {
    const { problem, message: detail, errors } = asDomainError(error);
    const isOneLine = problem.status < 500 && problem.status !== 401; // a fault of the session or ours is everybody's
    if (isOneLine && prepared.length > 1) return recordHalves(deps, ctx, prepared, units);
    if (problem.status >= 500) onFailure(error);
    const failed = { status: 'refused', refusal: { problem, detail, errors } } as const;
    return prepared.map((one) => ('bodyHash' in one ? failed : one));
  }
}

function prepareLine({ bytes }: Line, hat: Hat, now: Moment): Prepared {
  if (bytes === undefined) return refused(broken(`is longer than ${LINE_LIMIT_BYTES} bytes`));
  const value = parse(bytes);
  if (value === NOT_JSON) return refused(broken('is not JSON in UTF-8'));
  const errors = findFormErrors(value);
  if (errors.length > 0) return refused(errors);
  return prepareSent(value as UsageEventInput, hat, now);
}

function broken(detail: string): FieldError[] {
  return [{ pointer: '', code: 'LINE', detail }];
}

function refused(errors: readonly FieldError[]): Prepared {
  return { status: 'refused', refusal: formRefusal(errors) };
}

const NOT_JSON = Symbol('not JSON');
const utf8 = new TextDecoder('utf-8', { fatal: true });

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    return NOT_JSON;
  }
}
