import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bfloat16Bits, encodeConstant, halfBits, uniformValue } from '../../src/graph/constants.ts';

test('halfBits - normal, subnormal and rounded numbers, infinity', () => {
  // Sign, 5 bits of exponent with 15 for 2⁰, 10 of fraction.
  const expected: [number, number][] = [
    [0, 0],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [Number.POSITIVE_INFINITY, 0x7c00],
    // 1 + 2⁻¹¹ lies halfway between 1 and 1 + 2⁻¹⁰: the even one is 1. The next such point goes up.
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -14 - 2 ** -25, 0x0400],
    [Number.NaN, 0x7e00],
  ];
  for (const [value, bits] of expected) assert.equal(halfBits(value), bits, String(value));
});

test('bfloat16Bits - the high half of a float32, rounded to even', () => {
  // 1 + 2⁻⁸ lies halfway between 1 and 1 + 2⁻⁷.
  const expected: [number, number][] = [
    [1, 0x3f80],
    [1 + 2 ** -8, 0x3f80],
    [1 + 3 * 2 ** -8, 0x3f82],
    [-2, 0xc000],
    [Number.NEGATIVE_INFINITY, 0xff80],
    [Number.NaN, 0x7fc0],
  ];
  for (const [value, bits] of expected) assert.equal(bfloat16Bits(value), bits, String(value));
});

test('encodeConstant - 64-bit integers, and a view that does not start at its buffer', () => {
  assert.deepEqual(encodeConstant(Int32Array.of(-2), 'int64'), Uint8Array.of(254, ...new Array(7).fill(255)));
  const view = Float32Array.of(1, 2, 3).subarray(1, 2);
  assert.deepEqual(encodeConstant(view, 'float32'), Uint8Array.of(0, 0, 0, 0x40));
});

test('uniformValue - one value many times, and nothing else', () => {
  assert.equal(uniformValue(new Float32Array(300).fill(2)), 2);
  assert.equal(uniformValue(new Float32Array(300).fill(Number.NaN)), Number.NaN);
  assert.equal(uniformValue(new Float32Array(300).fill(-0)), -0);
  assert.equal(uniformValue(new Float32Array(300).with(7, -0)), undefined);
  assert.equal(uniformValue(new Float32Array(3)), undefined);
});
