/** For tests: pixels that were decoded into a file, read from it again. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeImage, decodeInto, type Fit } from '../../src/data/decode.ts';
import { decodeJpeg, decodeJpegToMemory } from '../../src/tensorflow/files.ts';

const folder = mkdtempSync(join(tmpdir(), 'manyheads-decoded-'));
let files = 0;
/** Not 0, so that an offset that is left out is seen. */
const offset = 5;

async function readBack(
  decode: (file: FileHandle) => Promise<boolean>,
  size: number,
): Promise<Buffer | null> {
  const file = await open(join(folder, String(files++)), 'w+');
  try {
    if (!(await decode(file))) return null;
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(size * size * 3 + 1),
      0,
      size * size * 3 + 1,
      offset,
    );
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** @returns null where the binding leaves the file to sharp, or finds it damaged */
export function decodedByBinding(path: string, size: number, fit: Fit): Promise<Buffer | null> {
  return readBack(async (file) => (await decodeJpeg(path, size, fit, file.fd, offset)) === true, size);
}

/** @returns what the binding finds wrong; null where it decodes the file or leaves it to sharp */
export async function faultByBinding(path: string, size: number, fit: Fit): Promise<string | null> {
  const answer = await decodeJpegToMemory(path, size, fit);
  return typeof answer === 'string' ? answer : null;
}

/**
 * Into a file and into memory, which must be the same.
 * @throws Error whose message is the fault
 */
export async function decoded(path: string, size: number, fit: Fit): Promise<Buffer> {
  const inMemory = await decodeImage(path, size, fit);
  const pixels = await readBack(async (file) => {
    const fault = await decodeInto(file, path, offset, size, fit);
    if (fault === null) return true;
    assert.equal(inMemory, fault);
    throw new Error(fault);
  }, size);
  assert.deepEqual(Buffer.from(inMemory as Uint8Array), pixels);
  return pixels!;
}
