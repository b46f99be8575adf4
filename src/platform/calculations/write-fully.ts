import { writeSync } from 'node:fs';

/** Bytes that are handed to the operating system at once: what a pipe holds. */
const PIECE = 65_536;
/** Milliseconds until a full pipe that does not block is tried again. */
const PAUSE = 2;
const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
const encoder = new TextEncoder();

/**
 * Makes what writes texts to an open file and returns when the operating system has taken all of them: a reader that is slow
 * makes the program wait, and nothing piles up. `process.stdout` would keep in memory whatever a pipe does not take at once, and
 * overlooks that a full disk took only part. What is thrown is what the operating system says, `EPIPE` where nobody reads any more.
 */
export function writerTo(fd: number): (text: string) => void {
  // The same again and again: memory that is not of the language is given back late.
  const bytes = new Uint8Array(PIECE);
  return (text) => {
    for (let rest = text; rest !== ''; ) {
      const { read, written } = encoder.encodeInto(rest, bytes);
      rest = rest.slice(read);
      for (let done = 0; done < written; ) done += writeSome(fd, bytes.subarray(done, written));
    }
  };
}

function writeSome(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    // Another program that has the same pipe asked that it should not block.
    Atomics.wait(never, 0, 0, PAUSE);
    return 0;
  }
}
