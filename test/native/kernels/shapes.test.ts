/**
 * Our own kernels with tensors of wrong shapes: each is refused with a sentence, before memory is touched that is not its
 * own. Ops that are called one by one have nobody before them who looks at shapes.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpAttribute } from '../../../src/tensorflow/ops.ts';
import { attribute, rawOp } from '../../../src/tensorflow/raw-op.ts';
import { tf } from '../../../src/tensorflow/tf.ts';

type Shape = readonly number[];

interface Op {
  readonly name: string;
  readonly attributes: readonly OpAttribute[];
  readonly outputs: number;
  /** Shapes that it computes with. */
  readonly right: readonly Shape[];
  /** By the number of the input, what stands there in place of the right one. */
  readonly wrong: readonly (readonly [input: number, shape: Shape])[];
  readonly sentence: RegExp;
}

const norm = [attribute.float('epsilon', 1e-3), attribute.bool('relu', true)];
const onePiece = attribute.int('N', 1);
const training = attribute.bool('training', true);
/** Of an input with rows of 32 channels. */
const noRows: readonly Shape[] = [[], [32], [0], [4, 0], [0, 0]];

const vectors = (first: number): (readonly [number, Shape])[] =>
  [0, 1, 2, 3].flatMap((i) => [[], [31], [33], [0], [2, 32]].map((shape) => [first + i, shape] as const));

const ops: readonly Op[] = [
  {
    name: 'ManyheadsMoments',
    attributes: [],
    outputs: 1,
    right: [[5, 32]],
    wrong: [...noRows, [0, 32]].map((shape) => [0, shape]),
    sentence: /expected rows of channels/,
  },
  {
    name: 'ManyheadsJoinMoments',
    attributes: [onePiece, attribute.float('momentum', 0.9)],
    outputs: 4,
    right: [[2, 32], [32], [32]],
    wrong: [
      ...[...noRows, [1, 32], [3, 32], [2, 31]].map((shape) => [0, shape] as const),
      ...[1, 2].flatMap((i) => [[], [31], [33], [0]].map((shape) => [i, shape] as const)),
    ],
    sentence: /expected a mean and a variance of each channel|the moving averages have/,
  },
  {
    name: 'ManyheadsNorm',
    attributes: [onePiece, ...norm],
    outputs: 1,
    right: [[5, 32], [32], [32], [32], [32]],
    wrong: [...noRows.map((shape) => [0, shape] as const), ...vectors(1)],
    sentence: /expected rows of channels|expected 32 channels/,
  },
  {
    name: 'ManyheadsNormGrad',
    attributes: [onePiece, ...norm, training],
    outputs: 3,
    right: [[5, 32], [5, 32], [32], [32], [32], [32]],
    wrong: [
      ...[...noRows, [4, 32], [5, 31], [6, 32]].map((shape) => [0, shape] as const),
      ...noRows.map((shape) => [1, shape] as const),
      ...vectors(2),
    ],
    sentence: /expected rows of channels|expected 32 channels|the gradient has the shape/,
  },
  {
    name: 'ManyheadsNormConv',
    attributes: [onePiece, ...norm],
    outputs: 1,
    right: [[5, 32], [32], [32], [32], [32], [1, 1, 32, 64]],
    wrong: [
      ...[...noRows, [0, 32]].map((shape) => [0, shape] as const),
      ...vectors(1),
      ...[[], [64], [0], [1, 1, 32, 0], [1, 1, 32, 63], [1, 1, 31, 64], [1, 1, 33, 64], [3, 3, 32, 64]].map(
        (shape) => [5, shape] as const,
      ),
    ],
    sentence: /expected rows of channels|expected 32 channels|expected pieces of 32|expected a kernel of 1×1/,
  },
  {
    name: 'ManyheadsNormConvGrad',
    attributes: [onePiece, ...norm, training],
    outputs: 4,
    right: [[5, 64], [5, 32], [32], [32], [32], [32], [1, 1, 32, 64]],
    wrong: [
      ...[[], [64], [0], [4, 64], [5, 63]].map((shape) => [0, shape] as const),
      ...[...noRows, [0, 32]].map((shape) => [1, shape] as const),
      ...vectors(2),
      ...[[], [64], [1, 1, 32, 63], [1, 1, 31, 64]].map((shape) => [6, shape] as const),
    ],
    sentence:
      /expected rows of channels|expected 32 channels|expected pieces of 32|expected a kernel of 1×1|the gradient has the shape/,
  },
  {
    name: 'ManyheadsConv3x3',
    attributes: [],
    outputs: 1,
    right: [
      [2, 5, 6, 32],
      [3, 3, 32, 64],
    ],
    wrong: [
      ...[...noRows, [2, 5, 6, 31], [0, 5, 6, 32], [2, 0, 6, 32], [60, 32]].map(
        (shape) => [0, shape] as const,
      ),
      ...[[], [9], [9, 2048], [3, 3, 32], [3, 3, 32, 0], [3, 3, 31, 64], [3, 3, 64, 32], [3, 3, 32, 63]].map(
        (shape) => [1, shape] as const,
      ),
      [1, [1, 9, 32, 64]],
    ],
    sentence: /expected images of 32|the kernel has the shape/,
  },
  {
    name: 'ManyheadsConv3x3InputGrad',
    attributes: [],
    outputs: 1,
    right: [
      [2, 5, 6, 64],
      [3, 3, 32, 64],
    ],
    wrong: [
      ...[...noRows, [2, 5, 6, 63], [0, 5, 6, 64], [60, 64]].map((shape) => [0, shape] as const),
      ...[[], [9], [9, 2048], [3, 3, 32], [3, 3, 0, 64], [3, 3, 31, 64], [3, 3, 64, 32], [3, 3, 32, 63]].map(
        (shape) => [1, shape] as const,
      ),
    ],
    sentence: /expected images of 32|the kernel has the shape/,
  },
  {
    name: 'ManyheadsConv3x3KernelGrad',
    attributes: [],
    outputs: 1,
    right: [
      [2, 5, 6, 32],
      [2, 5, 6, 64],
    ],
    wrong: [0, 1].flatMap((i) =>
      [...noRows, [2, 5, 6, 31], [0, 5, 6, 32], [2, 5, 7, 32], [60, 32]].map((shape) => [i, shape] as const),
    ),
    sentence: /expected images of 32|the gradient has the shape/,
  },
];

function call({ name, attributes, outputs }: Op, shapes: readonly Shape[]): tf.Tensor[] {
  const inputs = shapes.map((shape) => tf.ones([...shape]));
  return rawOp(name, [...attributes], inputs, outputs);
}

for (const op of ops) {
  test(`${op.name} - shapes that do not fit are refused`, () => {
    tf.tidy(() => {
      for (const output of call(op, op.right)) assert.ok(output.dataSync().every(Number.isFinite));
      for (const [input, shape] of op.wrong) {
        const shapes = op.right.map((right, i) => (i === input ? shape : right));
        assert.throws(() => call(op, shapes), op.sentence, `input ${input} of the shape [${shape}]`);
      }
    });
  });
}

test('lanes - a length that no processor has, or this one has not, is refused', () => {
  tf.tidy(() => {
    const inputs = [tf.ones([1, 2, 2, 32]), tf.ones([3, 3, 32, 32])];
    for (const lanes of [-1, 1, 3, 32, 1024])
      assert.throws(
        () => rawOp('ManyheadsConv3x3', [attribute.int('lanes', lanes)], inputs, 1),
        /this processor has no vectors/,
      );
  });
});

test('ManyheadsNorm - no rows give no rows', () => {
  tf.tidy(() => {
    const c = tf.ones([32]);
    const [y] = rawOp('ManyheadsNorm', [onePiece, ...norm], [tf.ones([0, 32]), c, c, c, c], 1);
    assert.deepEqual(y!.shape, [0, 32]);
  });
});
