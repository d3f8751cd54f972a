/** Numbers in fewer bytes: halves by hand and by TensorFlow.js's own reader, steps within half a step. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { halfOf, reduced } from '../../../src/export/tfjs/reduce.ts';
import { tf } from '../../../src/tensorflow/tf.ts';

test('halfOf - by hand: IEEE 754, of two that are as near the even one', () => {
  const cases: readonly (readonly [number, number])[] = [
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [0.1, 0x2e66],
    [65504, 0x7bff],
    // Half way to what would be next: beyond.
    [65520, 0x7c00],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    // Rounded up to a power of two.
    [2 - 2 ** -12, 0x4000],
    // Below the normal ones.
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -14 - 2 ** -24, 0x03ff],
    [2 ** -14, 0x0400],
  ];
  for (const [value, half] of cases) assert.equal(halfOf(value).toString(16), half.toString(16), `${value}`);
});

const values = Float32Array.from(
  { length: 4000 },
  (_, i) => Math.sin(i) * 10 ** ((i % 9) - 6) + (i % 7 === 0 ? 0 : 1e-3),
);

function readBack(type: 'float16' | 'uint8'): Float32Array {
  const { quantization, content } = reduced('kernel', values, type);
  const spec = { name: 'kernel', shape: [4000], dtype: 'float32', quantization } as const;
  const buffer = content.slice().buffer as ArrayBuffer;
  return tf.io.decodeWeights(buffer, [spec]).kernel!.dataSync() as Float32Array;
}

test('float16 - TensorFlow.js reads each number within half of its last place', () => {
  for (const [i, value] of readBack('float16').entries()) {
    const place = Math.max(2 ** -24, 2 ** (Math.floor(Math.log2(Math.abs(values[i]!))) - 10));
    assert.ok(Math.abs(value - values[i]!) <= place / 2, `${values[i]} is ${value}`);
  }
});

test('uint8 - TensorFlow.js reads each number within half a step, and 0 as 0', () => {
  const step = (Math.max(...values) - Math.min(...values)) / 255;
  for (const [i, value] of readBack('uint8').entries())
    assert.ok(Math.abs(value - values[i]!) <= step * 0.51, `${values[i]} is ${value}`);
  const positive = reduced('kernel', Float32Array.of(0, 3, 5), 'uint8');
  assert.deepEqual(positive.quantization, { dtype: 'uint8', scale: 5 / 255, min: -0 });
  assert.deepEqual([...positive.content], [0, 153, 255]);
  assert.deepEqual([...reduced('kernel', new Float32Array(3), 'uint8').content], [0, 0, 0]);
});

test('float16 - a number beyond it is named', () => {
  assert.throws(() => reduced('kernel', Float32Array.of(1, 7e4), 'float16'), /70000 in kernel is beyond/);
});
