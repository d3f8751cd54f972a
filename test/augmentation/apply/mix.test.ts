import assert from 'node:assert/strict';
import test from 'node:test';
import { mixImages } from '../../../src/augmentation/apply/mix.ts';
import { tf } from '../../../src/tensorflow/tf.ts';

test('mixImages - by the share outside the rectangle, the partner alone inside', () => {
  tf.tidy(() => {
    const images_BHWC = tf.stack([8, 40, 100].map((value) => tf.fill([2, 3, 1], value))) as tf.Tensor4D;
    const blends_B5 = tf.tensor2d([
      [0.75, 0, 0, 0, 0],
      [1, 0, 1, 1, 2],
      [1, 0, 0, 0, 0],
    ]);
    const partners_B = tf.tensor1d([1, 2, 0], 'int32');
    const [first, second, third] = tf.unstack(mixImages(images_BHWC, partners_B, blends_B5));
    // 0.75·8 + 0.25·40.
    assert.deepEqual([...first!.dataSync()], [16, 16, 16, 16, 16, 16]);
    assert.deepEqual([...second!.dataSync()], [40, 100, 100, 40, 40, 40]);
    assert.deepEqual([...third!.dataSync()], [100, 100, 100, 100, 100, 100]);
  });
});
