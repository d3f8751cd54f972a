import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Prediction } from '../../src/bundle/prediction.ts';
import { createBatcher } from '../../src/serve/batcher.ts';
import { Refused } from '../../src/serve/limits.ts';

const never = new AbortController().signal;

/** Images of one byte each; the answer to an image is its byte, after some milliseconds. */
function byteBatcher(batchSize: number, milliseconds = 5) {
  const batches: number[] = [];
  const batcher = createBatcher({
    batchSize,
    async predict(pixels): Promise<Prediction> {
      await sleep(milliseconds);
      if (pixels.includes(255)) throw new Error('TensorFlow refuses');
      const twice = Float32Array.from([...pixels].flatMap((value) => [value, -value]));
      return {
        rows: pixels.length,
        heads: { byte: { probabilities: twice, outputs: Float32Array.from(pixels) } },
        features: Float32Array.from(pixels),
      };
    },
    onBatch: (images) => batches.push(images),
  });
  const ask = async (value: number, signal = never): Promise<number[]> => {
    const { rows, heads, features } = await batcher.predict(Uint8Array.of(value), signal);
    assert.equal(rows, 1);
    assert.deepEqual([...features], [value]);
    assert.deepEqual([...heads.byte!.outputs], [value]);
    return [...heads.byte!.probabilities];
  };
  return { batcher, batches, ask };
}

test('createBatcher - what comes while a batch is computed goes together into the next; each has its own answer', async () => {
  const { batches, ask } = byteBatcher(8);
  const first = ask(1);
  await sleep(1);
  const others = Array.from({ length: 20 }, (_, i) => ask(i + 2));
  assert.deepEqual(await first, [1, -1]);
  for (const [i, answer] of others.entries()) assert.deepEqual(await answer, [i + 2, -(i + 2)]);
  assert.deepEqual(batches, [1, 8, 8, 4]);
});

test('createBatcher - one image alone does not wait for others', async () => {
  const { batches, ask } = byteBatcher(8);
  assert.deepEqual(await ask(3), [3, -3]);
  assert.deepEqual(batches, [1]);
});

test('createBatcher - who no longer waits is told so, and takes no place in a batch', async () => {
  const { batcher, batches, ask } = byteBatcher(8, 20);
  const first = ask(1);
  await sleep(5);
  const gone = new AbortController();
  const late = ask(2, gone.signal);
  const other = ask(3);
  assert.equal(batcher.waiting, 2);
  gone.abort();
  await assert.rejects(late, (error) => error instanceof Refused && error.status === 503);
  await Promise.all([first, other]);
  await assert.rejects(ask(4, gone.signal), Refused);
  assert.deepEqual(batches, [1, 1]);
});

test('createBatcher - a batch that fails is told to its own images, and the next one is computed', async () => {
  const { ask } = byteBatcher(8);
  const failing = [ask(255), ask(1)];
  for (const one of failing) await assert.rejects(one, /TensorFlow refuses/);
  assert.deepEqual(await ask(2), [2, -2]);
});
