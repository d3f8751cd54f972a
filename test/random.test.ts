import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyFor, permutation, philox, stream } from '../src/random.ts';

test('philox - the known answers of Random123 (kat_vectors, philox4x32 10)', () => {
  const f = 0xffffffff;
  const cases = [
    [
      [0, 0],
      [0, 0, 0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [f, f],
      [f, f, f, f],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0xa4093822, 0x299f31d0],
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const;
  for (const [key, counter, expected] of cases) {
    const out = new Uint32Array(4);
    philox(key, counter, out);
    assert.deepEqual([...out], expected);
  }
});

test('stream - the same numbers again for the same key and position, others for others, seed 0 included', () => {
  const draw = (seed: number, purpose: string, ...position: number[]) => {
    const numbers = stream(keyFor(seed, purpose), ...position);
    return Array.from({ length: 5 }, () => numbers.uniform());
  };
  assert.deepEqual(draw(0, 'a', 1, 2), draw(0, 'a', 1, 2));
  for (const other of [draw(1, 'a', 1, 2), draw(0, 'b', 1, 2), draw(0, 'a', 2, 2), draw(0, 'a', 1, 3)]) {
    assert.notDeepEqual(draw(0, 'a', 1, 2), other);
  }
});

test('stream - moments of uniform and normal numbers', () => {
  const numbers = stream(keyFor(7, 'moments'));
  const n = 40_000;
  const uniform = Array.from({ length: n }, () => numbers.uniform());
  const normal = Array.from({ length: n }, () => numbers.normal());
  const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / n;
  // Four standard errors: 4/√(12n) = 0.0058 and 4/√n = 0.02; of the variance 4·√(2/n) = 0.028.
  assert.ok(Math.abs(mean(uniform) - 0.5) < 0.0058);
  assert.ok(uniform.every((v) => v >= 0 && v < 1));
  assert.ok(Math.abs(mean(normal)) < 0.02);
  assert.ok(Math.abs(mean(normal.map((v) => v * v)) - 1) < 0.028);
});

test('permutation - every number once, and each place is as likely', () => {
  const order = permutation(1000, stream(keyFor(3, 'order')));
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, i) => i),
  );
  // Where 0 of three numbers goes in 3,000 orders: 1,000 times each, deviation √(3000·1/3·2/3) = 26.
  const places = [0, 0, 0];
  for (let i = 0; i < 3000; i++) {
    const place = permutation(3, stream(keyFor(3, 'places'), i)).indexOf(0);
    places[place] = places[place]! + 1;
  }
  for (const count of places) assert.ok(Math.abs(count - 1000) < 110, `${places}`);
});
