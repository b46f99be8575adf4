import { inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 65_535;
const STORED = 0;
const DEFLATED = 8;

/**
 * Whether the entries of a ZIP archive, once unpacked, have no more than so many bytes in all. What the archive says of itself is not
 * believed: each entry is unpacked up to the limit. False also for what is no archive, or one that programs for spreadsheets do not write.
 */
export function unpacksWithin(bytes: Buffer, limitBytes: number): boolean {
  try {
    let left = limitBytes;
    for (const packed of entriesOf(bytes)) {
      if (left <= 0) return false;
      left -= packed.isDeflated
        ? inflateRawSync(packed.bytes, { maxOutputLength: left }).length
        : packed.bytes.length;
    }
    return left >= 0;
  } catch {
    return false;
  }
}

function* entriesOf(bytes: Buffer): Generator<{ bytes: Buffer; isDeflated: boolean }> {
  const end = findEnd(bytes);
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (bytes.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new RangeError('no entry');
    const method = bytes.readUInt16LE(at + 10);
    if (method !== STORED && method !== DEFLATED) throw new RangeError('unknown method');
    const start = dataStart(bytes, bytes.readUInt32LE(at + 42));
    const packed = bytes.subarray(start, start + bytes.readUInt32LE(at + 20));
    yield { bytes: packed, isDeflated: method === DEFLATED };
    at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
}

function findEnd(bytes: Buffer): number {
  const first = Math.max(0, bytes.length - END_BYTES - LONGEST_COMMENT);
  for (let at = bytes.length - END_BYTES; at >= first; at -= 1) {
    if (bytes.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  throw new RangeError('no archive');
}

function dataStart(bytes: Buffer, header: number): number {
  if (bytes.readUInt32LE(header) !== LOCAL_HEADER) throw new RangeError('no entry');
  return header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
}
