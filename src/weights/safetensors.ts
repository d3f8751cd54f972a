/**
 * The safetensors format: 8 bytes of header length, a JSON header with the dtype, shape and byte range of each
 * tensor, then the bytes. Written are float32 and bytes. https://github.com/huggingface/safetensors
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { RunError } from '../errors.ts';
import { writeThrough } from '../machine/whole.mjs';
import { verifyChecksums, withChecksums } from './checksums.ts';
import { readHeader } from './safetensors-header.ts';

export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface SafeTensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether the file has checksums, which then are right. Those of version 0.1.0 have none. */
  readonly isChecked: boolean;
}

/** What can be written. */
export interface WritableTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Uint8Array;
}

/** Writes beside the file and renames, so that the file is either the old one or the whole new one. */
export function writeSafeTensors(
  file: string,
  {
    tensors,
    metadata,
    hasChecksums = false,
  }: {
    readonly tensors: ReadonlyMap<string, WritableTensor>;
    readonly metadata: Readonly<Record<string, string>>;
    /** Whoever reads the file then sees whether it is as it was written. */
    readonly hasChecksums?: boolean;
  },
): void {
  const bytesOf = ({ values }: WritableTensor): Buffer =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const summed = new Map(
    [...tensors].map(([name, tensor]) => [name, { shape: tensor.shape, bytes: () => bytesOf(tensor) }]),
  );
  const header: Record<string, unknown> = {
    __metadata__: hasChecksums ? withChecksums(summed, metadata) : metadata,
  };
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    const dtype = values instanceof Float32Array ? 'F32' : 'U8';
    header[name] = { dtype, shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  // Spaces up to a multiple of 8, so that the tensors are aligned for whoever maps the file.
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  try {
    writeThrough(file, (part) => {
      const descriptor = openSync(part, 'w');
      try {
        writeAll(descriptor, length);
        writeAll(descriptor, padded);
        for (const tensor of tensors.values()) writeAll(descriptor, bytesOf(tensor));
      } finally {
        closeSync(descriptor);
      }
    });
  } catch (cause) {
    throw new RunError(`${file} could not be written: ${(cause as Error).message}`, { cause });
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

/** @throws RunError where the file is not whole, not as it was written, or holds another dtype than float32 */
export function readSafeTensors(file: string): SafeTensors {
  const bytes = readFileSync(file);
  try {
    const { tensors, metadata } = safeTensorsOf(bytes);
    for (const [name, { dtype }] of tensors) {
      if (dtype !== 'F32') throw new Error(`${name} is ${dtype}, expected F32`);
    }
    const values = [...tensors].map(([name, { shape, read }]): [string, StoredTensor] => [
      name,
      { shape, values: read() },
    ]);
    return { tensors: new Map(values), metadata, isChecked: verifyChecksums(tensors, metadata) };
  } catch (cause) {
    throw new RunError(`${file} is not a whole safetensors file: ${(cause as Error).message}`, { cause });
  }
}

/** A tensor of a file, whose values are made when they are asked for. */
export interface LazyTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** @throws Error where no float32 can be made of the dtype */
  read(): Float32Array;
  /** The bytes as they stand in the file, not copied. */
  bytes(): Uint8Array;
}

/**
 * Tensors of any dtype, of which those of floating point can be read.
 * @param bytes the whole file
 * @throws Error saying where it is not whole
 */
export function safeTensorsOf(bytes: Buffer): {
  readonly tensors: ReadonlyMap<string, LazyTensor>;
  readonly metadata: Readonly<Record<string, string>>;
} {
  const { entries, metadata, dataStart } = readHeader(bytes);
  const tensors = new Map(
    entries.map(({ name, dtype, shape, begin, end }): [string, LazyTensor] => {
      const view = (): Uint8Array => bytes.subarray(dataStart + begin, dataStart + end);
      const read = (): Float32Array => {
        const floats = readers.get(dtype);
        if (floats === undefined) throw new Error(`${name} is ${dtype}, expected a number of floating point`);
        // A copy, since views of more than bytes must begin at a multiple of their size.
        return floats(new Uint8Array(view()).buffer);
      };
      return [name, { dtype, shape, read, bytes: view }];
    }),
  );
  return { tensors, metadata };
}

/** By dtype, values as float32. */
const readers: ReadonlyMap<string, (bytes: ArrayBuffer) => Float32Array> = new Map([
  ['F64', (bytes) => Float32Array.from(new Float64Array(bytes))],
  ['F32', (bytes) => new Float32Array(bytes)],
  ['F16', (bytes) => Float32Array.from(new Uint16Array(bytes), halfValue)],
  // The upper half of a float32.
  [
    'BF16',
    (bytes) => new Float32Array(Uint32Array.from(new Uint16Array(bytes), (bits) => bits * 0x10000).buffer),
  ],
]);

/** Can these values be read as float32? */
export function isFloatingPoint(dtype: string): boolean {
  return readers.has(dtype);
}

/** IEEE 754 binary16: 1 bit of sign, 5 of the exponent, 10 of the fraction. */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
