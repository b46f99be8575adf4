import { inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 65_535;
const STORED = 0;
const DEFLATED = 8;

export interface ZipEntry {
  readonly name: string;
  readonly packed: Buffer;
  readonly isDeflated: boolean;
}

/**
 * The entries of a ZIP archive, still packed.
 * @throws RangeError for what is no archive, or one that programs for spreadsheets do not write
 */
export function entriesOf(bytes: Buffer): ZipEntry[] {
  const end = findEnd(bytes);
  const count = bytes.readUInt16LE(end + 10);
  const entries: ZipEntry[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (bytes.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new RangeError('no entry');
    const method = bytes.readUInt16LE(at + 10);
    if (method !== STORED && method !== DEFLATED) throw new RangeError('unknown method');
    const behindName = at + 46 + bytes.readUInt16LE(at + 28);
    const start = dataStart(bytes, bytes.readUInt32LE(at + 42));
    entries.push({
      name: bytes.toString('utf8', at + 46, behindName),
      packed: bytes.subarray(start, start + bytes.readUInt32LE(at + 20)),
      isDeflated: method === DEFLATED,
    });
    at = behindName + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * The content of an entry. What the archive says of its size is not believed: it is unpacked up to the limit.
 * @throws RangeError where it is longer, Error where it is broken
 */
export function unpack({ packed, isDeflated }: ZipEntry, limitBytes: number): Buffer {
  if (limitBytes <= 0 || (!isDeflated && packed.length > limitBytes)) throw new RangeError('too large');
  return isDeflated ? inflateRawSync(packed, { maxOutputLength: limitBytes }) : packed;
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
