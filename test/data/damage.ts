/**
 * Images that were cut in their middle and closed as their format wants it, as a download that broke and was mended: a
 * decoder that makes up what is missing finds a whole file.
 */
export const cutters = { jpeg, png, webp, gif, tiff } as const;

/** Bytes of the pixels that are kept, of the whole. */
type Cut = (bytes: Buffer, share: number) => Buffer;

/** The entropy-coded bytes of the last scan are cut; then the marker that ends the image. */
function jpeg(bytes: Buffer, share: number): Buffer {
  const scan = bytes.lastIndexOf(Buffer.from([0xff, 0xda]));
  const begin = scan + 2 + bytes.readUInt16BE(scan + 2);
  let end = begin + Math.floor((bytes.length - 2 - begin) * share);
  // Not between the two bytes of a marker or of a stuffed 0xff.
  if (bytes[end - 1] === 0xff) end -= 1;
  return Buffer.concat([bytes.subarray(0, end), Buffer.from([0xff, 0xd9])]);
}

/** The chunks of pixels become one that is shorter, with the right checksum; then the end. */
function png(bytes: Buffer, share: number): Buffer {
  const before: Buffer[] = [bytes.subarray(0, 8)];
  const pixels: Buffer[] = [];
  for (let at = 8; at < bytes.length; ) {
    const next = at + 12 + bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') pixels.push(bytes.subarray(at + 8, next - 4));
    else if (type !== 'IEND') before.push(bytes.subarray(at, next));
    at = next;
  }
  const all = Buffer.concat(pixels);
  const kept = all.subarray(0, Math.floor(all.length * share));
  return Buffer.concat([...before, pngChunk('IDAT', kept), pngChunk('IEND', Buffer.alloc(0))]);
}

/** CRC-32 of PNG (ISO/IEC 15948, annex D): Node 20.9 has none of its own. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function pngChunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

/** The last chunk of the container, which has the pixels, is shorter, and both lengths say so. */
function webp(bytes: Buffer, share: number): Buffer {
  let at = 12;
  while (!/^VP8[ L]$/.test(bytes.toString('latin1', at, at + 4))) at += 8 + even(bytes.readUInt32LE(at + 4));
  const length = Math.floor((bytes.readUInt32LE(at + 4) * share) / 2) * 2;
  const result = Buffer.from(bytes.subarray(0, at + 8 + length));
  result.writeUInt32LE(length, at + 4);
  result.writeUInt32LE(result.length - 8, 4);
  return result;
}

const even = (length: number): number => length + (length % 2);

/** Blocks of at most 255 bytes each with its length before it; a length of 0 ends the picture, and 0x3b the file. */
function gif(bytes: Buffer, share: number): Buffer {
  const table = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  const blocksEnd = (from: number): number => {
    let at = from;
    while (bytes[at] !== 0) at += 1 + bytes[at]!;
    return at;
  };
  let at = 13 + table(bytes[10]!);
  while (bytes[at] === 0x21) at = blocksEnd(at + 2) + 1;
  // Image descriptor, its colours, and one byte for the size of codes.
  const begin = at + 10 + table(bytes[at + 9]!) + 1;
  const cut = begin + (blocksEnd(begin) - begin) * share;
  let end = begin;
  while (end + 1 + bytes[end]! <= cut) end += 1 + bytes[end]!;
  return Buffer.concat([bytes.subarray(0, end), Buffer.from([0, 0x3b])]);
}

/** The strip at the cut ends there, and those after it are empty (TIFF 6.0, tag 279: StripByteCounts). Little-endian. */
function tiff(bytes: Buffer, share: number): Buffer {
  const result = Buffer.from(bytes);
  const directory = bytes.readUInt32LE(4);
  for (let i = 0; i < bytes.readUInt16LE(directory); i++) {
    const field = directory + 2 + 12 * i;
    if (bytes.readUInt16LE(field) !== 279) continue;
    const width = bytes.readUInt16LE(field + 2) === 3 ? 2 : 4;
    const count = bytes.readUInt32LE(field + 4);
    const counts = count * width <= 4 ? field + 8 : bytes.readUInt32LE(field + 8);
    const lengths = Array.from({ length: count }, (_, k) => bytes.readUIntLE(counts + k * width, width));
    let left = Math.floor(lengths.reduce((a, b) => a + b, 0) * share);
    for (const [k, length] of lengths.entries()) {
      const kept = Math.min(left, length);
      result.writeUIntLE(kept, counts + k * width, width);
      left -= kept;
    }
  }
  return result;
}

cutters satisfies Readonly<Record<string, Cut>>;
