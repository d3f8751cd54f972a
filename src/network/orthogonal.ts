/** Matrices with columns of length 1 at right angles, by TensorFlow's QR decomposition. */

import { attribute, rawOp } from '../tensorflow/raw-op.ts';
import { tf } from '../tensorflow/tf.ts';

const attributes = [attribute.type('T', 'float32'), attribute.bool('full_matrices', false)];

/**
 * The Q of a matrix whose R has a diagonal above 0: of normal numbers, each such matrix is as likely as any other (Mezzadri,
 * arXiv:math-ph/0609050, section 5).
 * @param values row by row, at least as many rows as columns
 * @returns the same shape
 */
export function orthogonalColumns(values: Float32Array, rows: number, columns: number): Float32Array {
  return tf.tidy(() => {
    const [q, r] = rawOp('Qr', attributes, [tf.tensor2d(values, [rows, columns])], 2) as [
      tf.Tensor,
      tf.Tensor,
    ];
    const upper = r.dataSync();
    const signs = Float32Array.from({ length: columns }, (_, i) => (upper[i * columns + i]! < 0 ? -1 : 1));
    return tf.mul(q, tf.tensor2d(signs, [1, columns])).dataSync() as Float32Array;
  }) as unknown as Float32Array;
}
