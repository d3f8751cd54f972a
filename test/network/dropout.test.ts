import assert from 'node:assert/strict';
import test from 'node:test';
import { dropout, dropoutSeed } from '../../src/network/dropout.ts';
import { tf } from '../../src/tensorflow/tf.ts';

const ones = tf.ones([200, 100]);

function dropped(rate: number, layerSeed: number, step: number): number[] {
  return tf.tidy(() => [...dropout(ones, rate, layerSeed, tf.scalar(step, 'int32')).dataSync()]);
}

/** Share of the values that are zero in exactly one of two. */
function disagreement(a: number[], b: number[]): number {
  return a.filter((value, i) => (value === 0) !== (b[i] === 0)).length / a.length;
}

test('dropout - the same layer and step give the same mask, the next step another', () => {
  const first = dropped(0.5, 7, 0);
  assert.deepEqual(dropped(0.5, 7, 0), first);
  // Independent masks of rate 1/2 disagree in half of 20,000 places; deviation 0.0035.
  assert.ok(Math.abs(disagreement(first, dropped(0.5, 7, 1)) - 0.5) < 0.02);
  assert.ok(Math.abs(disagreement(first, dropped(0.5, 8, 0)) - 0.5) < 0.02);
});

test('dropout - drops the given share and scales what is kept', () => {
  const values = dropped(0.1, 7, 5);
  // 2,000 of 20,000 expected; deviation √(20000·0.1·0.9) = 42.
  const zeros = values.filter((value) => value === 0).length;
  assert.ok(Math.abs(zeros - 2000) < 5 * 42, String(zeros));
  assert.deepEqual(new Set(values), new Set([0, Math.fround(1 / 0.9)]));
});

test('dropout - rate 0 changes nothing', () => {
  assert.equal(dropout(ones, 0, 7, tf.scalar(0, 'int32')), ones);
});

test('dropoutSeed - differs by seed and by layer, seed 0 included, and fits 32 bits', () => {
  const seeds = [dropoutSeed(0, 'a'), dropoutSeed(0, 'b'), dropoutSeed(1, 'a'), dropoutSeed(1, 'b')];
  assert.equal(new Set(seeds).size, 4);
  for (const seed of seeds) assert.equal(seed, seed | 0);
});

test('dropout - with a mask of one number an image, images become zeros or are scaled up as a whole', () => {
  const drop = (step: number): number[] =>
    tf.tidy(() => {
      const x_BHWC = tf.ones([64, 2, 2, 3]);
      const y_BHWC = dropout(x_BHWC, 0.25, dropoutSeed(0, 'drop'), tf.scalar(step, 'int32'), [64, 1, 1, 1]);
      const [low_B, high_B] = [tf.min(y_BHWC, [1, 2, 3]), tf.max(y_BHWC, [1, 2, 3])];
      assert.deepEqual([...low_B.dataSync()], [...high_B.dataSync()]);
      return [...low_B.dataSync()];
    });
  const first = drop(0);
  assert.deepEqual(new Set(first), new Set([0, Math.fround(1 / 0.75)]));
  // 16 of 64 are expected, with a deviation of 3.5.
  const dropped = first.filter((value) => value === 0).length;
  assert.ok(dropped >= 4 && dropped <= 28, String(dropped));
  assert.deepEqual(drop(0), first);
  assert.notDeepEqual(drop(1), first);
});
