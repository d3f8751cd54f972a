/** Files of weights that lie or are damaged: each is refused in one sentence, in little time. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { zipSync } from 'fflate';
import { keyFor, philox } from '../../src/random.ts';
import { readWeightsFile } from '../../src/weights/read.ts';
import { writeSafeTensors } from '../../src/weights/safetensors.ts';
import { WeightsFileError } from '../../src/weights/tensor.ts';
import { valuesOf } from '../../src/weights/values.ts';

const folder = mkdtempSync(join(tmpdir(), 'manyheads-weights-'));
const fixtures = join(import.meta.dirname, 'fixtures');
const file = join(folder, 'weights');

function safetensors(header: object, dataBytes: number): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(dataBytes)]);
}

const refusal = (bytes: Uint8Array): string => {
  writeFileSync(file, bytes);
  try {
    for (const tensor of readWeightsFile(file).tensors) if (tensor.targets.length > 0) valuesOf(tensor);
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
};

test('readWeightsFile - safetensors whose header lies', () => {
  const entry = (more: object) => ({
    'a/kernel': { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...more },
  });
  const lies: readonly (readonly [object, RegExp])[] = [
    [{ shape: null }, /the shape of a\/kernel is no list of whole numbers/],
    [{ shape: [-2] }, /no list of whole numbers/],
    [{ shape: [1.5] }, /no list of whole numbers/],
    [{ shape: [3] }, /needs 12 bytes and has 8/],
    [{ data_offsets: [0, 7] }, /needs 8 bytes and has 7/],
    [{ data_offsets: [-8, 0] }, /has no place in the file/],
    [{ data_offsets: [8, 0] }, /goes beyond its end/],
    [{ dtype: null }, /has no dtype/],
  ];
  for (const [more, expected] of lies) assert.match(refusal(safetensors(entry(more), 8)), expected);
  const two = { ...entry({}), 'b/kernel': { dtype: 'F32', shape: [2], data_offsets: [4, 12] } };
  assert.match(refusal(safetensors(two, 12)), /the bytes of b\/kernel overlap those of another tensor/);
  // What every object has is no dtype; a tensor of an unknown one is no weight.
  for (const dtype of ['toString', 'constructor', '__proto__']) {
    writeFileSync(file, safetensors(entry({ dtype }), 8));
    assert.deepEqual(readWeightsFile(file).tensors[0]!.targets, []);
  }
});

test('readWeightsFile - a zip that would be gigabytes, or is not what it says', () => {
  const name = 'model.weights.h5';
  const zip = Buffer.from(zipSync({ [name]: Buffer.alloc(5_000_000) }));
  /** Both places where a zip says how many bytes a member has (APPNOTE 4.3.7 and 4.3.12). */
  const saying = (bytes: number): Buffer => {
    const changed = Buffer.from(zip);
    changed.writeUInt32LE(bytes, 22);
    changed.writeUInt32LE(bytes, changed.indexOf(Buffer.from('PK\x01\x02', 'latin1')) + 24);
    return changed;
  };
  assert.match(refusal(saying(4_000_000_000)), /would be 4000000000 bytes, at most 2147483648 are read/);
  assert.match(refusal(saying(2_000_000_000)), /cannot be 2000000000 bytes: the file has \d+ of it/);
  assert.match(refusal(zipSync({ other: Buffer.alloc(8) })), /holds no model\.weights\.h5/);
});

test('readWeightsFile - a pipe and a device are not waited for', () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const path of [pipe, '/dev/zero', folder])
    assert.throws(() => readWeightsFile(path), /it can't be read \((ENOTREG|EISDIR)\)/);
});

test('valuesOf - values that are no numbers, and fewer than the shape says', () => {
  writeSafeTensors(file, {
    tensors: new Map([['a/kernel', { shape: [3], values: Float32Array.of(1, Number.NaN, 2) }]]),
    metadata: {},
  });
  assert.throws(() => valuesOf(readWeightsFile(file).tensors[0]!), /a\/kernel holds NaN, value 2 of 3/);
  const short = { name: 'x', targets: ['x'], shape: [2, 2], read: () => new Float32Array(3) };
  assert.throws(() => valuesOf(short), /x \[2, 2\] needs 4 values and has 3/);
});

test('readWeightsFile - 900 files that were changed at random: taken or refused, at once', (t) => {
  const key = keyFor(1, 'weights');
  const words = new Uint32Array(4);
  let drawn = 0;
  const next = (below: number): number => {
    if (drawn % 4 === 0) philox(key, [drawn / 4, 0, 0, 0], words);
    return words[drawn++ % 4]! % below;
  };
  // jsfive tells of attributes that it does not know; what is needed of them is checked.
  t.mock.method(console, 'warn', () => undefined);
  const counts = { taken: 0, refused: 0 };
  for (const name of ['keras2.h5', 'small.weights.h5', 'small.h5', 'small.keras', 'torch.safetensors']) {
    const whole = readFileSync(join(fixtures, name));
    for (let attempt = 0; attempt < 180; attempt++) {
      const bytes = Buffer.from(whole);
      const reach = next(2) === 0 ? Math.min(4096, bytes.length) : bytes.length;
      for (let change = 0; change <= next(4); change++) {
        const at = next(reach);
        if (next(2) === 0) bytes[at] = bytes[at]! ^ (1 << next(8));
        else bytes.fill(next(256), at, Math.min(bytes.length, at + next(16)));
      }
      writeFileSync(file, next(8) === 0 ? bytes.subarray(0, next(bytes.length)) : bytes);
      const begun = performance.now();
      try {
        readWeightsFile(file);
        counts.taken += 1;
      } catch (error) {
        assert.ok(error instanceof WeightsFileError, `${name}, ${attempt}: ${String(error)}`);
        counts.refused += 1;
      }
      assert.ok(performance.now() - begun < 5000, `${name}, ${attempt}`);
    }
  }
  assert.ok(counts.taken > 200 && counts.refused > 200, JSON.stringify(counts));
});

test('readWeightsFile - an attribute of a type that is not known: refused where it is needed, and no line of the reader', (t) => {
  const warn = t.mock.method(console, 'warn', () => undefined);
  for (const [name, said] of [
    ['weight_names', /its attribute weight_names can't be read/],
    ['layer_names', /its attribute layer_names can't be read/],
  ] as const) {
    const bytes = readFileSync(join(fixtures, 'keras2.h5'));
    const at = bytes.indexOf(name);
    // After the name, filled up to eights, stands the type: its class in the lower four bits. 2 is a time.
    const type = at + Math.ceil((name.length + 1) / 8) * 8;
    bytes[type] = (bytes[type]! & 0xf0) | 2;
    assert.match(refusal(bytes), said);
  }
  assert.equal(warn.mock.callCount(), 0);
});
