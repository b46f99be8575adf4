import { PassThrough, pipeline, type Readable } from 'node:stream';

/** Longest line of a stream, in bytes. */
export const LINE_LIMIT_BYTES = 16_384;
/** Lines written in one transaction. */
export const CHUNK_LINES = 500;
/** What is read ahead while the lines before are written. */
const READ_AHEAD_BYTES = 262_144;
const NEWLINE = 0x0a;

export interface Line {
  /** Counted from 1, blank lines too. */
  readonly number: number;
  /** Undefined when the line is longer than the limit; its bytes were dropped as they came. */
  readonly bytes: Buffer | undefined;
}

/**
 * Cuts a stream of bytes into groups of lines without ever holding more than it reads ahead and one line. A group has what had arrived
 * when it was asked for, so that a slow sender gets its results at once and a fast one gets large groups. Blank lines are left out.
 */
export async function* groupsOfLines(input: Readable): AsyncGenerator<Line[]> {
  const ahead = new PassThrough({ highWaterMark: READ_AHEAD_BYTES });
  pipeline(input, ahead, () => undefined); // an error of the input surfaces where `ahead` is read
  const cutter = new LineCutter();
  for await (const piece of ahead) yield* grouped(cutter.cut(piece as Buffer));
  yield* grouped(cutter.rest());
}

function* grouped(lines: Iterable<Line>): Generator<Line[]> {
  let group: Line[] = [];
  for (const line of lines) {
    group.push(line);
    if (group.length < CHUNK_LINES) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** Keeps the beginning of an unfinished line between two pieces. */
class LineCutter {
  #number = 0;
  #isTooLong = false;
  #begun: Buffer[] = [];
  #begunBytes = 0;

  *cut(piece: Buffer): Generator<Line> {
    let start = 0;
    for (;;) {
      const end = piece.indexOf(NEWLINE, start);
      this.#take(piece.subarray(start, end === -1 ? piece.length : end));
      if (end === -1) return;
      yield* this.#finish();
      start = end + 1;
    }
  }

  *rest(): Generator<Line> {
    if (this.#begunBytes > 0 || this.#isTooLong) yield* this.#finish();
  }

  #take(part: Buffer): void {
    if (part.length === 0 || this.#isTooLong) return;
    this.#isTooLong = this.#begunBytes + part.length > LINE_LIMIT_BYTES;
    if (this.#isTooLong) {
      this.#begun = [];
      return;
    }
    this.#begun.push(part);
    this.#begunBytes += part.length;
  }

  *#finish(): Generator<Line> {
    this.#number += 1;
    const [only = Buffer.alloc(0), ...more] = this.#begun;
    const bytes = more.length === 0 ? only : Buffer.concat(this.#begun);
    const isTooLong = this.#isTooLong;
    this.#begun = [];
    this.#begunBytes = 0;
    this.#isTooLong = false;
    if (isTooLong) yield { number: this.#number, bytes: undefined };
    else if (!isBlank(bytes)) yield { number: this.#number, bytes };
  }
}

const WHITE = new Set([0x20, 0x09, 0x0d]);

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => WHITE.has(byte));
}
