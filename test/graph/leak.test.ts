import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeBackend } from '../../src/tensorflow/ops.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { withProgram } from './run-both.ts';

const CALLS = 10_000;
/** What a call moves: fed, kept in the variable, fetched. */
const BYTES_A_CALL = 3 * 4096 * 4;

test('call - 10,000 calls leave no tensor and no memory behind', () => {
  const before = [tf.memory().numTensors, nodeBackend().getNumOfTFTensors()];
  withProgram(
    (program) => {
      const shape = [4096];
      const sum = program.variable('sum', { shape, dtype: 'float32' });
      const inputs = { x: { shape, dtype: 'float32' }, rate: { shape: [], dtype: 'float32' } } as const;
      program.signature('add', {
        inputs,
        record({ x, rate }) {
          program.guard(tf.isFinite(rate!), () => {
            program.assign(sum, tf.add(tf.mul(program.read(sum), 0.5), tf.mul(x!, rate!)));
          });
          return { sum: program.read(sum) };
        },
      });
    },
    (running) => {
      running.writeVariables(new Map([['sum', new Float32Array(4096)]]));
      const x = new Float32Array(4096).fill(1);
      const run = (calls: number) => {
        for (let i = 0; i < calls; i++) running.call('add', { x, rate: i % 100 === 0 ? Number.NaN : 0.5 });
      };
      run(1000);
      const start = process.memoryUsage().rss;
      run(CALLS);
      const grown = process.memoryUsage().rss - start;
      // Without freeing it would be 490 MB. The allocator takes 64 MiB at a time (src/native/kernels/allocator.cc).
      const allowed = (64 + 32) * 2 ** 20;
      assert.ok(grown < allowed, `${grown} bytes more after ${CALLS} calls of ${BYTES_A_CALL} bytes each`);
      assert.deepEqual([tf.memory().numTensors, nodeBackend().getNumOfTFTensors()], before);
    },
  );
});

test('writeVariables and readVariables - 2,000 rounds leave no memory behind', () => {
  withProgram(
    (program) => {
      program.variable('a', { shape: [65536], dtype: 'float32' });
    },
    (running) => {
      const values = new Float32Array(65536);
      const round = (i: number) => {
        running.writeVariables(new Map([['a', values.fill(i)]]));
        assert.equal(running.readVariables().get('a')!.values[65535], i);
      };
      for (let i = 0; i < 300; i++) round(i);
      const start = process.memoryUsage().rss;
      for (let i = 0; i < 2000; i++) round(i);
      // 256 KiB a round: without freeing, half a gigabyte.
      const grown = process.memoryUsage().rss - start;
      assert.ok(grown < (64 + 64) * 2 ** 20, `${grown} bytes more`);
    },
  );
});
