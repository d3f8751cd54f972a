import assert from 'node:assert/strict';
import test from 'node:test';
import { describeNetwork } from '../../src/model/describe.ts';
import type { ModelSettings, Part } from '../../src/model/settings.ts';
import { forward } from '../../src/network/forward.ts';
import { initialWeights } from '../../src/network/initializers.ts';
import { computeLayer } from '../../src/network/layers.ts';
import { createSubsample } from '../../src/network/subsample.ts';
import { nodeBackend } from '../../src/tensorflow/ops.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { densenet121 } from '../model/article.ts';
import { formulaImages, largestDifference } from './fixture.ts';

const model: ModelSettings = {
  backbone: {
    ...densenet121,
    name: 'densenet',
    blocks: [1, 1],
    growthRate: 4,
    initialFilters: 8,
    stem: 'small',
  },
  pooling: ['gap', 'gmp'],
  tower: [
    { type: 'batchNorm' },
    { type: 'dropout', rate: 0.5 },
    { type: 'dense', units: 16, activation: 'relu', initializer: 'glorotUniform' },
  ],
  towers: {},
  headInitializer: 'glorotUniform',
};
const heads = [
  { name: 'kids', classes: ['no', 'yes'] },
  { name: 'region', classes: ['top', 'middle', 'bottom'] },
];
const network = describeNetwork(model, heads, 12);
const specs = network.layers.flatMap((layer) => layer.weights);
const initial = initialWeights(network, 0);
const weights = new Map(specs.map(({ name, shape }) => [name, tf.tensor(initial.get(name)!, [...shape])]));
const images_BHWC = formulaImages(5, 12);

interface Call {
  training?: boolean;
  trainable?: Part[];
  step?: number;
  given?: ReadonlyMap<string, tf.Tensor>;
}

function run({
  training = true,
  trainable = ['backbone', 'tower', 'heads'],
  step = 0,
  given = weights,
}: Call = {}) {
  const context = { training, trainable: new Set(trainable), step: tf.scalar(step, 'int32'), seed: 1 };
  return forward(network, given, images_BHWC, context);
}

function kidsLogits(call: Call): number[] {
  return tf.tidy(() => [...run(call).logits.kids!.dataSync()]);
}

test('forward - logits of every head, and the averages of every batch norm', () => {
  tf.tidy(() => {
    const { logits, averages } = run();
    assert.deepEqual(logits.kids!.shape, [5, 2]);
    assert.deepEqual(logits.region!.shape, [5, 3]);
    const expected = specs.filter((spec) => !spec.trainable).map((spec) => spec.name);
    assert.deepEqual([...averages.keys()].sort(), expected.sort());
    for (const [name, average] of averages) {
      assert.deepEqual(average.shape, weights.get(name)!.shape, name);
      assert.ok(
        largestDifference(average.dataSync(), weights.get(name)!.dataSync()) > 0,
        `${name} has not moved`,
      );
    }
  });
});

test('forward - dropout draws a new mask each step, and the same one for the same step', () => {
  const first = kidsLogits({ step: 0 });
  assert.deepEqual(kidsLogits({ step: 0 }), first);
  assert.ok(largestDifference(kidsLogits({ step: 1 }), first) > 1e-3);
});

test('forward - evaluation has no dropout and no averages to move', () => {
  assert.deepEqual(kidsLogits({ training: false, step: 1 }), kidsLogits({ training: false, step: 0 }));
  tf.tidy(() => assert.equal(run({ training: false }).averages.size, 0));
});

test('forward - frozen parts run as in evaluation while the others train', () => {
  tf.tidy(() => {
    const { averages } = run({ trainable: ['tower', 'heads'] });
    assert.deepEqual(
      [...averages.keys()].map((name) => name.split('/')[0]),
      ['kids', 'kids', 'region', 'region'].map((head) => `${head}_tower_0_batchNorm`),
    );
  });
  // Nothing that trains drops or looks at the batch: the logits are those of evaluation.
  assert.deepEqual(kidsLogits({ trainable: ['heads'], step: 0 }), kidsLogits({ training: false }));
  // A frozen backbone gives what its averages say: other averages, other logits.
  const changed = new Map(weights);
  changed.set('bn/moving_mean', tf.add(weights.get('bn/moving_mean')!, 1));
  assert.notDeepEqual(
    kidsLogits({ trainable: ['heads'], given: changed }),
    kidsLogits({ trainable: ['heads'] }),
  );
  // A trained one looks at the batch instead.
  const backboneOnly: Part[] = ['backbone'];
  assert.deepEqual(
    kidsLogits({ trainable: backboneOnly, given: changed }),
    kidsLogits({ trainable: backboneOnly }),
  );
});

test('forward - gradients reach the backbone through a frozen tower, and every trained weight', () => {
  const trained = specs.filter((spec) => spec.trainable && spec.part === 'backbone').map((spec) => spec.name);
  tf.tidy(() => {
    const gradients = tf.grads((...values: tf.Tensor[]) => {
      const given = new Map(weights);
      trained.forEach((name, i) => {
        given.set(name, values[i]!);
      });
      return tf.sum(tf.square(run({ trainable: ['backbone'], given }).logits.kids!));
    })(trained.map((name) => weights.get(name)!));
    gradients.forEach((gradient, i) => {
      const largest = tf.max(tf.abs(gradient)).dataSync()[0]!;
      assert.ok(largest > 0 && Number.isFinite(largest), `${trained[i]}: ${largest}`);
    });
  });
});

test('forward - leaves no tensor behind, with gradients and without', () => {
  const kernel = weights.get('conv1_conv/kernel')!;
  const objective = (value: tf.Tensor) =>
    tf.sum(run({ given: new Map(weights).set('conv1_conv/kernel', value) }).logits.kids!);
  const once = () => {
    tf.tidy(() => run().logits.kids!.dataSync());
    tf.tidy(() => tf.grad(objective)(kernel).dataSync());
  };
  once();
  const before = { tfjs: tf.memory().numTensors, tensorflow: nodeBackend().getNumOfTFTensors() };
  for (let i = 0; i < 3; i++) once();
  assert.deepEqual({ tfjs: tf.memory().numTensors, tensorflow: nodeBackend().getNumOfTFTensors() }, before);
});

test('forward - reads no value, forward and backward', () => {
  const backend = tf.backend();
  const { readSync } = backend;
  backend.readSync = () => {
    throw new Error('a value was read');
  };
  try {
    tf.tidy(() => {
      const kernel = weights.get('conv1_conv/kernel')!;
      tf.grad((value: tf.Tensor) =>
        tf.sum(run({ given: new Map(weights).set('conv1_conv/kernel', value) }).logits.region!),
      )(kernel);
    });
  } finally {
    backend.readSync = readSync;
  }
});

test('forward - a missing weight is named', () => {
  const given = new Map(weights);
  given.delete('bn/gamma');
  assert.throws(() => tf.tidy(() => run({ given }).logits), /no weight bn\/gamma/);
});

test('computeLayer - a convolution with stride 2 pads `same` as TensorFlow does, after the image first', () => {
  tf.tidy(() => {
    const output = computeLayer(
      {
        name: 'conv',
        type: 'conv',
        settings: {
          kernelSize: [3, 3],
          strides: [2, 2],
          padding: 'same',
          filters: 1,
          groups: 1,
          bias: false,
        },
        part: 'backbone',
        inputs: ['image'],
        outputShape: [2, 2, 1],
        weights: [],
        flops: 0,
      },
      [tf.ones([1, 4, 4, 1])],
      {
        training: false,
        ownKernels: true,
        images_BHWC,
        subsample: createSubsample(),
        step: tf.scalar(0, 'int32'),
        seed: 0,
        weight: () => tf.ones([3, 3, 1, 1]),
        setAverage: () => assert.fail('a convolution has no averages'),
      },
    );
    // One row and column of zeros, below and to the right: 3×3, 3×2, 2×3 and 2×2 ones under the kernel.
    assert.deepEqual([...output.dataSync()], [9, 6, 6, 4]);
  });
});
