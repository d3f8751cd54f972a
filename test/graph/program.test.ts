import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RunError } from '../../src/errors.ts';
import type { TensorSpec } from '../../src/graph/types.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { withProgram } from './run-both.ts';

const scalar: TensorSpec = { shape: [], dtype: 'float32' };
const pair: TensorSpec = { shape: [2], dtype: 'float32' };

test('signature - reads and writes of a variable happen in the order in which they are recorded', () => {
  withProgram(
    (program) => {
      const a = program.variable('a', scalar);
      program.signature('go', {
        inputs: { x: scalar },
        record({ x }) {
          const first = program.read(a);
          program.assign(a, x!);
          const second = program.read(a);
          program.assignAdd(a, tf.scalar(1));
          program.assign(a, tf.mul(program.read(a), 10));
          return { first, second, third: program.read(a) };
        },
      });
    },
    (running) => {
      running.writeVariables(new Map([['a', Float32Array.of(7)]]));
      const { first, second, third } = running.call('go', { x: 2 });
      // (2 + 1) · 10 = 30
      assert.deepEqual([first![0], second![0], third![0]], [7, 2, 30]);
      assert.equal(running.call('go', { x: 5 }).first![0], 30);
    },
  );
});

test('signature - two variables swap their values', () => {
  withProgram(
    (program) => {
      const a = program.variable('a', pair);
      const b = program.variable('b', pair);
      program.signature('swap', {
        inputs: {},
        record() {
          const [oldA, oldB] = [program.read(a), program.read(b)];
          program.assign(a, oldB);
          program.assign(b, oldA);
          return {};
        },
      });
    },
    (running) => {
      running.writeVariables(
        new Map([
          ['a', Float32Array.of(1, 2)],
          ['b', Float32Array.of(3, 4)],
        ]),
      );
      running.call('swap');
      const values = running.readVariables();
      assert.deepEqual(
        [values.get('a')!.values, values.get('b')!.values],
        [Float32Array.of(3, 4), Float32Array.of(1, 2)],
      );
    },
  );
});

test('signature - all signatures share the variables; an output names only its own', () => {
  withProgram(
    (program) => {
      const count = program.variable('count', { shape: [], dtype: 'int32' });
      program.signature('up', {
        inputs: {},
        record: () => {
          program.assignAdd(count, tf.scalar(1, 'int32'));
          return {};
        },
      });
      program.signature('look', { inputs: {}, record: () => ({ count: program.read(count) }) });
    },
    (running) => {
      running.writeVariables(new Map([['count', Int32Array.of(0)]]));
      for (let i = 0; i < 3; i++) running.call('up');
      assert.deepEqual(running.call('look'), { count: Int32Array.of(3) });
      assert.deepEqual(running.signatures, ['up', 'look']);
    },
  );
});

test('guard - after a step whose loss is not a number, weights and slots are the same bits', () => {
  withProgram(
    (program) => {
      const [weight, m, v] = ['weight', 'm', 'v'].map((name) => program.variable(name, pair)) as [
        ReturnType<typeof program.variable>,
        ReturnType<typeof program.variable>,
        ReturnType<typeof program.variable>,
      ];
      const steps = program.variable('steps', { shape: [], dtype: 'int32' });
      program.signature('train', {
        inputs: { x: pair },
        record({ x }) {
          const { value, grads } = tf.valueAndGrads(
            (w) => tf.sum(tf.square(tf.sub(w as tf.Tensor, x!))) as tf.Scalar,
          )([program.read(weight)]);
          const rates = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
          program.guard(tf.isFinite(value), () => {
            program.applyAdam({
              weight,
              m,
              v,
              gradient: grads[0]!,
              ...rates,
              beta1Power: 0.9,
              beta2Power: 0.999,
            });
            program.assignAdd(steps, tf.scalar(1, 'int32'));
          });
          return { loss: value, weight: program.read(weight), steps: program.read(steps) };
        },
      });
    },
    (running) => {
      const zero = Float32Array.of(0, 0);
      const start = { weight: Float32Array.of(1, -0), m: zero, v: zero, steps: Int32Array.of(0) };
      running.writeVariables(new Map(Object.entries(start)));
      running.call('train', { x: Float32Array.of(3, 2) });
      const before = running.readVariables();
      const answer = running.call('train', { x: Float32Array.of(Number.NaN, 2) });
      assert.ok(Number.isNaN(answer.loss![0]));
      assert.deepEqual([answer.weight, answer.steps], [before.get('weight')!.values, Int32Array.of(1)]);
      assert.deepEqual(running.readVariables(), before);
      // One step of Adam moves each weight by the rate: 1 + 0.1 towards 3, 0 + 0.1 towards 2.
      assert.ok(Math.abs((before.get('weight')!.values[0] as number) - 1.1) < 1e-5);
      assert.equal(running.call('train', { x: Float32Array.of(3, 2) }).steps![0], 2);
    },
  );
});

test('guard - inside another, changes happen where both conditions hold', () => {
  withProgram(
    (program) => {
      const [a, b] = [program.variable('a', scalar), program.variable('b', scalar)];
      program.signature('go', {
        inputs: { x: scalar, y: scalar },
        record({ x, y }) {
          program.guard(tf.greater(x!, 0), () => {
            program.assignAdd(a, tf.scalar(1));
            program.guard(tf.greater(y!, 0), () => program.assignAdd(b, program.read(a)));
          });
          return { a: program.read(a), b: program.read(b) };
        },
      });
    },
    (running) => {
      running.writeVariables(
        new Map([
          ['a', Float32Array.of(0)],
          ['b', Float32Array.of(0)],
        ]),
      );
      const go = (x: number, y: number) =>
        Object.values(running.call('go', { x, y })).map((values) => values[0]);
      assert.deepEqual(
        [go(1, 1), go(1, -1), go(-1, 1), go(1, 1)],
        [
          [1, 1],
          [2, 1],
          [2, 1],
          [3, 4],
        ],
      );
    },
  );
});

test('guard - a value read inside after a change is refused as an output', () => {
  assert.throws(
    () =>
      withProgram(
        (program) => {
          const a = program.variable('a', scalar);
          program.signature('go', {
            inputs: { x: scalar },
            record({ x }) {
              let inside: tf.Tensor | undefined;
              program.guard(tf.greater(x!, 0), () => {
                program.assign(a, x!);
                inside = tf.add(program.read(a), 1);
              });
              return { inside: inside! };
            },
          });
        },
        () => assert.fail('it was recorded'),
      ),
    /the output inside was read inside a guard/,
  );
});

test('gather - rows of a uint8 variable that was filled from a file, also of the mapped file', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'manyheads-graph-')), 'images');
  // Three images of 2×2 pixels and 3 channels, 12 bytes each.
  writeFileSync(
    file,
    Uint8Array.from({ length: 36 }, (_, i) => i * 7),
  );
  const images: TensorSpec = { shape: [3, 2, 2, 3], dtype: 'uint8' };
  withProgram(
    (program) => {
      const cache = program.variable('images', images);
      program.signature('load', {
        inputs: {},
        record: () => {
          program.assign(cache, program.readFile(file, images));
          return {};
        },
      });
      const inputs = { rows: { shape: [2], dtype: 'int32' } } as const;
      program.signature('pick', {
        inputs,
        record: ({ rows }) => ({
          bytes: program.gather(cache, rows!),
          halves: tf.div(tf.cast(program.gather(cache, rows!), 'float32'), 2),
        }),
      });
      program.signature('pickMapped', {
        inputs,
        record: ({ rows }) => ({ bytes: tf.gather(program.mapFile(file, images), rows as tf.Tensor1D) }),
      });
    },
    (running) => {
      running.call('load');
      const rows = Int32Array.of(2, 0);
      const expected = Int32Array.from(
        [...Array(12).keys()].flatMap((i) => (24 + i) * 7).concat([...Array(12).keys()].map((i) => i * 7)),
      );
      const { bytes, halves } = running.call('pick', { rows });
      assert.deepEqual(bytes, expected);
      assert.deepEqual(
        halves,
        Float32Array.from(expected, (value) => value / 2),
      );
      assert.deepEqual(running.call('pickMapped', { rows }).bytes, expected);
      assert.equal(running.readVariables(['images']).get('images')!.values[35], 245);
    },
  );
});

test('writeVariables - TensorFlow keeps a copy: neither side changes the other', () => {
  withProgram(
    (program) => {
      const a = program.variable('a', { shape: [1024], dtype: 'float32' });
      program.signature('add', {
        inputs: { x: { shape: [1024], dtype: 'float32' } },
        record({ x }) {
          program.assignAdd(a, x!);
          return {};
        },
      });
      program.signature('take', {
        inputs: { x: { shape: [1024], dtype: 'float32' } },
        record({ x }) {
          program.assign(a, tf.reshape(x!, [1024]));
          return {};
        },
      });
    },
    (running) => {
      // A multiple of 64 bytes, so that TensorFlow may take the memory as it is.
      const mine = new Float32Array(1024).fill(1);
      for (const set of [
        () => running.writeVariables(new Map([['a', mine]])),
        () => running.call('take', { x: mine }),
      ]) {
        mine.fill(1);
        set();
        mine.fill(5);
        running.call('add', { x: mine });
        assert.equal(running.readVariables(['a']).get('a')!.values[1023], 6);
        assert.equal(mine[1023], 5);
      }
    },
  );
});

test('variables of half precision, 64 bits and bytes come out as they went in', () => {
  const types = ['half', 'bfloat16', 'int64', 'uint8', 'bool', 'int32', 'float32'] as const;
  withProgram(
    (program) => {
      for (const dtype of types) program.variable(`v/${dtype}`, { shape: [2], dtype });
    },
    (running) => {
      const written = {
        half: Float32Array.of(0.5, -3),
        bfloat16: Float32Array.of(0.5, -3),
        int64: BigInt64Array.of(2n ** 40n, -1n),
        uint8: Uint8Array.of(200, 3),
        bool: Uint8Array.of(1, 0),
        int32: Int32Array.of(-5, 9),
        float32: Float32Array.of(1.5, -0),
      };
      running.writeVariables(new Map(types.map((dtype) => [`v/${dtype}`, written[dtype]])));
      const read = running.readVariables();
      assert.deepEqual(
        types.map((dtype) => read.get(`v/${dtype}`)!.values),
        types.map((dtype) => written[dtype]),
      );
    },
  );
});

test('castTo - half precision is computed with as such, constants included', () => {
  withProgram(
    (program) => {
      program.signature('go', {
        inputs: { x: pair },
        record: ({ x }) => {
          const narrow = program.castTo(x!, 'bfloat16');
          return { y: tf.add(tf.mul(narrow, 3), narrow), back: program.castTo(tf.mul(narrow, 2), 'float32') };
        },
      });
    },
    (running) => {
      // 1.01 is 1.0078125 in bfloat16, with 8 bits of fraction; 4 times that is 4.03125.
      assert.deepEqual(running.call('go', { x: Float32Array.of(1.01, 2) }), {
        y: Float32Array.of(4.03125, 8),
        back: Float32Array.of(2.015625, 4),
      });
    },
  );
});

test('call - a wrong or missing feed, an unknown signature and an unset variable are explained', () => {
  withProgram(
    (program) => {
      const a = program.variable('a', pair);
      program.signature('go', {
        inputs: { x: pair },
        record: ({ x }) => ({ y: tf.add(x!, program.read(a)) }),
      });
    },
    (running) => {
      const go = (feeds: Parameters<typeof running.call>[1]) => () => running.call('go', feeds);
      assert.throws(go({}), /the signature go takes x; got none/);
      assert.throws(
        go({ x: Int32Array.of(1, 2) }),
        /takes 2 elements of type float32 as Float32Array, got Int32Array of 2/,
      );
      assert.throws(go({ x: Float32Array.of(1) }), /got Float32Array of 1/);
      assert.throws(() => running.call('stop'), /no signature stop; there are go/);
      assert.throws(go({ x: Float32Array.of(1, 2) }), (error: RunError) => {
        assert.ok(error instanceof RunError && /the signature go failed/.test(error.message));
        assert.match(error.hint!, /Write all variables/);
        return true;
      });
    },
  );
});
