import assert from 'node:assert/strict';
import test from 'node:test';
import { punchHoles } from '../../../../src/augmentation/apply/cover/coarse-dropout.ts';
import { tf } from '../../../../src/tensorflow/tf.ts';

test('punchHoles - paints all holes of an image, where they overlap once, height 0 none', () => {
  tf.tidy(() => {
    const images_BHWC = tf.ones([2, 3, 4, 2]) as tf.Tensor4D;
    const holes_BN5 = tf.tensor3d([
      [
        [0, 0, 2, 2, 5],
        [1, 1, 2, 2, 5],
      ],
      [
        [2, 3, 1, 1, -4],
        [0, 0, 0, 0, 0],
      ],
    ]);
    const punched = tf.unstack(punchHoles(images_BHWC, holes_BN5), 3);
    for (const channel of punched) {
      assert.deepEqual(channel.arraySync(), [
        [
          [5, 5, 1, 1],
          [5, 5, 5, 1],
          [1, 5, 5, 1],
        ],
        [
          [1, 1, 1, 1],
          [1, 1, 1, 1],
          [1, 1, 1, -4],
        ],
      ]);
    }
  });
});
