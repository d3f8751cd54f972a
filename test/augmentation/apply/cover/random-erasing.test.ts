import assert from 'node:assert/strict';
import test from 'node:test';
import { eraseRectangles } from '../../../../src/augmentation/apply/cover/random-erasing.ts';
import { tf } from '../../../../src/tensorflow/tf.ts';

test('eraseRectangles - paints each image its own rectangle, height 0 none', () => {
  tf.tidy(() => {
    const images_BHWC = tf.ones([3, 3, 4, 2]) as tf.Tensor4D;
    const rectangles_B5 = tf.tensor2d([
      [1, 2, 2, 2, 9],
      [0, 0, 0, 0, 5],
      [0, 1, 1, 2, -4],
    ]);
    const erased = tf.unstack(eraseRectangles(images_BHWC, rectangles_B5), 3)[1]!;
    assert.deepEqual(erased.arraySync(), [
      [
        [1, 1, 1, 1],
        [1, 1, 9, 9],
        [1, 1, 9, 9],
      ],
      [
        [1, 1, 1, 1],
        [1, 1, 1, 1],
        [1, 1, 1, 1],
      ],
      [
        [1, -4, -4, 1],
        [1, 1, 1, 1],
        [1, 1, 1, 1],
      ],
    ]);
  });
});
