/** Where rectangles lie in an image. Shape letters: B batch, H height, W width. */
import { tf } from '../../../tensorflow/tf.ts';

/** 1 inside a rectangle, else 0. @param rectangles_B4 [top, left, height, width] @returns [B, H, W, 1] */
export function rectangleMask(rectangles_B4: tf.Tensor2D, height: number, width: number): tf.Tensor4D {
  const [top_B1, left_B1, tall_B1, wide_B1] = tf.split(rectangles_B4, 4, 1);
  return covered(top_B1!, left_B1!, tall_B1!, wide_B1!, height, width);
}

/** The same from the columns of the rectangles. */
export function covered(
  top_B1: tf.Tensor,
  left_B1: tf.Tensor,
  tall_B1: tf.Tensor,
  wide_B1: tf.Tensor,
  height: number,
  width: number,
): tf.Tensor4D {
  const batch = top_B1.shape[0]!;
  const rows_BH11 = tf.reshape(inside(height, top_B1, tall_B1), [batch, height, 1, 1]);
  const columns_B1W1 = tf.reshape(inside(width, left_B1, wide_B1), [batch, 1, width, 1]);
  return tf.mul(rows_BH11, columns_B1W1);
}

/** 1 where a position from 0 to side - 1 lies in [start, start + length), else 0. @returns [B, side] */
export function inside(side: number, start_B1: tf.Tensor, length_B1: tf.Tensor): tf.Tensor {
  const position_1S = tf.tensor2d(
    Float32Array.from({ length: side }, (_, i) => i),
    [1, side],
  );
  const offset_BS = tf.sub(position_1S, start_B1);
  const within_BS = tf.logicalAnd(tf.greaterEqual(offset_BS, 0), tf.less(offset_BS, length_B1));
  return tf.cast(within_BS, 'float32');
}
