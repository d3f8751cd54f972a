// The same program by calls that wait and by calls that do not.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RunError } from '../../src/errors.ts';
import { createProgram } from '../../src/graph/program.ts';
import { loadProgram } from '../../src/graph/running.ts';
import { serveProgram } from '../../src/graph/serving.ts';
import { tf } from '../../src/tensorflow/tf.ts';

/** y = x · kernel + offset, with a byte image that is added up, and a count of twos. */
function savedProgram(): string {
  const program = createProgram();
  const kernel = program.variable('weights/kernel', { shape: [3, 2], dtype: 'float32' });
  program.signature('multiply', {
    inputs: {
      x: { shape: [2, 3], dtype: 'float32' },
      offset: { shape: [], dtype: 'float32' },
      image: { shape: [2, 2], dtype: 'uint8' },
    },
    record: ({ x, offset, image }) => ({
      y: tf.add(tf.matMul(x as tf.Tensor2D, program.read(kernel) as tf.Tensor2D), offset!),
      sum: tf.sum(tf.cast(image!, 'int32')),
    }),
  });
  program.signature('big', {
    inputs: { seed: { shape: [], dtype: 'float32' } },
    record({ seed }) {
      let product = tf.add(tf.zeros([1200, 1200]), seed!) as tf.Tensor2D;
      for (let i = 0; i < 6; i++) product = tf.matMul(product, product);
      return { mean: tf.mean(product) };
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-serving-'));
  program.save(folder);
  return folder;
}

const kernel = Float32Array.of(1, 2, 3, 4, 5, 6);
const feeds = {
  x: Float32Array.of(1, 0, 0, 1, 1, 1),
  offset: 0.5,
  image: Uint8Array.of(255, 1, 2, 3),
};

test('serveProgram - answers as loadProgram does', async () => {
  const folder = savedProgram();
  const served = serveProgram(folder);
  await served.write(new Map([['weights/kernel', kernel]]));
  const found = await served.call('multiply', feeds);
  // The rows of x pick the kernel's first row, and add all three up.
  assert.deepEqual(found, { y: Float32Array.of(1.5, 2.5, 9.5, 12.5), sum: Int32Array.of(261) });
  const waited = loadProgram(folder);
  waited.writeVariables(new Map([['weights/kernel', kernel]]));
  assert.deepEqual(waited.call('multiply', feeds), found);
  waited.dispose();
  assert.deepEqual(
    served.signatures.filter((name) => !name.includes('variables')),
    ['multiply', 'big'],
  );
});

test('serveProgram - JavaScript goes on while TensorFlow computes', async () => {
  const served = serveProgram(savedProgram());
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const begun = performance.now();
  await served.call('big', { seed: 1e-6 });
  clearInterval(timer);
  // 6 products of 1200 × 1200 take some 20 billion operations.
  assert.ok(performance.now() - begun > 10);
  assert.ok(turns > 2, `${turns} turns`);
});

test('serveProgram - feeds are copied: what happens to them after the call is of no account', async () => {
  const served = serveProgram(savedProgram());
  await served.write(new Map([['weights/kernel', kernel]]));
  const x = Float32Array.from(feeds.x);
  const answer = served.call('multiply', { ...feeds, x });
  x.fill(1000);
  assert.deepEqual((await answer).y, Float32Array.of(1.5, 2.5, 9.5, 12.5));
});

test('serveProgram - what does not fit is an error that says so', async () => {
  const served = serveProgram(savedProgram());
  await assert.rejects(
    served.call('multiply', feeds),
    (error) => error instanceof RunError && /multiply failed/.test(error.message),
    'a variable that was not written',
  );
  const { offset: _, ...fewer } = feeds;
  await assert.rejects(
    served.call('multiply', fewer),
    /the signature multiply takes x, offset, image; got x, image/,
  );
  await assert.rejects(
    served.call('multiply', { ...feeds, x: new Float32Array(5) }),
    /takes 6 elements of type float32 as Float32Array, got Float32Array of 5/,
  );
});

test('serveProgram - a file that was cut is not loaded', () => {
  const folder = savedProgram();
  const file = join(folder, 'saved_model.pb');
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, bytes.length - 7));
  assert.throws(() => serveProgram(folder));
});
