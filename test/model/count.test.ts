import assert from 'node:assert/strict';
import test from 'node:test';
import {
  activationBytes,
  countParameters,
  forwardFlops,
  trainableParameters,
} from '../../src/model/count.ts';
import { describeNetwork } from '../../src/model/describe.ts';
import type { EfficientNetSettings, ModelSettings } from '../../src/model/settings.ts';
import {
  articleHeads,
  articleModel,
  densenet121,
  efficientnet,
  gapAlone,
  kerasBackbones,
} from './article.ts';

test('countParameters - the article, GAP: the numbers that Keras gives', () => {
  const network = describeNetwork(articleModel('gap'), articleHeads, 100);
  assert.equal(countParameters(network, ['backbone']), 7_037_504);
  assert.equal(countParameters(network), 8_123_355);
  assert.equal(trainableParameters(network, ['backbone', 'tower', 'heads']), 8_023_323);
  // 27 classes, each 128 weights and a bias.
  assert.equal(trainableParameters(network, ['heads']), 27 * 129);
});

test('countParameters - the article, GAP and GMP', () => {
  const network = describeNetwork(articleModel('gap', 'gmp'), articleHeads, 200);
  assert.equal(countParameters(network), 9_204_699);
});

test('countParameters - does not depend on the image size', () => {
  const counts = [64, 100, 200].map((size) =>
    countParameters(describeNetwork(articleModel('gap'), articleHeads, size)),
  );
  assert.deepEqual(new Set(counts).size, 1);
});

test('forwardFlops - densenet121 at 224 pixels takes what the literature says', () => {
  const network = describeNetwork(articleModel('gap'), articleHeads, 224);
  // 2.83 to 2.88 billion multiply-adds are reported for DenseNet121 at 224: 5.66 to 5.76 billion operations.
  const flops = forwardFlops(network);
  assert.ok(flops > 5.66e9 && flops < 5.76e9, String(flops));
});

const dense = { backbone: densenet121, ...gapAlone };

test('forwardFlops - one dense layer, counted by hand', () => {
  const network = describeNetwork(dense, [{ name: 'kids', classes: ['no', 'yes'] }], 32);
  // 1024 multiply-adds and a bias, for each of 2 classes: 2·(2·1024 + 1).
  assert.equal(forwardFlops(network, ['heads']), 4098);
  // Two float32 logits.
  assert.equal(activationBytes(network, ['heads']), 8);
});

test('activationBytes - grows with the area of the image', () => {
  const [small, large] = [64, 128].map((size) =>
    activationBytes(describeNetwork(dense, articleHeads, size), ['backbone']),
  );
  // Four times the pixels; the ring of zeros around the image and the 1024 features do not grow so.
  assert.ok(Math.abs(large! / small! - 4) < 0.02);
});

test('countParameters - EfficientNets are as large as in keras.applications, without its normalisation of the input', () => {
  const expected: Record<EfficientNetSettings['name'], number> = {
    efficientnetb0: 4_049_564,
    efficientnetb1: 6_575_232,
    efficientnetb2: 7_768_562,
    efficientnetb3: 10_783_528,
  };
  for (const [name, parameters] of Object.entries(expected)) {
    const backbone = efficientnet(name as EfficientNetSettings['name'], 0.2);
    const network = describeNetwork({ backbone, ...gapAlone }, [], 64);
    assert.equal(countParameters(network), parameters, name);
  }
});

test('describeNetwork - stochastic depth rises from block to block, where the block adds to its input', () => {
  const backbone = efficientnet('efficientnetb0', 0.2);
  const { layers } = describeNetwork({ backbone, ...gapAlone }, [], 64);
  const rates = layers.flatMap((layer) => (layer.type === 'stochasticDepth' ? [layer.settings.rate] : []));
  // Of 16 blocks those numbered 2, 4, 6, 7, 9, 10, 12, 13, 14 from 0 keep size and channels: 0.2 times that over 16.
  const blocks = [2, 4, 6, 7, 9, 10, 12, 13, 14];
  assert.deepEqual(
    rates,
    blocks.map((block) => (0.2 * block) / 16),
  );
});

test('forwardFlops - resnet50 and efficientnetb0 at 224 pixels take what the literature says', () => {
  const flops = (backbone: ModelSettings['backbone']) =>
    forwardFlops(describeNetwork({ backbone, ...gapAlone }, [], 224));
  // 3.8 to 3.9 billion multiply-adds of this ResNet50, whose 1×1 takes the stride; 0.39 billion of EfficientNet-B0.
  assert.ok(Math.abs(flops(kerasBackbones.resnet50!) / 7.75e9 - 1) < 0.03);
  assert.ok(Math.abs(flops(efficientnet('efficientnetb0', 0)) / 0.8e9 - 1) < 0.05);
});
