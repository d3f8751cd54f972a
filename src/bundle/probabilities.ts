/**
 * What a head's last layer gives to probabilities of its classes, as the recorded program computes them: for whoever has the
 * outputs and another temperature. Shape letters: N rows, K classes, J outputs: K of a softmax, K - 1 of cumulative sigmoids.
 */
import type { HeadDescription } from './model.ts';

/**
 * Outputs to probabilities, in double precision until the last.
 * @param outputs_NJ row by row
 * @returns row by row, N × K
 */
export function probabilitiesOf(
  { classes, output }: Pick<HeadDescription, 'classes' | 'output'>,
  outputs_NJ: Float32Array,
  temperature: number,
): Float32Array {
  const { length: k } = classes;
  const width = output === 'softmax' ? k : k - 1;
  const rows = outputs_NJ.length / width;
  const probabilities_NK = new Float32Array(rows * k);
  for (let row = 0; row < rows; row++) {
    const z = outputs_NJ.subarray(row * width, (row + 1) * width);
    const p = probabilities_NK.subarray(row * k, (row + 1) * k);
    if (output === 'softmax') softmax(z, temperature, p);
    else cumulativeSigmoids(z, temperature, p);
  }
  return probabilities_NK;
}

function softmax(z: Float32Array, temperature: number, p: Float32Array): void {
  const top = z.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY);
  const powers = Array.from(z, (one) => Math.exp((one - top) / temperature));
  const total = powers.reduce((sum, one) => sum + one, 0);
  powers.forEach((power, c) => {
    p[c] = power / total;
  });
}

/** Being above class j is the product of the conditional probabilities up to there; a class is what two of them differ by. */
function cumulativeSigmoids(z: Float32Array, temperature: number, p: Float32Array): void {
  let reached = 1;
  z.forEach((one, j) => {
    const share = 1 / (1 + Math.exp(-one / temperature));
    p[j] = reached * (1 / (1 + Math.exp(one / temperature)));
    reached *= share;
  });
  p[z.length] = reached;
}
