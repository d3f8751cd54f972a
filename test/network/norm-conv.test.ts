/**
 * Our own kernel for batch norm, ReLU and a convolution of 1×1 beside TensorFlow's ops for the same: outputs, moving
 * averages and all gradients, for every length of vector that this processor has. Sizes are such that there are one and
 * several slabs, tiles that are not full, odd numbers of rows, blocks that are and are not as wide as they may be.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyBatchNorm, trainBatchNorm } from '../../src/network/batch-norm.ts';
import { applyNormConv, suitsNormConv, trainNormConv } from '../../src/network/norm-conv.ts';
import { relu } from '../../src/network/relu.ts';
import { attribute, rawOp } from '../../src/tensorflow/raw-op.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { noiseTensor, tensorDifference } from './fixture.ts';

const settings = { epsilon: 1e-3, momentum: 0.99, relu: true };

interface Case {
  readonly leading: readonly [number, number, number];
  readonly widths: readonly number[];
  readonly out: number;
}

const cases: readonly Case[] = [
  { leading: [1, 3, 5], widths: [32], out: 32 },
  { leading: [4, 25, 25], widths: [64, 32, 32], out: 128 },
  { leading: [7, 11, 13], widths: [96, 160, 32], out: 64 },
  { leading: [3, 7, 7], widths: [512, 32], out: 128 },
];

interface Inputs {
  readonly pieces: tf.Tensor[];
  readonly gamma: tf.Tensor;
  readonly beta: tf.Tensor;
  readonly averages: { readonly mean_C: tf.Tensor; readonly variance_C: tf.Tensor };
  readonly kernel: tf.Tensor;
  readonly direction: tf.Tensor;
}

function inputsOf({ leading, widths, out }: Case): Inputs {
  const channels = widths.reduce((sum, width) => sum + width, 0);
  return {
    pieces: widths.map((width, p) => noiseTensor(`piece${p}`, [...leading, width], 0.5, 1)),
    gamma: noiseTensor('gamma', [channels], 0.5, 1),
    // With these, no value is so near 0 that rounding decides whether the ReLU lets its gradient through.
    beta: noiseTensor('shift', [channels]),
    averages: {
      mean_C: noiseTensor('mean', [channels], 0.2, 1),
      variance_C: tf.abs(noiseTensor('variance', [channels], 0.2, 0.5)),
    },
    kernel: noiseTensor('kernel', [1, 1, channels, out], 0.1),
    direction: noiseTensor('direction', [...leading, out]),
  };
}

type Computed = { readonly y: tf.Tensor; readonly averages: readonly tf.Tensor[] };

/** Outputs, and the gradients of pieces, gamma, beta and kernel. */
function measure(
  { pieces, gamma, beta, kernel, direction }: Inputs,
  compute: (pieces: tf.Tensor[], gamma_C: tf.Tensor, beta_C: tf.Tensor, kernel: tf.Tensor) => Computed,
): tf.Tensor[] {
  let kept: tf.Tensor[] = [];
  const { grads } = tf.valueAndGrads((...all) => {
    const [gamma_C, beta_C, filter] = all.slice(-3) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const { y, averages } = compute(all.slice(0, -3), gamma_C, beta_C, filter);
    kept = [y, ...averages].map((tensor) => tf.keep(tf.clone(tensor)));
    return tf.sum(tf.mul(y, direction));
  })([...pieces, gamma, beta, kernel]);
  return [...kept, ...grads];
}

function reference(inputs: Inputs, training: boolean): tf.Tensor[] {
  return measure(inputs, (pieces, gamma_C, beta_C, kernel) => {
    const whole = tf.concat(pieces, -1);
    const weights = { gamma_C, beta_C, ...inputs.averages };
    const behind = (y: tf.Tensor): tf.Tensor =>
      tf.conv2d(relu(y) as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'valid');
    if (!training) return { y: behind(applyBatchNorm(whole, weights, settings.epsilon)), averages: [] };
    const { y, mean_C, variance_C } = trainBatchNorm(whole, weights, settings);
    return { y: behind(y), averages: [mean_C, variance_C] };
  });
}

function assertClose(actual: readonly tf.Tensor[], expected: readonly tf.Tensor[]): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((tensor, i) => {
    const difference = tensorDifference(tensor, expected[i]!);
    assert.ok(difference < 2e-5, `result ${i} is off by ${difference}`);
  });
}

for (const sizes of cases) {
  for (const training of [true, false]) {
    const kind = training ? 'trainNormConv' : 'applyNormConv';
    const shape = `[${sizes.leading}] × ${sizes.widths.join(' + ')} to ${sizes.out} channels`;
    test(`${kind} - ${shape}: values and gradients are TensorFlow's`, () => {
      tf.tidy(() => {
        const inputs = inputsOf(sizes);
        const actual = measure(inputs, (pieces, gamma_C, beta_C, kernel) => {
          const weights = { gamma_C, beta_C, ...inputs.averages };
          const x = pieces.map((tensor) => ({ tensor }));
          if (!training) return { y: applyNormConv(x, weights, kernel, settings), averages: [] };
          const { y, mean_C, variance_C } = trainNormConv(x, weights, kernel, settings);
          return { y, averages: [mean_C, variance_C] };
        });
        assertClose(actual, reference(inputs, training));
      });
    });
  }
}

/** The kernel with vectors of one length, by the moving averages. @throws where the processor has none */
function withLanes(inputs: Inputs, lanes: number): tf.Tensor[] {
  const { pieces, gamma, beta, averages, kernel, direction } = inputs;
  const all = [...pieces, averages.mean_C, averages.variance_C, gamma, beta, kernel];
  const attributes = [
    attribute.int('N', pieces.length),
    attribute.float('epsilon', settings.epsilon),
    attribute.bool('relu', true),
    attribute.int('lanes', lanes),
  ];
  return [
    ...rawOp('ManyheadsNormConv', attributes, all, 1),
    ...rawOp(
      'ManyheadsNormConvGrad',
      [...attributes, attribute.bool('training', false)],
      [direction, ...all],
      pieces.length + 3,
    ),
  ];
}

const lanesHere = [4, 8, 16].filter((lanes) => {
  try {
    tf.tidy(() => {
      withLanes(inputsOf(cases[0]!), lanes);
    });
    return true;
  } catch {
    return false;
  }
});

test('ManyheadsNormConv - has at least the shortest vectors', () => {
  assert.ok(lanesHere.includes(4));
});

for (const lanes of lanesHere) {
  for (const sizes of cases) {
    test(`ManyheadsNormConv - [${sizes.leading}] to ${sizes.out} channels, vectors of ${lanes}: TensorFlow's values and gradients`, () => {
      tf.tidy(() => {
        const inputs = inputsOf(sizes);
        assertClose(withLanes(inputs, lanes), reference(inputs, false));
      });
    });
  }
}

test('ManyheadsNormConv - the same input gives the same bits, whatever thread computes which tile', () => {
  tf.tidy(() => {
    const inputs = inputsOf(cases[1]!);
    const bits = () => withLanes(inputs, 0).map((tensor) => tensor.dataSync());
    const first = bits();
    for (let i = 0; i < 5; i++) assert.deepEqual(bits(), first);
  });
});

test('trainNormConv - by hand: mean 3 and variance 2 of 1 to 5, a kernel that adds the channels up', () => {
  tf.tidy(() => {
    const column = tf.tensor4d([1, 2, 3, 4, 5], [5, 1, 1, 1]);
    const x = [{ tensor: tf.tile(column, [1, 1, 1, 32]) }];
    const weights = {
      gamma_C: tf.fill([32], 2),
      beta_C: tf.ones([32]),
      mean_C: tf.fill([32], 10),
      variance_C: tf.fill([32], 4),
    };
    const { y, mean_C } = trainNormConv(x, weights, tf.ones([1, 1, 32, 32]), { ...settings, epsilon: 0.25 });
    // (x - 3) / √(2 + 0.25) · 2 + 1 = (x - 3)·4/3 + 1, 0 where that is below 0, and 32 of them.
    const expected = [0, 0, 32, (32 * 7) / 3, (32 * 11) / 3];
    y.dataSync().forEach((value, i) => {
      assert.ok(Math.abs(value - expected[Math.floor(i / 32)]!) < 1e-4);
    });
    assert.ok(Math.abs(mean_C.dataSync()[0]! - 9.93) < 1e-5);
  });
});

test('a value that is not a number comes through, so that the loss tells of it', () => {
  tf.tidy(() => {
    const weights = {
      gamma_C: tf.ones([32]),
      beta_C: tf.zeros([32]),
      mean_C: tf.zeros([32]),
      variance_C: tf.ones([32]),
    };
    const x = [{ tensor: tf.fill([1, 1, 1, 32], Number.NaN) }];
    const y = applyNormConv(x, weights, tf.ones([1, 1, 32, 32]), settings);
    assert.ok(Number.isNaN(y.dataSync()[0]));
  });
});

test('suitsNormConv - not for strides, groups, other kernels, odd numbers of channels or large kernels', () => {
  const suiting = { widths: [64, 32], kernel: [1, 1, 96, 128], strides: [1, 1], groups: 1 };
  assert.ok(suitsNormConv(suiting));
  assert.ok(!suitsNormConv({ ...suiting, strides: [2, 2] }));
  assert.ok(!suitsNormConv({ ...suiting, groups: 2 }));
  assert.ok(!suitsNormConv({ ...suiting, kernel: [3, 3, 96, 128] }));
  assert.ok(!suitsNormConv({ ...suiting, kernel: [1, 1, 96, 120] }));
  assert.ok(!suitsNormConv({ ...suiting, widths: [64, 24, 8] }));
  assert.ok(!suitsNormConv({ ...suiting, widths: [1024], kernel: [1, 1, 1024, 512] }));
});
