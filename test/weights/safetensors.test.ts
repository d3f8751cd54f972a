import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RunError } from '../../src/errors.ts';
import { readSafeTensors, safeTensorsOf, writeSafeTensors } from '../../src/weights/safetensors.ts';

const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
const file = join(folder, 'a.safetensors');
const tensors = new Map([
  ['weights/conv/kernel', { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, Number.MIN_VALUE, 1e38) }],
  ['weights/empty', { shape: [0], values: new Float32Array(0) }],
  ['weights/scalar', { shape: [], values: Float32Array.of(-0) }],
]);

test('safetensors - what is written is read back bit for bit, and no part file stays', () => {
  writeSafeTensors(file, { tensors, metadata: { planHash: 'ä' } });
  const read = readSafeTensors(file);
  assert.deepEqual(read.metadata, { planHash: 'ä' });
  assert.deepEqual([...read.tensors], [...tensors]);
  assert.ok(Object.is(read.tensors.get('weights/scalar')!.values[0], -0));
  assert.deepEqual(readdirSync(folder), ['a.safetensors']);
});

test('safetensors - the header is the one of the format', () => {
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  assert.equal(length % 8, 0);
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, unknown>;
  assert.deepEqual(header['weights/conv/kernel'], { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] });
  assert.deepEqual(header.__metadata__, { planHash: 'ä' });
  assert.equal(bytes.length, 8 + length + 24 + 4);
});

test('safetensors - bytes are written as such', () => {
  const values = Uint8Array.of(0, 128, 255);
  writeSafeTensors(file, { tensors: new Map([['images', { shape: [3, 1], values }]]), metadata: {} });
  const { dtype, shape, bytes, read } = safeTensorsOf(readFileSync(file)).tensors.get('images')!;
  assert.deepEqual([dtype, shape, Uint8Array.from(bytes())], ['U8', [3, 1], values]);
  assert.throws(read, /images is U8/);
  writeSafeTensors(file, { tensors, metadata: { planHash: 'ä' } });
});

test('safetensors - a file that was cut is refused with the reason', () => {
  const cut = join(folder, 'cut.safetensors');
  writeFileSync(cut, readFileSync(file));
  truncateSync(cut, readFileSync(file).length - 5);
  assert.throws(
    () => readSafeTensors(cut),
    (error) => error instanceof RunError && /goes beyond its end/.test(error.message),
  );
  truncateSync(cut, 3);
  assert.throws(() => readSafeTensors(cut), /it has 3 bytes/);
});
