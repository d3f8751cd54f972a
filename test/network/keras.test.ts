/**
 * A small network beside Keras's with the same weights: outputs, all gradients, moving averages. Keras computed in
 * float64; its own float32 is off by 5e-4 of the largest value in a gradient.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { describeNetwork } from '../../src/model/describe.ts';
import type { ModelSettings } from '../../src/model/settings.ts';
import { forward } from '../../src/network/forward.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { densenet121 } from '../model/article.ts';
import {
  assertClose,
  contextFor,
  formulaImages,
  formulaWeights,
  gradientsOf,
  readFixture,
} from './fixture.ts';

const smallModel: ModelSettings = {
  backbone: { ...densenet121, name: 'densenet', blocks: [2, 2], growthRate: 8, initialFilters: 16 },
  pooling: ['gap', 'gmp'],
  tower: [
    { type: 'batchNorm' },
    { type: 'dropout', rate: 0 },
    { type: 'dense', units: 12, activation: 'relu', initializer: 'glorotUniform' },
  ],
  towers: {},
  headInitializer: 'glorotUniform',
};
const smallHeads = [
  { name: 'kids', classes: ['no', 'yes'] },
  { name: 'region', classes: ['top', 'middle', 'bottom'] },
];

function meanCrossEntropy(logits_BK: tf.Tensor2D, labels: readonly number[]): tf.Scalar {
  const known = labels.filter((label) => label >= 0).length;
  const targets_BK = tf.oneHot(tf.tensor1d([...labels], 'int32'), logits_BK.shape[1]);
  return tf.neg(tf.div(tf.sum(tf.mul(targets_BK, tf.logSoftmax(logits_BK))), known));
}

test('forward - a small DenseNet with two heads gives the logits of Keras in evaluation', () => {
  const expected = readFixture('small-densenet');
  const network = describeNetwork(smallModel, smallHeads, 32);
  tf.tidy(() => {
    const { logits, averages } = forward(
      network,
      formulaWeights(network),
      formulaImages(6, 32),
      contextFor(false),
    );
    assert.equal(averages.size, 0);
    for (const [head, values_BK] of Object.entries(logits)) {
      assertClose(values_BK, expected.get(`inference/${head}`)!, 1e-5, head);
    }
  });
});

test('forward - in training: logits, loss, all gradients and moving averages are those of Keras', (t) => {
  const expected = readFixture('small-densenet');
  const network = describeNetwork(smallModel, smallHeads, 32);
  tf.tidy(() => {
    const images_BHWC = formulaImages(6, 32);
    const seen: { logits: Record<string, tf.Tensor>; averages: Map<string, tf.Tensor> } = {
      logits: {},
      averages: new Map(),
    };
    const { value, gradients } = gradientsOf(network, (weights) => {
      const { logits, averages } = forward(network, weights, images_BHWC, contextFor(true));
      for (const [head, values_BK] of Object.entries(logits)) seen.logits[head] = tf.keep(values_BK);
      for (const [name, average_C] of averages) seen.averages.set(name, tf.keep(average_C));
      const losses = smallHeads.map(({ name }) =>
        meanCrossEntropy(logits[name]!, [...expected.get(`labels/${name}`)!.values]),
      );
      return tf.addN(losses) as tf.Scalar;
    });
    assertClose(value, expected.get('loss')!, 1e-5, 'loss');
    for (const [head, values_BK] of Object.entries(seen.logits)) {
      assertClose(values_BK, expected.get(`training/${head}`)!, 1e-5, head);
    }
    const names = [...expected.keys()].filter((name) => name.startsWith('gradient/'));
    assert.equal(names.length, gradients.size);
    const differences = names.map((name) =>
      assertClose(gradients.get(name.slice('gradient/'.length))!, expected.get(name)!, 1e-3, name),
    );
    t.diagnostic(`largest relative difference of a gradient: ${Math.max(...differences)}`);
    const averages = [...expected.keys()].filter((name) => name.startsWith('average/'));
    assert.equal(averages.length, seen.averages.size);
    for (const name of averages) {
      assertClose(seen.averages.get(name.slice('average/'.length))!, expected.get(name)!, 1e-5, name);
    }
    tf.dispose([seen.logits, [...seen.averages.values()]]);
  });
});
