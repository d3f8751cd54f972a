/** Logits of all heads to probabilities. Shape letters: B batch, K classes of a head. */
import type { LossPlan } from '../../plan/plan.ts';
import { tf } from '../../tensorflow/tf.ts';
import { lossFor } from './losses.ts';

/** Probabilities of the classes of all heads beside each other, in the order of the heads: [B, sum of K]. */
export function headProbabilities(
  logits: Readonly<Record<string, tf.Tensor2D>>,
  heads: readonly { readonly name: string }[],
  loss: LossPlan,
): tf.Tensor2D {
  return tf.concat(
    heads.map(({ name }) => lossFor(loss.heads[name]!).probabilities(logits[name]!)),
    1,
  );
}

/**
 * The same as numbers, by head.
 * @param values row by row; what is there beyond `rows` fills a batch up, and is left out
 */
export function splitProbabilities(
  values: ArrayLike<number>,
  heads: readonly { readonly name: string; readonly classes: readonly string[] }[],
  rows: number,
): Record<string, Float32Array> {
  const width = heads.reduce((sum, { classes }) => sum + classes.length, 0);
  let first = 0;
  return Object.fromEntries(
    heads.map(({ name, classes: { length } }) => {
      const from = first;
      first += length;
      const at = (i: number): number => values[Math.floor(i / length) * width + from + (i % length)]!;
      return [name, Float32Array.from({ length: rows * length }, (_, i) => at(i))];
    }),
  );
}
