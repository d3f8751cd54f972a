/**
 * The forward by our own ops beside the layers computed one by one: a network with every kind of layer, at sizes that leave
 * vectors, tiles and panels half full, for every length of vector; and every backbone, with the probabilities of every kind
 * of head.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeNetwork } from '../../../src/model/describe.ts';
import type { Network } from '../../../src/model/network.ts';
import { computeLayers } from '../../../src/network/forward.ts';
import { infer, packWeights } from '../../../src/network/inference/ops.ts';
import { planInference } from '../../../src/network/inference/plan.ts';
import { initialWeights } from '../../../src/network/initializers.ts';
import { tf } from '../../../src/tensorflow/tf.ts';
import { losses } from '../../../src/train/loss/losses.ts';
import { articleHeads, kerasBackbones, timmBackbones } from '../../model/article.ts';
import { contextFor, formulaImages, formulaWeights, tensorDifference } from '../fixture.ts';
import { askedOf, oddNetwork } from './networks.ts';

/** Those of `formulaWeights`, with exponents near those that are trained. */
function weightsOf(network: Network): Map<string, tf.Tensor> {
  return new Map(
    [...formulaWeights(network)].map(([name, weight]) => [
      name,
      name.endsWith('/p') ? tf.add(weight, 3) : weight,
    ]),
  );
}

const lanesHere = [4, 8, 16].filter((lanes) => {
  try {
    const network = oddNetwork(9, 3);
    const plan = planInference(network, ['gap']);
    tf.dispose([...infer(plan, tf.zeros([1, 9, 9, 3]), tf.zeros([plan.packed]), lanes).values()]);
    return true;
  } catch {
    return false;
  }
});

test('infer - has at least the shortest vectors', () => {
  assert.ok(lanesHere.includes(4));
});

for (const [size, channels, batch] of [
  [5, 3, 1],
  [11, 19, 2],
  [24, 16, 1],
  [31, 33, 5],
  [52, 32, 3],
] as const) {
  test(`infer - all layers at ${size} pixels, ${channels} channels, ${batch} images`, () => {
    tf.tidy(() => {
      const network = oddNetwork(size, channels);
      const weights = weightsOf(network);
      const images = formulaImages(batch, size);
      const asked = askedOf(network);
      const expected = computeLayers(network, weights, images, contextFor(false)).outputs;
      const plan = planInference(network, asked, batch);
      const packed = packWeights(plan, [...weights.values()]);
      for (const lanes of lanesHere) {
        const found = infer(plan, images, packed, lanes);
        for (const layer of asked) {
          const off = tensorDifference(found.get(layer)!, expected.get(layer)!);
          assert.ok(off < 1e-5, `${layer} is off by ${off}, vectors of ${lanes}`);
        }
      }
    });
  });
}

test('infer - a large kernel in tiles, whatever number of images', () => {
  tf.tidy(() => {
    const backbone = { ...kerasBackbones.resnet50!, blocks: [1, 1, 2, 2] };
    const network = describeNetwork({ ...plain, backbone } as never, [], 100);
    const weights = weightsOf(network);
    const images = formulaImages(9, 100);
    const expected = computeLayers(network, weights, images, contextFor(false)).outputs.get(network.pooled)!;
    const plan = planInference(network, [network.pooled], 32);
    const tiled = plan.steps.filter(({ kind, shape }) => kind === 'winograd' && shape[2] === 512);
    assert.ok(tiled.length > 0);
    const packed = packWeights(plan, [...weights.values()]);
    const found = infer(plan, images, packed).get(network.pooled)!;
    assert.ok(tensorDifference(found, expected) < 1e-5);
    // Each image for itself, to the bit: sums do not depend on how many go together.
    const alone = tf.unstack(images).map((image) => infer(plan, tf.stack([image]) as tf.Tensor4D, packed));
    const together = tf.concat(
      alone.map((one) => one.get(network.pooled)!),
      0,
    );
    assert.deepEqual(together.dataSync(), found.dataSync());
  });
});

test('packWeights - several weights in one tensor are those one by one, to the bit', () => {
  tf.tidy(() => {
    const network = oddNetwork(11, 19);
    const weights = [...weightsOf(network).values()];
    const plan = planInference(network, askedOf(network));
    const joined = tf.concat(weights.map((weight) => tf.reshape(weight, [-1])));
    assert.deepEqual(packWeights(plan, [joined]).dataSync(), packWeights(plan, weights).dataSync());
  });
});

test('packWeights - by hand: a norm goes into the kernel and the bias before it', () => {
  tf.tidy(() => {
    const network = oddNetwork(11, 19);
    const plan = planInference(network, askedOf(network));
    const weights = weightsOf(network);
    const set = (name: string, value: number): void => {
      weights.set(name, tf.fill(weights.get(name)!.shape, value));
    };
    set('stem/kernel', 3);
    set('stem/bias', 5);
    // γ/√(σ² + ε) = 2/√(0.999 + 0.001) = 2, so 3·2 = 6, and (5 - 4)·2 + 0.5 = 2.5.
    set('stem_bn/gamma', 2);
    set('stem_bn/beta', 0.5);
    set('stem_bn/moving_mean', 4);
    set('stem_bn/moving_variance', 0.999);
    const packed = packWeights(plan, [...weights.values()]).dataSync();
    // 19 of 32 columns in each row: bias first, then 75 rows of the kernel.
    for (const [row, value] of [
      [0, 2.5],
      [1, 6],
      [75, 6],
    ] as const) {
      const columns = [...packed.slice(32 * row, 32 * row + 32)];
      for (const [i, found] of columns.entries()) assert.ok(Math.abs(found - (i < 19 ? value : 0)) < 1e-6);
    }
  });
});

const plain = { pooling: ['gap'], tower: [], towers: {}, headInitializer: 'glorotUniform' };

for (const [name, backbone] of Object.entries({ ...kerasBackbones, ...timmBackbones })) {
  test(`infer - ${name}: probabilities are those of the layers one by one, to 1e-6`, () => {
    tf.tidy(() => {
      const size = name === 'inceptionv4' ? 75 : 32;
      const heads = articleHeads.slice(0, 3);
      const model = { ...plain, pooling: ['gap', 'gmp', 'gem'], tower: [{ type: 'batchNorm' }], backbone };
      const network = describeNetwork(model as never, heads, size);
      // Kernels as training starts with them: those by formula make numbers of thousands in a residual network.
      const weights = weightsOf(network);
      const initial = initialWeights(network, 1);
      for (const [key, { shape }] of weights)
        if (/\/(kernel|p)$/.test(key)) weights.set(key, tf.tensor(initial.get(key)!, [...shape]));
      const images = formulaImages(2, size);
      const { outputs } = computeLayers(network, weights, images, contextFor(false));
      const plan = planInference(network, askedOf(network), 2);
      const found = infer(plan, images, packWeights(plan, [...weights.values()]));
      for (const { layer } of network.heads) {
        const expected = outputs.get(layer)! as tf.Tensor2D;
        // Where logits are larger, as those of residual networks, their rounding is, too: unscaled, the probabilities of
        // resnet50 and resnet101 are 1.4e-6 and 1.6e-6 apart.
        const scale = tf.minimum(1, tf.div(1, tf.max(tf.abs(expected))));
        for (const { probabilities } of [losses.crossEntropy, losses.ordinal]) {
          const [ours, theirs] = [found.get(layer)!, expected].map((logits) =>
            probabilities(tf.mul(logits, scale) as tf.Tensor2D),
          );
          const off = tf.max(tf.abs(tf.sub(ours!, theirs!))).dataSync()[0]!;
          assert.ok(off <= 1e-6, `${layer} is off by ${off}`);
        }
      }
    });
  });
}
