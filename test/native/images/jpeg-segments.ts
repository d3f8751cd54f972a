/** For tests: JPEG files taken apart into their segments and put together again, as ITU-T T.81, annex B, has them. */
import sharp, { type JpegOptions } from 'sharp';

export const marker = {
  /** No marker: a byte 0xff of the pixels. */
  stuffed: 0x00,
  temporary: 0x01,
  frame: 0xc0,
  restart: 0xd0,
  start: 0xd8,
  end: 0xd9,
  scan: 0xda,
  application1: 0xe1,
  comment: 0xfe,
} as const;

/** A marker, a length and what it counts. */
export function segment(code: number, body: Buffer, length = body.length + 2): Buffer {
  const head = Buffer.from([0xff, code, 0, 0]);
  head.writeUInt16BE(length & 0xffff, 2);
  return Buffer.concat([head, body]);
}

export const bare = (code: number): Buffer => Buffer.from([0xff, code]);

/** A frame's header. @param components 1 × 1 samples each */
export function frame(width: number, height: number, { components = 3, bits = 8, code = 0xc0 } = {}): Buffer {
  const body = Buffer.alloc(6 + components * 3);
  body.writeUInt8(bits, 0);
  body.writeUInt16BE(height, 1);
  body.writeUInt16BE(width, 3);
  body.writeUInt8(components, 5);
  for (let i = 0; i < components; i++) body.set([i + 1, 0x11, 0], 6 + i * 3);
  return segment(code, body);
}

export interface TakenApart {
  /** Segments between the file's first marker and its scan; the frame's header is one of them. */
  readonly segments: readonly Buffer[];
  /** From the scan's marker to the end. */
  readonly scan: Buffer;
}

export function takeApart(bytes: Buffer): TakenApart {
  const segments: Buffer[] = [];
  for (let at = 2; ; ) {
    if (bytes[at + 1] === marker.scan) return { segments, scan: bytes.subarray(at) };
    const next = at + 2 + bytes.readUInt16BE(at + 2);
    segments.push(bytes.subarray(at, next));
    at = next;
  }
}

export function putTogether(...pieces: readonly Buffer[]): Buffer {
  return Buffer.concat([bare(marker.start), ...pieces]);
}

export const isFrame = (piece: Buffer): boolean => piece[1]! >= 0xc0 && piece[1]! <= 0xc2;

/** A picture without symmetry. */
export function makeJpeg(width: number, height: number, options: JpegOptions = {}): Promise<Buffer> {
  const values = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return [(x * 200) / width, (y * 250) / height, (x * y) % 97][i % 3]!;
  });
  return sharp(values, { raw: { width, height, channels: 3 } })
    .jpeg(options)
    .toBuffer();
}

/**
 * A directory of Exif (Exif 2.3, section 4.5), as a segment.
 * @param fields tag, type, and the two bytes of the value
 * @param options what the header says, right by default
 */
export function exif(
  fields: readonly (readonly [tag: number, type: number, value: number])[],
  { little = false, offset = 8, count = fields.length } = {},
): Buffer {
  const body = Buffer.alloc(8 + 2 + fields.length * 12);
  const short = (value: number, at: number): void => {
    if (little) body.writeUInt16LE(value, at);
    else body.writeUInt16BE(value, at);
  };
  body.write(little ? 'II' : 'MM', 0, 'latin1');
  short(42, 2);
  if (little) body.writeUInt32LE(offset, 4);
  else body.writeUInt32BE(offset, 4);
  short(count, 8);
  fields.forEach(([tag, type, value], i) => {
    const at = 10 + i * 12;
    short(tag, at);
    short(type, at + 2);
    short(value, at + 8);
  });
  return segment(marker.application1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), body]));
}
