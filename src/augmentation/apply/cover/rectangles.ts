/** Parts of images painted over. Shape letters: B batch, N holes of an image, H height, W width, C channels. */
import { tf } from '../../../tensorflow/tf.ts';

/**
 * Paints one rectangle over each image, the same value in every channel.
 * @param rectangles_B5 [top, left, height, width, value] an image, in pixels, the value in units of the images; height
 *   0 for none
 */
export function eraseRectangles(images_BHWC: tf.Tensor4D, rectangles_B5: tf.Tensor2D): tf.Tensor4D {
  const [batch, height, width] = images_BHWC.shape;
  const [top_B1, left_B1, tall_B1, wide_B1, value_B1] = tf.split(rectangles_B5, 5, 1);
  const covered_BHW1 = covered(top_B1!, left_B1!, tall_B1!, wide_B1!, height, width);
  const paint_BHW1 = tf.mul(covered_BHW1, tf.reshape(value_B1!, [batch, 1, 1, 1]));
  return tf.add(tf.mul(images_BHWC, tf.sub(1, covered_BHW1)), paint_BHW1);
}

/** 1 where a position from 0 to side - 1 lies in [start, start + length), else 0. @returns [B, side] */
function inside(side: number, start_B1: tf.Tensor, length_B1: tf.Tensor): tf.Tensor {
  const position_1S = tf.tensor2d(
    Float32Array.from({ length: side }, (_, i) => i),
    [1, side],
  );
  const offset_BS = tf.sub(position_1S, start_B1);
  const within_BS = tf.logicalAnd(tf.greaterEqual(offset_BS, 0), tf.less(offset_BS, length_B1));
  return tf.cast(within_BS, 'float32');
}

/**
 * Paints rectangles over each image, in the value of its first one, the same in every channel.
 * @param holes_BN5 as the rectangles of `eraseRectangles`, N an image
 */
export function punchHoles(images_BHWC: tf.Tensor4D, holes_BN5: tf.Tensor3D): tf.Tensor4D {
  const [batch, height, width] = images_BHWC.shape;
  const holes = holes_BN5.shape[1];
  const [top_1, left_1, tall_1, wide_1] = tf.split(tf.reshape(holes_BN5, [batch * holes, 5]), 5, 1);
  const rows_BNH = tf.reshape(inside(height, top_1!, tall_1!), [batch, holes, height]);
  const columns_BNW = tf.reshape(inside(width, left_1!, wide_1!), [batch, holes, width]);
  // How many holes cover a pixel; one is enough.
  const covered_BHW1 = tf.reshape(tf.minimum(tf.matMul(rows_BNH, columns_BNW, true, false), 1), [
    batch,
    height,
    width,
    1,
  ]);
  const value_B111 = tf.reshape(tf.slice(holes_BN5, [0, 0, 4], [batch, 1, 1]), [batch, 1, 1, 1]);
  return tf.add(tf.mul(images_BHWC, tf.sub(1, covered_BHW1)), tf.mul(covered_BHW1, value_B111));
}

/** 1 inside a rectangle, else 0. @param rectangles_B4 [top, left, height, width] @returns [B, H, W, 1] */
export function rectangleMask(rectangles_B4: tf.Tensor2D, height: number, width: number): tf.Tensor4D {
  const [top_B1, left_B1, tall_B1, wide_B1] = tf.split(rectangles_B4, 4, 1);
  return covered(top_B1!, left_B1!, tall_B1!, wide_B1!, height, width);
}

/** The same from the columns of the rectangles. */
function covered(
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
