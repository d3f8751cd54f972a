import assert from 'node:assert/strict';
import test from 'node:test';
import { tf } from '../../../src/tensorflow/tf.ts';
import { mixedTargets } from '../../../src/train/loss/head-loss.ts';

test('mixedTargets - the labels of the partners, known or not', () => {
  tf.tidy(() => {
    const labels_B = tf.tensor1d([2, -1, 0], 'int32');
    const partners = tf.tensor1d([1, 2, 0], 'int32');
    const shares = tf.tensor1d([0.75, 0.5, 1]);
    const mixed = mixedTargets(labels_B, { partners, shares })!;
    assert.deepEqual([...mixed.labels_B.dataSync()], [-1, 0, 2]);
    assert.deepEqual([...mixed.share_B.dataSync()], [0.75, 0.5, 1]);
    assert.equal(mixedTargets(labels_B, {}), undefined);
  });
});
