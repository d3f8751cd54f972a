/**
 * Generalised mean of each map with an exponent that is learned: (mean of x^p)^(1/p). The mean for p = 1, nearer to the
 * maximum the larger p. Radenović et al., arXiv:1711.02512, section 3.2. Shape letters: B batch, H height, W width, C
 * channels.
 */
import { tf } from '../tensorflow/tf.ts';

/** Values below count as this, so that a power of any exponent has a gradient: the value of the authors' code. */
const SMALLEST = 1e-6;

/**
 * By logarithms, since x^p of float32 would be 0 from p = 7 on where x is small: with l = ln max(x, SMALLEST), the largest
 * m of each map and w = softmax(p·l) over the map, y = exp((p·m + ln mean exp(p·(l - m))) / p). Then dy/dx = y·w/x where x
 * is at least SMALLEST, and dy/dp = y·(Σ w·l - ln y) / p.
 * @param x_BHWC feature maps, after a ReLU or the like
 * @param p_1 [1]
 * @returns [B, C]
 */
export function generalizedMean(x_BHWC: tf.Tensor, p_1: tf.Tensor): tf.Tensor {
  const [batch, height, width, channels] = x_BHWC.shape as [number, number, number, number];
  const perMap = [batch, 1, 1, channels];
  const withGradient = tf.customGrad((...args) => {
    const [x, p, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const { sum_B11C, largest_B11C } = powers(x, p);
    const logOfMean_B11C = tf.sub(tf.log(sum_B11C), Math.log(height * width));
    const logOfY_B11C = tf.add(largest_B11C, tf.div(logOfMean_B11C, p));
    save([x, p, logOfY_B11C]);
    return {
      value: tf.reshape(tf.exp(logOfY_B11C), [batch, channels]),
      gradFunc(dy_BC, saved) {
        const [maps_BHWC, exponent, logY_B11C] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
        const { clamped_BHWC, logs_BHWC, powers_BHWC, sum_B11C: sums } = powers(maps_BHWC, exponent);
        const scaled_B11C = tf.mul(tf.reshape(dy_BC, perMap), tf.exp(logY_B11C));
        const shares_BHWC = tf.div(powers_BHWC, sums);
        const counts_BHWC = tf.cast(tf.greaterEqual(maps_BHWC, SMALLEST), 'float32');
        const dx_BHWC = tf.mul(tf.mul(scaled_B11C, counts_BHWC), tf.div(shares_BHWC, clamped_BHWC));
        const meanLog_B11C = tf.sum(tf.mul(shares_BHWC, logs_BHWC), [1, 2], true);
        const dp = tf.div(tf.sum(tf.mul(scaled_B11C, tf.sub(meanLog_B11C, logY_B11C))), exponent);
        return [dx_BHWC, tf.reshape(dp, [1])];
      },
    };
  });
  return withGradient(x_BHWC, p_1);
}

/** exp(p·(l - m)) and what it is made of. */
function powers(x_BHWC: tf.Tensor, p_1: tf.Tensor) {
  const clamped_BHWC = tf.maximum(x_BHWC, SMALLEST);
  const logs_BHWC = tf.log(clamped_BHWC);
  const largest_B11C = tf.max(logs_BHWC, [1, 2], true);
  const powers_BHWC = tf.exp(tf.mul(p_1, tf.sub(logs_BHWC, largest_B11C)));
  return { clamped_BHWC, logs_BHWC, powers_BHWC, largest_B11C, sum_B11C: tf.sum(powers_BHWC, [1, 2], true) };
}
