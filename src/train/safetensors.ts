/**
 * The safetensors format: 8 bytes of header length, a JSON header with the dtype, shape and byte range of each
 * tensor, then the bytes. float32 only. https://github.com/huggingface/safetensors
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { RunError } from '../errors.ts';

export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface SafeTensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** Writes beside the file and renames, so that the file is either the old one or the whole new one. */
export function writeSafeTensors(file: string, { tensors, metadata }: SafeTensors): void {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  // Spaces up to a multiple of 8, so that the tensors are aligned for whoever maps the file.
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const temporary = `${file}.${process.pid}.part`;
  const descriptor = openSync(temporary, 'w');
  try {
    writeAll(descriptor, length);
    writeAll(descriptor, padded);
    for (const { values } of tensors.values()) {
      writeAll(descriptor, Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    }
    fsyncSync(descriptor);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new RunError(`${file} could not be written: ${(cause as Error).message}`, { cause });
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

/** @throws RunError where the file is not whole or holds another dtype than float32 */
export function readSafeTensors(file: string): SafeTensors {
  const bytes = readFileSync(file);
  const broken = (why: string): RunError => new RunError(`${file} is not a whole safetensors file: ${why}`);
  if (bytes.length < 8) throw broken(`it has ${bytes.length} bytes`);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  if (8 + headerLength > bytes.length)
    throw broken(`its header of ${headerLength} bytes goes beyond its end`);
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength)) as Record<string, unknown>;
  const tensors = new Map<string, StoredTensor>();
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      metadata = entry as Record<string, string>;
      continue;
    }
    const { dtype, shape, data_offsets: range } = entry as HeaderEntry;
    if (dtype !== 'F32') throw broken(`${name} is ${dtype}, expected F32`);
    const begin = 8 + headerLength + range[0];
    const end = 8 + headerLength + range[1];
    if (end > bytes.length) throw broken(`${name} goes beyond its end`);
    tensors.set(name, {
      shape,
      values: new Float32Array(bytes.buffer.slice(bytes.byteOffset + begin, bytes.byteOffset + end)),
    });
  }
  return { tensors, metadata };
}
