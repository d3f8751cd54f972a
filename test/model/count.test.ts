import assert from 'node:assert/strict';
import test from 'node:test';
import {
  activationBytes,
  countParameters,
  forwardFlops,
  trainableParameters,
} from '../../src/model/count.ts';
import { describeNetwork } from '../../src/model/describe.ts';
import { articleHeads, articleModel, densenet121 } from './article.ts';

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

const dense = { backbone: densenet121, pooling: ['gap' as const], tower: [] };

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
