import { constants, inflateRawSync } from 'node:zlib';

const END_RECORD = 0x06054b50;
const END_RECORD_BYTES = 22;
const COMMENT_LIMIT_BYTES = 0xffff;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_ENTRY_BYTES = 30;
const DEFLATED = 8;

/**
 * Whether a ZIP file unpacks to no more than `limitBytes`. Unpacks it to find out: the sizes a file states are what its maker
 * wrote. False for what is no ZIP file.
 */
export function unpacksWithin(bytes: Uint8Array, limitBytes: number): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    let left = limitBytes;
    for (const packed of entriesOf(file)) {
      left -= packed.isDeflated ? unpackedBytes(packed.data, left) : packed.data.length;
      if (left < 0) return false;
    }
    return true;
  } catch {
    return false;
  }
}

function* entriesOf(file: Buffer): Generator<{ data: Buffer; isDeflated: boolean }> {
  const end = endRecordAt(file);
  const count = file.readUInt16LE(end + 10);
  let at = file.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (file.readUInt32LE(at) !== ENTRY) throw new RangeError('No entry of a ZIP directory');
    const start = file.readUInt32LE(at + 42);
    const dataAt = start + LOCAL_ENTRY_BYTES + file.readUInt16LE(start + 26) + file.readUInt16LE(start + 28);
    const data = file.subarray(dataAt, dataAt + file.readUInt32LE(at + 20));
    yield { data, isDeflated: file.readUInt16LE(at + 10) === DEFLATED };
    at += ENTRY_BYTES + file.readUInt16LE(at + 28) + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
}

function endRecordAt(file: Buffer): number {
  const first = Math.max(0, file.length - END_RECORD_BYTES - COMMENT_LIMIT_BYTES);
  for (let at = file.length - END_RECORD_BYTES; at >= first; at -= 1) {
    if (file.readUInt32LE(at) === END_RECORD) return at;
  }
  throw new RangeError('No end of a ZIP directory');
}

function unpackedBytes(data: Buffer, limitBytes: number): number {
  const options = { maxOutputLength: Math.max(limitBytes, 1), finishFlush: constants.Z_SYNC_FLUSH };
  return inflateRawSync(data, options).length;
}
