import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Program } from '../../src/graph/program.ts';
import { createProgram } from '../../src/graph/program.ts';
import { scope } from '../../src/graph/scope.ts';
import { nodeBackend } from '../../src/tensorflow/ops.ts';
import { tf } from '../../src/tensorflow/tf.ts';

function recording(compute: (x: tf.Tensor, program: Program) => tf.Tensor): () => void {
  return () => {
    const program = createProgram();
    const inputs = { x: { shape: [2, 3], dtype: 'float32' } } as const;
    program.signature('train', { inputs, record: ({ x }) => ({ y: compute(x!, program) }) });
  };
}

test('record - a value that is read names the op and the scope that it came from', () => {
  const read = (x: tf.Tensor) =>
    scope('stage0', () => scope('conv1', () => tf.scalar(tf.sum(x).dataSync()[0]!)));
  assert.throws(recording(read), {
    message:
      'a value of the op Sum was asked for in the scope stage0/conv1, while the graph was being recorded: ' +
      'train/stage0/conv1/Sum has no value yet',
  });
});

test('record - the value of a constant can be read', () => {
  assert.doesNotThrow(recording((x) => tf.mul(x, tf.tensor1d([1, 2, 3]).dataSync()[1]!)));
});

test('record - an op whose shape depends on values names op and scope', () => {
  assert.throws(
    recording((x) => scope('pick', () => tf.unique(tf.reshape(x, [6])).values)),
    {
      message: "the op UniqueV2 was used in the scope pick, and its output's shape is not known",
    },
  );
});

test('record - a constant of over 1 MB names its shape and scope; one of zeros is no such constant', () => {
  const large = Float32Array.from({ length: 2 ** 18 + 1 }, (_, i) => i);
  assert.throws(
    recording((x) => scope('mask', () => tf.add(tf.sum(x), tf.tensor1d(large)))),
    {
      message:
        'a constant of shape [262145] (262145 elements, 1048580 bytes) was used in the scope mask; ' +
        'a graph holds none over 1048576 bytes',
    },
  );
  assert.doesNotThrow(recording((x) => tf.add(tf.sum(x), tf.zeros([1024, 1024]))));
});

test('record - shapes that do not fit name op and scope', () => {
  const attributes = (): Parameters<ReturnType<typeof nodeBackend>['executeSingleOutput']>[1] => [];
  const product = (x: tf.Tensor) =>
    scope('dense', () => nodeBackend().executeSingleOutput('MatMul', attributes(), [x, x]));
  assert.throws(recording(product), {
    message: 'MatMul: [2,3] and [2,3] do not fit together, in the scope dense',
  });
});

test('record - inputs of two types where one is asked for name the op', () => {
  assert.throws(
    recording((x, program) => tf.mul(x, program.castTo(x, 'half'))),
    /Mul \(T, T -> T\) got half as input 1, where float32 is expected, in no scope/,
  );
});

test('record - a shape that is computed instead of known is refused', () => {
  const sides = (x: tf.Tensor) => tf.cast(tf.sum(x, 0), 'int32');
  assert.throws(
    recording((x) => nodeBackend().executeSingleOutput('Reshape', [], [x, sides(x)])),
    /the op Cast \(train\/Cast\) gives a shape or an axis, which must be a constant/,
  );
});

test('record - a tensor that tf.tidy freed is named as such', () => {
  let freed: tf.Tensor | undefined;
  const program = createProgram();
  const weight = program.variable('w', { shape: [2, 3], dtype: 'float32' });
  assert.throws(
    () =>
      program.signature('train', {
        inputs: {},
        record() {
          tf.tidy(() => {
            freed = tf.neg(program.read(weight));
          });
          program.assign(weight, freed!);
          return {};
        },
      }),
    /a tensor of shape \[2,3\] was used after it was disposed/,
  );
});

test('scope - gradients go by the name of the layer whose op they belong to', () => {
  const program = createProgram();
  const names: string[] = [];
  program.signature('train', {
    inputs: { x: { shape: [2, 3], dtype: 'float32' } },
    record({ x }) {
      const loss = (w: tf.Tensor) =>
        tf.sum(
          scope('dense', () => scope('product', () => tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D))),
        ) as tf.Scalar;
      const gradient = tf.grad(loss)(tf.ones([3, 2]));
      try {
        scope('reader', () => gradient.dataSync());
      } catch (error) {
        names.push((error as Error).message);
      }
      return { gradient };
    },
  });
  assert.match(names[0]!, /BatchMatMulV2 was asked for in the scope gradients\/dense\/product/);
});

test('record - after an error the backend of before is current again', () => {
  const before = tf.getBackend();
  assert.throws(recording((x) => tf.scalar(x.dataSync()[0]!)));
  assert.equal(tf.getBackend(), before);
  assert.equal(tf.add(1, 2).dataSync()[0], 3);
});
